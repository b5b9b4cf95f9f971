//! Desks: prompts, typed PINs, and desks that wait no longer.

use super::{Business, Digits, Guard, Protocol};
use crate::terminal::tests::protocol::state::{At, Desk, Did, Entry, State, Told, Work};

impl Protocol {
    pub(super) fn open(&self, state: &mut State, desk: usize, business: Business) -> Option<()> {
        let ready = state.up && state.card.present && state.sighted && state.work.is_none();
        let allowed = desk == 0 || business == Business::Change;
        let room = state.entries.len() < self.entries;
        let left = state.card.left;
        let may = self.above_floor(desk, business, left) && self.does_business(state, business);
        (ready && allowed && room && may).then_some(())?;
        let entry = state.entries.len();
        let seat = state.desks.get_mut(desk)?;
        (*seat == Desk::Idle).then_some(())?;
        *seat = match business {
            Business::Reset => Desk::Waiting(entry),
            Business::Verify | Business::Change => Desk::Prompted(entry),
        };
        state.entries.push(Entry {
            desk,
            business,
            typed: None,
            stale: false,
            shown: if self.has(Guard::LookAgain) { 0 } else { left },
            sends: 0,
            did: Did::Nothing,
            told: None,
            given_up: false,
            repeated: false,
        });
        Some(())
    }

    /// What waits is given up by its desk.
    pub(super) fn give_up(&self, state: &mut State, desk: usize) -> Option<()> {
        let Desk::Waiting(entry) = *state.desks.get(desk)? else {
            return None;
        };
        let claimed = state
            .work
            .as_ref()
            .is_some_and(|work| work.entry == entry && !matches!(work.at, At::Look | At::Claim));
        let told = if claimed && self.has(Guard::Ticket) {
            Told::InDoubt
        } else {
            Told::NothingHappened
        };
        answer(state, entry, told);
        state.entries.get_mut(entry)?.given_up = true;
        Some(())
    }

    pub(super) fn start_work(&self, state: &mut State, desk: usize) -> Option<()> {
        (state.up && state.sighted && state.work.is_none()).then_some(())?;
        let Desk::Waiting(at) = *state.desks.get(desk)? else {
            return None;
        };
        let stale = state.entries.get(at)?.stale;
        if !state.card.present || (stale && self.has(Guard::SameStay)) {
            answer(state, at, Told::NothingHappened);
            return Some(());
        }
        state.work = Some(Work {
            entry: at,
            at: At::Look,
            broken: false,
            before: 0,
            answer: None,
        });
        Some(())
    }

    pub(super) fn repeat(&self, state: &mut State, desk: usize) -> Option<()> {
        (!self.has(Guard::OneEntry) && state.up).then_some(())?;
        (*state.desks.get(desk)? == Desk::Idle).then_some(())?;
        let last = state.entries.iter().rposition(|entry| entry.desk == desk)?;
        let entry = state.entries.get_mut(last)?;
        (entry.typed.is_some() && !entry.repeated).then_some(())?;
        entry.repeated = true;
        *state.desks.get_mut(desk)? = Desk::Waiting(last);
        Some(())
    }
}

pub(super) fn type_in(state: &mut State, desk: usize, digits: Digits) -> Option<()> {
    let Desk::Prompted(entry) = *state.desks.get(desk)? else {
        return None;
    };
    state.entries.get_mut(entry)?.typed = Some(digits);
    *state.desks.get_mut(desk)? = Desk::Waiting(entry);
    Some(())
}

/// The desk has its answer, if it still waits for it.
pub(super) fn answer(state: &mut State, entry: usize, told: Told) {
    let waits = |desk: &&mut Desk| **desk == Desk::Waiting(entry);
    if let Some(desk) = state.desks.iter_mut().find(waits) {
        *desk = Desk::Idle;
        if let Some(entry) = state.entries.get_mut(entry) {
            entry.told = Some(told);
        }
    }
}

/// Prompts end without an entry: nothing was typed, nothing is asked.
pub(super) fn void_prompts(state: &mut State) {
    for desk in &mut state.desks {
        if let Desk::Prompted(_) = desk {
            *desk = Desk::Idle;
        }
    }
}
