//! The card's thread in a transaction, step by step.

use super::{Guard, Protocol, Torn, card::execute, desks::answer, records::record};
use crate::terminal::tests::protocol::state::{At, Did, Standing, State, Told, Work};

impl Protocol {
    /// The next step of the card's thread.
    pub(super) fn step(&self, state: &mut State, torn: Option<Torn>) -> Option<()> {
        let mut work = state.work.take()?;
        match work.at {
            At::Look => self.look(state, work),
            At::Claim => {
                if self.has(Guard::Ticket) && state.entries.get(work.entry)?.given_up {
                    return Some(());
                }
                if self.has(Guard::IntentFirst) {
                    record(state, &work);
                }
                work.at = At::Send;
                state.work = Some(work);
            }
            At::Send => self.send(state, work, torn)?,
            At::Close => self.close(state, work)?,
            At::End => {
                if self.has(Guard::Reset) {
                    state.card.verified = false;
                }
                let told = match work.answer {
                    Some(Did::CarriedOut) => Told::Success,
                    Some(Did::TookATry) => Told::TrySpent,
                    Some(Did::Nothing) => Told::NothingHappened,
                    None => Told::InDoubt,
                };
                answer(state, work.entry, told);
            }
        }
        Some(())
    }

    /// Counter, doubts, floor.
    fn look(&self, state: &mut State, mut work: Work) {
        let Some(entry) = state.entries.get(work.entry).cloned() else {
            return;
        };
        if !state.reaches(&work) {
            return answer(state, work.entry, Told::NothingHappened);
        }
        if self.has(Guard::SettleFirst) {
            self.settle(state);
        }
        let seen = if self.has(Guard::LookAgain) {
            state.card.left
        } else {
            entry.shown
        };
        let floor = self.above_floor(entry.desk, entry.business, seen);
        let allowed = floor || !self.has(Guard::Floor) && seen > 0;
        if !allowed || !self.does_business(state, entry.business) {
            return answer(state, work.entry, Told::NothingHappened);
        }
        work.before = seen;
        work.at = At::Claim;
        state.work = Some(work);
    }

    fn send(&self, state: &mut State, mut work: Work, torn: Option<Torn>) -> Option<()> {
        let reaches = state.reaches(&work) && torn != Some(Torn::Before);
        let did = if reaches {
            execute(state, work.entry)?
        } else {
            Did::Nothing
        };
        // To a card that left just before, a command counts as sent: nobody can tell.
        work.answer = (reaches && torn.is_none()).then_some(did);
        if matches!(torn, Some(Torn::Before | Torn::After)) {
            self.leave(state);
        }
        if !self.has(Guard::IntentFirst) {
            record(state, &work);
        }
        work.at = At::Close;
        state.work = Some(work);
        Some(())
    }

    fn close(&self, state: &mut State, mut work: Work) -> Option<()> {
        if work.answer.is_none() && !self.has(Guard::NoRetry) {
            // Waits for the card to come back, and sends again.
            state.card.present.then_some(())?;
            work.broken = false;
            work.at = At::Send;
            state.work = Some(work);
            return Some(());
        }
        let record = state
            .records
            .iter_mut()
            .rev()
            .find(|record| record.entry == work.entry);
        if let (Some(record), Some(did)) = (record, work.answer) {
            record.standing = Standing::Closed(did);
        }
        work.at = At::End;
        state.work = Some(work);
        Some(())
    }
}
