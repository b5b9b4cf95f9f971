//! Checks beside which another one stands, each by itself: without it the other one would refuse as well, and
//! no test from outside could tell.

use std::{pin::pin, sync::Arc};

use cardd_proto::{
    entry::{Binding, EntryError, Typed, seal},
    secret::Secret,
    v1::Purpose,
};
use rand::{SeedableRng as _, rngs::StdRng};

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

/// A grant names its card as well as the card's stay.
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

fn digits(text: &str) -> Secret {
    Secret::take_from(&mut text.as_bytes().to_vec()).unwrap()
}

/// An entry names its purpose as well as what its seal holds.
#[test]
fn an_entry_for_another_purpose_is_refused_before_its_seal_is_opened() {
    let scene = Scene::set();
    let (terminal, desk) = (&scene.terminal, "counter");
    let (at, rules) = ((READER, scene.insertion), terminal.rules());
    let opened = terminal.open_entry(desk, at, Purpose::Change, rules);
    let (entry_id, public_key) = opened.unwrap();
    let binding = Binding {
        entry_id,
        insertion: scene.insertion.number(),
        purpose: Purpose::Change,
    };
    let typed = Typed::Change {
        old: digits("739158"),
        new: digits("830571"),
        again: digits("830571"),
    };
    let mut rng = StdRng::seed_from_u64(5);
    let sealed = seal(&typed, &binding, &public_key, &mut rng).unwrap();
    let refused = terminal.unseal(desk, Purpose::Verify, &sealed).err();
    assert!(
        matches!(
            refused,
            Some(TerminalError::EntryMismatch(EntryError::NotForThis))
        ),
        "{refused:?}"
    );
    let again = terminal.unseal(desk, Purpose::Change, &sealed).err();
    assert!(
        matches!(again, Some(TerminalError::EntryUnknown)),
        "{again:?}"
    );
}
