//! The command line. There is no option, and no environment variable, for digits.

use std::{num::NonZeroU64, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use super::exit;
use crate::text::Lang;

mod counter;
mod desk;
mod enrol;
mod issuer;
mod policy;
mod receipt;

pub(crate) use counter::{CounterCommand, HolderPinArgs, OpenArgs};
pub(crate) use desk::{DeskArgs, DeskPages};
pub(crate) use enrol::EnrolCommand;
pub(crate) use issuer::{GrantArgs, IssuerCommand, KeyArgs};
pub(crate) use policy::{MeasureArgs, PolicyCommand};
pub(crate) use receipt::{BillArgs, ReceiptCommand, ReceiptKeysCommand, VerifyReceiptArgs};

/// Talks to one terminal's cardd.
#[derive(Debug, Parser)]
#[command(name = "hall", version, after_long_help = exit::help())]
pub(crate) struct Hall {
    /// Unix socket of the desk that speaks
    #[arg(
        long,
        global = true,
        default_value = "/run/cardd/counter.sock",
        value_name = "PATH"
    )]
    pub(crate) socket: PathBuf,
    #[command(flatten)]
    pub(crate) remote: RemoteArgs,
    /// One JSON object a line, with stable names and codes
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of texts for people
    #[arg(long, global = true, value_enum, default_value_t = Lang::Both)]
    pub(crate) lang: Lang,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What the terminal is and whether it can work
    Status,
    /// Readers and what lies in them
    Readers,
    /// What a card says of itself without a PIN
    Card {
        /// The reader; may be left out if exactly one holds a card
        reader: Option<String>,
    },
    /// Events as they happen; goes on by itself after a broken connection
    Watch(WatchArgs),
    /// PIN work
    #[command(subcommand)]
    Pin(PinCommand),
    /// The agency counter: documents for an unlock or reset, and the holder's own PIN after it
    #[command(subcommand)]
    Counter(CounterCommand),
    /// The hall: unlock and reset with the issuer's keys
    #[command(subcommand)]
    Issuer(IssuerCommand),
    /// Receipts that a holder verified a card for a bill
    #[command(subcommand)]
    Receipt(ReceiptCommand),
    /// Records of what the terminal did
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Certificates for terminals and desks
    #[command(subcommand)]
    Enrol(EnrolCommand),
    /// Rules of the region: sign, check, push, show, measure
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Unattended desks
    #[command(subcommand)]
    Kiosks(KiosksCommand),
    /// Cards that lost tries at this terminal and had no success since
    Suspects {
        /// At most so many, those that lost most tries first
        #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// The pages of a desk, served to this machine's browser; Ctrl-C ends it with 130
    Desk(DeskArgs),
    /// Completion script for a shell, on standard output
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Manual page on standard output, or all pages into a directory
    Man {
        /// Directory for one page a subcommand
        #[arg(long, value_name = "DIRECTORY")]
        directory: Option<PathBuf>,
    },
}

/// A terminal over the network, instead of a socket.
#[derive(Debug, Args)]
pub(crate) struct RemoteArgs {
    /// Terminal over the network, instead of a socket: https://HOST:PORT
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) connect: Option<String>,
    /// Certificate of this desk, PEM
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Its private key, PEM, mode 0600
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Authority of terminals, PEM
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
}

/// Which events.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct WatchArgs {
    /// Events after this position; left out: what comes from now on
    #[arg(long, value_name = "POSITION")]
    pub(crate) after: Option<u64>,
    /// End after so many events, with exit code 0; otherwise Ctrl-C ends it with 130
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<NonZeroU64>,
}

/// PIN work.
#[derive(Debug, Subcommand)]
pub(crate) enum PinCommand {
    /// Tries left, read from the card now; spends nothing
    Status(CardArgs),
    /// Present the PIN (VERIFY)
    Verify {
        #[command(flatten)]
        entry: EntryArgs,
        #[command(flatten)]
        bill: BillArgs,
    },
    /// Change the PIN (CHANGE PIN)
    Change(EntryArgs),
}

/// Which card.
#[derive(Debug, Clone, Args)]
pub(crate) struct CardArgs {
    /// The reader; may be left out if exactly one holds a card
    #[arg(long)]
    pub(crate) reader: Option<String>,
    /// This very insertion, refused if the card was changed since
    #[arg(long, value_name = "N")]
    pub(crate) insertion: Option<NonZeroU64>,
}

/// Which card, and where the digits come from.
#[derive(Debug, Clone, Args)]
pub(crate) struct EntryArgs {
    #[command(flatten)]
    pub(crate) card: CardArgs,
    /// The holder was told that this is the last try
    #[arg(long)]
    pub(crate) accept_last_attempt: bool,
    /// Read lines from this file descriptor instead of prompting: one to verify; old, new and new
    /// again to change
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    pub(crate) pin_fd: Option<i32>,
}

/// Ledger work.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Records, oldest first
    List {
        /// Records after this sequence number
        #[arg(long, default_value_t = 0, value_name = "SEQUENCE")]
        after: u64,
        /// At most so many
        #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Collect every record into the hall's store, check it, and acknowledge it; enrols a terminal
    /// that is not enrolled yet
    Pull {
        /// Directory of the store
        #[arg(long, value_name = "DIRECTORY")]
        store: PathBuf,
    },
    /// All records that the terminal has, on standard output; nothing is acknowledged
    Export {
        /// Form of the output; only JSON Lines can be checked again
        #[arg(long, value_enum, default_value_t = ExportFormat::Jsonl)]
        format: ExportFormat,
        /// Records after this sequence number
        #[arg(long, default_value_t = 0, value_name = "SEQUENCE")]
        after: u64,
    },
    /// Check an export, or the records of a store, offline; names the first bad record
    Verify(VerifyLedgerArgs),
    /// Confirm that work goes on with a new chain after the old ledger was set aside
    Confirm {
        /// Head of the old chain: 64 hexadecimal characters
        #[arg(value_parser = chain_head)]
        old_head: String,
    },
}

/// What is checked, and what is trusted.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyLedgerArgs {
    /// Where the check begins: `genesis.json` of the chain, or a checkpoint of it
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,
    /// A later checkpoint that the records must reach
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// Records in JSON Lines
    pub(crate) records: PathBuf,
}

/// Form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ExportFormat {
    /// JSON Lines, with the seal of the end as the last line
    Jsonl,
    /// CSV (RFC 4180)
    Csv,
}

/// Unattended desks.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum KiosksCommand {
    /// Open them again after too many wrong PINs; recorded in the ledger
    Reopen,
}

/// SHA-256 as hexadecimal, in lower case.
fn chain_head(text: &str) -> Result<String, String> {
    match hex::decode(text) {
        Ok(bytes) if bytes.len() == 32 => Ok(text.to_ascii_lowercase()),
        Ok(_) | Err(_) => Err("64 hexadecimal characters are expected".to_owned()),
    }
}

#[cfg(test)]
mod tests;
