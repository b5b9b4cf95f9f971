//! The control socket's language: one JSON object a line, one answer line per request.
//!
//! ```text
//! → {"do":"insert","slot":"desk","card":"zhang"}
//! ← {"ok":{"slot":{"name":"desk","card":"zhang","powered":false,...}}}
//! → {"do":"pull","slot":"desk","at":{"when":{"ins":32},"phase":"during"}}
//! ← {"ok":"done"}
//! → {"do":"hold","slot":"desk","when":{"apdu":1},"phase":"answer"}
//! → {"do":"wait","slot":"desk","until":"held","timeout_ms":5000}
//! → {"do":"fault","slot":"desk","orders":[{"when":{"ins":32},"act":{"card":"empty"}}]}
//! → {"do":"release","slot":"desk"}
//! → {"do":"pull","slot":"nowhere"}
//! ← {"error":{"code":"unknown_slot","message":"there is no slot named \"nowhere\""}}
//! ```
//!
//! `wire` with `follow` answers with one line after the other until a side closes; empty lines
//! among them only prove that the other side lives.

use serde::{Deserialize, Serialize};

use super::plan::{HoldPhase, Order, PullPhase, When};
use super::shelf::{Inspection, Traffic};
use super::slot::SlotView;
use super::wire::Exchange;

/// Longest line in bytes, newline included.
pub const MAX_LINE: usize = 64 * 1024;

/// Longest wait that can be asked for, in milliseconds.
pub const MAX_WAIT_MS: u64 = 600_000;

/// What can be asked of a rack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// All slots.
    List,
    /// Pushes a card in; a persona's name makes a new card of it.
    Insert {
        /// Slot name.
        slot: String,
        /// Card or persona.
        card: String,
    },
    /// Pulls the card, at once or at a command to come.
    Pull {
        /// Slot name.
        slot: String,
        /// When; now if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<PullAt>,
    },
    /// Pulls the card and pushes another one in.
    Swap {
        /// Slot name.
        slot: String,
        /// Card or persona.
        card: String,
    },
    /// A look inside a card.
    Inspect {
        /// Slot or card.
        name: String,
    },
    /// Holds a command to come.
    Hold {
        /// Slot name.
        slot: String,
        /// Which command.
        when: When,
        /// Where it is held.
        phase: HoldPhase,
    },
    /// Faults at commands to come.
    Fault {
        /// Slot name.
        slot: String,
        /// At which command, and what.
        orders: Vec<Order>,
    },
    /// Lets the held command go on.
    Release {
        /// Slot name.
        slot: String,
    },
    /// Forgets all faults to come.
    Clear {
        /// Slot name.
        slot: String,
    },
    /// Waits for a state of the slot.
    Wait {
        /// Slot name.
        slot: String,
        /// The state.
        until: Until,
        /// Longest wait in milliseconds, at most [`MAX_WAIT_MS`].
        timeout_ms: u64,
    },
    /// The trace of exchanges.
    Wire {
        /// Whether to go on until a side closes.
        follow: bool,
        /// Only exchanges after this number; 0 for all that are kept.
        after: u64,
    },
    /// Ends the rack.
    Stop,
}

/// When a card is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullAt {
    /// Which command.
    pub when: When,
    /// Where in its course.
    pub phase: PullPhase,
}

/// A state to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// A reader shows the slot.
    Linked,
    /// No reader shows the slot.
    Unlinked,
    /// The card has power.
    Powered,
    /// There is a card without power, or none.
    Unpowered,
    /// A command is held.
    Held,
    /// No card is in.
    Empty,
}

impl Until {
    /// Whether `slot` is in that state.
    #[must_use]
    pub fn holds(self, slot: &SlotView) -> bool {
        match self {
            Self::Linked => slot.linked,
            Self::Unlinked => !slot.linked,
            Self::Powered => slot.powered,
            Self::Unpowered => !slot.powered,
            Self::Held => slot.held.is_some(),
            Self::Empty => slot.card.is_none(),
        }
    }
}

/// One answer line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It was done.
    Ok(Outcome),
    /// It was not.
    Error(Refusal),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing to say about it.
    Done,
    /// The slot after it.
    Slot(SlotView),
    /// All slots, in the order of the configuration.
    Slots(Vec<SlotView>),
    /// A look inside a card.
    Card(CardView),
    /// Exchanges, oldest first.
    Exchanges(Vec<Exchange>),
}

/// A card with what is inside and what happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardView {
    /// Its name.
    pub name: String,
    /// What it was made of.
    pub persona: String,
    /// The slot it is in.
    pub slot: Option<String>,
    /// Its attempt counters.
    pub inside: Inspection,
    /// What happened to it since the rack started.
    pub traffic: Traffic,
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// For programs.
    pub code: RefusalCode,
    /// For people: a sentence.
    pub message: String,
}

/// [`Refusal`] for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The line is no request.
    BadRequest,
    /// No slot has that name.
    UnknownSlot,
    /// No card and no persona has that name.
    UnknownCard,
    /// A card is in the slot.
    SlotOccupied,
    /// No card is in the slot.
    SlotEmpty,
    /// The card is in another slot.
    CardElsewhere,
    /// The card carries out a command.
    CardBusy,
    /// The card cannot be made, or its state cannot be read.
    CardFault,
    /// Too many cards or orders.
    Full,
    /// No command is held.
    NothingHeld,
    /// The state did not come in time.
    TimedOut,
}

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(line: &str, expected: &Request) {
        let request: Request = serde_json::from_str(line).unwrap();
        assert_eq!(&request, expected, "{line}");
        let again: Request =
            serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
        assert_eq!(again, request);
    }

    #[test]
    fn documented_lines_are_read() {
        let (slot, card) = ("desk".to_owned(), "zhang".to_owned());
        reads(r#"{"do":"list"}"#, &Request::List);
        reads(
            r#"{"do":"insert","slot":"desk","card":"zhang"}"#,
            &Request::Insert {
                slot: slot.clone(),
                card,
            },
        );
        reads(
            r#"{"do":"pull","slot":"desk"}"#,
            &Request::Pull {
                slot: slot.clone(),
                at: None,
            },
        );
        let at = Some(PullAt {
            when: When::Ins(0x20),
            phase: PullPhase::During,
        });
        reads(
            r#"{"do":"pull","slot":"desk","at":{"when":{"ins":32},"phase":"during"}}"#,
            &Request::Pull {
                slot: slot.clone(),
                at,
            },
        );
        reads(
            r#"{"do":"hold","slot":"desk","when":{"apdu":1},"phase":"answer"}"#,
            &Request::Hold {
                slot,
                when: When::Apdu(1),
                phase: HoldPhase::Answer,
            },
        );
    }

    #[test]
    fn other_lines_are_not() {
        for line in [
            "",
            "{}",
            r#"{"do":"fly"}"#,
            r#"{"do":"pull","slot":"a","phase":"now"}"#,
        ] {
            assert!(serde_json::from_str::<Request>(line).is_err(), "{line}");
        }
    }

    #[test]
    fn an_error_is_a_code_and_a_sentence() {
        let refusal = Refusal::new(RefusalCode::SlotEmpty, "no card");
        let line = serde_json::to_string(&Answer::Error(refusal)).unwrap();
        assert_eq!(
            line,
            r#"{"error":{"code":"slot_empty","message":"no card"}}"#
        );
        let line = serde_json::to_string(&Answer::Ok(Outcome::Done)).unwrap();
        assert_eq!(line, r#"{"ok":"done"}"#);
    }
}
