//! What is known of the cards that lie in readers now.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
};

use crate::{
    card::CardIdentity,
    ledger::CardRef,
    pin::HolderFacts,
    reader::{Insertion, ReaderName},
};

/// Why a card in a reader cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardFault {
    /// Mute at power-on: upside down, dirty or broken.
    Unreadable,
    /// Not a social security card.
    Unsupported,
    /// A file is malformed.
    Damaged,
    /// Card or application blocked for good.
    Blocked,
    /// It answered what no table holds.
    Refused,
}

/// An identified card.
#[derive(Debug)]
pub struct KnownCard {
    /// To recognise it by at every transaction of this insertion.
    pub identity: CardIdentity,
    /// Its keyed name in the ledger.
    pub card_ref: CardRef,
    /// What a new PIN is held against.
    pub facts: HolderFacts,
    /// How often a new PIN was judged in this stay without being set.
    checks: AtomicU8,
}

/// New PINs that are judged in one stay of a card before one is set. A judgement tells whether
/// digits stand in the holder's data: a few help a holder, many would read the data out.
const CHECKS: u8 = 10;

impl KnownCard {
    /// A card at the beginning of its stay.
    #[must_use]
    pub fn new(identity: CardIdentity, card_ref: CardRef, facts: HolderFacts) -> Self {
        Self {
            identity,
            card_ref,
            facts,
            checks: AtomicU8::new(0),
        }
    }

    /// Takes one of the judgements of this stay; `false` if none is left.
    pub(super) fn take_check(&self) -> bool {
        let take = |taken: u8| (taken < CHECKS).then_some(taken + 1);
        self.checks
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }
}

/// What was found in one insertion.
pub(super) type Looked = Result<Arc<KnownCard>, CardFault>;

/// One card per reader, forgotten when it leaves.
#[derive(Debug, Default)]
pub(super) struct Cards(Mutex<HashMap<ReaderName, (Insertion, Looked)>>);

impl Cards {
    pub(super) fn know(&self, reader: ReaderName, insertion: Insertion, card: Arc<KnownCard>) {
        self.lock().insert(reader, (insertion, Ok(card)));
    }

    pub(super) fn fault(&self, reader: ReaderName, insertion: Insertion, fault: CardFault) {
        self.lock().insert(reader, (insertion, Err(fault)));
    }

    pub(super) fn forget(&self, reader: &ReaderName) {
        self.lock().remove(reader);
    }

    /// The card of this very insertion: known, faulted, or not yet identified.
    pub(super) fn get(&self, reader: &str, insertion: Insertion) -> Option<Looked> {
        let cards = self.lock();
        let (current, card) = cards.get(&ReaderName::from(reader))?;
        (*current == insertion).then(|| card.clone())
    }

    /// A panic elsewhere leaves the map whole: every change is one call.
    fn lock(&self) -> MutexGuard<'_, HashMap<ReaderName, (Insertion, Looked)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
