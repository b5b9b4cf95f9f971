//! What goes wrong in the middle of an operation, and when.

use card_sim::faults::{CardFault, PullPhase};
use serde::{Deserialize, Serialize};

use super::Pushed;

/// What goes wrong, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mishap {
    /// At which command.
    pub at: At,
    /// What.
    pub what: What,
}

/// At which command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// The n-th command of the operation, from 1.
    Command(u8),
    /// The first command that can cost a try or change the card.
    Effect,
    /// The n-th such command, from 1: the keys and the message of the issuer, the holder's choice.
    EffectNo(u8),
    /// Before the first command: after the monitor looked, as the transaction begins.
    Opening,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The card is pulled; the monitor sees it at once, or later.
    Pull {
        /// When, in the course of the command.
        phase: PullPhase,
        /// Whether the monitor sees it at once.
        seen: bool,
    },
    /// The card is pulled and another one pushed in.
    Swap {
        /// Which.
        card: usize,
        /// When, in the course of the command.
        phase: PullPhase,
        /// Whether the monitor sees it at once.
        seen: bool,
    },
    /// The card does something else than it should.
    Card(CardFault),
    /// The card is reset by its reader before the command.
    Reset,
    /// The reader is unplugged.
    Unplug {
        /// After the card carried the command out.
        after: bool,
    },
    /// The PC/SC service dies, and is there again.
    Service {
        /// After the card carried the command out.
        after: bool,
    },
    /// cardd is killed.
    Crash {
        /// After the card carried the command out.
        after: bool,
    },
    /// cardd is killed right before it writes its n-th record from here on.
    CrashAtRecord(u8),
    /// The desk's program goes away.
    Leave,
    /// The hall pushes a rule file.
    Push(Pushed),
}

impl What {
    /// Whether what the card says from then on may be untrue.
    #[must_use]
    pub fn lies(self) -> bool {
        match self {
            Self::Card(fault) => match fault {
                CardFault::Repeated | CardFault::Status { .. } | CardFault::Counter(_) => true,
                CardFault::Padded { .. } | CardFault::Cut { .. } => true,
                CardFault::PowerCut { .. }
                | CardFault::Mute { .. }
                | CardFault::Empty
                | CardFault::Slow { .. }
                | CardFault::Reset
                | CardFault::Select => false,
            },
            Self::Pull { .. }
            | Self::Swap { .. }
            | Self::Reset
            | Self::Unplug { .. }
            | Self::Service { .. }
            | Self::Crash { .. }
            | Self::CrashAtRecord(_)
            | Self::Leave
            | Self::Push(_) => false,
        }
    }

    /// Whether it happens only after the card carried the command out.
    #[must_use]
    pub fn is_late(self) -> bool {
        match self {
            Self::Pull { phase, .. } | Self::Swap { phase, .. } => phase != PullPhase::Before,
            Self::Unplug { after } | Self::Service { after } | Self::Crash { after } => after,
            Self::Card(_) | Self::Reset | Self::CrashAtRecord(_) | Self::Leave | Self::Push(_) => {
                false
            }
        }
    }
}
