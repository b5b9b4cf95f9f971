//! `rack.toml`: the slots of a rack and the cards it starts with.
//!
//! ```toml
//! state_dir = "/var/lib/card-sim"   # where cards keep their state; without it they forget
//!
//! [[slot]]
//! name = "desk"                     # a-z 0-9 - _, at most 32
//! reader = "Desk Reader"            # name in pcscd, default "card-sim NAME"
//! card = "zhang"                    # in the slot from the start: a card below, or a persona
//! vpcd_port = 35963                 # only for a slot of Debian's vsmartcard-vpcd
//!
//! [[card]]
//! name = "zhang"
//! persona = "issued"
//! ```

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;

use ifdcardsim::device_name::is_slot_name;
use serde::Deserialize;

use super::MAX_SLOTS;

/// Longest reader name in bytes: pcsc-lite adds " 00 00" and a NUL to make MAX_READERNAME, 128.
const MAX_READER_NAME: usize = 120;

/// Configuration of a rack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Directory of the cards' state files; `None` keeps state in memory.
    pub state_dir: Option<PathBuf>,
    /// The slots, 1 to [`MAX_SLOTS`].
    #[serde(rename = "slot", default)]
    pub slots: Vec<SlotConfig>,
    /// Cards with names of their own.
    #[serde(rename = "card", default)]
    pub cards: Vec<CardConfig>,
}

/// One slot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotConfig {
    /// Name in the rack.
    pub name: String,
    /// Name in pcscd (FRIENDLYNAME), without the " 00 00" that pcscd adds.
    pub reader: Option<String>,
    /// Card or persona in it from the start.
    pub card: Option<String>,
    /// Port on loopback where vpcd listens; without it the slot belongs to our own driver.
    pub vpcd_port: Option<u16>,
}

/// One card.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardConfig {
    /// Name in the rack.
    pub name: String,
    /// What it is made of.
    pub persona: String,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not the TOML we know.
    #[error("the rack configuration cannot be read")]
    Toml(#[from] toml::de::Error),
    /// Not 1 to [`MAX_SLOTS`] slots.
    #[error("a rack has 1 to {MAX_SLOTS} slots, not {0}")]
    SlotCount(usize),
    /// Not a slot name.
    #[error("\"{0}\" is no slot name: 1 to 32 of a-z, 0-9, - and _")]
    SlotName(String),
    /// Not a reader name.
    #[error(
        "\"{0}\" is no reader name: 1 to {MAX_READER_NAME} printable ASCII characters, no quotes"
    )]
    ReaderName(String),
    /// Not a card name.
    #[error("\"{0}\" is no card name: 1 to 32 of a-z, 0-9, - and _")]
    CardName(String),
    /// Given twice.
    #[error("the {0} \"{1}\" is there twice")]
    Twice(&'static str, String),
    /// A `--slot` option of another form.
    #[error("\"{0}\" is not of the form SLOT or SLOT=CARD")]
    SlotOption(String),
}

impl SlotConfig {
    /// The reader's name in pcscd, without the " 00 00" that pcscd adds.
    #[must_use]
    pub fn reader_name(&self) -> String {
        self.reader
            .clone()
            .unwrap_or_else(|| format!("card-sim {}", self.name))
    }
}

/// `SLOT` or `SLOT=CARD`, as given on the command line.
impl FromStr for SlotConfig {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let (name, card) = match text.split_once('=') {
            Some((_, "")) => return Err(ConfigError::SlotOption(text.to_owned())),
            Some((name, card)) => (name, Some(card.to_owned())),
            None => (text, None),
        };
        Ok(Self {
            name: name.to_owned(),
            reader: None,
            card,
            vpcd_port: None,
        })
    }
}

impl Config {
    /// Reads and checks `rack.toml`.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text)?;
        config.checked()
    }

    /// This configuration, if a rack can be built from it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn checked(self) -> Result<Self, ConfigError> {
        if !(1..=MAX_SLOTS).contains(&self.slots.len()) {
            return Err(ConfigError::SlotCount(self.slots.len()));
        }
        for slot in &self.slots {
            if !is_slot_name(&slot.name) {
                return Err(ConfigError::SlotName(slot.name.clone()));
            }
            if !is_reader_name(&slot.reader_name()) {
                return Err(ConfigError::ReaderName(slot.reader_name()));
            }
        }
        if let Some(card) = self.cards.iter().find(|card| !is_slot_name(&card.name)) {
            return Err(ConfigError::CardName(card.name.clone()));
        }
        unique("slot", self.slots.iter().map(|slot| slot.name.clone()))?;
        unique("reader", self.slots.iter().map(SlotConfig::reader_name))?;
        unique("card", self.cards.iter().map(|card| card.name.clone()))?;
        unique(
            "vpcd port",
            self.slots
                .iter()
                .filter_map(|s| s.vpcd_port)
                .map(|p| p.to_string()),
        )?;
        Ok(self)
    }
}

fn is_reader_name(name: &str) -> bool {
    let allowed = |b: u8| (b.is_ascii_graphic() || b == b' ') && b != b'"';
    (1..=MAX_READER_NAME).contains(&name.len()) && name.bytes().all(allowed)
}

fn unique(what: &'static str, names: impl Iterator<Item = String>) -> Result<(), ConfigError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name.clone()) {
            return Err(ConfigError::Twice(what, name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
