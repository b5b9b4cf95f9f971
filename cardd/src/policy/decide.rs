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

    /// How far down this desk may use up a card's tries.
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
/// the agency's to look at, and so is the decision to go on without the old ones.
fn may(operation: Operation) -> &'static [DeskKind] {
    use DeskKind::{Billing, Counter, Kiosk};
    match operation {
        Operation::GetTerminalStatus
        | Operation::ListReaders
        | Operation::WatchEvents
        | Operation::ReadCard
        | Operation::GetPinStatus
        | Operation::ChangePin => &[Billing, Kiosk, Counter],
        Operation::VerifyPin => &[Billing, Counter],
        Operation::ListLedger | Operation::ConfirmNewChain => &[Counter],
    }
}

fn floor(kind: DeskKind) -> RetryFloor {
    match kind {
        DeskKind::Kiosk => RetryFloor::Unattended,
        DeskKind::Billing | DeskKind::Counter => RetryFloor::Staffed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YES: bool = true;
    const NO: bool = false;

    /// Each operation at a billing desk, a kiosk, a counter.
    const EXPECTED: [(Operation, [bool; 3]); 9] = [
        (Operation::GetTerminalStatus, [YES, YES, YES]),
        (Operation::ListReaders, [YES, YES, YES]),
        (Operation::WatchEvents, [YES, YES, YES]),
        (Operation::ReadCard, [YES, YES, YES]),
        (Operation::GetPinStatus, [YES, YES, YES]),
        (Operation::VerifyPin, [YES, NO, YES]),
        (Operation::ChangePin, [YES, YES, YES]),
        (Operation::ListLedger, [NO, NO, YES]),
        (Operation::ConfirmNewChain, [NO, NO, YES]),
    ];

    const KINDS: [(DeskKind, RetryFloor); 3] = [
        (DeskKind::Billing, RetryFloor::Staffed),
        (DeskKind::Kiosk, RetryFloor::Unattended),
        (DeskKind::Counter, RetryFloor::Staffed),
    ];

    #[test]
    fn every_operation_at_every_kind_of_desk() {
        for (operation, permitted) in EXPECTED {
            for ((kind, floor), permitted) in KINDS.into_iter().zip(permitted) {
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
        let text = r#"kinds = ["billing", "kiosk", "counter"]"#;
        let read: Kinds = toml::from_str(text).unwrap();
        assert_eq!(read.kinds, KINDS.map(|(kind, _)| kind));
        assert!(toml::from_str::<Kinds>(r#"kinds = ["bank"]"#).is_err());
    }
}
