//! What survives power-off: PIN, counters, blocks, written files. A power cut at any moment leaves
//! either the old or the new state (LD/T 32.7).

mod file_store;
mod memory_store;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::counter::Counter;
use crate::files::{Application, Content, FileId, KeyId};
use crate::pin::Pin;

pub use file_store::FileStore;
pub use memory_store::MemoryStore;

/// Format written by this version.
pub const FORMAT_VERSION: u32 = 1;

/// The non-volatile memory of one card.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardState {
    /// Format of the file, [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The card it belongs to: 卡的识别码 (hexadecimal) and 卡号.
    pub card: String,
    /// The stored PIN; `None` is an empty PIN.
    pub pin: Option<Pin>,
    /// Try counter of the PIN.
    pub pin_attempts: Counter,
    /// Try counters of the keys that EXTERNAL AUTHENTICATION knows.
    pub key_attempts: BTreeMap<KeyId, Counter>,
    /// Applications locked for good by APPLICATION BLOCK.
    pub blocked_applications: BTreeSet<Application>,
    /// The card was locked for good by CARD BLOCK.
    pub card_blocked: bool,
    /// Files that differ from the personalisation.
    pub written_files: BTreeMap<FileId, Content>,
}

/// Why a state could not be loaded or saved.
#[derive(Debug, Error)]
pub enum StateError {
    /// The operating system refused.
    #[error("card state {path}: cannot be {action}", path = path.display())]
    Io {
        /// What was tried: `read` or `written`.
        action: &'static str,
        /// The state file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The text is not a state.
    #[error("card state cannot be understood")]
    Format(#[from] serde_json::Error),
    /// Written by another version of the simulator.
    #[error("card state has format version {0}, this program reads {FORMAT_VERSION}")]
    Version(u32),
    /// The state of another card.
    #[error("card state belongs to the card {found}, not {expected}")]
    OtherCard {
        /// The card named in the state.
        found: String,
        /// The card of the persona.
        expected: String,
    },
}

/// Where one card keeps its state.
///
/// `save` returns only when the state would survive a power cut; on an error the previous state
/// must still be the one that `load` finds.
pub trait StateStore: Send {
    /// The last saved state, `None` for a fresh card.
    ///
    /// # Errors
    /// When there is a state that cannot be read.
    fn load(&self) -> Result<Option<CardState>, StateError>;

    /// Replaces the saved state as a whole.
    ///
    /// # Errors
    /// When the state could not be made durable.
    fn save(&mut self, state: &CardState) -> Result<(), StateError>;
}

impl<S: StateStore + ?Sized> StateStore for Box<S> {
    fn load(&self) -> Result<Option<CardState>, StateError> {
        (**self).load()
    }

    fn save(&mut self, state: &CardState) -> Result<(), StateError> {
        (**self).save(state)
    }
}

impl CardState {
    /// A state from its JSON text.
    ///
    /// # Errors
    /// When the text is not a state, or one of another format version.
    pub fn from_json(text: &str) -> Result<Self, StateError> {
        #[derive(Deserialize)]
        struct Header {
            format_version: u32,
        }
        let Header { format_version } = serde_json::from_str(text)?;
        if format_version != FORMAT_VERSION {
            return Err(StateError::Version(format_version));
        }
        Ok(serde_json::from_str(text)?)
    }

    /// The JSON text of this state, which holds the PIN.
    ///
    /// # Errors
    /// When the state has no JSON form.
    pub fn to_json(&self) -> Result<Zeroizing<String>, StateError> {
        Ok(Zeroizing::new(serde_json::to_string_pretty(self)?))
    }
}

#[cfg(test)]
mod tests;
