//! The decision.

use super::{Desk, DeskKind, Operation};
use crate::pin::RetryFloor;

/// Leave for one desk to do one thing. Nothing but [`decide`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    desk: Desk,
    operation: Operation,
    floor: RetryFloor,
}

impl Grant {
    /// Who may.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// What they may do.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// How far down this desk may use up a card's tries, unless the region keeps more back.
    #[must_use]
    pub fn floor(&self) -> RetryFloor {
        self.floor
    }
}

/// This kind of desk may not do that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{operation:?} is not for a desk of the kind {kind:?}")]
pub struct Denied {
    /// What stands at the desk.
    pub kind: DeskKind,
    /// What it asked for.
    pub operation: Operation,
}

/// Decides whether a desk may do what it asks for.
///
/// # Errors
/// [`Denied`]; another desk must do it.
pub fn decide(desk: &Desk, operation: Operation) -> Result<Grant, Denied> {
    let kind = desk.kind;
    if !may(operation).contains(&kind) {
        return Err(Denied { kind, operation });
    }
    Ok(Grant {
        desk: desk.clone(),
        operation,
        floor: floor(kind),
    })
}

/// The table: who may. A kiosk verifies nothing, since no business is done there; the records are
/// not the hospital's or the holder's to look at; to go on without the old ones is decided by a
/// person who stands at the terminal. The hall watches, an auditor reads.
fn may(operation: Operation) -> &'static [DeskKind] {
    use DeskKind::{Auditor, Billing, Counter, Hall, Kiosk};
    match operation {
        Operation::GetTerminalStatus | Operation::GetRules => {
            &[Billing, Kiosk, Counter, Hall, Auditor]
        }
        Operation::ListReaders | Operation::WatchEvents => &[Billing, Kiosk, Counter, Hall],
        Operation::ReadCard
        | Operation::GetPinStatus
        | Operation::CancelEntry
        | Operation::ChangePin => &[Billing, Kiosk, Counter],
        Operation::VerifyPin => &[Billing, Counter],
        Operation::ListLedger => &[Counter, Hall, Auditor],
        Operation::EnrolLedger | Operation::CollectLedger => &[Hall],
        Operation::ConfirmNewChain
        | Operation::ReopenKiosks
        | Operation::OpenCase
        | Operation::ApproveCase
        | Operation::SetHolderPin => &[Counter],
        Operation::OperateIssuer | Operation::PushRules => &[Hall],
        Operation::IssueReceipt | Operation::CancelReceipt => &[Billing],
        Operation::ListReceiptKeys => &[Billing, Counter, Hall, Auditor],
        Operation::RotateReceiptKey => &[Hall],
        Operation::ListSuspectCards => &[Counter, Hall],
    }
}

/// Hall and auditor are granted no PIN work; theirs is the strictest.
fn floor(kind: DeskKind) -> RetryFloor {
    if kind.is_staffed() {
        RetryFloor::STAFFED
    } else {
        RetryFloor::UNATTENDED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YES: bool = true;
    const NO: bool = false;

    /// Each operation at a billing desk, a kiosk, a counter, in the hall, by an auditor.
    const EXPECTED: &[(Operation, [bool; 5])] = &[
        (Operation::GetTerminalStatus, [YES, YES, YES, YES, YES]),
        (Operation::ListReaders, [YES, YES, YES, YES, NO]),
        (Operation::WatchEvents, [YES, YES, YES, YES, NO]),
        (Operation::ReadCard, [YES, YES, YES, NO, NO]),
        (Operation::GetPinStatus, [YES, YES, YES, NO, NO]),
        (Operation::CancelEntry, [YES, YES, YES, NO, NO]),
        (Operation::VerifyPin, [YES, NO, YES, NO, NO]),
        (Operation::ChangePin, [YES, YES, YES, NO, NO]),
        (Operation::ListLedger, [NO, NO, YES, YES, YES]),
        (Operation::EnrolLedger, [NO, NO, NO, YES, NO]),
        (Operation::CollectLedger, [NO, NO, NO, YES, NO]),
        (Operation::ConfirmNewChain, [NO, NO, YES, NO, NO]),
        (Operation::OpenCase, [NO, NO, YES, NO, NO]),
        (Operation::ApproveCase, [NO, NO, YES, NO, NO]),
        (Operation::SetHolderPin, [NO, NO, YES, NO, NO]),
        (Operation::OperateIssuer, [NO, NO, NO, YES, NO]),
        (Operation::ReopenKiosks, [NO, NO, YES, NO, NO]),
        (Operation::IssueReceipt, [YES, NO, NO, NO, NO]),
        (Operation::CancelReceipt, [YES, NO, NO, NO, NO]),
        (Operation::ListReceiptKeys, [YES, NO, YES, YES, YES]),
        (Operation::RotateReceiptKey, [NO, NO, NO, YES, NO]),
        (Operation::ListSuspectCards, [NO, NO, YES, YES, NO]),
        (Operation::GetRules, [YES, YES, YES, YES, YES]),
        (Operation::PushRules, [NO, NO, NO, YES, NO]),
    ];

    const FLOORS: [RetryFloor; 5] = [
        RetryFloor::STAFFED,
        RetryFloor::UNATTENDED,
        RetryFloor::STAFFED,
        RetryFloor::UNATTENDED,
        RetryFloor::UNATTENDED,
    ];

    #[test]
    fn the_expectation_has_a_row_for_each_operation() {
        let rows: Vec<_> = EXPECTED.iter().map(|(operation, _)| *operation).collect();
        assert_eq!(rows, Operation::ALL);
    }

    #[test]
    fn every_operation_at_every_kind_of_desk() {
        for (operation, permitted) in EXPECTED.iter().copied() {
            for ((kind, floor), permitted) in DeskKind::ALL.into_iter().zip(FLOORS).zip(permitted) {
                let desk = Desk {
                    name: "desk-1".to_owned(),
                    kind,
                };
                let expected = if permitted {
                    Ok(Grant {
                        desk: desk.clone(),
                        operation,
                        floor,
                    })
                } else {
                    Err(Denied { kind, operation })
                };
                assert_eq!(decide(&desk, operation), expected, "{operation:?} {kind:?}");
            }
        }
    }

    #[test]
    fn the_grant_says_what_was_granted() {
        let desk = Desk {
            name: "hall-2".to_owned(),
            kind: DeskKind::Kiosk,
        };
        let grant = decide(&desk, Operation::ChangePin).unwrap();
        assert_eq!(grant.desk(), &desk);
        assert_eq!(grant.operation(), Operation::ChangePin);
        assert_eq!(grant.floor().fewest_remaining(), 2);
    }

    #[test]
    fn kinds_have_their_names_in_the_configuration() {
        #[derive(serde::Deserialize)]
        struct Kinds {
            kinds: Vec<DeskKind>,
        }
        let names = DeskKind::ALL.map(DeskKind::name).join("\", \"");
        let read: Kinds = toml::from_str(&format!("kinds = [\"{names}\"]")).unwrap();
        assert_eq!(read.kinds, DeskKind::ALL);
        assert!(toml::from_str::<Kinds>(r#"kinds = ["bank"]"#).is_err());
    }
}
