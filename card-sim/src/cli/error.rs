//! What can go wrong, as a sentence and an exit code.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use ifdcardsim::device_name::DeviceNameError;

use crate::faults::PlanError;
use crate::persona::PersonaError;
use crate::rack::client::ClientError;
use crate::rack::config::ConfigError;
use crate::rack::control::RefusalCode;
use crate::rack::server::StartError;
use crate::rack::shelf::MakeError;

/// Exit code of a wrong command line, clap's own.
pub(super) const USAGE: u8 = 2;

/// Why `card-sim` did not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The configuration file cannot be read.
    #[error("cannot read {0}")]
    ReadConfig(PathBuf, #[source] io::Error),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A plan of faults is none.
    #[error("{0} is no plan of faults")]
    Faults(PathBuf, #[source] PlanError),
    /// The rack cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The rack did not do it.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A path that `reader.conf` cannot carry.
    #[error("the rack's directory cannot stand in reader.conf")]
    DeviceName(#[from] DeviceNameError),
    /// A persona does not work.
    #[error(transparent)]
    Persona(#[from] PersonaError),
    /// The card cannot be made.
    #[error("the card cannot be made")]
    Card(#[from] MakeError),
    /// vpcd does not answer.
    #[error("no vpcd listens at 127.0.0.1:{0}; is pcscd running with vsmartcard-vpcd?")]
    Vpcd(u16, #[source] io::Error),
    /// Output cannot be written, or a signal cannot be caught.
    #[error("input or output failed")]
    Io(#[source] io::Error),
    /// A value has no JSON.
    #[error("the answer cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

impl CliError {
    pub(super) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Client(ClientError::Refused(refusal)) => match refusal.code {
                RefusalCode::TimedOut => ExitCode::from(4),
                RefusalCode::BadRequest
                | RefusalCode::UnknownSlot
                | RefusalCode::UnknownCard
                | RefusalCode::SlotOccupied
                | RefusalCode::SlotEmpty
                | RefusalCode::CardElsewhere
                | RefusalCode::CardBusy
                | RefusalCode::CardFault
                | RefusalCode::Full
                | RefusalCode::NothingHeld => ExitCode::from(1),
            },
            Self::Client(
                ClientError::NoRack(..)
                | ClientError::Io(_)
                | ClientError::Closed
                | ClientError::Answer(_),
            )
            | Self::Vpcd(..) => ExitCode::from(3),
            Self::ReadConfig(..)
            | Self::Config(_)
            | Self::Faults(..)
            | Self::Start(_)
            | Self::DeviceName(_)
            | Self::Persona(_)
            | Self::Card(_)
            | Self::Io(_)
            | Self::Json(_) => ExitCode::from(5),
        }
    }
}

/// The error and its causes in one line.
pub(super) fn sentence(error: &CliError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(inner.to_string().trim_end());
        cause = inner.source();
    }
    text
}
