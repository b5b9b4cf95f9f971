//! cardd killed at every step of card and ledger, and a ledger whose disk fails at every write:
//! nothing recorded is lost, nothing is invented, no try is burned.
//!
//! `CARDD_CRASH_ROUNDS=n` makes it n rounds at the card instead of a few; a fixed seed picks them,
//! `CARDD_CRASH_SEED` another. Steps of the ledger are counted by `strace`, which kills cardd at the
//! n-th write that it waits for; a machine that does not let it trace skips them and says so.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::Duration;

use card_sim::rack::{
    control::Until,
    plan::{HoldPhase, When},
};
use cardd_tests::{
    desk::{Desk, typed},
    stand::{Plan, Stand},
    strace,
    wire::carries_pin,
};
use hall_client::{AttemptSpent, Change, ClientError, Insertion, LedgerState, Reason, Verdict};
use hall_client::{Verified, Verify};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use rustix::process::Signal;
use serde_json::Value;
use tokio::task::JoinHandle;

const OWN: &str = "830571";
const NEXT: &str = "941638";
const WRONG: &str = "760241";
const SOON: Duration = Duration::from_secs(10);
/// Rounds at the card in an ordinary run.
const ROUNDS: usize = 12;
/// More writes than cardd waits for from its start to the end of one operation.
const WRITES: u32 = 60;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Typed {
    VerifyRight,
    VerifyWrong,
    ChangeRight,
    ChangeWrong,
}

impl Typed {
    const ALL: [Self; 4] = [
        Self::VerifyRight,
        Self::VerifyWrong,
        Self::ChangeRight,
        Self::ChangeWrong,
    ];

    fn is_right(self) -> bool {
        matches!(self, Self::VerifyRight | Self::ChangeRight)
    }
}

struct Scene {
    stand: Stand,
    desk: Desk,
    reader: String,
    insertion: Insertion,
    /// Records that were read out so far: all of them must stay.
    records: Vec<Value>,
    /// The last command of the card's trace when they were.
    mark: u64,
}

impl Scene {
    /// A card with its holder's own PIN and one try less than it can have, so that its counter
    /// tells a success from nothing at all.
    async fn set() -> Self {
        let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
        let desk = Desk::at(&stand, "counter").await.unwrap();
        stand.rack().unwrap().insert("a", "w2").unwrap();
        let reader = stand.reader("a");
        let insertion = desk.card(&reader).await.unwrap();
        let mut scene = Self {
            stand,
            desk,
            reader,
            insertion,
            records: Vec::new(),
            mark: 0,
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

    /// Prompts, then types in the background; `between` is done between the two.
    async fn type_in(
        &self,
        what: Typed,
        between: impl FnOnce(&Stand),
    ) -> Result<JoinHandle<Result<Verified, ClientError>>, ClientError> {
        let (terminal, reader) = (&self.desk.terminal, &self.reader);
        let mut rng = StdRng::seed_from_u64(21);
        let pin = if what.is_right() { OWN } else { WRONG };
        Ok(match what {
            Typed::VerifyRight | Typed::VerifyWrong => {
                let entry = terminal.begin_entry(reader, self.insertion, Verify).await?;
                between(&self.stand);
                tokio::spawn(async move { entry.verify(typed(pin), &mut rng).await })
            }
            Typed::ChangeRight | Typed::ChangeWrong => {
                let entry = terminal.begin_entry(reader, self.insertion, Change).await?;
                between(&self.stand);
                tokio::spawn(async move {
                    let new = || typed(NEXT);
                    entry.change(typed(pin), new(), new(), &mut rng).await
                })
            }
        })
    }

    /// Commands of an operation after its prompt.
    async fn commands(&mut self, what: Typed) -> u32 {
        let mut begun = 0;
        let mark = |stand: &Stand| begun = stand.last_exchange().unwrap();
        let typing = self.type_in(what, mark).await.unwrap();
        drop(typing.await.unwrap());
        let sent = self.stand.exchanges(begun).unwrap();
        assert!(sent.iter().any(carries_pin));
        self.restore().await;
        u32::try_from(sent.len()).unwrap()
    }

    /// A new cardd, and its first look at the card.
    async fn again(&mut self) {
        self.stand.cardd.under(&[]);
        self.stand.cardd.spawn().unwrap();
        self.desk = Desk::at(&self.stand, "counter").await.unwrap();
        let next = self.desk.next_card(&self.reader, self.insertion);
        self.insertion = next.await.unwrap();
    }

    /// What must hold after any crash: the chain goes on, an intent stands for every command that
    /// went to the card, and what is said of it is what the card did.
    async fn check(&mut self, what: Typed, label: &str) {
        let tries = self.stand.tries("w2").unwrap();
        assert!(
            !self.stand.inside("w2").unwrap().pin_right,
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
            "succeeded" => 6,
            "try_spent" => 4,
            _ => 5,
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
        let hold = |stand: &Stand| {
            let mut rack = stand.rack().unwrap();
            rack.hold("a", When::Apdu(command), phase).unwrap();
        };
        let typing = self.type_in(what, hold).await.unwrap();
        let mut rack = self.stand.rack().unwrap();
        let held = move || drop(rack.wait("a", Until::Held, SOON).unwrap());
        tokio::task::spawn_blocking(held).await.unwrap();
        self.stand.cardd.end(Signal::KILL).unwrap();
        self.stand.rack().unwrap().release("a").unwrap();
        let broken = typing.await.unwrap();
        // All of its answer but the card's last one may have been on its way.
        let unknown = broken.as_ref().map_err(ClientError::attempt_spent);
        assert!(
            matches!(unknown, Ok(_) | Err(AttemptSpent::Unknown)),
            "{label}: {broken:?}"
        );
        self.again().await;
        self.check(what, &label).await;
        self.restore().await;
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
        let next = self.desk.next_card(&self.reader, self.insertion);
        self.insertion = next.await.ok()?;
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

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_command_nothing_is_lost() {
    let mut scene = Scene::set().await;
    let mut steps = Vec::new();
    for what in Typed::ALL {
        for command in 1..=scene.commands(what).await {
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
        scene.killed_at_the_card(what, command, phase).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_write_of_the_ledger_nothing_is_lost() {
    if !strace::works() {
        return;
    }
    let mut scene = Scene::set().await;
    let few = [Typed::VerifyWrong];
    let operations = if is_campaign() { &Typed::ALL[..] } else { &few };
    for what in operations {
        let mut kills = 0;
        for write in writes() {
            let label = format!("{what:?}, killed at write {write}");
            let answer = scene
                .traced(*what, &format!("signal=KILL:when={write}"))
                .await;
            let survived = answer.is_some_and(|answer| {
                answer.map_or_else(|error| error.reason().is_some(), |_| true)
            });
            scene.stand.cardd.gone().unwrap();
            scene.again().await;
            scene.check(*what, &label).await;
            scene.restore().await;
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
    let mut scene = Scene::set().await;
    scene.stand.cardd.expect_errors();
    let what = Typed::VerifyWrong;
    let mut refused = 0;
    for write in writes() {
        let label = format!("EIO from write {write} on");
        let answer = scene
            .traced(what, &format!("error=EIO:when={write}+"))
            .await;
        let sent = scene.sent();
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
        scene.stand.cardd.gone().unwrap();
        scene.again().await;
        scene.check(what, &label).await;
        scene.restore().await;
    }
    assert!(refused >= 1, "the ledger never failed");
}
