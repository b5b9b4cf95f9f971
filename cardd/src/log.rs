//! Structured logs on standard error: for a person, or one JSON object a line.

use std::io;

use tracing_subscriber::{EnvFilter, filter::ParseError};

use crate::config::{ConfigError, LogConfig, LogFormat};

/// Installs the process's log.
///
/// # Errors
/// [`ConfigError::Value`] if the filter is not one.
pub fn install(config: &LogConfig) -> Result<(), ConfigError> {
    let filter = EnvFilter::builder()
        .parse(&config.filter)
        .map_err(not_a_filter)?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match config.format {
        LogFormat::Human => log.with_ansi(false).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}

fn not_a_filter(error: ParseError) -> ConfigError {
    ConfigError::Value {
        key: "log.filter".to_owned(),
        problem: error.to_string(),
    }
}
