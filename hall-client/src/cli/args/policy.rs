//! Arguments of `hall policy`. Keys are named by their files and never given.

use std::path::PathBuf;

use cardd_rules::region::TrustedKey;
use clap::{Args, Subcommand};

/// Rules of the region.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// The rules in force at a terminal
    Show,
    /// Push a signed rule file to a terminal; only the hall may
    Push {
        /// The signed file
        file: PathBuf,
    },
    /// A new key to sign rule files with; prints the line for the terminals' configuration
    NewKey {
        /// Its name in rule files
        #[arg(long, value_name = "NAME")]
        id: String,
        /// Where to; mode 0600
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Sign the body of a rule file; what no terminal would take is not signed
    Sign {
        /// The signing key, mode 0600
        #[arg(long = "signing-key", id = "signing_key", value_name = "FILE")]
        key: PathBuf,
        /// Where to
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The body, TOML
        body: PathBuf,
    },
    /// Check a rule file, signed or not yet, without a terminal
    Check {
        /// A key whose signature is to hold; may be given more than once
        #[arg(long, value_name = "NAME=PUBLIC_KEY", value_parser = trusted)]
        trust: Vec<TrustedKey>,
        /// The file
        file: PathBuf,
    },
    /// How many holders a thief finds within so many guesses, without rules and with them
    Measure(MeasureArgs),
}

/// What is measured.
#[derive(Debug, Clone, Args)]
pub(crate) struct MeasureArgs {
    /// Frequencies: a PIN and its count on each line, or PINs in the order of their ranks; left
    /// out: a made-up population
    #[arg(long, value_name = "FILE")]
    pub(crate) frequencies: Option<PathBuf>,
    /// Seed of the made-up population
    #[arg(long, value_name = "N", default_value_t = hall_client::measure::population::SEED, conflicts_with = "frequencies")]
    pub(crate) seed: u64,
    /// Digits of its PINs, 4 to 6
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(4..=6), conflicts_with = "frequencies")]
    pub(crate) digits: u8,
    /// Rule file, signed or not; its signature is not looked at. Left out: the example of Wuhan
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    /// Share of holders who take the own birth date, an assumption
    #[arg(long, value_name = "SHARE", default_value_t = 0.08, value_parser = share)]
    pub(crate) birth_date_share: f64,
    /// Share of holders who take the end of the own ID number, an assumption
    #[arg(long, value_name = "SHARE", default_value_t = 0.02, value_parser = share)]
    pub(crate) id_number_share: f64,
    /// A picture as well, SVG
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

fn trusted(text: &str) -> Result<TrustedKey, String> {
    let (id, key) = text.split_once('=').ok_or("NAME=PUBLIC_KEY is expected")?;
    TrustedKey::new(id, key).map_err(|error| error.to_string())
}

/// The two shares together are less than 1.
fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text
        .parse()
        .map_err(|_| "a number is expected".to_owned())?;
    if (0.0..0.5).contains(&share) {
        Ok(share)
    } else {
        Err("a share from 0 to below 0.5 is expected".to_owned())
    }
}
