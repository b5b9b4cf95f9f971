//! Cards that give no answer to reset at first, or at all: they are woken before anybody is told.

use card_sim::rack::config::{Config, SlotConfig};
use cardd::reader::{Fault, ReaderEvent, Slot};
use cardd_tests::pcscd::in_own_process;

use crate::stage::{LATE, Stage};
use crate::witness::{FIRST, Witness};

fn power_ups(stage: &Stage) -> u64 {
    stage.client().inspect("s0").unwrap().traffic.power_ups
}

/// PC/SC calls it mute: it is silent when PC/SC powers it up. It answers a later time, and nobody
/// was told anything else than that a card came.
#[test]
fn a_card_that_answers_late_is_not_told_as_unreadable() {
    let name = "silence::a_card_that_answers_late_is_not_told_as_unreadable";
    in_own_process(name, |run| {
        let stage = Stage::set(run, 1);
        let witness = Witness::start();
        assert_eq!(witness.next(), ReaderEvent::ServiceUp);
        let ReaderEvent::ReaderArrived { reader } = witness.next() else {
            panic!("no reader arrived");
        };
        stage.client().insert("s0", "late").unwrap();
        let inserted = ReaderEvent::CardInserted {
            reader: reader.clone(),
            insertion: FIRST,
        };
        assert_eq!(witness.next(), inserted);
        assert_eq!(power_ups(&stage), u64::from(LATE) + 1);
        witness.assert_served(reader.as_str(), FIRST);
        witness.stop();
    })
    .unwrap();
}

/// A card that answers to power only is served, and every job is.
#[test]
fn a_card_that_is_deaf_to_a_reset_gets_its_power_anew() {
    let name = "silence::a_card_that_is_deaf_to_a_reset_gets_its_power_anew";
    in_own_process(name, |run| {
        let stage = Stage::set(run, 1);
        let witness = Witness::start();
        stage.client().insert("s0", "deaf").unwrap();
        let (reader, insertion) = witness.inserted();
        witness.assert_served(&reader, insertion);
        witness.assert_served(&reader, insertion);
        witness.stop();
    })
    .unwrap();
}

/// A card that lies upside down is told after a bounded number of tries, and left alone then.
#[test]
fn a_mute_card_is_woken_a_few_times_and_no_more() {
    let name = "silence::a_mute_card_is_woken_a_few_times_and_no_more";
    in_own_process(name, |run| {
        let slot = SlotConfig {
            name: "s0".into(),
            reader: None,
            card: Some("mute".into()),
            vpcd_port: None,
        };
        let config = Config {
            slots: vec![slot],
            ..Config::default()
        };
        let stage = Stage::with_cards(run, config);
        let witness = Witness::start();
        let (reader, insertion) = loop {
            match witness.next() {
                ReaderEvent::CardUnreadable { reader, insertion } => break (reader, insertion),
                ReaderEvent::CardInserted { .. } => panic!("it does not answer"),
                ReaderEvent::ServiceUp
                | ReaderEvent::ServiceDown
                | ReaderEvent::ReaderArrived { .. }
                | ReaderEvent::ReaderGone { .. }
                | ReaderEvent::CardRemoved { .. } => {}
            }
        };
        let mute = Slot::Faulted {
            insertion,
            fault: Fault::Mute,
        };
        assert_eq!(witness.slot(reader.as_str()), mute);
        // Once by PC/SC, three times by us.
        assert_eq!(power_ups(&stage), 4);
        let mut rack = stage.client();
        rack.pull("s0").unwrap();
        let removed = ReaderEvent::CardRemoved { reader, insertion };
        assert_eq!(witness.next(), removed);
        witness.stop();
    })
    .unwrap();
}
