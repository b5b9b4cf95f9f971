//! The state of one reader's slot: a pure machine.

use super::Insertion;

/// What is in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// No card.
    Empty,
    /// A card that nobody has looked at yet.
    Present {
        /// This stay of the card.
        insertion: Insertion,
    },
    /// A card whose kind is known.
    Identified {
        /// This stay of the card.
        insertion: Insertion,
    },
    /// A job has its transaction.
    Busy {
        /// This stay of the card.
        insertion: Insertion,
        /// What the slot is when the job ends.
        rest: Rest,
    },
    /// A card that cannot be worked with.
    Faulted {
        /// This stay of the card.
        insertion: Insertion,
        /// Why.
        fault: Fault,
    },
}

/// A slot with a card at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// [`Slot::Present`].
    Present,
    /// [`Slot::Identified`].
    Identified,
    /// [`Slot::Faulted`].
    Faulted(Fault),
}

/// Why a card cannot be worked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No answer to reset: upside down, or defective.
    Mute,
    /// It answers, but identification failed.
    Unidentified,
}

/// What can happen to a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotEvent {
    /// A card came and answered to reset.
    Inserted(Insertion),
    /// A card came, or fell silent, and gives no answer to reset.
    FellMute(Insertion),
    /// The card left.
    Removed,
    /// A job got its transaction.
    JobStarted(Insertion),
    /// The transaction of that job ended.
    JobEnded(Insertion),
    /// The card's kind is known.
    Identified(Insertion),
    /// Identification failed.
    Unidentified(Insertion),
}

/// A change that others are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// A card to work with.
    Inserted(Insertion),
    /// A card that does not answer.
    Unreadable(Insertion),
    /// The stay that ended.
    Removed(Insertion),
}

impl Slot {
    /// The card's stay, if there is a card.
    #[must_use]
    pub fn insertion(self) -> Option<Insertion> {
        match self {
            Self::Empty => None,
            Self::Present { insertion }
            | Self::Identified { insertion }
            | Self::Busy { insertion, .. }
            | Self::Faulted { insertion, .. } => Some(insertion),
        }
    }

    /// Whether the card gives no answer to reset.
    #[must_use]
    pub fn is_mute(self) -> bool {
        self.rest() == Some(Rest::Faulted(Fault::Mute))
    }

    /// The slot after the event, and what to tell. An event about a stay that is over changes
    /// nothing.
    #[must_use]
    pub fn on(self, event: SlotEvent) -> (Self, Option<Notice>) {
        match event {
            SlotEvent::Inserted(insertion) => (
                Self::Present { insertion },
                Some(Notice::Inserted(insertion)),
            ),
            SlotEvent::FellMute(insertion) => self.fell_mute(insertion),
            SlotEvent::Removed => (Self::Empty, self.insertion().map(Notice::Removed)),
            SlotEvent::JobStarted(insertion) => (self.started(insertion), None),
            SlotEvent::JobEnded(insertion) => (self.ended(insertion), None),
            SlotEvent::Identified(insertion) => (self.learn(insertion, Rest::Identified), None),
            SlotEvent::Unidentified(insertion) => (
                self.learn(insertion, Rest::Faulted(Fault::Unidentified)),
                None,
            ),
        }
    }

    fn rest(self) -> Option<Rest> {
        match self {
            Self::Empty => None,
            Self::Present { .. } => Some(Rest::Present),
            Self::Identified { .. } => Some(Rest::Identified),
            Self::Busy { rest, .. } => Some(rest),
            Self::Faulted { fault, .. } => Some(Rest::Faulted(fault)),
        }
    }

    fn at_rest(insertion: Insertion, rest: Rest) -> Self {
        match rest {
            Rest::Present => Self::Present { insertion },
            Rest::Identified => Self::Identified { insertion },
            Rest::Faulted(fault) => Self::Faulted { insertion, fault },
        }
    }

    /// Silence ends a job's claim too: there is nothing left to talk to.
    fn fell_mute(self, insertion: Insertion) -> (Self, Option<Notice>) {
        let known = self.insertion() == Some(insertion) && self.is_mute();
        let notice = (!known).then_some(Notice::Unreadable(insertion));
        (Self::at_rest(insertion, Rest::Faulted(Fault::Mute)), notice)
    }

    fn started(self, insertion: Insertion) -> Self {
        match self.rest() {
            Some(rest) if self.insertion() == Some(insertion) => Self::Busy { insertion, rest },
            _ => self,
        }
    }

    fn ended(self, insertion: Insertion) -> Self {
        match self.rest() {
            Some(rest) if self.insertion() == Some(insertion) => Self::at_rest(insertion, rest),
            _ => self,
        }
    }

    /// Knowledge about the card; a job in progress keeps it for later. Silence is final.
    fn learn(self, insertion: Insertion, learned: Rest) -> Self {
        if self.insertion() != Some(insertion) || self.is_mute() {
            return self;
        }
        match self {
            Self::Busy { .. } => Self::Busy {
                insertion,
                rest: learned,
            },
            Self::Empty | Self::Present { .. } | Self::Identified { .. } | Self::Faulted { .. } => {
                Self::at_rest(insertion, learned)
            }
        }
    }
}

#[cfg(test)]
mod tests;
