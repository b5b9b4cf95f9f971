//! What the records say: who chose the PIN, what is open, and what the counter tells of it.
//! Decisions that are pure in the product are not written again: the verdict, the floor and the
//! shown status are the product's own functions.

use std::num::NonZeroU8;

use super::{Business, Guard, Protocol, State};
use crate::{
    ledger::{Counter, Operation, Verdict, recovery::resolve},
    pin::{PinCounter, PinOrigin, PinStatus, RetryFloor},
    terminal::tests::protocol::state::{Did, Record, Standing, Work},
};

impl Protocol {
    /// Who chose the PIN, as the records tell.
    fn origin(&self, state: &State) -> PinOrigin {
        let told = |record: &Record| {
            let reset = state.entries.get(record.entry)?.business == Business::Reset;
            let done = matches!(
                record.standing,
                Standing::Closed(Did::CarriedOut) | Standing::Resolved(Verdict::Succeeded)
            );
            let undecided = record.standing == Standing::Resolved(Verdict::Undecided);
            let counts = done || (reset && undecided && self.has(Guard::UndecidedReset));
            counts.then_some(if reset {
                PinOrigin::Issued
            } else {
                PinOrigin::Own
            })
        };
        state
            .records
            .iter()
            .rev()
            .find_map(told)
            .unwrap_or(PinOrigin::Own)
    }

    pub(super) fn does_business(&self, state: &State, business: Business) -> bool {
        let Some(attempts) = NonZeroU8::new(state.card.left) else {
            return true;
        };
        let status = PinStatus::of(PinCounter::Attempts(attempts), Some(self.origin(state)));
        business != Business::Verify
            || !self.has(Guard::IssuedPin)
            || !matches!(status, PinStatus::Issued { .. })
    }

    /// Whether a desk may spend one of so many tries.
    pub(super) fn above_floor(&self, desk: usize, business: Business, left: u8) -> bool {
        let floor = floor(desk);
        business == Business::Reset
            || NonZeroU8::new(left).is_some_and(|left| floor.check(left).is_ok())
    }

    /// Holds every open record against the counter.
    pub(in super::super) fn settle(&self, state: &mut State) {
        for at in 0..state.records.len() {
            let (_, rest) = state.records.split_at_mut(at);
            let [record, later @ ..] = rest else { return };
            if record.standing != Standing::Open {
                continue;
            }
            let after = later.first().map(|next| next.before);
            let after = after.filter(|_| self.has(Guard::SettleFirst));
            let now = after.unwrap_or(state.card.left);
            let Some(entry) = state.entries.get(record.entry) else {
                return;
            };
            let verdict = resolve(
                operation(entry.business),
                Some(record.before),
                Counter::Attempts(now),
            );
            record.standing = Standing::Resolved(verdict);
        }
    }
}

pub(super) fn floor(desk: usize) -> RetryFloor {
    if desk == 0 {
        RetryFloor::STAFFED
    } else {
        RetryFloor::UNATTENDED
    }
}

pub(super) fn operation(business: Business) -> Operation {
    match business {
        Business::Verify => Operation::Verify,
        Business::Change => Operation::Change {
            old_is_issued: false,
        },
        Business::Reset => Operation::Reload { case: 1 },
    }
}

pub(super) fn record(state: &mut State, work: &Work) {
    state.records.push(Record {
        entry: work.entry,
        before: work.before,
        standing: Standing::Open,
    });
}
