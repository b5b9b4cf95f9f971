//! Answer to reset (LD/T 32.2; PC/SC part 3 for contactless cards).

use serde::Deserialize;

use super::PersonaError;

/// How the card meets the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interface {
    /// Contacts, T=0: 61xx, 6Cxx and GET RESPONSE.
    #[default]
    Contact,
    /// ISO 14443-A, T=CL: answers carry their data at once.
    Contactless,
}

/// What the card says when it gets power.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// Default contact.
    #[serde(default)]
    pub interface: Interface,
    /// Thirteen historical bytes, hexadecimal: chip maker 2, chip and COS 3, card maker 2, region 2,
    /// serial 4. The last eight are the diversification factor of the card.
    #[serde(with = "hex::serde")]
    pub historical_bytes: [u8; 13],
    /// Another ATR altogether, hexadecimal, at most 33 bytes. Default: built from the historical
    /// bytes.
    #[serde(default, with = "hex::serde")]
    pub atr: Vec<u8>,
    /// The card never answers, as when inserted upside down. Default `false`.
    #[serde(default)]
    pub mute: bool,
}

impl Reset {
    /// The answer to reset, empty when mute.
    #[must_use]
    pub fn answer(&self) -> Vec<u8> {
        if self.mute {
            return Vec::new();
        }
        if !self.atr.is_empty() {
            return self.atr.clone();
        }
        match self.interface {
            Interface::Contact => [&[0x3B, 0x6D, 0x00, 0x00], &self.historical_bytes[..]].concat(),
            Interface::Contactless => self.contactless(),
        }
    }

    /// Factor L3 of key diversification: historical bytes T6 to TD (LD/T 33).
    #[must_use]
    pub fn card_factor(&self) -> [u8; 8] {
        let [_, _, _, _, _, factor @ ..] = self.historical_bytes;
        factor
    }

    /// PC/SC part 3: TCK is the XOR of every byte after TS.
    fn contactless(&self) -> Vec<u8> {
        let mut atr = [&[0x3B, 0x8D, 0x80, 0x01], &self.historical_bytes[..]].concat();
        let check = atr.iter().skip(1).fold(0, |sum, byte| sum ^ byte);
        atr.push(check);
        atr
    }

    pub(super) fn check(&self) -> Result<(), PersonaError> {
        if self.atr.len() > 33 {
            let reason = "longer than 33 bytes (ISO 7816-3)";
            return Err(PersonaError::Value {
                setting: "reset.atr",
                reason,
            });
        }
        Ok(())
    }
}
