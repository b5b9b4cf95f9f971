//! The desk's configuration file: what its pages say about this place, and how long they wait.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::error::Message;

/// A text for a place, in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Local {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<Message> for Local {
    fn from(text: Message) -> Self {
        let Message { zh, en } = text;
        Self { zh, en }
    }
}

/// A counter of the agency where cards are unlocked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NearestCounter {
    /// Its name.
    pub name: Local,
    /// Where it is.
    pub address: Local,
    /// When it is open.
    pub hours: Local,
    /// Telephone, as it is dialled; may be empty.
    #[serde(default)]
    pub telephone: String,
}

/// How long a page of an unattended desk waits before it starts afresh. Seconds, 10 to 600.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Patience {
    /// On a page that asks what to do.
    pub choice_s: u64,
    /// On a page that tells a result.
    pub result_s: u64,
    /// On a page that tells what to bring and where to go.
    pub advice_s: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            choice_s: 60,
            result_s: 20,
            advice_s: 90,
        }
    }
}

impl Patience {
    pub(crate) fn choice(self) -> Duration {
        Duration::from_secs(self.choice_s)
    }

    pub(crate) fn result(self) -> Duration {
        Duration::from_secs(self.result_s)
    }

    pub(crate) fn advice(self) -> Duration {
        Duration::from_secs(self.advice_s)
    }
}

/// Everything a desk is told about its place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// PC/SC name of the reader that counts; absent: any, the first by name that holds a card.
    pub reader: Option<String>,
    /// The counter that a holder is sent to.
    pub counter: Option<NearestCounter>,
    /// How long pages wait.
    pub patience: Patience,
    /// Slips with a code for the counter; absent: none are shown.
    pub slip: Option<SlipAccess>,
    /// The hospital system at a billing desk; absent: bills are entered by the cashier.
    pub his: Option<HisAccess>,
    /// Operators and issuer of an agency counter.
    pub agency: Option<AgencySettings>,
}

/// Where an agency counter's operators and issuer keys are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgencySettings {
    /// `https://HOST:PORT` of the terminal's `[remote]`.
    pub terminal: String,
    /// Authority of the terminal's certificate, PEM.
    pub ca: PathBuf,
    /// Socket of a desk of kind `hall` on the terminal.
    pub hall_socket: PathBuf,
    /// Software keys of simulated cards, mode 0600; this or `hsm`.
    pub keys: Option<PathBuf>,
    /// File that names the HSM, mode 0600.
    pub hsm: Option<PathBuf>,
}

/// How the hospital system is known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HisAccess {
    /// File of mode 0600 with its token: 32 to 256 printable characters of ASCII, one line.
    pub token_file: PathBuf,
}

/// Slips for the counter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlipAccess {
    /// File of mode 0600 with the agency's key for slips: 64 hexadecimal characters, one line. Kiosks
    /// and counters share it.
    pub key_file: PathBuf,
}

/// Why a configuration file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It cannot be read.
    #[error("{path} cannot be read")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It is not what it should be.
    #[error("{path}")]
    Malformed {
        /// The file.
        path: String,
        /// Where, and what was expected.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A time that no person can work with.
    #[error("{path}: patience.{name} must be 10 to 600 seconds")]
    Impatient {
        /// The file.
        path: String,
        /// The setting.
        name: &'static str,
    },
}

impl Settings {
    /// Reads a file.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|source| SettingsError::Unreadable {
            path: name.clone(),
            source,
        })?;
        Self::parse(&text, name)
    }

    fn parse(text: &str, path: String) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(text).map_err(|source| SettingsError::Malformed {
            path: path.clone(),
            source: Box::new(source),
        })?;
        let Patience {
            choice_s,
            result_s,
            advice_s,
        } = settings.patience;
        let times = [
            ("choice_s", choice_s),
            ("result_s", result_s),
            ("advice_s", advice_s),
        ];
        match times.iter().find(|(_, s)| !(10..=600).contains(s)) {
            Some((name, _)) => Err(SettingsError::Impatient { path, name }),
            None => Ok(settings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Settings, SettingsError> {
        Settings::parse(text, "desk.toml".to_owned())
    }

    #[test]
    fn the_example_that_comes_along_is_read() {
        let settings = parse(include_str!("../../desk/desk.toml")).unwrap();
        assert_eq!(settings.patience, Patience::default());
        assert!(settings.counter.is_some());
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(parse("").unwrap(), Settings::default());
    }

    #[test]
    fn a_key_that_is_not_known_is_refused() {
        assert!(matches!(
            parse("pin = \"x\""),
            Err(SettingsError::Malformed { .. })
        ));
    }

    #[test]
    fn a_time_that_nobody_can_work_with_is_refused() {
        for seconds in [0, 9, 601] {
            let refused = parse(&format!("[patience]\nresult_s = {seconds}"));
            let Err(SettingsError::Impatient { name, .. }) = refused else {
                panic!("{refused:?}")
            };
            assert_eq!(name, "result_s");
        }
    }
}
