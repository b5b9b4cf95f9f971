//! Cards that are pulled in the middle of work and put in again at once, in many readers at a time.
//! Every stay of a card ends with the card known: no card that answers is told as unreadable or
//! overlooked, however much goes on beside it.
//!
//! `CARDD_JOSTLED_ROUNDS=n` makes it n rounds at each reader instead of a few.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops at the first surprise"
)]

use std::{fs, path::Path, sync::Arc, time::Duration};

use cardd_tests::{
    desk::{Desk, PATIENCE, typed},
    stand::{Plan, Stand},
};
use hall_client::{ClientError, Happening, Insertion, Reason, Verified, Verify, Watch};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tokio::task::{JoinHandle, JoinSet};

const OWN: &str = "830571";
/// What is done at one reader must overtake what is done at others.
const READERS: usize = 8;
/// Rounds at each reader in an ordinary run.
const ROUNDS: usize = 25;
/// A card is pulled at most so long after the typing began: longer than a VERIFY takes.
const LATEST_PULL: Duration = Duration::from_millis(150);

/// A card of its own in each slot, made of one persona.
fn plan(scratch: &Path) -> Plan {
    let persona = include_str!("../../card-sim/personas/w2.toml");
    let mut plan = Plan::with_cards(&[]).log_filter("info");
    plan.slots = (0..READERS).map(|slot| format!("s{slot}")).collect();
    for (number, slot) in plan.slots.iter().enumerate() {
        let path = scratch.join(format!("{slot}.toml"));
        let number = format!("000001{number:02}FFFFFFFF");
        fs::write(&path, persona.replace("00000012FFFFFFFF", &number)).unwrap();
        let path = path.to_str().unwrap().to_owned();
        plan.cards.push((slot.clone(), path));
    }
    plan
}

/// One reader, and the card that is jostled in it.
struct Place {
    stand: Arc<Stand>,
    slot: String,
    reader: String,
    desk: Desk,
    watch: Watch,
    rng: StdRng,
}

impl Place {
    async fn set(stand: Arc<Stand>, slot: String, seed: u64) -> (Self, Insertion) {
        let mut desk = Desk::at(&stand, "counter").await.unwrap();
        let reader = stand.reader(&slot);
        stand.rack().unwrap().insert(&slot, &slot).unwrap();
        let insertion = desk.card(&reader).await.unwrap();
        let at = (reader.as_str(), insertion);
        desk.change(at, ["123456", OWN, OWN]).await.unwrap();
        let watch = desk.terminal.watch(None).await.unwrap();
        let rng = StdRng::seed_from_u64(seed);
        let place = Self {
            stand,
            slot,
            reader,
            desk,
            watch,
            rng,
        };
        (place, insertion)
    }

    fn type_in(&mut self, insertion: Insertion) -> JoinHandle<Result<Verified, ClientError>> {
        let (terminal, reader) = (self.desk.terminal.clone(), self.reader.clone());
        let mut rng = StdRng::from_rng(&mut self.rng);
        tokio::spawn(async move {
            let entry = terminal.begin_entry(&reader, insertion, Verify).await?;
            entry.verify(typed(OWN), &mut rng).await
        })
    }

    /// The stay after `before`, once its card is known.
    async fn known_again(&mut self, before: Insertion) -> Insertion {
        loop {
            match self.watch.next().await.unwrap().happening {
                Happening::CardIdentified {
                    reader, insertion, ..
                } if reader == self.reader && insertion > before => return insertion,
                Happening::CardFaulted { reader, fault, .. } if reader == self.reader => {
                    panic!("{reader}: a card that answers is told as {fault:?}")
                }
                _other => {}
            }
        }
    }

    async fn jostle(&mut self, insertion: Insertion) -> Insertion {
        let typing = self.type_in(insertion);
        let pause = self.rng.random_range(Duration::ZERO..LATEST_PULL);
        tokio::time::sleep(pause).await;
        let mut rack = self.stand.rack().unwrap();
        rack.pull(&self.slot).unwrap();
        rack.insert(&self.slot, &self.slot).unwrap();
        if let Err(error) = typing.await.unwrap() {
            assert_ne!(error.reason(), Some(Reason::CardUnreadable), "{error}");
        }
        let known = tokio::time::timeout(PATIENCE, self.known_again(insertion));
        let Ok(insertion) = known.await else {
            let readers = self.desk.terminal.readers().await.unwrap().list;
            panic!("{}: the card is overlooked: {readers:?}", self.reader);
        };
        // The right PIN, torn or not, costs nothing.
        assert_eq!(self.stand.tries(&self.slot).unwrap(), 6);
        insertion
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_card_that_is_put_in_again_at_once_is_known_again() {
    let rounds = std::env::var("CARDD_JOSTLED_ROUNDS").ok();
    let rounds = rounds.and_then(|n| n.parse().ok()).unwrap_or(ROUNDS);
    let scratch = tempfile::tempdir().unwrap();
    let plan = plan(scratch.path());
    let stand = Arc::new(Stand::start(&plan).unwrap());
    let mut places = JoinSet::new();
    for (slot, seed) in plan.slots.into_iter().zip(1..) {
        let stand = Arc::clone(&stand);
        places.spawn(async move {
            let (mut place, mut insertion) = Place::set(stand, slot, seed).await;
            for _ in 0..rounds {
                insertion = place.jostle(insertion).await;
            }
            rounds
        });
    }
    let done: usize = places.join_all().await.into_iter().sum();
    assert_eq!(done, READERS * rounds);
}
