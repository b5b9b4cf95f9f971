//! Who a simulated card is: one TOML text per card.
//!
//! Every setting is a field of these types and has its default beside it; a name that is not one
//! of them is an error. Settings under `[behaviour]` decide what the published texts leave open:
//! their defaults are choices, not facts about real cards.

mod atr;
mod behaviour;
mod faults;
mod fill;
mod holder;
mod issuer;
mod keys;
mod pin;
mod ready;

use serde::Deserialize;
use thiserror::Error;

use crate::crypto::Suite;
use crate::files::{FileId, FileTree, Generation};

pub use atr::{Interface, Reset};
pub use behaviour::{Behaviour, ChallengeLife, RightAfterReset, WrongLength};
pub use faults::Faults;
pub use fill::Filler;
pub use holder::Holder;
pub use issuer::Issuer;
pub use keys::{KeySettings, Roots};
pub use pin::PinSettings;
pub use ready::READY;

/// A card as personalised.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// Short name, such as `w2`.
    pub name: String,
    /// What the card is for, one line.
    pub description: String,
    /// File layout and default cipher suite. Never derived from the version text.
    pub generation: Generation,
    /// Interface and answer to reset.
    pub reset: Reset,
    /// `false` for a foreign card that has no social security environment. Default `true`.
    #[serde(default = "yes")]
    pub social_environment: bool,
    /// EF05.
    pub issuer: Issuer,
    /// EF06.
    pub holder: Holder,
    /// The PIN as issued.
    #[serde(default)]
    pub pin: PinSettings,
    /// Keys and their counters.
    #[serde(default)]
    pub keys: KeySettings,
    /// Choices where the published texts are silent.
    #[serde(default)]
    pub behaviour: Behaviour,
    /// Faults of the card's own counters.
    #[serde(default)]
    pub faults: Faults,
    /// Records with raw bytes in place of what the personalisation would write, for damaged cards
    /// and for content of the DF files. Default none.
    #[serde(default, rename = "record")]
    pub records: Vec<RawRecord>,
}

/// One record given as raw bytes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRecord {
    /// The file, such as `SSSE/EF05`.
    pub file: FileId,
    /// Record number, from 1.
    pub number: u8,
    /// All bytes of the record, hexadecimal.
    #[serde(with = "hex::serde")]
    pub bytes: Vec<u8>,
}

/// A persona that no card can be made from.
#[derive(Debug, Error)]
pub enum PersonaError {
    /// Not TOML, an unknown setting, or a value of the wrong form. The cause does not repeat the
    /// text, which holds a PIN.
    #[error("persona cannot be read, line {line}")]
    Syntax {
        /// Line of the text, from 1.
        line: usize,
        /// What is wrong there.
        source: toml::de::Error,
    },
    /// A value that does not fit its place on the card.
    #[error("persona setting {setting}: {reason}")]
    Value {
        /// Path of the setting.
        setting: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// `[[record]]` names a record the layout does not have.
    #[error("persona has no record {number} in {file}")]
    NoSuchRecord {
        /// The file named.
        file: FileId,
        /// The record number named.
        number: u8,
    },
    /// No ready persona of this name.
    #[error("no ready persona is called {0:?}")]
    Unknown(String),
}

impl Persona {
    /// A persona from TOML.
    ///
    /// # Errors
    /// When the text is not a persona, or a value does not fit the card.
    pub fn from_toml(text: &str) -> Result<Self, PersonaError> {
        let persona: Self = toml::from_str(text).map_err(|error| syntax_error(text, error))?;
        persona.check()?;
        Ok(persona)
    }

    /// One of the personas that come with the library, by its name in [`READY`].
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn ready(name: &str) -> Result<Self, PersonaError> {
        let found = READY.iter().find(|(ready, _)| *ready == name);
        let (_, text) = found.ok_or_else(|| PersonaError::Unknown(name.to_owned()))?;
        Self::from_toml(text)
    }

    /// Cipher suite: DES on 1.0 and 2.0 cards, SM4 on 3.0.
    #[must_use]
    pub fn suite(&self) -> Suite {
        match self.generation {
            Generation::First | Generation::Second => Suite::Des,
            Generation::Third => Suite::Sm4,
        }
    }

    /// The file tree with everything this persona writes into it.
    #[must_use]
    pub fn files(&self) -> FileTree {
        let mut files = self.blank_files();
        for record in &self.records {
            files.replace_record(record.file, record.number, record.bytes.clone());
        }
        files
    }

    fn blank_files(&self) -> FileTree {
        if !self.social_environment {
            return FileTree::foreign();
        }
        let holder = self.holder.records(self.generation);
        let mut files = FileTree::new(self.generation, self.issuer.records(), holder);
        files.set_directory(
            self.behaviour
                .directory
                .iter()
                .map(|record| record.0.clone()),
        );
        files
    }

    fn check(&self) -> Result<(), PersonaError> {
        self.reset.check()?;
        self.issuer.check()?;
        self.holder.check()?;
        self.pin.counter()?;
        self.keys.check()?;
        let mut files = self.blank_files();
        for RawRecord {
            file,
            number,
            bytes,
        } in &self.records
        {
            if !files.replace_record(*file, *number, bytes.clone()) {
                return Err(PersonaError::NoSuchRecord {
                    file: *file,
                    number: *number,
                });
            }
        }
        Ok(())
    }
}

/// The line of an error, and the error without the text around it.
fn syntax_error(text: &str, mut source: toml::de::Error) -> PersonaError {
    let at = source.span().map_or(0, |span| span.start);
    let line = 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    source.set_input(None);
    PersonaError::Syntax { line, source }
}

/// Default of settings that are on unless switched off.
fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests;
