//! Rule files on their way from the hall.

use serde::{Deserialize, Serialize};

/// A rule file that the hall pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pushed {
    /// What is right or wrong about it.
    pub file: RegionFile,
    /// What it says.
    pub says: Ruling,
}

/// What is right or wrong about a rule file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionFile {
    /// Good, and newer than the one in force.
    Newer,
    /// Good, and of the version in force.
    Same,
    /// Good, and older than the one in force.
    Older,
    /// Newer; not signed by the key that it names.
    Forged,
    /// Newer; signed by a key that nobody trusts.
    Stranger,
    /// Newer; of another region.
    Foreign,
    /// Newer; the last bytes are missing.
    Cut,
    /// Newer; one byte of it is another.
    Damaged,
}

/// What a rule file says, in place of what the terminal is configured with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    /// So many tries more than promised stay on a card at each desk, 0 to 3.
    pub kept_back: u8,
    /// Wrong tries per hour.
    pub guesses: u32,
    /// A second operator approves.
    pub second_operator: bool,
    /// One more PIN is an issued one.
    pub issued: bool,
    /// One more PIN is a common one.
    pub common: bool,
    /// A PIN has six digits, and never four.
    pub six_digits: bool,
}
