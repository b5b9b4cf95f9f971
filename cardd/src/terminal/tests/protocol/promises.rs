//! What must hold in every state that the model can reach, and what must be reachable at all.

use stateright::Property;

use super::{
    model::Protocol,
    state::{Did, Standing, State, Told},
};
use crate::ledger::Verdict;

/// Promises, then proofs that the model is not empty.
pub(super) fn all() -> Vec<Property<Protocol>> {
    vec![
        Property::always("no try without a record", |_, state: &State| {
            !state.wrongs()[0]
        }),
        Property::always("the floor", |_, state: &State| !state.wrongs()[1]),
        Property::always("one stay of the card", |_, state: &State| {
            !state.wrongs()[2]
        }),
        Property::always("no business with an issued PIN", |_, state: &State| {
            !state.wrongs()[3]
        }),
        Property::always("one entry, one command", |_, state: &State| {
            !state.sent_twice()
        }),
        Property::always("no right for others", |_, state: &State| {
            !state.verified_for_others()
        }),
        Property::always("what a desk is told is true", |_, state: &State| {
            told_the_truth(state)
        }),
        Property::always("what the record says is true", |_, state: &State| {
            recorded_the_truth(state)
        }),
        Property::sometimes("a success", |_, state: &State| {
            any_told(state, Told::Success)
        }),
        Property::sometimes("a desk in doubt", |_, state: &State| {
            any_told(state, Told::InDoubt)
        }),
        Property::sometimes("a card that is locked", |_, state: &State| {
            state.card.left == 0
        }),
        Property::sometimes("resolved as done", |_, state: &State| {
            any_resolved(state, Verdict::Succeeded)
        }),
        Property::sometimes("resolved as a try", |_, state: &State| {
            any_resolved(state, Verdict::TrySpent)
        }),
        Property::sometimes("resolved as not done", |_, state: &State| {
            any_resolved(state, Verdict::NotDone)
        }),
        Property::sometimes("undecided", |_, state: &State| {
            any_resolved(state, Verdict::Undecided)
        }),
    ]
}

fn told_the_truth(state: &State) -> bool {
    state.entries.iter().all(|entry| match entry.told {
        Some(Told::Success) => entry.did == Did::CarriedOut,
        Some(Told::TrySpent) => entry.did == Did::TookATry,
        Some(Told::NothingHappened) => entry.did == Did::Nothing,
        Some(Told::InDoubt) | None => true,
    })
}

fn recorded_the_truth(state: &State) -> bool {
    state.records.iter().all(|record| {
        let did = state.entries.get(record.entry).map(|entry| entry.did);
        match record.standing {
            Standing::Closed(told) => did == Some(told),
            Standing::Resolved(Verdict::Succeeded) => did == Some(Did::CarriedOut),
            Standing::Resolved(Verdict::TrySpent) => did == Some(Did::TookATry),
            Standing::Resolved(Verdict::NotDone) => did == Some(Did::Nothing),
            Standing::Resolved(Verdict::Undecided) | Standing::Open => true,
        }
    })
}

fn any_told(state: &State, told: Told) -> bool {
    state.entries.iter().any(|entry| entry.told == Some(told))
}

fn any_resolved(state: &State, verdict: Verdict) -> bool {
    let standing = Standing::Resolved(verdict);
    state
        .records
        .iter()
        .any(|record| record.standing == standing)
}
