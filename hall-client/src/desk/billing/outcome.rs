//! What came of what was asked of cardd, and where the bill stands then.

use std::time::Instant;

use super::{
    acts::typing,
    bill::{Bill, Outcome},
    machine::{ANSWER, Billing},
    screen::{Stage, Typing},
    work::{Begun, BillingDone, BillingWork},
};
use crate::{
    ClientError,
    desk::{
        entry::{Enter, For},
        refusal::{Next, Refusal},
    },
    model::{AttemptSpent, PinState, PinStatus, Reason},
};

/// Bills that are done with and can still be asked for, the newest.
const PAST: usize = 64;

/// A bill that is done with.
pub(super) struct Past {
    pub(super) number: u64,
    pub(super) bill: Bill,
    pub(super) outcome: Outcome,
}

impl Billing {
    /// An outcome counts in the stage that waits for it; an entry that comes too late is voided.
    pub(super) fn done(
        &mut self,
        current: bool,
        done: BillingDone,
        now: Instant,
    ) -> Vec<BillingWork> {
        match (done, &self.stage) {
            (BillingDone::Looked(Ok(status)), Stage::Reading) if current => {
                self.looked(status, now)
            }
            (BillingDone::Begun(Ok(begun)), Stage::Reading) if current => self.begun(begun, now),
            (
                BillingDone::Looked(Err(refusal)) | BillingDone::Begun(Err(refusal)),
                Stage::Reading,
            ) if current => self.refuse(refusal, For::Verify, now),
            (BillingDone::Verified(Ok(receipt)), Stage::Working(_)) if current => {
                self.conclude(Outcome::Paid(receipt), now)
            }
            (BillingDone::Changed(Ok(changed)), Stage::Working(_)) if current => {
                let tries = changed.attempts_remaining;
                self.go(Stage::Changed { tries }, now)
            }
            (
                BillingDone::Verified(Err(refusal)) | BillingDone::Changed(Err(refusal)),
                Stage::Working(purpose),
            ) if current => {
                let purpose = *purpose;
                self.refuse(refusal, purpose, now)
            }
            (BillingDone::Begun(Ok(late)), _) => vec![BillingWork::Cancel(late.entry.entry_id)],
            (
                BillingDone::Looked(_)
                | BillingDone::Begun(Err(_))
                | BillingDone::Cancelled
                | BillingDone::Verified(_)
                | BillingDone::Changed(_),
                _,
            ) => Vec::new(),
        }
    }

    fn refuse(&mut self, refusal: Refusal, purpose: For, now: Instant) -> Vec<BillingWork> {
        let stage = match refusal.reason {
            Some(Reason::PinWasBlocked | Reason::PinNowBlocked) => Stage::Locked,
            Some(Reason::IssuedPin) => Stage::MustChange,
            _ => {
                let again = matches!(refusal.next, Next::TypeAgain | Next::Wait);
                Stage::Refused {
                    refusal,
                    again: again.then_some(purpose),
                }
            }
        };
        self.go(stage, now)
    }

    fn looked(&mut self, status: PinStatus, now: Instant) -> Vec<BillingWork> {
        match status.state {
            PinState::Blocked => self.go(Stage::Locked, now),
            PinState::Issued => self.go(Stage::MustChange, now),
            PinState::NotSet => self.refuse(Refusal::of(Reason::PinNotSet), For::Verify, now),
            PinState::Own | PinState::Unknown => self.begin(For::Verify, now),
        }
    }

    fn begun(&mut self, begun: Begun, now: Instant) -> Vec<BillingWork> {
        let stage = if begun.last_attempt {
            Stage::LastTry(begun.entry)
        } else {
            typing(begun.entry, false)
        };
        self.go(stage, now)
    }

    /// The bill is done with; it can still be asked for.
    pub(super) fn conclude(&mut self, outcome: Outcome, now: Instant) -> Vec<BillingWork> {
        if let Some(bill) = &self.bill {
            self.past
                .retain(|past| past.bill.reference != bill.reference);
            self.past.push_back(Past {
                number: self.number,
                bill: bill.clone(),
                outcome: outcome.clone(),
            });
        }
        if self.past.len() > PAST {
            self.past.pop_front();
        }
        let rested = false;
        self.go(Stage::Over { outcome, rested }, now)
    }

    /// The time of what is shown is over.
    pub(super) fn time(&mut self, now: Instant) -> Vec<BillingWork> {
        match self.stage.clone() {
            Stage::Over { outcome, .. } => {
                let rested = true;
                self.go(Stage::Over { outcome, rested }, now)
            }
            Stage::LastTry(entry)
            | Stage::Enter(Typing {
                enter: Enter { entry, .. },
                ..
            }) => self.refuse(Refusal::of(Reason::EntryTimedOut), entry.purpose, now),
            Stage::Working(purpose) => self.refuse(silent(AttemptSpent::Unknown), purpose, now),
            Stage::Reading => self.refuse(silent(AttemptSpent::No), For::Verify, now),
            Stage::Idle
            | Stage::Out(_)
            | Stage::Insert
            | Stage::MustChange
            | Stage::Changed { .. }
            | Stage::Refused { .. }
            | Stage::Declined(_)
            | Stage::Locked => Vec::new(),
        }
    }
}

/// cardd did not answer within every bound.
fn silent(attempt_spent: AttemptSpent) -> Refusal {
    Refusal::from(ClientError::Timeout {
        attempt_spent,
        limit: ANSWER,
    })
}
