//! Other programs at the same card.

use std::time::{Duration, Instant};

use cardd::reader::{AccessError, Insertion};
use cardd_tests::pcscd::in_own_process;
use pcsc::{Disposition, Protocols, ShareMode};

use crate::stage::Stage;
use crate::stage::client::{connect, context, reader_of};
use crate::witness::{HELD_DEADLINE, Witness, echo};

/// Asks while another program holds the card, which lasts until the refusal is here; asserts that it
/// was waited for and returns how long the card is said to have been held.
fn refused_as_held(witness: &Witness, reader: &str, insertion: Insertion) -> Duration {
    let start = Instant::now();
    let refused = witness
        .ask(reader, insertion, echo())
        .map(drop)
        .unwrap_err();
    let waited = start.elapsed();
    assert!(waited >= HELD_DEADLINE, "{waited:?}");
    let AccessError::Held { held } = refused else {
        panic!("{refused:?}");
    };
    held
}

#[test]
fn a_transaction_of_another_program_is_told_of_in_time_and_waited_out() {
    let name = "foreign::a_transaction_of_another_program_is_told_of_in_time_and_waited_out";
    in_own_process(name, |run| {
        let stage = Stage::set(run, 1);
        let witness = Witness::start();
        stage.client().insert("s0", "scripted").unwrap();
        let (reader, insertion) = witness.inserted();
        let foreign = context();
        let mut card = connect(&foreign, "s0");
        let transaction = card.transaction().unwrap();
        let first = refused_as_held(&witness, &reader, insertion);
        let second = refused_as_held(&witness, &reader, insertion);
        assert!(
            second >= first + HELD_DEADLINE,
            "{first:?}, then {second:?}"
        );
        transaction
            .end(Disposition::LeaveCard)
            .map_err(|(_, e)| e)
            .unwrap();
        witness.assert_served(&reader, insertion);
        witness.stop();
    })
    .unwrap();
}

#[test]
fn an_exclusive_connection_of_another_program_is_told_of_in_time_and_waited_out() {
    let name =
        "foreign::an_exclusive_connection_of_another_program_is_told_of_in_time_and_waited_out";
    in_own_process(name, |run| {
        let stage = Stage::set(run, 1);
        let witness = Witness::start();
        stage.client().insert("s0", "scripted").unwrap();
        let (reader, insertion) = witness.inserted();
        let foreign = context();
        let name = reader_of(&foreign, "s0");
        let card = foreign
            .connect(&name, ShareMode::Exclusive, Protocols::ANY)
            .unwrap();
        for _round in 0..2 {
            let held = refused_as_held(&witness, &reader, insertion);
            assert!(held > HELD_DEADLINE / 2, "{held:?}");
        }
        card.disconnect(Disposition::LeaveCard)
            .map_err(|(_, e)| e)
            .unwrap();
        witness.assert_served(&reader, insertion);
        witness.stop();
    })
    .unwrap();
}

#[test]
fn a_card_that_another_program_has_open_is_reset_before_each_job() {
    let name = "foreign::a_card_that_another_program_has_open_is_reset_before_each_job";
    in_own_process(name, |run| {
        let stage = Stage::set(run, 1);
        let witness = Witness::start();
        let mut rack = stage.client();
        rack.insert("s0", "scripted").unwrap();
        let (reader, insertion) = witness.inserted();
        witness.assert_served(&reader, insertion);
        let foreign = context();
        let card = connect(&foreign, "s0");
        let before = rack.inspect("s0").unwrap().traffic.resets;
        witness.assert_served(&reader, insertion);
        assert_eq!(rack.inspect("s0").unwrap().traffic.resets, before + 1);
        // It was reset under the other program's hands, which is told so.
        let told = card.disconnect(Disposition::LeaveCard).map_err(|(_, e)| e);
        assert!(told.is_ok(), "{told:?}");
        witness.assert_served(&reader, insertion);
        assert_eq!(rack.inspect("s0").unwrap().traffic.resets, before + 1);
        witness.stop();
    })
    .unwrap();
}
