//! The IFD handler and the rack under a real pcscd.

#[cfg(test)]
mod cards;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod stage;

use std::time::{Duration, Instant};

use card_sim::rack::client::Client;
use card_sim::rack::control::{PullAt, Until};
use card_sim::rack::plan::{HoldPhase, PullPhase, When};
use cardd_tests::pcscd::{Ending, in_own_process};
use pcsc::{Disposition, Error, State};
use stage::client::{SOON, connect, context, transmit, wait_for};
use stage::{ATR, ECHO, Stage, VERIFY};

#[test]
fn a_card_is_seen_answers_and_is_seen_to_leave() {
    in_own_process("a_card_is_seen_answers_and_is_seen_to_leave", |run| {
        let stage = Stage::set(run, 2);
        let context = context();
        let mut rack = stage.client();
        wait_for(&context, "s0", State::EMPTY);
        rack.insert("s0", "scripted").unwrap();
        assert_eq!(wait_for(&context, "s0", State::PRESENT), ATR);
        let card = connect(&context, "s0");
        assert_eq!(transmit(&card, ECHO).unwrap(), [1, 2, 3, 0x90, 0]);
        assert_eq!(transmit(&card, VERIFY).unwrap(), [0x63, 0xC2]);
        assert_eq!(rack.inspect("s0").unwrap().inside.counters[0].left, 2);
        rack.pull("s0").unwrap();
        wait_for(&context, "s0", State::EMPTY);
        assert_eq!(transmit(&card, ECHO), Err(Error::RemovedCard));
    })
    .unwrap();
}

#[test]
fn a_pull_in_each_phase_of_a_command_is_a_true_error() {
    /// Pulls the card at a VERIFY in this phase; returns what the client saw and what the card counted.
    fn pull_at_verify(stage: &Stage, phase: PullPhase) -> (Result<Vec<u8>, Error>, u8) {
        let context = context();
        let mut rack = stage.client();
        rack.insert("s0", "scripted").unwrap();
        let card = connect(&context, "s0");
        rack.pull_at(
            "s0",
            PullAt {
                when: When::Ins(0x20),
                phase,
            },
        )
        .unwrap();
        let seen = transmit(&card, VERIFY);
        rack.wait("s0", Until::Empty, SOON).unwrap();
        let left = rack.inspect("scripted").unwrap().inside.counters[0].left;
        wait_for(&context, "s0", State::EMPTY);
        assert_eq!(transmit(&card, ECHO), Err(Error::RemovedCard));
        (seen, left)
    }

    in_own_process("a_pull_in_each_phase_of_a_command_is_a_true_error", |run| {
        let stage = Stage::set(run, 1);
        let torn = |seen: &Result<Vec<u8>, Error>| {
            matches!(seen, Err(Error::NotTransacted | Error::RemovedCard))
        };
        let (seen, left) = pull_at_verify(&stage, PullPhase::Before);
        assert!(torn(&seen) && left == 3, "before: {seen:?}, {left} left");
        let (seen, left) = pull_at_verify(&stage, PullPhase::During);
        assert!(torn(&seen) && left == 2, "during: {seen:?}, {left} left");
        let (seen, left) = pull_at_verify(&stage, PullPhase::After);
        assert_eq!((seen, left), (Ok(vec![0x63, 0xC1]), 1));
    })
    .unwrap();
}

#[test]
fn a_held_command_ends_at_once_when_the_card_is_pulled_by_hand() {
    in_own_process(
        "a_held_command_ends_at_once_when_the_card_is_pulled_by_hand",
        |run| {
            let stage = Stage::set(run, 1);
            let context = context();
            let mut rack = stage.client();
            rack.insert("s0", "scripted").unwrap();
            let card = connect(&context, "s0");
            rack.hold("s0", When::Ins(0x20), HoldPhase::Answer).unwrap();
            let seen = std::thread::scope(|scope| {
                let waiting = scope.spawn(|| transmit(&card, VERIFY));
                rack.wait("s0", Until::Held, SOON).unwrap();
                rack.pull("s0").unwrap();
                waiting.join().unwrap()
            });
            assert!(
                matches!(seen, Err(Error::NotTransacted | Error::RemovedCard)),
                "{seen:?}"
            );
            assert_eq!(rack.inspect("scripted").unwrap().inside.counters[0].left, 2);
        },
    )
    .unwrap();
}

#[test]
fn a_held_command_is_answered_after_its_release() {
    in_own_process("a_held_command_is_answered_after_its_release", |run| {
        let stage = Stage::set(run, 1);
        let context = context();
        let mut rack = stage.client();
        rack.insert("s0", "scripted").unwrap();
        let card = connect(&context, "s0");
        rack.hold("s0", When::Apdu(1), HoldPhase::Command).unwrap();
        let seen = std::thread::scope(|scope| {
            let waiting = scope.spawn(|| transmit(&card, ECHO));
            rack.wait("s0", Until::Held, SOON).unwrap();
            rack.release("s0").unwrap();
            waiting.join().unwrap()
        });
        assert_eq!(seen, Ok(vec![1, 2, 3, 0x90, 0]));
    })
    .unwrap();
}

#[test]
fn a_swap_is_seen_as_a_removal_however_fast_it_is() {
    in_own_process("a_swap_is_seen_as_a_removal_however_fast_it_is", |run| {
        let stage = Stage::set(run, 1);
        let context = context();
        let mut rack = stage.client();
        rack.insert("s0", "scripted").unwrap();
        for next in ["other", "scripted", "other", "scripted"] {
            let card = connect(&context, "s0");
            rack.swap("s0", next).unwrap();
            rack.wait("s0", Until::Powered, SOON).unwrap();
            let seen = transmit(&card, ECHO);
            assert!(matches!(seen, Err(Error::RemovedCard)), "{seen:?}");
        }
    })
    .unwrap();
}

#[test]
fn a_rack_that_goes_and_comes_back_is_recovered_from() {
    in_own_process("a_rack_that_goes_and_comes_back_is_recovered_from", |run| {
        let mut stage = Stage::set(run, 1);
        let context = context();
        stage.client().insert("s0", "scripted").unwrap();
        let card = connect(&context, "s0");
        stage.stop_rack();
        wait_for(&context, "s0", State::UNAVAILABLE);
        assert!(transmit(&card, ECHO).is_err());
        stage.start_rack();
        wait_for(&context, "s0", State::EMPTY);
        stage.client().insert("s0", "scripted").unwrap();
        wait_for(&context, "s0", State::PRESENT);
        let card = connect(&context, "s0");
        assert_eq!(transmit(&card, ECHO).unwrap(), [1, 2, 3, 0x90, 0]);
    })
    .unwrap();
}

#[test]
fn readers_wait_for_a_rack_that_starts_after_pcscd() {
    in_own_process("readers_wait_for_a_rack_that_starts_after_pcscd", |run| {
        let mut stage = Stage::without_rack(run, 1);
        let context = context();
        assert_eq!(context.list_readers_owned().unwrap().len(), 1);
        stage.start_rack();
        stage.client().insert("s0", "scripted").unwrap();
        wait_for(&context, "s0", State::PRESENT);
    })
    .unwrap();
}

#[test]
fn pcscd_killed_and_restarted_finds_the_card_again() {
    in_own_process("pcscd_killed_and_restarted_finds_the_card_again", |run| {
        let mut stage = Stage::set(run, 1);
        stage.client().insert("s0", "scripted").unwrap();
        for ending in [Ending::Kill, Ending::Stop, Ending::Kill] {
            let old = context();
            let card = connect(&old, "s0");
            stage.pcscd.restart(ending).unwrap();
            assert!(transmit(&card, ECHO).is_err());
            std::mem::forget(card);
            let new = context();
            let card = connect(&new, "s0");
            assert_eq!(transmit(&card, ECHO).unwrap(), [1, 2, 3, 0x90, 0]);
        }
    })
    .unwrap();
}

#[test]
fn pcscd_killed_in_the_middle_of_a_command_frees_the_slot() {
    in_own_process(
        "pcscd_killed_in_the_middle_of_a_command_frees_the_slot",
        |run| {
            let mut stage = Stage::set(run, 1);
            let mut rack = stage.client();
            rack.insert("s0", "scripted").unwrap();
            let old = context();
            let card = connect(&old, "s0");
            rack.hold("s0", When::Ins(0x20), HoldPhase::Command)
                .unwrap();
            let seen = std::thread::scope(|scope| {
                let waiting = scope.spawn(|| transmit(&card, VERIFY));
                rack.wait("s0", Until::Held, SOON).unwrap();
                stage.pcscd.restart(Ending::Kill).unwrap();
                waiting.join().unwrap()
            });
            assert_eq!(seen, Err(Error::CommError));
            std::mem::forget(card);
            let new = context();
            let card = connect(&new, "s0");
            assert_eq!(transmit(&card, ECHO).unwrap(), [1, 2, 3, 0x90, 0]);
            let left = rack.inspect("scripted").unwrap().inside.counters[0].left;
            assert_eq!(left, 3, "the held VERIFY never reached the card");
        },
    )
    .unwrap();
}

#[test]
fn a_reset_goes_through_and_a_warm_one_is_counted() {
    in_own_process("a_reset_goes_through_and_a_warm_one_is_counted", |run| {
        let stage = Stage::set(run, 1);
        let context = context();
        let mut rack = stage.client();
        rack.insert("s0", "scripted").unwrap();
        let card = connect(&context, "s0");
        let before = rack.inspect("s0").unwrap().traffic.resets;
        card.disconnect(Disposition::ResetCard)
            .map_err(|(_, e)| e)
            .unwrap();
        assert_eq!(rack.inspect("s0").unwrap().traffic.resets, before + 1);
    })
    .unwrap();
}

#[test]
fn sixteen_readers_stand_on_one_library() {
    in_own_process("sixteen_readers_stand_on_one_library", |run| {
        let stage = Stage::set(run, 16);
        let context = context();
        assert_eq!(context.list_readers_owned().unwrap().len(), 16);
        let mut rack: Client = stage.client();
        for i in 0..16 {
            rack.insert(&format!("s{i}"), &format!("card{i}")).unwrap();
        }
        for i in 0..16 {
            let card = connect(&context, &format!("s{i}"));
            assert_eq!(transmit(&card, ECHO).unwrap(), [1, 2, 3, 0x90, 0]);
        }
    })
    .unwrap();
}

#[test]
fn large_answers_and_commands_pass() {
    in_own_process("large_answers_and_commands_pass", |run| {
        let stage = Stage::set(run, 1);
        let context = context();
        stage.client().insert("s0", "scripted").unwrap();
        let card = connect(&context, "s0");
        let command = stage::extended_echo();
        let answer = transmit(&card, &command).unwrap();
        assert_eq!(answer.len(), command.len() - 7 + 2);
    })
    .unwrap();
}

/// The stock reader looks every 400 ms; ours says when something happens. The bound is far above
/// what it takes (under a millisecond when idle) and far below any polling.
#[test]
fn insertion_and_removal_are_events_and_not_polled_for() {
    in_own_process(
        "insertion_and_removal_are_events_and_not_polled_for",
        |run| {
            let stage = Stage::set(run, 1);
            let context = context();
            let mut rack = stage.client();
            let mut latencies: Vec<Duration> = (0..20)
                .flat_map(|_| {
                    let inserted = Instant::now();
                    rack.insert("s0", "scripted").unwrap();
                    wait_for(&context, "s0", State::PRESENT);
                    let pulled = Instant::now();
                    rack.pull("s0").unwrap();
                    wait_for(&context, "s0", State::EMPTY);
                    [pulled - inserted, pulled.elapsed()]
                })
                .collect();
            latencies.sort();
            eprintln!(
                "event latency: median {:?}, longest {:?}",
                latencies[20], latencies[39]
            );
            assert!(latencies[20] < Duration::from_millis(50), "{latencies:?}");
        },
    )
    .unwrap();
}
