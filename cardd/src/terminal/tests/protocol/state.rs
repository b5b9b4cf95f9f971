//! What is in a state: the card, both desks, every entry, the records, the card's thread.

use super::model::{Business, Digits};
use crate::ledger::Verdict;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ModelCard {
    pub(super) pin: Digits,
    pub(super) left: u8,
    pub(super) present: bool,
    /// A PIN was right since the last reset: any program may use it.
    pub(super) verified: bool,
}

/// What the card did with a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Did {
    Nothing,
    TookATry,
    CarriedOut,
}

/// What a desk is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Told {
    Success,
    /// Refused, a try is spent.
    TrySpent,
    /// Refused or given up, no try is spent.
    NothingHappened,
    InDoubt,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    pub(super) desk: usize,
    pub(super) business: Business,
    pub(super) typed: Option<Digits>,
    /// The stay of the card that it was opened for is over.
    pub(super) stale: bool,
    /// The counter at the prompt.
    pub(super) shown: u8,
    pub(super) sends: u8,
    pub(super) did: Did,
    pub(super) told: Option<Told>,
    pub(super) given_up: bool,
    pub(super) repeated: bool,
}

/// Where a desk stands with its last entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Desk {
    Idle,
    Prompted(usize),
    Waiting(usize),
}

/// What the ledger says of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Standing {
    /// Begun, or closed as in doubt.
    Open,
    Closed(Did),
    Resolved(Verdict),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Record {
    pub(super) entry: usize,
    pub(super) before: u8,
    pub(super) standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum At {
    Look,
    Claim,
    Send,
    Close,
    End,
}

/// The card's thread in a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Work {
    pub(super) entry: usize,
    pub(super) at: At,
    /// The stay that the line to the card was opened in is over: it reaches no card any more
    /// (measured).
    pub(super) broken: bool,
    pub(super) before: u8,
    /// What the answer said; `None` where there was none.
    pub(super) answer: Option<Did>,
}

/// What must never have happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Wrongs {
    pub(super) without_a_record: bool,
    pub(super) below_the_floor: bool,
    pub(super) on_another_stay: bool,
    pub(super) business_with_issued_pin: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) card: ModelCard,
    pub(super) desks: [Desk; 2],
    pub(super) entries: Vec<Entry>,
    pub(super) records: Vec<Record>,
    pub(super) work: Option<Work>,
    pub(super) up: bool,
    pub(super) sighted: bool,
    pub(super) tears: u8,
    pub(super) crashes: u8,
    pub(super) wrongs: Wrongs,
}

/// Where the card's thread is, as far as the outside can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    Look,
    Claim,
    Send,
    Close,
    End,
}

impl State {
    /// A card in the reader with so many tries left, and nothing done yet.
    pub(super) fn start(left: u8) -> Self {
        Self {
            card: ModelCard {
                pin: Digits::Own,
                left,
                present: true,
                verified: false,
            },
            desks: [Desk::Idle; 2],
            entries: Vec::new(),
            records: Vec::new(),
            work: None,
            up: true,
            sighted: true,
            tears: 0,
            crashes: 0,
            wrongs: Wrongs::default(),
        }
    }

    /// Whether what the card's thread sends comes to the card.
    pub(super) fn reaches(&self, work: &Work) -> bool {
        self.card.present && !work.broken
    }

    /// A program that looks at the card just now finds a right it did not earn.
    pub(super) fn verified_for_others(&self) -> bool {
        self.work.is_none() && self.card.present && self.card.verified
    }

    /// Whether the card's thread has a job.
    pub(super) fn working(&self) -> bool {
        self.work.is_some()
    }

    /// Where it is; at the end when it has none.
    pub(super) fn point(&self) -> Point {
        match self.work.as_ref().map(|work| work.at) {
            Some(At::Look) => Point::Look,
            Some(At::Claim) => Point::Claim,
            Some(At::Send) => Point::Send,
            Some(At::Close) => Point::Close,
            Some(At::End) | None => Point::End,
        }
    }

    /// Commands with a PIN that the card carried out.
    pub(super) fn sent(&self) -> u32 {
        self.entries
            .iter()
            .map(|entry| u32::from(entry.sends))
            .sum()
    }

    /// The last answer that a desk was given.
    pub(super) fn last_told(&self, desk: usize) -> Option<Told> {
        let of_desk = |entry: &&Entry| entry.desk == desk && entry.told.is_some();
        self.entries.iter().rev().find(of_desk)?.told
    }

    pub(super) fn sent_twice(&self) -> bool {
        self.entries.iter().any(|entry| entry.sends > 1)
    }

    pub(super) fn wrongs(&self) -> [bool; 4] {
        let wrongs = &self.wrongs;
        [
            wrongs.without_a_record,
            wrongs.below_the_floor,
            wrongs.on_another_stay,
            wrongs.business_with_issued_pin,
        ]
    }
}
