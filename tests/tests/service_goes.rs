//! The PC/SC service as an ordinary event: stopped, killed and restarted at every command of an
//! operation, with a foreign program looking on. cardd serves again by itself, and nobody ever finds
//! a card that is still verified.
//!
//! `CARDD_CAMPAIGN=full` takes every command with every ending, for VERIFY and CHANGE PIN alike.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops at the first surprise"
)]

use std::{ffi::CString, fs, path::Path, time::Duration};

use card_sim::rack::{
    control::Until,
    plan::{HoldPhase, When},
};
use cardd_tests::{
    desk::{Desk, typed},
    pcscd::{Ending, in_own_process},
    stand::{Plan, Stand},
    wire::{CHANGE_PIN, carries_pin},
};
use hall_client::{
    AttemptSpent, Change, ClientError, Doubt, Happening, Insertion, Verdict, Verified, Verify,
};
use pcsc::{Context, Disposition, Error, Protocols, Scope, ShareMode};
use rand::{SeedableRng as _, rngs::StdRng};
use rustix::process::Signal;
use tokio::task::JoinHandle;

const OWN: &str = "830571";
const NEXT: &str = "941638";
const WRONG: &str = "760241";
const SOON: Duration = Duration::from_secs(20);
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

/// What is typed meanwhile.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Typed {
    Verify,
    Change,
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

struct Scene {
    stand: Stand,
    desk: Desk,
    reader: String,
    insertion: Insertion,
}

impl Scene {
    /// A card with its holder's own PIN and one try less than it can have, so that its counter
    /// tells a success from nothing at all.
    async fn in_process(run: &Path) -> Self {
        let stand = Stand::start_in(run, &Plan::with_cards(&["w2"])).unwrap();
        let desk = Desk::at(&stand, "counter").await.unwrap();
        stand.rack().unwrap().insert("a", "w2").unwrap();
        let reader = stand.reader("a");
        let insertion = desk.card(&reader).await.unwrap();
        let mut scene = Self {
            stand,
            desk,
            reader,
            insertion,
        };
        let at = (scene.reader.as_str(), insertion);
        scene.desk.change(at, ["123456", OWN, OWN]).await.unwrap();
        scene.restore().await;
        scene
    }

    /// Whatever a round left: the same PIN, one try less than full.
    async fn restore(&mut self) {
        let at = (self.reader.as_str(), self.insertion);
        if self.desk.verify(at, OWN, false).await.is_err() {
            self.desk.change(at, [NEXT, OWN, OWN]).await.unwrap();
        }
        self.desk.verify(at, WRONG, false).await.unwrap_err();
        assert_eq!(self.stand.tries("w2").unwrap(), 5);
    }

    /// Commands of an operation after its prompt, and which of them carries the PIN.
    async fn course(&mut self, what: Typed) -> (u32, u32) {
        let first = Round {
            typed: what,
            command: 1,
            phase: HoldPhase::Command,
            going: Going::Kill,
        };
        let working = self.held(first).await;
        let begun = self.stand.last_exchange().unwrap();
        self.stand.rack().unwrap().release("a").unwrap();
        working.await.unwrap().unwrap();
        let sent = self.stand.exchanges(begun).unwrap();
        self.restore().await;
        let pin = sent.iter().position(carries_pin).unwrap();
        let number = |n: usize| u32::try_from(n).unwrap();
        (number(sent.len()), number(pin + 1))
    }

    /// The operation, its command held: carried out or not, as the phase says.
    async fn held(&self, round: Round) -> JoinHandle<Result<Verified, ClientError>> {
        let mut rack = self.stand.rack().unwrap();
        let working = self.open_held(round).await;
        tokio::task::spawn_blocking(move || drop(rack.wait("a", Until::Held, SOON).unwrap()))
            .await
            .unwrap();
        working
    }

    async fn open_held(&self, round: Round) -> JoinHandle<Result<Verified, ClientError>> {
        let terminal = &self.desk.terminal;
        let mut rack = self.stand.rack().unwrap();
        let mut rng = StdRng::seed_from_u64(12);
        let at = (&self.reader, self.insertion);
        let when = When::Apdu(round.command);
        match round.typed {
            Typed::Verify => {
                let entry = terminal.begin_entry(at.0, at.1, Verify).await.unwrap();
                rack.hold("a", when, round.phase).unwrap();
                tokio::spawn(async move { entry.verify(typed(OWN), &mut rng).await })
            }
            Typed::Change => {
                let entry = terminal.begin_entry(at.0, at.1, Change).await.unwrap();
                rack.hold("a", when, round.phase).unwrap();
                tokio::spawn(async move {
                    entry
                        .change(typed(OWN), typed(NEXT), typed(NEXT), &mut rng)
                        .await
                })
            }
        }
    }

    /// The service goes and comes back; answers what the desk was told meanwhile.
    async fn survive(&mut self, round: Round) -> Result<Verified, ClientError> {
        let working = self.held(round).await;
        let ending = match round.going {
            Going::Stop => Ending::Stop,
            Going::Kill | Going::Restart => Ending::Kill,
        };
        self.stand.pcscd.end(ending).unwrap();
        if let Going::Restart = round.going {
            self.stand.pcscd.restart(ending).unwrap();
        }
        // The card was let go with the service; what it had begun, it has done.
        let mut rack = self.stand.rack().unwrap();
        let _released = rack.release("a");
        rack.clear("a").unwrap();
        let answer = working.await.unwrap();
        if !matches!(round.going, Going::Restart) {
            self.stand.pcscd.restart(ending).unwrap();
        }
        answer
    }

    /// A foreign program comes to the card first, or second; it never finds it verified.
    fn look_as_a_stranger(&self) {
        let context = Context::establish(Scope::User).unwrap();
        let reader = CString::new(self.reader.as_str()).unwrap();
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

    async fn serves_again(&mut self) {
        let next = self.desk.next_card(&self.reader, self.insertion);
        self.insertion = tokio::time::timeout(SOON, next).await.unwrap().unwrap();
    }
}

fn transmit(card: &pcsc::Card, command: &[u8]) -> Result<Vec<u8>, Error> {
    let mut buffer = [0; 300];
    card.transmit(command, &mut buffer).map(<[u8]>::to_vec)
}

/// The answer is what the card did, or in doubt; the counter then tells.
async fn check(scene: &Scene, round: Round, answer: Result<Verified, ClientError>, pin: u32) {
    let after = scene.stand.tries("w2").unwrap();
    let done = after == 6;
    assert!(done || after == 5, "{round:?}: the right PIN cost a try");
    let verdicts = scene.desk.verdicts(scene.insertion).await.unwrap();
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
            } else if what == Typed::Verify {
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
            let mut scene = Scene::in_process(run).await;
            let course = scene.course(what).await;
            for round in rounds(what, course) {
                let answer = scene.survive(round).await;
                scene.look_as_a_stranger();
                scene.serves_again().await;
                check(&scene, round, answer, course.1).await;
                scene.restore().await;
            }
        });
    };
    in_own_process(test, body).unwrap();
}

#[test]
fn the_service_goes_at_every_command_of_a_verify() {
    let name = "the_service_goes_at_every_command_of_a_verify";
    the_service_goes_at_every_command(name, Typed::Verify);
}

#[test]
fn the_service_goes_at_the_command_of_a_change() {
    let name = "the_service_goes_at_the_command_of_a_change";
    the_service_goes_at_every_command(name, Typed::Change);
}

/// A stranger waits at the card while the PIN is presented, and cardd is killed before it can reset
/// it: pcscd does, and the next cardd has the doubt settled.
#[test]
fn a_killed_daemon_leaves_no_verified_card() {
    let name = "a_killed_daemon_leaves_no_verified_card";
    in_own_process(name, |run| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            for what in [Typed::Verify, Typed::Change] {
                killed_before_a_strangers_eyes(run, what).await;
            }
        });
    })
    .unwrap();
}

async fn killed_before_a_strangers_eyes(run: &Path, what: Typed) {
    let mut scene = Scene::in_process(run).await;
    let (_, pin) = scene.course(what).await;
    let round = Round {
        typed: what,
        command: pin,
        phase: HoldPhase::Answer,
        going: Going::Kill,
    };
    let working = scene.held(round).await;
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
    scene.stand.rack().unwrap().release("a").unwrap();
    working.await.unwrap().unwrap_err();
    assert_ne!(waiting.join().unwrap(), Ok(vec![0x90, 0x00]));
    scene.stand.cardd.spawn().unwrap();
    scene.desk = Desk::at(&scene.stand, "counter").await.unwrap();
    scene.serves_again().await;
    let verdicts = scene.desk.verdicts(scene.insertion).await.unwrap();
    assert_eq!(verdicts, [Verdict::Succeeded], "{what:?}");
    scene.look_as_a_stranger();
    scene.restore().await;
}

/// Another program left its PIN right on the card: the first look of a starting cardd resets it.
#[test]
fn a_card_that_was_left_verified_is_reset_at_the_start() {
    let name = "a_card_that_was_left_verified_is_reset_at_the_start";
    in_own_process(name, |run| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut scene = Scene::in_process(run).await;
            scene.stand.cardd.end(Signal::KILL).unwrap();
            let context = Context::establish(Scope::User).unwrap();
            let reader = CString::new(scene.reader.as_str()).unwrap();
            let mut card = context
                .connect(&reader, ShareMode::Shared, Protocols::ANY)
                .unwrap();
            assert!(transmit(&card, SELECT_SSSE).unwrap().starts_with(&[0x61]));
            assert_eq!(transmit(&card, PRESENT), Ok(vec![0x90, 0x00]));
            assert!(scene.stand.inside("w2").unwrap().pin_right);
            scene.stand.cardd.spawn().unwrap();
            scene.desk = Desk::at(&scene.stand, "counter").await.unwrap();
            scene.serves_again().await;
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

/// The reader comes back under another name, as pcscd numbers and names it anew: the card in it is
/// served there, and what was in doubt is settled there.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_comes_back_under_another_name_is_served() {
    let mut stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let mut desk = Desk::at(&stand, "counter").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let before = stand.reader("a");
    let insertion = desk.card(&before).await.unwrap();
    let at = (before.as_str(), insertion);
    desk.change(at, ["123456", OWN, OWN]).await.unwrap();
    let entry = desk.terminal.begin_entry(at.0, at.1, Change).await.unwrap();
    let mut rack = stand.rack().unwrap();
    rack.hold("a", When::Ins(CHANGE_PIN), HoldPhase::Answer)
        .unwrap();
    let changing = tokio::spawn(async move {
        let rng = &mut StdRng::seed_from_u64(2);
        entry
            .change(typed(OWN), typed(NEXT), typed(NEXT), rng)
            .await
    });
    tokio::task::spawn_blocking(move || {
        rack.wait("a", Until::Held, SOON).unwrap();
        rack
    })
    .await
    .unwrap();
    let conf = stand.directory().join("readers/rack");
    let text = fs::read_to_string(&conf).unwrap();
    fs::write(&conf, text.replace("\"Sim a\"", "\"Another\"")).unwrap();
    stand.pcscd.restart(Ending::Kill).unwrap();
    let _released = stand.rack().unwrap().release("a");
    let torn = changing.await.unwrap().unwrap_err();
    assert_eq!(torn.attempt_spent(), AttemptSpent::Unknown);

    let after = "Another 00 00";
    let next = desk.next_card(after, insertion).await.unwrap();
    let gone = |event: &hall_client::Event| match &event.happening {
        Happening::ReaderGone { reader } if *reader == before => Some(()),
        _other => None,
    };
    desk.event(gone).await.unwrap();
    let at = (after, next);
    let status = desk.status(at).await.unwrap();
    assert_eq!(status.doubt, Some(Doubt::Change));
    desk.verify(at, NEXT, false).await.unwrap();
    assert_eq!(desk.status(at).await.unwrap().doubt, None);
    assert_eq!(stand.tries("w2").unwrap(), 6);
}
