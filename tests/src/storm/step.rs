//! What happens in a storm, one step after the other. A step says everything that it needs, so that
//! a dialogue from which others were taken away still runs.

mod mishap;
mod rules;

use serde::{Deserialize, Serialize};

pub use mishap::{At, Mishap, What};
pub use rules::{Pushed, RegionFile, Ruling};

/// Readers of the terminal.
pub const READERS: usize = 3;

/// Desks that holders stand at.
pub const DESKS: [&str; 3] = ["billing", "kiosk", "counter"];

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// A card is pushed in, in place of the one that is in.
    Insert {
        /// Which reader.
        reader: usize,
        /// Which card of the bag.
        card: usize,
    },
    /// A card is pulled.
    Pull {
        /// Which reader.
        reader: usize,
    },
    /// A desk opens an entry.
    Prompt {
        /// Which desk.
        desk: usize,
        /// Which reader.
        reader: usize,
        /// To change the PIN, not to verify it.
        change: bool,
    },
    /// Somebody types at the prompt of a desk.
    Type {
        /// Which desk.
        desk: usize,
        /// What is typed as the PIN in force.
        pin: Typed,
        /// What is typed as the new one, where the prompt is for a change.
        new: Choice,
        /// The desk accepts that it is the last try.
        last: bool,
        /// What goes wrong meanwhile.
        mishap: Option<Mishap>,
    },
    /// A desk sends its last sealed entry once more.
    Again {
        /// Which desk.
        desk: usize,
    },
    /// A desk asks for the tries left.
    Status {
        /// Which desk.
        desk: usize,
        /// Which reader.
        reader: usize,
    },
    /// The counter puts a case on record.
    Case {
        /// Which reader.
        reader: usize,
        /// A reset, not an unlock.
        reset: bool,
        /// The number that is stated is another person's.
        stranger: bool,
    },
    /// Somebody approves the case that is on record.
    Approve {
        /// The operator who opened it, not a second one.
        same: bool,
    },
    /// The hall operates on a grant.
    Operate {
        /// The grant that was used last, once more.
        used: bool,
        /// How the hall answers.
        hall: HallManner,
        /// What the holder chooses after a reset.
        choice: Choice,
        /// What goes wrong meanwhile.
        mishap: Option<Mishap>,
    },
    /// Staff open the unattended desks again.
    Reopen,
    /// Time passes.
    Wait {
        /// Milliseconds.
        ms: u64,
    },
    /// The wall clock is set.
    Clock {
        /// By so many milliseconds.
        ms: i64,
    },
    /// Another program has the card to itself.
    Foreign {
        /// Which reader.
        reader: usize,
        /// For so long, milliseconds.
        ms: u64,
        /// By an exclusive connection, not by a transaction.
        exclusive: bool,
    },
    /// Another program does something to a card between two of cardd's transactions.
    Touch {
        /// Which reader.
        reader: usize,
        /// What.
        how: Touch,
    },
    /// A desk asks for everything that it may not.
    Trespass {
        /// Which desk.
        desk: usize,
        /// Which reader.
        reader: usize,
    },
    /// A reader is unplugged, or plugged in.
    Reader {
        /// Which reader.
        reader: usize,
        /// It comes back under another name.
        renamed: bool,
    },
    /// The PC/SC service is restarted.
    Service,
    /// cardd is killed and starts again.
    Crash,
    /// cardd is stopped and starts again.
    Restart,
    /// The hall collects the ledger and checks it.
    Collect,
    /// The hall pulls the records that it does not have yet.
    Deliver {
        /// So many come at most before the line breaks.
        records: usize,
        /// The terminal hears that the hall has them.
        acknowledged: bool,
    },
    /// Somebody who watches the events comes back.
    Watch,
    /// The hall pushes a rule file.
    Push {
        /// Which.
        pushed: Pushed,
        /// cardd is killed at that moment of taking it, from 1: before its record, before it is put in its
        /// place, after that.
        dies_at: Option<u8>,
    },
    /// The rule file in force is damaged on the disk, which tells at the next start.
    Spoil,
}

/// What a person types as the PIN in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Typed {
    /// The PIN in force.
    Right,
    /// A wrong one.
    Wrong(u8),
    /// The issued one.
    Issued,
}

/// What another program does to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Touch {
    /// Resets it.
    Reset,
    /// Selects something else.
    Select,
    /// Presents a wrong PIN.
    Guess,
}

/// What a person chooses as a new PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// One that may be.
    Good(u8),
    /// The issued one.
    Issued,
    /// A run of digits.
    Weak,
    /// Two that differ.
    Differing,
}

/// How the hall answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HallManner {
    /// As it should.
    Right,
    /// With another unblock key.
    WrongKey,
    /// With a wrong MAC.
    WrongMac,
    /// With another command than the granted one.
    OtherCommand,
    /// Right, but on the word of an operator who did not open the case.
    OtherHand,
    /// It hangs up instead of this answer, counted from 0.
    HangsUp(u8),
}

/// A dialogue as text: a line for each step. Lines that begin with `#` are remarks.
///
/// # Errors
/// A step that has no text.
pub fn to_text(steps: &[Step]) -> Result<String, serde_json::Error> {
    let lines = steps.iter().map(serde_json::to_string);
    Ok(lines.collect::<Result<Vec<_>, _>>()?.join("\n") + "\n")
}

/// A dialogue from text.
///
/// # Errors
/// A line that is no step.
pub fn from_text(text: &str) -> Result<Vec<Step>, serde_json::Error> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(serde_json::from_str)
        .collect()
}
