//! A PC/SC service that is not there yet, dies, or is not waited for any more.

use std::time::Duration;

use card_sim::rack::control::Until;
use card_sim::rack::plan::{HoldPhase, When};
use cardd::card::{ChannelError, Reached};
use cardd::reader::{
    AccessError, CardDisposition, Insertion, ReaderEvent, ReaderName, SubmitError,
};
use cardd_tests::pcscd::{Ending, in_own_process};

use crate::stage::Stage;
use crate::stage::client::SOON;
use crate::witness::{Witness, echo, verify, work};

/// The service goes and takes the card, then the reader; it comes back with the reader, then the card.
/// How long that takes is measured by the bench. Answers the new stay.
fn back_in_order(witness: &Witness, reader: &str, insertion: Insertion) -> Insertion {
    let reader = &ReaderName::from(reader);
    let told = |reader| ReaderEvent::ReaderArrived { reader };
    let removed = ReaderEvent::CardRemoved {
        reader: reader.clone(),
        insertion,
    };
    let gone = ReaderEvent::ReaderGone {
        reader: reader.clone(),
    };
    let order = [
        ReaderEvent::ServiceDown,
        removed,
        gone,
        ReaderEvent::ServiceUp,
        told(reader.clone()),
    ];
    for expected in order {
        assert_eq!(witness.next_of(reader), expected);
    }
    let last = witness.next_of(reader);
    let ReaderEvent::CardInserted { insertion, .. } = last else {
        panic!("{last:?}");
    };
    insertion
}

#[test]
fn a_restart_of_the_service_voids_all_stays_and_work_goes_on_soon_after() {
    let name = "service::a_restart_of_the_service_voids_all_stays_and_work_goes_on_soon_after";
    in_own_process(name, |run| {
        let mut stage = Stage::set(run, 2);
        let witness = Witness::start();
        stage.client().insert("s0", "scripted").unwrap();
        let (reader, mut insertion) = witness.inserted();
        for ending in [Ending::Kill, Ending::Stop, Ending::Kill] {
            witness.assert_served(&reader, insertion);
            stage.pcscd.restart(ending).unwrap();
            let anew = back_in_order(&witness, &reader, insertion);
            assert!(anew > insertion);
            let stale = witness
                .readers
                .submit(&reader, Some(insertion), work(|_| panic!("stale")));
            assert_eq!(stale, Err(SubmitError::CardChanged));
            insertion = anew;
            witness.assert_served(&reader, insertion);
        }
        witness.stop();
    })
    .unwrap();
}

#[test]
fn a_service_that_dies_takes_cards_then_readers_with_it() {
    in_own_process(
        "service::a_service_that_dies_takes_cards_then_readers_with_it",
        |run| {
            let mut stage = Stage::set(run, 1);
            let witness = Witness::start();
            let mut rack = stage.client();
            rack.insert("s0", "scripted").unwrap();
            let (name, insertion) = witness.inserted();
            rack.hold("s0", When::Ins(0x20), HoldPhase::Answer).unwrap();
            let submit =
                |command| witness.submit(&name, insertion, command, CardDisposition::Reset);
            let running = submit(verify()).unwrap();
            rack.wait("s0", Until::Held, SOON).unwrap();
            let waiting = submit(echo()).unwrap();
            stage.pcscd.end(Ending::Kill).unwrap();
            let broken = running.recv_timeout(SOON).unwrap().unwrap().unwrap_err();
            assert_eq!(broken, ChannelError::ServiceDown(Reached::Unknown));
            let told = waiting.recv_timeout(SOON).unwrap().map(drop).unwrap_err();
            assert_eq!(told, AccessError::ServiceDown);
            let reader = cardd::reader::ReaderName::from(name.as_str());
            let expected = [
                ReaderEvent::ServiceDown,
                ReaderEvent::CardRemoved {
                    reader: reader.clone(),
                    insertion,
                },
                ReaderEvent::ReaderGone { reader },
            ];
            assert_eq!([witness.next(), witness.next(), witness.next()], expected);
            assert!(!witness.readers.service_up());
            assert_eq!(witness.readers.list(), []);
            assert_eq!(submit(echo()).err(), Some(SubmitError::ServiceDown));
            witness.stop();
        },
    )
    .unwrap();
}

#[test]
fn the_service_may_come_after_us() {
    in_own_process("service::the_service_may_come_after_us", |run| {
        let witness = Witness::start();
        assert_eq!(witness.next(), ReaderEvent::ServiceDown);
        assert!(!witness.readers.service_up());
        let stage = Stage::set(run, 1);
        assert_eq!(witness.next(), ReaderEvent::ServiceUp);
        stage.client().insert("s0", "scripted").unwrap();
        let (reader, insertion) = witness.inserted();
        witness.assert_served(&reader, insertion);
        witness.stop();
    })
    .unwrap();
}

#[test]
fn a_shutdown_answers_who_waits_and_leaves_a_stuck_command_behind() {
    let name = "service::a_shutdown_answers_who_waits_and_leaves_a_stuck_command_behind";
    in_own_process(name, |run| {
        let stage = Stage::set(run, 1);
        let witness = Witness::start();
        let mut rack = stage.client();
        rack.insert("s0", "scripted").unwrap();
        let (reader, insertion) = witness.inserted();
        rack.hold("s0", When::Ins(0x20), HoldPhase::Command)
            .unwrap();
        let submit = |command| witness.submit(&reader, insertion, command, CardDisposition::Leave);
        let running = submit(verify()).unwrap();
        rack.wait("s0", Until::Held, SOON).unwrap();
        let waiting = submit(echo()).unwrap();
        let bound = Duration::from_millis(200);
        // Returns while the command is still held, or never.
        let report = witness.readers.shutdown(bound);
        assert_eq!(report.abandoned, [format!("line {reader}")]);
        assert_eq!(report.ended, 2, "monitor and keeper");
        let told = waiting.recv_timeout(SOON).unwrap().map(drop).unwrap_err();
        assert_eq!(told, AccessError::ShuttingDown);
        assert_eq!(submit(echo()).err(), Some(SubmitError::ShuttingDown));
        rack.release("s0").unwrap();
        assert!(
            running.recv_timeout(SOON).unwrap().unwrap().is_ok(),
            "it ends by itself"
        );
    })
    .unwrap();
}

#[test]
fn a_shutdown_lets_a_running_job_end_and_is_quick_when_nothing_runs() {
    let name = "service::a_shutdown_lets_a_running_job_end_and_is_quick_when_nothing_runs";
    in_own_process(name, |run| {
        let stage = Stage::set(run, 1);
        let witness = Witness::start();
        let mut rack = stage.client();
        rack.insert("s0", "scripted").unwrap();
        let (reader, insertion) = witness.inserted();
        rack.hold("s0", When::Ins(0x20), HoldPhase::Command)
            .unwrap();
        let running = witness
            .submit(&reader, insertion, verify(), CardDisposition::Reset)
            .unwrap();
        rack.wait("s0", Until::Held, SOON).unwrap();
        std::thread::scope(|scope| {
            let ending = scope.spawn(|| witness.readers.shutdown(SOON));
            rack.release("s0").unwrap();
            let report = ending.join().unwrap();
            assert_eq!((report.ended, report.abandoned.len()), (3, 0));
        });
        assert!(running.recv_timeout(SOON).unwrap().unwrap().is_ok());
    })
    .unwrap();
}
