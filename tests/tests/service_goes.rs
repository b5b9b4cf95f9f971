//! The PC/SC service as an ordinary event: stopped, killed and restarted at every command of an
//! operation, with a foreign program looking on. cardd serves again by itself, and nobody ever finds
//! a card that is still verified.
//!
//! `CARDD_CAMPAIGN=full` takes every command with every ending, for VERIFY and CHANGE PIN alike.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::{ffi::CString, path::Path};

use card_sim::rack::plan::{HoldPhase, When};
use cardd_tests::{
    pcscd::{Ending, in_own_process},
    scene::{SLOT, Scene, Typed},
    stand::{Plan, Stand},
    wire::carries_pin,
};
use hall_client::{AttemptSpent, ClientError, Verdict, Verified};
use pcsc::{Context, Disposition, Error, Protocols, Scope, ShareMode};
use rustix::process::Signal;

/// SELECT of the social security environment (人社信息函〔2012〕37号), by name.
const SELECT_SSSE: &[u8] = b"\x00\xA4\x04\x00\x0Fsx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF";
/// VERIFY without data: how many tries are left, or 9000 where the PIN is right already.
const ASK: &[u8] = &[0x00, 0x20, 0x00, 0x00, 0x00];
/// VERIFY with the holder's own PIN.
const PRESENT: &[u8] = &[0x00, 0x20, 0x00, 0x00, 0x03, 0x83, 0x05, 0x71];

/// How the service goes. It comes back each time.
#[derive(Debug, Clone, Copy)]
enum Going {
    /// SIGTERM; it comes back when the desk has its answer.
    Stop,
    /// SIGKILL; it comes back when the desk has its answer.
    Kill,
    /// SIGKILL, and back at once.
    Restart,
}

/// One round: the service goes while this command is at the card.
#[derive(Debug, Clone, Copy)]
struct Round {
    typed: Typed,
    /// Counted in the commands after the prompt.
    command: u32,
    phase: HoldPhase,
    going: Going,
}

async fn in_process(run: &Path) -> Scene {
    let stand = Stand::start_in(run, &Plan::with_cards(&["w2"])).unwrap();
    Scene::on(stand).await.unwrap()
}

/// Commands of an operation after its prompt, and which of them carries the PIN.
async fn course(scene: &mut Scene, what: Typed) -> (u32, u32) {
    let sent = scene.commands(what).await.unwrap();
    let pin = sent.iter().position(carries_pin).unwrap();
    let number = |n: usize| u32::try_from(n).unwrap();
    (number(sent.len()), number(pin + 1))
}

/// The service goes and comes back; answers what the desk was told meanwhile.
async fn survive(scene: &mut Scene, round: Round) -> Result<Verified, ClientError> {
    let when = When::Apdu(round.command);
    let working = scene.held(round.typed, when, round.phase).await.unwrap();
    let ending = match round.going {
        Going::Stop => Ending::Stop,
        Going::Kill | Going::Restart => Ending::Kill,
    };
    scene.stand.pcscd.end(ending).unwrap();
    if let Going::Restart = round.going {
        scene.stand.pcscd.restart(ending).unwrap();
    }
    // The card was let go with the service; what it had begun, it has done.
    let mut rack = scene.stand.rack().unwrap();
    let _released = rack.release(SLOT);
    rack.clear(SLOT).unwrap();
    let answer = working.await.unwrap();
    if !matches!(round.going, Going::Restart) {
        scene.stand.pcscd.restart(ending).unwrap();
    }
    answer
}

/// A foreign program comes to the card first, or second; it never finds it verified.
fn look_as_a_stranger(scene: &Scene) {
    let context = Context::establish(Scope::User).unwrap();
    let reader = CString::new(scene.reader.as_str()).unwrap();
    let card = loop {
        match context.connect(&reader, ShareMode::Shared, Protocols::ANY) {
            Ok(card) => break card,
            Err(Error::UnknownReader | Error::NoSmartcard | Error::ReaderUnavailable) => {
                std::thread::yield_now();
            }
            Err(error) => panic!("{error}"),
        }
    };
    // It may be told that cardd has reset the card; that is as good an answer.
    let found = transmit(&card, ASK);
    assert_ne!(found, Ok(vec![0x90, 0x00]), "a right that nobody gave it");
    drop(card.disconnect(Disposition::LeaveCard));
}

fn transmit(card: &pcsc::Card, command: &[u8]) -> Result<Vec<u8>, Error> {
    let mut buffer = [0; 300];
    card.transmit(command, &mut buffer).map(<[u8]>::to_vec)
}

/// The answer is what the card did, or in doubt; the counter then tells.
fn check(
    scene: &Scene,
    round: Round,
    (answer, verdicts): (Result<Verified, ClientError>, &[Verdict]),
    pin: u32,
) {
    let after = scene.tries().unwrap();
    let done = after == 6;
    assert!(done || after == 5, "{round:?}: the right PIN cost a try");
    match answer {
        Ok(_) => {
            assert!(done && round.command > pin, "{round:?}");
            assert_eq!(verdicts, [], "{round:?}");
        }
        Err(error) if error.attempt_spent() == AttemptSpent::Unknown => {
            assert_eq!(round.command, pin, "{round:?}: {error}");
            let verdict = if done {
                Verdict::Succeeded
            } else {
                Verdict::Undecided
            };
            assert_eq!(verdicts, [verdict], "{round:?}");
        }
        Err(error) => {
            assert_eq!(
                error.attempt_spent(),
                AttemptSpent::No,
                "{round:?}: {error}"
            );
            assert!(!done && round.command < pin, "{round:?}: {error}");
            assert_eq!(verdicts, [], "{round:?}");
        }
    }
}

fn campaign() -> bool {
    std::env::var("CARDD_CAMPAIGN").is_ok_and(|kind| kind == "full")
}

/// Every command in both phases; endings take turns unless this is the campaign.
fn rounds(what: Typed, (all, pin): (u32, u32)) -> Vec<Round> {
    let goings = [Going::Kill, Going::Restart, Going::Stop];
    let mut rounds = Vec::new();
    for command in 1..=all {
        for phase in [HoldPhase::Command, HoldPhase::Answer] {
            let round = |going| Round {
                typed: what,
                command,
                phase,
                going,
            };
            if campaign() || command == pin {
                rounds.extend(goings.map(round));
            } else if what == Typed::VerifyRight {
                // Stopping a service that is at work takes it seconds: at one command of many.
                let even = rounds.len().is_multiple_of(2);
                rounds.push(round(if even { Going::Kill } else { Going::Restart }));
            }
        }
    }
    rounds
}

fn the_service_goes_at_every_command(test: &str, what: Typed) {
    let body = |run: &Path| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut scene = in_process(run).await;
            let course = course(&mut scene, what).await;
            for round in rounds(what, course) {
                let answer = survive(&mut scene, round).await;
                look_as_a_stranger(&scene);
                let verdicts = scene.seen_again().await.unwrap();
                check(&scene, round, (answer, &verdicts), course.1);
                scene.restore().await.unwrap();
            }
        });
    };
    in_own_process(test, body).unwrap();
}

#[test]
fn the_service_goes_at_every_command_of_a_verify() {
    let name = "the_service_goes_at_every_command_of_a_verify";
    the_service_goes_at_every_command(name, Typed::VerifyRight);
}

#[test]
fn the_service_goes_at_the_command_of_a_change() {
    let name = "the_service_goes_at_the_command_of_a_change";
    the_service_goes_at_every_command(name, Typed::ChangeRight);
}

/// A stranger waits at the card while the PIN is presented, and cardd is killed before it can reset
/// it: pcscd does, and the next cardd has the doubt settled.
#[test]
fn a_killed_daemon_leaves_no_verified_card() {
    let name = "a_killed_daemon_leaves_no_verified_card";
    in_own_process(name, |run| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            for what in [Typed::VerifyRight, Typed::ChangeRight] {
                killed_before_a_strangers_eyes(run, what).await;
            }
        });
    })
    .unwrap();
}

async fn killed_before_a_strangers_eyes(run: &Path, what: Typed) {
    let mut scene = in_process(run).await;
    let working = scene.held_with_pin(what, HoldPhase::Answer).await.unwrap();
    scene.stand.cardd.end(Signal::KILL).unwrap();
    let reader = scene.reader.clone();
    let waiting = std::thread::spawn(move || {
        let context = Context::establish(Scope::User).unwrap();
        let reader = CString::new(reader).unwrap();
        let card = context
            .connect(&reader, ShareMode::Shared, Protocols::ANY)
            .unwrap();
        let found = transmit(&card, ASK);
        drop(card.disconnect(Disposition::LeaveCard));
        found
    });
    scene.stand.rack().unwrap().release(SLOT).unwrap();
    working.await.unwrap().unwrap_err();
    assert_ne!(waiting.join().unwrap(), Ok(vec![0x90, 0x00]));
    let verdicts = scene.again().await.unwrap();
    assert_eq!(verdicts, [Verdict::Succeeded], "{what:?}");
    look_as_a_stranger(&scene);
    scene.restore().await.unwrap();
}

/// Another program left its PIN right on the card: the first look of a starting cardd resets it.
#[test]
fn a_card_that_was_left_verified_is_reset_at_the_start() {
    let name = "a_card_that_was_left_verified_is_reset_at_the_start";
    in_own_process(name, |run| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut scene = in_process(run).await;
            scene.stand.cardd.end(Signal::KILL).unwrap();
            let context = Context::establish(Scope::User).unwrap();
            let reader = CString::new(scene.reader.as_str()).unwrap();
            let mut card = context
                .connect(&reader, ShareMode::Shared, Protocols::ANY)
                .unwrap();
            assert!(transmit(&card, SELECT_SSSE).unwrap().starts_with(&[0x61]));
            assert_eq!(transmit(&card, PRESENT), Ok(vec![0x90, 0x00]));
            assert!(scene.stand.inside("w2").unwrap().pin_right);
            scene.again().await.unwrap();
            assert!(!scene.stand.inside("w2").unwrap().pin_right);
            assert_eq!(transmit(&card, ASK), Err(Error::ResetCard));
            card.reconnect(ShareMode::Shared, Protocols::ANY, Disposition::LeaveCard)
                .unwrap();
            assert!(transmit(&card, SELECT_SSSE).unwrap().starts_with(&[0x61]));
            assert_eq!(transmit(&card, ASK), Ok(vec![0x63, 0xC6]));
        });
    })
    .unwrap();
}
