//! A grant names its card as well as the card's stay: were two cards ever taken for one stay, the second
//! is left alone all the same.

use std::{pin::pin, sync::Arc};

use super::{
    protocol::world::READER,
    silence::{OPERATOR, Scene, hall, poll},
};
use crate::{
    ledger::CardRef,
    terminal::{KnownCard, TerminalError},
};

/// Another card of the same stay.
fn another_card(scene: &Scene) {
    let cards = &scene.terminal.cards;
    let known = cards.get(READER, scene.insertion).unwrap().unwrap();
    let (identity, facts) = (known.identity.clone(), known.facts.clone());
    let other = KnownCard::new(identity, CardRef::for_test("other"), facts);
    cards.know(READER.into(), scene.insertion, Arc::new(other));
}

#[test]
fn a_grant_for_another_card_of_the_same_stay_sends_nothing() {
    let scene = Scene::set();
    let before = scene.world.counted();
    let case = scene.case();
    another_card(&scene);
    let begun = scene.terminal.operate(&hall(), &case.grant, OPERATOR);
    let (line, work) = begun.unwrap();
    let mut work = pin!(work);
    assert!(poll(work.as_mut()).is_none(), "it waits for the card");
    // Nobody answers: what gets as far as a question ends as a silent hall.
    drop(line);
    assert!(scene.steps.serve(READER));
    let ended = poll(work).unwrap();
    assert!(
        matches!(ended, Err(TerminalError::GrantOtherCard)),
        "{ended:?}"
    );
    assert_eq!(scene.outcome(), None);
    assert_eq!(scene.world.counted(), before);
}
