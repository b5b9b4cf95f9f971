//! The card: what it does with a command, how it leaves and comes, and what a crash leaves of it.

use super::{
    Business, Digits, Guard, LIMIT, Protocol,
    desks::{answer, void_prompts},
    records::floor,
};
use crate::terminal::tests::protocol::state::{Did, State, Told};

impl Protocol {
    /// The card goes: its power with it, and the entries of its stay.
    pub(super) fn leave(&self, state: &mut State) {
        state.card.present = false;
        state.card.verified = false;
        if self.has(Guard::SameStay) {
            void_prompts(state);
        }
    }
}

/// A card that came, or is seen anew: what was for the stay before is void.
pub(super) fn next_stay(state: &mut State) {
    state.sighted = false;
    state
        .entries
        .iter_mut()
        .for_each(|entry| entry.stale = true);
    if let Some(work) = &mut state.work {
        work.broken = true;
    }
}

/// The card carries a command out.
pub(super) fn execute(state: &mut State, at: usize) -> Option<Did> {
    let recorded = state.records.iter().any(|record| record.entry == at);
    let entry = state.entries.get_mut(at)?;
    let card = &mut state.card;
    entry.sends += 1;
    state.wrongs.without_a_record |= !recorded;
    state.wrongs.on_another_stay |= entry.stale;
    let fewest = floor(entry.desk).fewest_remaining();
    let presents = entry.business != Business::Reset;
    state.wrongs.below_the_floor |= presents && card.left < fewest && card.left > 0;
    let right = !presents || entry.typed == Some(card.pin);
    entry.did = if presents && card.left == 0 {
        Did::Nothing
    } else if !right {
        card.left -= 1;
        Did::TookATry
    } else {
        let issued = card.pin == Digits::Issued;
        state.wrongs.business_with_issued_pin |= entry.business == Business::Verify && issued;
        card.left = LIMIT;
        card.verified |= presents;
        card.pin = match (entry.business, card.pin) {
            (Business::Verify, pin) => pin,
            (Business::Change, Digits::Next) => Digits::Own,
            (Business::Change, _) => Digits::Next,
            (Business::Reset, _) => Digits::Issued,
        };
        Did::CarriedOut
    };
    Some(entry.did)
}

/// pcscd resets the card of a program that ends within a transaction (measured).
pub(super) fn crash(state: &mut State) {
    state.up = false;
    state.sighted = false;
    if state.work.take().is_some() {
        state.card.verified = false;
    }
    for at in 0..state.entries.len() {
        answer(state, at, Told::InDoubt);
    }
    void_prompts(state);
}
