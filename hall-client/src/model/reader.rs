//! Readers and what lies in them.

use std::{fmt, num::NonZeroU64};

use super::{CardSummary, Reason};

/// One stay of a card in a reader. Rises with each arrival; a request names the one it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Insertion(pub NonZeroU64);

impl Insertion {
    /// The number; `None` for 0, which stands for "no card".
    #[must_use]
    pub fn new(number: u64) -> Option<Self> {
        NonZeroU64::new(number).map(Self)
    }

    /// As a number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for Insertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// All readers at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readers {
    /// The readers.
    pub list: Vec<Reader>,
    /// Position of the last event that the list contains; watch from here and nothing is missed.
    pub position: u64,
}

/// One reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Its PC/SC name.
    pub name: String,
    /// What lies in it.
    pub slot: Slot,
}

impl Reader {
    /// The card's stay, where there is a card.
    #[must_use]
    pub fn insertion(&self) -> Option<Insertion> {
        match &self.slot {
            Slot::Empty => None,
            Slot::Present { insertion }
            | Slot::Identified { insertion, .. }
            | Slot::Busy { insertion, .. } => Some(*insertion),
            Slot::Faulted { insertion, .. } => *insertion,
        }
    }

    /// What is known of the card.
    #[must_use]
    pub fn card(&self) -> Option<&CardSummary> {
        match &self.slot {
            Slot::Empty | Slot::Present { .. } | Slot::Faulted { .. } => None,
            Slot::Identified { card, .. } => Some(card),
            Slot::Busy { card, .. } => card.as_ref(),
        }
    }
}

/// State of a slot, with just the data that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// No card.
    Empty,
    /// Powered, not yet identified.
    Present {
        /// The card's stay.
        insertion: Insertion,
    },
    /// Known.
    Identified {
        /// The card's stay.
        insertion: Insertion,
        /// What it is.
        card: CardSummary,
    },
    /// A job of a desk is under way.
    Busy {
        /// The card's stay.
        insertion: Insertion,
        /// What it is, once identified.
        card: Option<CardSummary>,
    },
    /// Of no use until the card or the reader is seen to.
    Faulted {
        /// The card's stay, where it is the card.
        insertion: Option<Insertion>,
        /// Why.
        fault: Reason,
    },
}

impl Slot {
    /// The state's name in the contract.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "EMPTY",
            Self::Present { .. } => "PRESENT",
            Self::Identified { .. } => "IDENTIFIED",
            Self::Busy { .. } => "BUSY",
            Self::Faulted { .. } => "FAULTED",
        }
    }
}
