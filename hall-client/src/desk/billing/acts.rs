//! What the cashier, the holder and the hospital system may ask for, and what comes of it.

use std::time::Instant;

use super::{
    bill::{Cancellation, Outcome},
    machine::{Action, Billing, CASHIER, HIS, HOLDER},
    outcome::Past,
    screen::{Stage, Typing},
    work::BillingWork,
};
use crate::desk::{
    entry::{Enter, Entry, For},
    sealed::PageSeal,
};

impl Billing {
    pub(super) fn action(&mut self, page: &str, action: Action, now: Instant) -> Vec<BillingWork> {
        match (page, action) {
            (HOLDER, action) => self.holder_acts(action, now),
            (
                HIS,
                Action::ReceiptCancelled {
                    number,
                    cancellation,
                },
            ) => self.receipt_cancelled(number, cancellation, now),
            (_, action) => self.staff_acts(page, action, now),
        }
    }

    /// A bill that was paid is so no more. What is under way meanwhile goes on.
    fn receipt_cancelled(
        &mut self,
        number: u64,
        cancellation: Cancellation,
        now: Instant,
    ) -> Vec<BillingWork> {
        let paid = |past: &&mut Past| past.number == number && past.outcome.receipt().is_some();
        let Some(past) = self.past.iter_mut().find(paid) else {
            return Vec::new();
        };
        past.outcome = Outcome::ReceiptCancelled(cancellation);
        if self.number != number || !matches!(self.stage, Stage::Over { .. }) {
            return Vec::new();
        }
        let (outcome, rested) = (past.outcome.clone(), false);
        self.go(Stage::Over { outcome, rested }, now)
    }

    /// The cashier and, for what opens and ends a bill, the hospital system.
    fn staff_acts(&mut self, page: &str, action: Action, now: Instant) -> Vec<BillingWork> {
        match (action, &self.stage) {
            (Action::Open(bill), Stage::Idle | Stage::Over { .. }) => {
                self.bill = Some(bill);
                self.number += 1;
                self.look(now)
            }
            // What was sent to the card has its outcome first.
            (_, Stage::Working(_) | Stage::Idle) => Vec::new(),
            (Action::Finish, Stage::Over { .. }) if page == CASHIER => {
                self.bill = None;
                self.go(Stage::Idle, now)
            }
            (_, Stage::Over { .. }) => Vec::new(),
            (Action::CancelBill, _) => self.conclude(Outcome::Cancelled, now),
            (Action::SettleLater, _) if page == CASHIER => self.conclude(Outcome::SettleLater, now),
            (Action::Again, _) if page == CASHIER => self.again(now),
            _ => Vec::new(),
        }
    }

    fn holder_acts(&mut self, action: Action, now: Instant) -> Vec<BillingWork> {
        match (action, self.stage.clone()) {
            (Action::Again, _) => self.again(now),
            (Action::Change, Stage::MustChange) => self.begin(For::Change, now),
            (Action::GoOn, Stage::Changed { .. }) => self.begin(For::Verify, now),
            (Action::UseLast, Stage::LastTry(entry)) => self.go(typing(entry, true), now),
            (Action::Typed, Stage::Enter(typing)) => {
                let enter = typing.enter.typed();
                self.go(Stage::Enter(Typing { enter, ..typing }), now)
            }
            (Action::StartOver, Stage::Enter(typing)) => {
                let enter = typing.enter.again();
                self.go(Stage::Enter(Typing { enter, ..typing }), now)
            }
            (Action::Submit(seal), Stage::Enter(typing)) => self.submit(&seal, &typing, now),
            (Action::Back, Stage::Enter(typing)) => {
                self.go(Stage::Declined(typing.enter.entry.purpose), now)
            }
            (Action::Back, Stage::LastTry(entry)) => self.go(Stage::Declined(entry.purpose), now),
            (Action::Back, Stage::MustChange) => self.go(Stage::Declined(For::Change), now),
            _ => Vec::new(),
        }
    }

    fn submit(&mut self, seal: &PageSeal, typing: &Typing, now: Instant) -> Vec<BillingWork> {
        let entry = &typing.enter.entry;
        let Some(bill) = self.bill.clone() else {
            return Vec::new();
        };
        if typing.enter.step.next().is_some() {
            return Vec::new();
        }
        let last_accepted = typing.last_accepted;
        let work = match entry.purpose {
            For::Verify => BillingWork::Verify {
                sealed: seal.for_entry(&entry.entry_id),
                bill,
                last_accepted,
            },
            For::Change | For::OwnPin => BillingWork::Change {
                sealed: seal.for_entry(&entry.entry_id),
                last_accepted,
            },
        };
        let mut all = self.go(Stage::Working(entry.purpose), now);
        all.push(work);
        all
    }

    fn again(&mut self, now: Instant) -> Vec<BillingWork> {
        let (Stage::Declined(purpose)
        | Stage::Refused {
            again: Some(purpose),
            ..
        }) = self.stage
        else {
            return Vec::new();
        };
        self.begin(purpose, now)
    }
}

/// The holder types for this entry.
pub(super) fn typing(entry: Entry, last_accepted: bool) -> Stage {
    Stage::Enter(Typing {
        enter: Enter::begin(entry),
        last_accepted,
    })
}
