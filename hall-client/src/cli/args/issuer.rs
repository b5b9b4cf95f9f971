//! Arguments of `hall issuer`. Keys are named by their files; grants come by prompt or descriptor.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// The hall, with the issuer's keys.
#[derive(Debug, Subcommand)]
pub(crate) enum IssuerCommand {
    /// Restore the counter; the PIN stays (解锁)
    Unblock(GrantArgs),
    /// Set a one-time PIN that nobody is told; the holder replaces it at the counter (重置)
    Reload {
        #[command(flatten)]
        grant: GrantArgs,
        /// Digits of the one-time PIN
        #[arg(long, default_value_t = 6, value_name = "N", value_parser = clap::value_parser!(u8).range(4..=16))]
        digits: u8,
    },
    /// Open the keys and look at every root; no terminal is needed
    CheckKeys(KeyArgs),
    /// Put the roots of simulated cards into an HSM, so that they cannot be taken out again
    ImportKeys {
        /// File of mode 0600 that names the PKCS#11 module, the token and the labels of its roots
        #[arg(long, value_name = "FILE")]
        hsm: PathBuf,
        /// Read the PIN of the HSM's user from this descriptor
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
        hsm_pin_fd: Option<i32>,
        /// Roots in a file of mode 0600 that says that it is for simulated cards
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
    },
}

/// A grant, and the keys to carry it out with.
#[derive(Debug, Args)]
pub(crate) struct GrantArgs {
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
    /// Who handed the grant over, as `hall counter open` named them
    #[arg(long, value_name = "NAME")]
    pub(crate) operator: String,
    /// Read the grant as one line from this file descriptor instead of prompting
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    pub(crate) grant_fd: Option<i32>,
}

/// The issuer's keys: exactly one backend.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// Roots in a file of mode 0600, for simulated cards only
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "hsm",
        conflicts_with_all = ["hsm", "hsm_pin_fd"]
    )]
    pub(crate) keys: Option<PathBuf>,
    /// Roots in an HSM: file of mode 0600 that names the PKCS#11 module, the token and its roots
    #[arg(long, value_name = "FILE")]
    pub(crate) hsm: Option<PathBuf>,
    /// Read the PIN of the HSM's user, one line, from this descriptor instead of the file that the
    /// HSM's file names
    #[arg(long, value_name = "N", requires = "hsm", value_parser = clap::value_parser!(i32).range(0..))]
    pub(crate) hsm_pin_fd: Option<i32>,
}
