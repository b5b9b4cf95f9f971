//! Checks beside which another one stands, each by itself: without it the other one would refuse as well, and
//! no test from outside could tell.

use std::{
    pin::pin,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use cardd_proto::{
    entry::{Binding, EntryError, Typed, seal},
    secret::Secret,
    v1::Purpose,
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{
    protocol::world::READER,
    silence::{OPERATOR, Scene, counter, hall, poll},
};
use crate::{
    ledger::{Body, CardRef, IntentEntry, Operation, Outcome},
    terminal::{CaseOpened, KnownCard, TerminalError, cases::NoCase},
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

/// The grant of a case that still needs a second operator.
fn unapproved(scene: &Scene) -> CaseOpened {
    let opened = scene.case();
    let now = scene.terminal.clock.now();
    let mut cases = scene.terminal.cases();
    let mut case = cases.take(&opened.grant, OPERATOR, now).unwrap();
    case.approved = false;
    assert!(cases.open(&opened.grant, case, now));
    drop(cases);
    opened
}

#[test]
fn an_approval_that_is_not_on_record_does_not_count() {
    for recorded in [true, false] {
        let scene = Scene::set();
        let opened = unapproved(&scene);
        scene.ledger_ends.store(!recorded, Relaxed);
        let terminal = &scene.terminal;
        let approved = terminal.approve_case(&counter(), "wang", opened.sequence);
        assert_eq!(approved.is_ok(), recorded, "{approved:?}");
        let now = terminal.clock.now();
        let taken = terminal.cases().take(&opened.grant, OPERATOR, now);
        let expected = (!recorded).then_some(NoCase::NotApproved);
        assert_eq!(taken.err(), expected);
    }
}

#[test]
fn a_receipt_key_that_is_not_on_record_is_not_kept() {
    for recorded in [true, false] {
        let scene = Scene::set();
        scene.ledger_ends.store(!recorded, Relaxed);
        let made = scene.terminal.rotate_receipt_key(&hall());
        assert_eq!(made.is_ok(), recorded, "{made:?}");
        let kept = scene.terminal.ledger.receipt_keys().unwrap();
        assert_eq!(kept.is_some(), recorded);
    }
}

/// A VERIFY at this card whose result is not known.
fn in_doubt(scene: &Scene) {
    let known = scene.terminal.cards.get(READER, scene.insertion);
    let entry = IntentEntry {
        operation: Operation::Verify,
        desk: "counter".to_owned(),
        reader: READER.to_owned(),
        insertion: scene.insertion.number(),
        card: known.unwrap().unwrap().card_ref.clone(),
        attempts_before: Some(6),
    };
    let ledger = &scene.terminal.ledger;
    let intent = ledger.begin(entry).unwrap();
    let why = "it was torn".to_owned();
    ledger.close(intent, Outcome::InDoubt { why }).unwrap();
}

/// The look before the prompt settles what is in doubt; what arose since is settled before the counter is
/// moved again, or it would no longer tell.
#[test]
fn a_doubt_is_settled_before_the_next_command() {
    let scene = Scene::set();
    let terminal = &scene.terminal;
    let at = (READER, scene.insertion);
    let opened = terminal.open_entry("counter", at, Purpose::Verify, terminal.rules());
    let (entry_id, public_key) = opened.unwrap();
    in_doubt(&scene);
    let binding = Binding {
        entry_id,
        insertion: scene.insertion.number(),
        purpose: Purpose::Verify,
    };
    let pin = digits("760241");
    let mut rng = StdRng::seed_from_u64(5);
    let sealed = seal(&Typed::Verify { pin }, &binding, &public_key, &mut rng).unwrap();
    let desk = counter();
    let tried = terminal.verify_pin(&desk, &sealed, false, None);
    scene.answered(tried).unwrap_err();

    let records = terminal.ledger.records(0, 1000).unwrap();
    let find = |wanted: fn(&Body) -> bool| records.iter().rposition(|one| wanted(&one.body));
    let resolved = find(|body| matches!(body, Body::Resolved { .. })).unwrap();
    let sent = find(|body| matches!(body, Body::Intent(_))).unwrap();
    assert!(resolved < sent, "{records:#?}");
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
