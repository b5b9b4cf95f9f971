//! cardd killed at every step of card and ledger, and a ledger whose disk fails at every write:
//! nothing recorded is lost, nothing is invented, no try is burned.
//!
//! `CARDD_CRASH_ROUNDS=n` makes it n rounds at the card instead of a few; a fixed seed picks them,
//! `CARDD_CRASH_SEED` another. Steps of the ledger are counted by `strace`, which kills cardd at the
//! n-th write that it waits for; a machine that does not let it trace skips them and says so.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::ops::{Deref, DerefMut};

use card_sim::rack::plan::{HoldPhase, When};
use cardd_tests::{
    desk::Desk,
    scene::{CARD, SLOT, Scene, TRIES, Typed},
    stand::Plan,
    strace,
    wire::carries_pin,
};
use hall_client::{AttemptSpent, ClientError, LedgerState, Reason, Verdict, Verified};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use rustix::process::Signal;
use serde_json::Value;

/// Rounds at the card in an ordinary run.
const ROUNDS: usize = 12;
/// More writes than cardd waits for from its start to the end of one operation.
const WRITES: u32 = 60;

/// A scene with what was on record when the round began.
struct Round {
    scene: Scene,
    /// All of them must stay.
    records: Vec<Value>,
    /// The last command of the card's trace.
    mark: u64,
}

impl Deref for Round {
    type Target = Scene;

    fn deref(&self) -> &Scene {
        &self.scene
    }
}

impl DerefMut for Round {
    fn deref_mut(&mut self) -> &mut Scene {
        &mut self.scene
    }
}

impl Round {
    async fn first() -> Self {
        let scene = Scene::set(&Plan::with_cards(&[CARD])).await.unwrap();
        let mut round = Self {
            scene,
            records: Vec::new(),
            mark: 0,
        };
        round.next().await;
        round
    }

    async fn next(&mut self) {
        self.restore().await.unwrap();
        self.records = self.desk.records().await.unwrap();
        self.mark = self.stand.last_exchange().unwrap();
    }

    /// Commands with a PIN that the card was sent in this round.
    fn sent(&self) -> usize {
        let exchanges = self.stand.exchanges(self.mark).unwrap();
        exchanges
            .iter()
            .filter(|exchange| carries_pin(exchange))
            .count()
    }

    /// What must hold after any crash: the chain goes on, an intent stands for every command that
    /// went to the card, and what is said of it is what the card did.
    async fn check(&mut self, what: Typed, label: &str) {
        let tries = self.tries().unwrap();
        assert!(
            !self.stand.inside(CARD).unwrap().pin_right,
            "{label}: a right is left"
        );
        let status = self.desk.terminal.status().await.unwrap();
        assert_eq!(status.ledger, LedgerState::Ready, "{label}");
        let records = self.desk.records().await.unwrap();
        let (kept, new) = records.split_at(self.records.len());
        assert_eq!(kept, self.records, "{label}: what was recorded stays");
        let sent = self.sent();
        let intents = new
            .iter()
            .filter(|record| record["kind"] == "intent")
            .count();
        assert!(
            sent <= intents && intents <= 1,
            "{label}: {sent} sent, {intents} intents"
        );
        let did = match (sent, what.is_right()) {
            (0, _) => "nothing",
            (_, true) => "succeeded",
            (_, false) => "try_spent",
        };
        let moved = match did {
            "succeeded" => TRIES,
            "try_spent" => TRIES - 2,
            _ => TRIES - 1,
        };
        assert_eq!(tries, moved, "{label}: {did}");
        let said = new.iter().filter_map(said_of_it);
        for said in said {
            let true_of_it = match said {
                "undecided" | "in_doubt" => true,
                "rejected" => did == "try_spent",
                "not_sent" => did == "nothing",
                other => did == other,
            };
            assert!(true_of_it, "{label}: {did}, and the record says {said}");
        }
        let verdicts = self.desk.verdicts(self.insertion).await.unwrap();
        assert!(
            verdicts.len() <= 1 && !verdicts.contains(&Verdict::NotDone),
            "{label}"
        );
    }

    async fn killed_at_the_card(&mut self, what: Typed, command: u32, phase: HoldPhase) {
        let label = format!("{what:?}, killed at command {command}, {phase:?}");
        let typing = self.held(what, When::Apdu(command), phase).await.unwrap();
        self.stand.cardd.end(Signal::KILL).unwrap();
        self.stand.rack().unwrap().release(SLOT).unwrap();
        let broken = typing.await.unwrap();
        // All of its answer but the card's last one may have been on its way.
        let unknown = broken.as_ref().map_err(ClientError::attempt_spent);
        assert!(
            matches!(unknown, Ok(_) | Err(AttemptSpent::Unknown)),
            "{label}: {broken:?}"
        );
        self.again().await.unwrap();
        self.check(what, &label).await;
        self.next().await;
    }

    /// The next cardd runs under `strace`, which interferes with the n-th write that a thread waits
    /// for. Answers whether it came so far.
    async fn traced(&mut self, what: Typed, inject: &str) -> Option<Result<Verified, ClientError>> {
        self.stand.cardd.end(Signal::KILL).unwrap();
        self.stand
            .cardd
            .under(&strace::spoiling("fdatasync", inject));
        self.stand.cardd.spawn().ok()?;
        self.desk = Desk::at(&self.stand, "counter").await.ok()?;
        self.seen_again().await.ok()?;
        let typing = self.type_in(what, |_| {}).await.ok()?;
        Some(typing.await.unwrap())
    }
}

/// What a record says of an operation, in one word.
fn said_of_it(record: &Value) -> Option<&str> {
    match record["kind"].as_str()? {
        "outcome" => record["result"].as_str(),
        "resolved" => record["verdict"].as_str(),
        _other => None,
    }
}

/// Whether there is time for every step.
fn is_campaign() -> bool {
    number("CARDD_CRASH_ROUNDS", ROUNDS) > ROUNDS
}

/// Every write that cardd may come to, or every third in an ordinary run.
fn writes() -> impl Iterator<Item = u32> {
    (1..WRITES).step_by(if is_campaign() { 1 } else { 3 })
}

fn number(name: &str, or: usize) -> usize {
    std::env::var(name).map_or(or, |text| text.parse().unwrap())
}

/// How many commands go to the card after the prompt.
async fn commands(round: &mut Round, what: Typed) -> u32 {
    let sent = round.commands(what).await.unwrap();
    round.next().await;
    u32::try_from(sent.len()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_command_nothing_is_lost() {
    let mut round = Round::first().await;
    let mut steps = Vec::new();
    for what in Typed::ALL {
        for command in 1..=commands(&mut round, what).await {
            steps.extend([HoldPhase::Command, HoldPhase::Answer].map(|at| (what, command, at)));
        }
    }
    let seed = number("CARDD_CRASH_SEED", 1) as u64;
    let mut rng = StdRng::seed_from_u64(seed);
    let rounds = number("CARDD_CRASH_ROUNDS", ROUNDS);
    println!("{} steps, {rounds} rounds, seed {seed}", steps.len());
    let mut left = Vec::new();
    for _ in 0..rounds {
        // Every step once before any comes again.
        if left.is_empty() {
            left.clone_from(&steps);
        }
        let (what, command, phase) = left.swap_remove(rng.random_range(0..left.len()));
        round.killed_at_the_card(what, command, phase).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_write_of_the_ledger_nothing_is_lost() {
    if !strace::works() {
        return;
    }
    let mut round = Round::first().await;
    let few = [Typed::VerifyWrong];
    let operations = if is_campaign() { &Typed::ALL[..] } else { &few };
    for what in operations {
        let mut kills = 0;
        for write in writes() {
            let label = format!("{what:?}, killed at write {write}");
            let answer = round
                .traced(*what, &format!("signal=KILL:when={write}"))
                .await;
            let survived = answer.is_some_and(|answer| {
                answer.map_or_else(|error| error.reason().is_some(), |_| true)
            });
            round.stand.cardd.gone().unwrap();
            round.again().await.unwrap();
            round.check(*what, &label).await;
            round.next().await;
            if survived {
                break;
            }
            kills += 1;
        }
        println!("{what:?}: killed at {kills} writes");
        assert!((2..WRITES / 2).contains(&kills), "{what:?}: {kills} kills");
    }
}

/// From some write on the disk answers EIO. PIN work closes, what a desk is told is true, and the
/// next cardd goes on with everything that was acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_at_any_write_closes_pin_work_and_loses_nothing() {
    if !strace::works() {
        return;
    }
    let mut round = Round::first().await;
    round.stand.cardd.expect_errors();
    let what = Typed::VerifyWrong;
    let mut refused = 0;
    for write in writes() {
        let label = format!("EIO from write {write} on");
        let answer = round
            .traced(what, &format!("error=EIO:when={write}+"))
            .await;
        let sent = round.sent();
        match answer {
            // Not even started: nobody was told anything.
            None => assert_eq!(sent, 0, "{label}"),
            Some(Ok(_)) => panic!("{label}: a wrong PIN was accepted"),
            Some(Err(error)) if error.reason() == Some(Reason::PinWrong) => break,
            Some(Err(error)) => {
                assert_eq!(error.reason(), Some(Reason::LedgerUnavailable), "{label}");
                let spent = if sent == 0 {
                    AttemptSpent::No
                } else {
                    AttemptSpent::Yes
                };
                assert_eq!(error.attempt_spent(), spent, "{label}");
                refused += 1;
            }
        }
        round.stand.cardd.gone().unwrap();
        round.again().await.unwrap();
        round.check(what, &label).await;
        round.next().await;
    }
    assert!(refused >= 1, "the ledger never failed");
}
