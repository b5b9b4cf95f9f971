//! Arguments of `hall receipt`, and of a verification that is to end in one.

use std::{num::NonZeroU64, path::PathBuf};

use clap::{Args, Subcommand};

/// A bill, of which a success is to end in a receipt.
#[derive(Debug, Clone, Args)]
pub(crate) struct BillArgs {
    /// Reference of the bill: a success ends in a receipt for it; at a billing desk
    #[arg(long, value_name = "REFERENCE", requires = "amount_fen")]
    pub(crate) bill: Option<String>,
    /// Its amount in fen
    #[arg(long, value_name = "FEN", requires = "bill", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) amount_fen: Option<u64>,
}

/// Verification receipts.
#[derive(Debug, Subcommand)]
pub(crate) enum ReceiptCommand {
    /// Check a receipt and use it up; no terminal is needed
    Verify(VerifyReceiptArgs),
    /// Take a receipt back before it is used; prints the word for whoever checks receipts
    Cancel {
        /// File with the receipt on one line; - for standard input
        receipt: PathBuf,
    },
    /// Take such a word into the store: its receipt is refused from then on; no terminal is needed
    TakeCancellation {
        /// Directory of the store
        #[arg(long, value_name = "DIRECTORY")]
        store: PathBuf,
        /// File with the cancellation on one line; - for standard input
        cancellation: PathBuf,
    },
    /// Keys that receipts are signed with
    #[command(subcommand)]
    Keys(ReceiptKeysCommand),
}

/// What the checker has before it.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyReceiptArgs {
    /// Directory of the store: keys by terminal, and what was used
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) store: PathBuf,
    /// Terminal at which the holder stood
    #[arg(long, value_name = "NAME")]
    pub(crate) terminal: String,
    /// Reference of the bill
    #[arg(long, value_name = "REFERENCE")]
    pub(crate) bill: String,
    /// Its amount in fen
    #[arg(long, value_name = "FEN")]
    pub(crate) amount_fen: u64,
    /// The card's stay in the reader, where it is known
    #[arg(long, value_name = "N")]
    pub(crate) insertion: Option<NonZeroU64>,
    /// File with the receipt on one line; - for standard input
    pub(crate) receipt: PathBuf,
}

/// Keys that receipts are signed with.
#[derive(Debug, Subcommand)]
pub(crate) enum ReceiptKeysCommand {
    /// Collect the terminal's public keys into the store
    Pull {
        /// Directory of the store
        #[arg(long, value_name = "DIRECTORY")]
        store: PathBuf,
    },
    /// The keys in the store, by terminal; no terminal is needed
    List {
        /// Directory of the store
        #[arg(long, value_name = "DIRECTORY")]
        store: PathBuf,
    },
    /// Have the terminal make a new key and destroy the old one; at the hall's desk. Collect the
    /// keys afterwards
    Rotate,
}
