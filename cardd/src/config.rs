//! The configuration file: text to [`Config`]. Every limit, time-out and default lives here, each
//! section in a file of its own with its numbers' ranges.

mod desks;
mod issuer;
mod ledger;
mod limits;
mod log;
mod pin;
mod range;
mod readers;
mod region;
mod remote;
mod sandbox;
#[cfg(test)]
mod tests;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

pub use desks::DeskConfig;
pub use issuer::IssuerConfig;
pub use ledger::LedgerConfig;
pub use limits::LimitsConfig;
pub use log::{LogConfig, LogFormat};
pub use pin::PinConfig;
pub use readers::ReadersConfig;
pub use region::{Found, RegionConfig, RuleDirectory, RuleFileFault};
pub use remote::{RemoteConfig, RemoteFiles};
pub use sandbox::SandboxConfig;

/// The annotated file with every key at its default.
pub const ANNOTATED: &str = include_str!("../cardd.toml");

/// Everything a terminal can be told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Names this terminal in its ledger.
    pub terminal_id: String,
    /// What is logged and how.
    pub log: LogConfig,
    /// PIN length and the region's rules.
    pub pin: PinConfig,
    /// Work on readers.
    pub readers: ReadersConfig,
    /// Where records go.
    pub ledger: LedgerConfig,
    /// Unlocking and resetting.
    pub issuer: IssuerConfig,
    /// Bounds of queues and waits.
    pub limits: LimitsConfig,
    /// What cardd gives up once it has started.
    pub sandbox: SandboxConfig,
    /// Whose rule files are taken.
    pub region: RegionConfig,
    /// Desks and hall over the network.
    pub remote: RemoteConfig,
    /// Desks of this host.
    pub desk: Vec<DeskConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            terminal_id: "terminal".to_owned(),
            log: LogConfig::default(),
            pin: PinConfig::default(),
            readers: ReadersConfig::default(),
            ledger: LedgerConfig::default(),
            issuer: IssuerConfig::default(),
            limits: LimitsConfig::default(),
            sandbox: SandboxConfig::default(),
            region: RegionConfig::default(),
            remote: RemoteConfig::default(),
            desk: Vec::new(),
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not TOML, an unknown key, or a value of the wrong type; the cause names the line.
    #[error("the configuration is not valid")]
    Syntax(#[source] Box<toml::de::Error>),
    /// A value outside its range, or two that do not fit together.
    #[error("{key}: {problem}")]
    Value {
        /// The key.
        key: String,
        /// What is wrong and what is permitted.
        problem: String,
    },
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`ConfigError`] names the file, line or key.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text)
    }

    /// Parses and checks a text.
    ///
    /// # Errors
    /// [`ConfigError`] names the line or key.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self =
            toml::from_str(text).map_err(|error| ConfigError::Syntax(Box::new(error)))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        check_name("terminal_id", &self.terminal_id)?;
        self.readers
            .ranges()
            .into_iter()
            .chain(self.ledger.ranges())
            .chain(self.issuer.ranges())
            .chain(self.limits.ranges())
            .chain(self.remote.ranges())
            .try_for_each(range::Range::check)?;
        self.region.check()?;
        self.remote.check()?;
        desks::check(&self.desk)
    }
}

fn value(key: impl Into<String>, problem: impl Into<String>) -> ConfigError {
    ConfigError::Value {
        key: key.into(),
        problem: problem.into(),
    }
}

fn check_name(key: &str, name: &str) -> Result<(), ConfigError> {
    let permitted = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    if name.is_empty() || name.len() > 64 || !name.chars().all(permitted) {
        let rule = "1 to 64 letters, digits, dots and hyphens";
        return Err(value(key, format!("{name:?} is not a name: {rule}")));
    }
    Ok(())
}
