//! Cards that come, go, are swapped, or say nothing.

use card_sim::rack::config::{Config, SlotConfig};
use card_sim::rack::server::Rack;
use card_sim::rack::sim_cards::SimCards;
use cardd::reader::{Fault, Insertion, ReaderEvent, ReaderName, Slot, SubmitError};
use cardd_tests::pcscd::in_own_process;

use crate::stage::Stage;
use crate::witness::{FIRST, Witness, echo, work};

/// The stay after that many others.
fn stay(before: u64) -> Insertion {
    Insertion::new(FIRST.number() + before)
}

#[test]
fn a_card_is_announced_served_and_seen_to_leave() {
    in_own_process(
        "insertions::a_card_is_announced_served_and_seen_to_leave",
        |run| {
            let stage = Stage::set(run, 1);
            let witness = Witness::start();
            assert_eq!(witness.next(), ReaderEvent::ServiceUp);
            assert!(witness.readers.service_up());
            let ReaderEvent::ReaderArrived { reader } = witness.next() else {
                panic!("no reader arrived");
            };
            let name = reader.as_str();
            assert!(name.starts_with("card-sim s0 "), "{name}");
            assert_eq!(witness.slot(name), Slot::Empty);
            let refused = witness
                .readers
                .submit(name, None, work(|_| panic!("it was refused")));
            assert_eq!(refused, Err(SubmitError::NoCard));

            stage.client().insert("s0", "scripted").unwrap();
            assert_eq!(witness.inserted(), (name.to_owned(), FIRST));
            assert_eq!(witness.slot(name), Slot::Present { insertion: FIRST });
            witness.assert_served(name, FIRST);
            witness.readers.identified(name, FIRST);

            stage.client().pull("s0").unwrap();
            let removed = ReaderEvent::CardRemoved {
                reader: reader.clone(),
                insertion: FIRST,
            };
            assert_eq!(witness.next(), removed);
            assert_eq!(witness.slot(name), Slot::Empty);
            witness.readers.identified(name, FIRST);
            assert_eq!(
                witness.slot(name),
                Slot::Empty,
                "a stay that is over is not identified"
            );
            witness.stop();
        },
    )
    .unwrap();
}

#[test]
fn a_swap_however_fast_is_a_new_stay() {
    in_own_process("insertions::a_swap_however_fast_is_a_new_stay", |run| {
        let stage = Stage::set(run, 1);
        let witness = Witness::start();
        let mut rack = stage.client();
        rack.insert("s0", "scripted").unwrap();
        let (reader, mut insertion) = witness.inserted();
        for (before, next) in (1..).zip(["other", "scripted", "other", "scripted"]) {
            rack.swap("s0", next).unwrap();
            let removed = ReaderEvent::CardRemoved {
                reader: ReaderName::from(reader.as_str()),
                insertion,
            };
            assert_eq!(witness.next(), removed);
            assert_eq!(witness.inserted(), (reader.clone(), stay(before)));
            let job = work(|_| panic!("it means another card"));
            let refused = witness.readers.submit(&reader, Some(insertion), job);
            assert_eq!(refused, Err(SubmitError::CardChanged));
            insertion = stay(before);
            witness.assert_served(&reader, insertion);
        }
        witness.stop();
    })
    .unwrap();
}

#[test]
fn a_mute_card_is_announced_as_unreadable_and_gets_no_job() {
    in_own_process(
        "insertions::a_mute_card_is_announced_as_unreadable_and_gets_no_job",
        |run| {
            let _stage = Stage::without_rack(run, 1);
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
            let cards = SimCards::new(None, Box::new(rand::make_rng));
            let _rack = Rack::start(&run.join("rack"), &config, Box::new(cards)).unwrap();
            let witness = Witness::start();
            let (reader, insertion) = loop {
                if let ReaderEvent::CardUnreadable { reader, insertion } = witness.next() {
                    break (reader, insertion);
                }
            };
            let mute = Slot::Faulted {
                insertion,
                fault: Fault::Mute,
            };
            assert_eq!(witness.slot(reader.as_str()), mute);
            let refused =
                witness
                    .readers
                    .submit(reader.as_str(), None, work(|_| panic!("it is mute")));
            assert_eq!(refused, Err(SubmitError::Unreadable));
            witness.stop();
        },
    )
    .unwrap();
}

#[test]
fn a_reader_goes_with_its_card_and_comes_back() {
    in_own_process(
        "insertions::a_reader_goes_with_its_card_and_comes_back",
        |run| {
            let mut stage = Stage::set(run, 1);
            let witness = Witness::start();
            stage.client().insert("s0", "scripted").unwrap();
            let (name, insertion) = witness.inserted();
            let reader = ReaderName::from(name.as_str());
            stage.stop_rack();
            let gone = [
                ReaderEvent::CardRemoved {
                    reader: reader.clone(),
                    insertion,
                },
                ReaderEvent::ReaderGone {
                    reader: reader.clone(),
                },
            ];
            assert_eq!([witness.next(), witness.next()], gone);
            assert_eq!(witness.readers.list(), []);
            let refused = witness
                .readers
                .submit(&name, None, work(|_| panic!("no reader")));
            assert_eq!(refused, Err(SubmitError::Unknown));
            stage.start_rack();
            assert_eq!(witness.next(), ReaderEvent::ReaderArrived { reader });
            stage.client().insert("s0", "scripted").unwrap();
            let (name, insertion) = witness.inserted();
            assert_eq!(insertion, stay(1));
            witness.assert_served(&name, insertion);
            witness.stop();
        },
    )
    .unwrap();
}

#[test]
fn sixteen_readers_are_served_and_no_stay_has_the_number_of_another() {
    let name = "insertions::sixteen_readers_are_served_and_no_stay_has_the_number_of_another";
    in_own_process(name, |run| {
        let stage = Stage::set(run, 16);
        let witness = Witness::start();
        let mut rack = stage.client();
        let mut stays = Vec::new();
        for slot in 0..16 {
            rack.insert(&format!("s{slot}"), &format!("card{slot}"))
                .unwrap();
            stays.push(witness.inserted());
        }
        for (number, (reader, insertion)) in (0..).zip(&stays) {
            assert_eq!(*insertion, stay(number));
            let response = witness.ask(reader, *insertion, echo()).unwrap().unwrap();
            assert_eq!(response.data(), [1, 2, 3]);
        }
        witness.stop();
    })
    .unwrap();
}
