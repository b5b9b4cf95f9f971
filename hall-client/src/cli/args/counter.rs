//! Arguments of `hall counter`. Numbers of ID cards and digits of PINs come by prompt or descriptor.

use clap::{Args, Subcommand, ValueEnum};
use hall_client::{CaseReason, IssuerOperation};

use super::CardArgs;

/// The agency counter.
#[derive(Debug, Subcommand)]
pub(crate) enum CounterCommand {
    /// Put documents and reason on record; answers with a grant for the hall
    Open(OpenArgs),
    /// Approve another operator's case
    Approve {
        /// Number of the case
        case: u64,
    },
    /// After a reset, while the card is still held: the holder chooses a PIN
    HolderPin(HolderPinArgs),
}

/// What is applied for, and what was seen.
#[derive(Debug, Args)]
pub(crate) struct OpenArgs {
    /// What is applied for
    #[arg(value_enum)]
    pub(crate) operation: Operation,
    #[command(flatten)]
    pub(crate) card: CardArgs,
    /// Why
    #[arg(long, value_enum)]
    pub(crate) reason: Reason,
    /// The holder's original ID card was seen
    #[arg(long)]
    pub(crate) holder_original_seen: bool,
    /// Somebody applies for the holder
    #[arg(long)]
    pub(crate) agent: bool,
    /// The agent's original ID card was seen
    #[arg(long, requires = "agent")]
    pub(crate) agent_original_seen: bool,
    /// Read ID numbers as lines from this file descriptor instead of prompting: the holder's, then
    /// the agent's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    pub(crate) id_fd: Option<i32>,
}

/// Which case, and where the digits come from.
#[derive(Debug, Args)]
pub(crate) struct HolderPinArgs {
    /// Number of the case
    pub(crate) case: u64,
    /// Wait so many seconds for the hall to finish the reset
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=600))]
    pub(crate) wait: u64,
    /// Read the new PIN and the new PIN again as lines from this file descriptor instead of prompting
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    pub(crate) pin_fd: Option<i32>,
}

/// What is applied for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Operation {
    /// The counter is restored, the PIN stays (解锁)
    Unblock,
    /// A one-time PIN, then the holder's own (重置)
    Reload,
}

impl From<Operation> for IssuerOperation {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Unblock => Self::Unblock,
            Operation::Reload => Self::Reload,
        }
    }
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reason {
    /// Locked after wrong tries
    Blocked,
    /// The holder forgot the PIN
    Forgotten,
    /// The holder never had it
    NeverKnown,
}

impl From<Reason> for CaseReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Blocked => Self::Blocked,
            Reason::Forgotten => Self::Forgotten,
            Reason::NeverKnown => Self::NeverKnown,
        }
    }
}
