//! Jobs: their order, their bounds, and what a failing card or job does to them.

use std::sync::mpsc::channel;

use card_sim::rack::control::{PullAt, Until};
use card_sim::rack::plan::{HoldPhase, PullPhase, When};
use cardd::card::{ChannelError, Reached};
use cardd::reader::{AccessError, CardDisposition, Rest, Slot, SubmitError};
use cardd_tests::pcscd::in_own_process;

use crate::stage::Stage;
use crate::stage::client::SOON;
use crate::witness::{QUEUE_JOBS, Witness, echo, verify, work};

fn resets(stage: &Stage) -> u64 {
    stage.client().inspect("s0").unwrap().traffic.resets
}

#[test]
fn jobs_queue_in_order_up_to_the_bound() {
    in_own_process("jobs::jobs_queue_in_order_up_to_the_bound", |run| {
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
        let busy = Slot::Busy {
            insertion,
            rest: Rest::Present,
        };
        assert_eq!(witness.slot(&reader), busy);
        let waiting: Vec<_> = (0..QUEUE_JOBS).map(|_| submit(verify()).unwrap()).collect();
        assert_eq!(submit(echo()).err(), Some(SubmitError::Busy));
        rack.release("s0").unwrap();
        let jobs = [running].into_iter().chain(waiting);
        for (job, left) in jobs.zip([2, 1, 0]) {
            let response = job.recv_timeout(SOON).unwrap().unwrap().unwrap();
            assert_eq!(response.status_word().tries_left(), Some(left));
        }
        witness.stop();
    })
    .unwrap();
}

#[test]
fn our_own_long_job_is_not_another_program_that_holds_the_card() {
    let name = "jobs::our_own_long_job_is_not_another_program_that_holds_the_card";
    in_own_process(name, |run| {
        let stage = Stage::set(run, 1);
        let witness = Witness::start();
        stage.client().insert("s0", "scripted").unwrap();
        let (reader, insertion) = witness.inserted();
        let (release, released) = channel::<()>();
        let long = work(move |card| {
            assert!(card.is_ok());
            assert!(
                released.recv_timeout(SOON).is_err(),
                "nothing is sent, the sender goes"
            );
            CardDisposition::Leave
        });
        witness
            .readers
            .submit(&reader, Some(insertion), long)
            .unwrap();
        let waiting = witness
            .submit(&reader, insertion, echo(), CardDisposition::Leave)
            .unwrap();
        let longer_than_the_deadline = crate::witness::HELD_DEADLINE * 2;
        assert!(waiting.recv_timeout(longer_than_the_deadline).is_err());
        drop(release);
        assert!(waiting.recv_timeout(SOON).unwrap().is_ok());
        witness.stop();
    })
    .unwrap();
}

#[test]
fn a_card_pulled_in_a_command_is_a_removal_of_unknown_effect() {
    let name = "jobs::a_card_pulled_in_a_command_is_a_removal_of_unknown_effect";
    in_own_process(name, |run| {
        let stage = Stage::set(run, 1);
        let witness = Witness::start();
        let mut rack = stage.client();
        for phase in [PullPhase::Before, PullPhase::During] {
            rack.insert("s0", "scripted").unwrap();
            let (reader, insertion) = witness.inserted();
            let when = When::Ins(0x20);
            rack.pull_at("s0", PullAt { when, phase }).unwrap();
            let (answer, got) = channel();
            let job = work(move |card| {
                let card = card.unwrap();
                let first = card.transmit(&verify()).map(drop);
                answer
                    .send([first, card.transmit(&echo()).map(drop)])
                    .unwrap();
                CardDisposition::Reset
            });
            witness
                .readers
                .submit(&reader, Some(insertion), job)
                .unwrap();
            let expected = [
                Err(ChannelError::CardRemoved(Reached::Unknown)),
                Err(ChannelError::CardRemoved(Reached::No)),
            ];
            assert_eq!(got.recv_timeout(SOON).unwrap(), expected, "{phase:?}");
        }
        witness.stop();
    })
    .unwrap();
}

#[test]
fn a_job_whose_card_leaves_while_it_waits_is_told_so() {
    in_own_process(
        "jobs::a_job_whose_card_leaves_while_it_waits_is_told_so",
        |run| {
            let stage = Stage::set(run, 1);
            let witness = Witness::start();
            let mut rack = stage.client();
            rack.insert("s0", "scripted").unwrap();
            let (reader, insertion) = witness.inserted();
            rack.hold("s0", When::Ins(0x20), HoldPhase::Command)
                .unwrap();
            let submit =
                |command| witness.submit(&reader, insertion, command, CardDisposition::Leave);
            let running = submit(verify()).unwrap();
            rack.wait("s0", Until::Held, SOON).unwrap();
            let waiting = submit(echo()).unwrap();
            rack.swap("s0", "other").unwrap();
            assert_eq!(
                running.recv_timeout(SOON).unwrap().unwrap().unwrap_err(),
                ChannelError::CardRemoved(Reached::Unknown)
            );
            let told = waiting.recv_timeout(SOON).unwrap().map(drop).unwrap_err();
            assert!(
                matches!(told, AccessError::CardRemoved | AccessError::CardChanged),
                "{told:?}"
            );
            witness.stop();
        },
    )
    .unwrap();
}

#[test]
fn a_job_that_panics_resets_its_card_and_the_next_one_is_served() {
    let name = "jobs::a_job_that_panics_resets_its_card_and_the_next_one_is_served";
    in_own_process(name, |run| {
        let stage = Stage::set(run, 1);
        let witness = Witness::start();
        stage.client().insert("s0", "scripted").unwrap();
        let (reader, insertion) = witness.inserted();
        witness.assert_served(&reader, insertion);
        let before = resets(&stage);
        let job = work(|_| panic!("a defect"));
        witness
            .readers
            .submit(&reader, Some(insertion), job)
            .unwrap();
        witness.assert_served(&reader, insertion);
        assert_eq!(resets(&stage), before + 1);
        witness.stop();
    })
    .unwrap();
}

#[test]
fn a_card_is_reset_before_its_first_job_and_after_those_that_ask_for_it() {
    let name = "jobs::a_card_is_reset_before_its_first_job_and_after_those_that_ask_for_it";
    in_own_process(name, |run| {
        let stage = Stage::set(run, 1);
        let witness = Witness::start();
        stage.client().insert("s0", "scripted").unwrap();
        let (reader, insertion) = witness.inserted();
        let before = resets(&stage);
        witness.assert_served(&reader, insertion);
        assert_eq!(resets(&stage), before + 1, "the first job");
        witness.assert_served(&reader, insertion);
        witness.assert_served(&reader, insertion);
        assert_eq!(resets(&stage), before + 1, "later ones");
        let job = witness
            .submit(&reader, insertion, verify(), CardDisposition::Reset)
            .unwrap();
        assert!(job.recv_timeout(SOON).unwrap().unwrap().is_ok());
        witness.assert_served(&reader, insertion);
        assert_eq!(resets(&stage), before + 2, "one that presented a PIN");
        witness.stop();
    })
    .unwrap();
}
