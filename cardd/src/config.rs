//! The configuration file: text to [`Config`]. Every limit, time-out and default lives here.

mod remote;

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use crate::{
    pin::{PinLength, Rules},
    policy::{DeskKind, budget::MOST_PER_HOUR},
};

pub use remote::{RemoteConfig, RemoteFiles};

/// The annotated file with every key at its default.
pub const ANNOTATED: &str = include_str!("../cardd.toml");

const MAX_DESKS: usize = 64;

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
    /// Desks and hall over the network.
    pub remote: RemoteConfig,
    /// Desks of this host.
    pub desk: Vec<DeskConfig>,
}

/// Form of the log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For a person.
    Human,
    /// One JSON object a line.
    Json,
}

/// What is logged and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// Form of the lines.
    pub format: LogFormat,
    /// Filter directives of `tracing-subscriber`.
    pub filter: String,
}

/// PIN length and the region's rules.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PinConfig {
    /// Permitted number of digits.
    pub length: PinLength,
    /// Issued values and what a new PIN may not be.
    pub rules: Rules,
}

/// Work on readers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadersConfig {
    /// Longest wait for a card that another program holds.
    pub card_held_ms: u64,
    /// Jobs that may wait for one reader.
    pub queue_jobs: usize,
    /// Longest pause between attempts to reach the PC/SC service.
    pub service_retry_ms: u64,
}

/// Where records go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LedgerConfig {
    /// Directory of the store.
    pub directory: PathBuf,
    /// Records kept; of older ones, those go that the hall has.
    pub retention_records: u64,
    /// Records that the hall has not acknowledged: so many close PIN work. 0: no hall collects.
    pub unacknowledged_limit: u64,
}

/// Unlocking and resetting.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IssuerConfig {
    /// Whether somebody may apply for the holder.
    pub agents_allowed: bool,
    /// Whether a second operator must approve.
    pub second_operator: bool,
    /// How long a grant is good.
    pub grant_lifetime_ms: u64,
    /// Longest wait for each answer of the hall.
    pub hall_patience_ms: u64,
    /// How long a card waits for its holder's choice after a reset.
    pub holder_wait_ms: u64,
}

impl Default for IssuerConfig {
    fn default() -> Self {
        Self {
            agents_allowed: true,
            second_operator: false,
            grant_lifetime_ms: 300_000,
            hall_patience_ms: 10_000,
            holder_wait_ms: 120_000,
        }
    }
}

/// Bounds of queues and waits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// From the prompt to the sealed digits.
    pub entry_lifetime_ms: u64,
    /// Entries open at once.
    pub open_entries: usize,
    /// Longest wait of a desk for card work.
    pub card_work_ms: u64,
    /// Events kept for watchers that come back.
    pub event_buffer: usize,
    /// Event streams open at once.
    pub watchers: usize,
    /// Connections open at once: per desk of this host, and of all others together.
    pub connections: usize,
    /// Longest wait for running work at shutdown.
    pub shutdown_ms: u64,
    /// Wrong tries over all cards in an hour, before unattended desks close.
    pub guess_budget_per_hour: u32,
}

/// One desk of this host.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskConfig {
    /// Unique name.
    pub name: String,
    /// What stands there.
    pub kind: DeskKind,
    /// Path of its Unix socket.
    pub socket: PathBuf,
    /// Group that owns the socket; empty: only cardd's own user.
    #[serde(default)]
    pub group: String,
    /// Users that may connect, by name or number; empty: whoever the mode lets in.
    #[serde(default)]
    pub users: Vec<String>,
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
            remote: RemoteConfig::default(),
            desk: Vec::new(),
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Human,
            filter: "info".to_owned(),
        }
    }
}

impl Default for ReadersConfig {
    fn default() -> Self {
        Self {
            card_held_ms: 3000,
            queue_jobs: 8,
            service_retry_ms: 250,
        }
    }
}

impl Default for LedgerConfig {
    fn default() -> Self {
        Self {
            directory: PathBuf::from("/var/lib/cardd/ledger"),
            retention_records: 100_000,
            unacknowledged_limit: 500_000,
        }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            entry_lifetime_ms: 120_000,
            open_entries: 64,
            card_work_ms: 20_000,
            event_buffer: 1024,
            watchers: 64,
            connections: 32,
            shutdown_ms: 5000,
            guess_budget_per_hour: 10,
        }
    }
}

impl LimitsConfig {
    /// [`LimitsConfig::shutdown_ms`] as a duration.
    #[must_use]
    pub fn shutdown(&self) -> Duration {
        Duration::from_millis(self.shutdown_ms)
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
        for (key, number, low, high) in self.ranges() {
            if !(low..=high).contains(&number) {
                return Err(value(
                    key,
                    format!("{number} is not within {low} to {high}"),
                ));
            }
        }
        self.remote.check()?;
        self.check_desks()
    }

    /// Every number with its permitted range.
    fn ranges(&self) -> [(&'static str, u64, u64, u64); 18] {
        let count = |number: usize| number as u64;
        let (readers, limits, remote) = (&self.readers, &self.limits, &self.remote);
        [
            ("readers.card_held_ms", readers.card_held_ms, 0, 60_000),
            ("readers.queue_jobs", count(readers.queue_jobs), 1, 1024),
            (
                "readers.service_retry_ms",
                readers.service_retry_ms,
                10,
                1000,
            ),
            (
                "ledger.retention_records",
                self.ledger.retention_records,
                100,
                10_000_000,
            ),
            (
                "ledger.unacknowledged_limit",
                self.ledger.unacknowledged_limit,
                0,
                10_000_000,
            ),
            (
                "issuer.grant_lifetime_ms",
                self.issuer.grant_lifetime_ms,
                1000,
                3_600_000,
            ),
            (
                "issuer.hall_patience_ms",
                self.issuer.hall_patience_ms,
                100,
                60_000,
            ),
            (
                "issuer.holder_wait_ms",
                self.issuer.holder_wait_ms,
                100,
                600_000,
            ),
            (
                "limits.entry_lifetime_ms",
                limits.entry_lifetime_ms,
                1000,
                600_000,
            ),
            ("limits.open_entries", count(limits.open_entries), 1, 4096),
            ("limits.card_work_ms", limits.card_work_ms, 100, 300_000),
            (
                "limits.event_buffer",
                count(limits.event_buffer),
                16,
                65_536,
            ),
            ("limits.watchers", count(limits.watchers), 1, 1024),
            ("limits.connections", count(limits.connections), 1, 1024),
            ("limits.shutdown_ms", limits.shutdown_ms, 100, 60_000),
            ("remote.handshake_ms", remote.handshake_ms, 100, 60_000),
            (
                "remote.connection_ms",
                remote.connection_ms,
                1000,
                86_400_000,
            ),
            (
                "limits.guess_budget_per_hour",
                limits.guess_budget_per_hour.into(),
                1,
                MOST_PER_HOUR.into(),
            ),
        ]
    }

    fn check_desks(&self) -> Result<(), ConfigError> {
        if self.desk.len() > MAX_DESKS {
            return Err(value("desk", format!("at most {MAX_DESKS} desks")));
        }
        let (mut names, mut sockets) = (BTreeSet::new(), BTreeSet::new());
        for desk in &self.desk {
            check_name("desk.name", &desk.name)?;
            if !names.insert(&desk.name) {
                return Err(value("desk.name", format!("{:?} stands twice", desk.name)));
            }
            if !sockets.insert(&desk.socket) {
                return Err(value(
                    "desk.socket",
                    format!("{:?} stands twice", desk.socket),
                ));
            }
            if !desk.socket.is_absolute() {
                return Err(value(
                    "desk.socket",
                    format!("{:?} is not absolute", desk.socket),
                ));
            }
        }
        Ok(())
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

#[cfg(test)]
mod tests;
