//! Names of applications, files and keys, on the wire and in texts such as `DF04/EF05`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An application that can be selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Application {
    /// Master file, where the card is after reset.
    Mf,
    /// Social security environment, home of the PIN and of the global keys.
    Ssse,
    /// 公共应用
    Df01,
    /// 就业与失业
    Df02,
    /// 社会保险1
    Df03,
    /// 社会保险2 (医疗)
    Df04,
    /// 人事与人才
    Df07,
}

/// A text that names no application, file or key of the card.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{0:?} names no application, file or key of the card")]
pub struct NameError(String);

impl Application {
    /// Every application, in the order of the tree.
    pub const ALL: [Self; 7] = [
        Self::Mf,
        Self::Ssse,
        Self::Df01,
        Self::Df02,
        Self::Df03,
        Self::Df04,
        Self::Df07,
    ];

    /// The text form.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Mf => "MF",
            Self::Ssse => "SSSE",
            Self::Df01 => "DF01",
            Self::Df02 => "DF02",
            Self::Df03 => "DF03",
            Self::Df04 => "DF04",
            Self::Df07 => "DF07",
        }
    }

    /// Two-byte file identifier; the environment is selected by name only.
    #[must_use]
    pub fn file_id(self) -> Option<[u8; 2]> {
        match self {
            Self::Mf => Some(super::MF_ID),
            Self::Ssse => None,
            Self::Df01 => Some([0xDF, 0x01]),
            Self::Df02 => Some([0xDF, 0x02]),
            Self::Df03 => Some([0xDF, 0x03]),
            Self::Df04 => Some([0xDF, 0x04]),
            Self::Df07 => Some([0xDF, 0x07]),
        }
    }

    /// Full DF name of SELECT by name; the MF has none.
    #[must_use]
    pub fn name(self) -> Option<Vec<u8>> {
        let df = |index: u8| Some(vec![0xD1, 0x56, 0x00, 0x00, 0x05, index]);
        match self {
            Self::Mf => None,
            Self::Ssse => Some(super::SSSE_NAME.to_vec()),
            Self::Df01 => df(0x00),
            Self::Df02 => df(0x01),
            Self::Df03 => df(0x02),
            Self::Df04 => df(0x03),
            Self::Df07 => df(0x04),
        }
    }

    /// Below the environment, or the environment itself.
    #[must_use]
    pub fn is_social(self) -> bool {
        self != Self::Mf
    }

    /// Whether blocking `blocked` closes this application too (LD/T 32.5 APPLICATION BLOCK).
    #[must_use]
    pub fn is_closed_by(self, blocked: Self) -> bool {
        self == blocked || (blocked == Self::Ssse && self.is_social())
    }
}

impl fmt::Display for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl FromStr for Application {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let found = Self::ALL
            .into_iter()
            .find(|application| application.label() == text);
        found.ok_or_else(|| NameError(text.to_owned()))
    }
}

/// An elementary file: `SSSE/EF05` is EF 05 of the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId {
    /// The application that holds the file.
    pub application: Application,
    /// Low byte of the file identifier `EF xx`, which is the SFI as well.
    pub ef: u8,
}

/// A key: `SSSE/06` is the PUK. The high bit of the key identifier marks a key of a DF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId {
    /// The application that holds the key.
    pub application: Application,
    /// Key identifier, P2 of EXTERNAL and INTERNAL AUTHENTICATION.
    pub kid: u8,
}

impl KeyId {
    /// A key of the environment.
    #[must_use]
    pub const fn global(kid: u8) -> Self {
        Self {
            application: Application::Ssse,
            kid,
        }
    }

    /// The key that `kid` means while `current` is selected: bit 8 set is a key of the current DF,
    /// clear one of the environment (LD/T 32.5 EXTERNAL AUTHENTICATION).
    #[must_use]
    pub fn resolve(current: Application, kid: u8) -> Self {
        let application = if kid & 0x80 == 0 {
            Application::Ssse
        } else {
            current
        };
        Self { application, kid }
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/EF{:02X}", self.application, self.ef)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:02X}", self.application, self.kid)
    }
}

impl FromStr for FileId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (application, ef) = halves(text, "/EF")?;
        Ok(Self { application, ef })
    }
}

impl FromStr for KeyId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (application, kid) = halves(text, "/")?;
        Ok(Self { application, kid })
    }
}

/// An application and a two-digit hexadecimal byte on either side of `separator`.
fn halves(text: &str, separator: &str) -> Result<(Application, u8), NameError> {
    let error = || NameError(text.to_owned());
    let (application, byte) = text.split_once(separator).ok_or_else(error)?;
    let byte = hex::decode(byte).map_err(|_| error())?;
    match byte.as_slice() {
        [byte] => Ok((application.parse()?, *byte)),
        _ => Err(error()),
    }
}

/// Names are texts in personas and state files, also as keys of a map.
macro_rules! serde_as_text {
    ($($name:ty),*) => {$(
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

serde_as_text!(Application, FileId, KeyId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_round_trip_through_text() {
        let file = FileId {
            application: Application::Df04,
            ef: 0x15,
        };
        assert_eq!(file.to_string(), "DF04/EF15");
        assert_eq!("DF04/EF15".parse(), Ok(file));
        assert_eq!("SSSE/06".parse(), Ok(KeyId::global(0x06)));
        for bad in [
            "",
            "DF05/EF05",
            "SSSE/EF",
            "SSSE/EF0505",
            "ssse/EF05",
            "SSSE",
        ] {
            assert!(bad.parse::<FileId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn bit_eight_of_the_key_identifier_picks_the_current_df() {
        let df04 = Application::Df04;
        assert_eq!(KeyId::resolve(df04, 0x06), KeyId::global(0x06));
        assert_eq!(
            KeyId::resolve(df04, 0x84),
            KeyId {
                application: df04,
                kid: 0x84
            }
        );
    }

    #[test]
    fn a_blocked_environment_closes_all_below_it() {
        assert!(Application::Df03.is_closed_by(Application::Ssse));
        assert!(!Application::Mf.is_closed_by(Application::Ssse));
        assert!(!Application::Ssse.is_closed_by(Application::Df03));
    }
}
