//! Holds each step of a test against the counters of the cards: all of them, before it and after it.

use std::{collections::BTreeMap, io, panic::Location};

use crate::stand::Stand;

/// Tries left of a card: of its PIN, and of its unblock key (PUK), as the card itself counts them.
pub type Tries = (u8, u8);

/// The unblock key among the counters of a card (LD/T 32.4: key 06 of the SSSE).
const UNBLOCK_KEY: &str = "SSSE/06";

/// What each card of a stand counted after the last step.
#[derive(Debug)]
pub struct Counted(BTreeMap<String, Tries>);

impl Counted {
    /// Before the first step.
    ///
    /// # Errors
    /// The rack does not answer, or a card has no such counters.
    pub fn begin(stand: &Stand) -> io::Result<Self> {
        look(stand).map(Self)
    }

    /// What a card counted after the last step.
    #[must_use]
    pub fn of(&self, card: &str) -> Tries {
        match self.0.get(card) {
            Some(tries) => *tries,
            None => panic!("no card {card} in {:?}", self.0),
        }
    }

    /// No card counts otherwise than after the last step.
    #[track_caller]
    pub fn unchanged(&self, stand: &Stand) {
        self.hold(stand, "nothing has happened", Location::caller());
    }

    /// A step is done: `card` counts `after`, and every other card as before.
    #[track_caller]
    pub fn now(&mut self, stand: &Stand, (card, after): (&str, Tries)) {
        self.0.insert(card.to_owned(), after);
        self.hold(stand, "after the step", Location::caller());
    }

    /// Does a step that costs no card anything.
    #[track_caller]
    pub fn free<T>(&self, stand: &Stand, step: impl Future<Output = T>) -> impl Future<Output = T> {
        let at = Location::caller();
        async move {
            self.hold(stand, "before the step", at);
            let came = step.await;
            self.hold(stand, "after the step", at);
            came
        }
    }

    /// Does a step after which `card` counts `after`, and every other card as before.
    #[track_caller]
    pub fn step<T>(
        &mut self,
        stand: &Stand,
        (card, after): (&str, Tries),
        step: impl Future<Output = T>,
    ) -> impl Future<Output = T> {
        let at = Location::caller();
        async move {
            self.hold(stand, "before the step", at);
            let came = step.await;
            self.0.insert(card.to_owned(), after);
            self.hold(stand, "after the step", at);
            came
        }
    }

    fn hold(&self, stand: &Stand, when: &str, at: &Location<'_>) {
        match look(stand) {
            Ok(now) => assert_eq!(now, self.0, "(PIN, unblock key) {when} at {at}"),
            Err(error) => panic!("no look at the cards {when} at {at}: {error}"),
        }
    }
}

/// What a card counts now.
///
/// # Errors
/// The rack does not answer, or the card has no such counters.
pub fn tries(stand: &Stand, card: &str) -> io::Result<Tries> {
    let inside = stand.inside(card)?;
    let left = |name| inside.counter(name).map(|counter| counter.left);
    let both = left("pin").zip(left(UNBLOCK_KEY));
    both.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("{card}: no counter")))
}

fn look(stand: &Stand) -> io::Result<BTreeMap<String, Tries>> {
    let count = |card: &str| Ok((card.to_owned(), tries(stand, card)?));
    stand.cards().map(count).collect()
}
