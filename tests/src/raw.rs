//! The contract without the typed client: for requests that a well-behaved client cannot make.

use std::{io, path::Path, path::PathBuf, process::Command};

use cardd_proto::v1::{
    self, ledger_service_client::LedgerServiceClient, pin_service_client::PinServiceClient,
    terminal_service_client::TerminalServiceClient,
};
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tonic::{
    Status,
    transport::{Channel, Endpoint, Error},
};

use crate::{pcscd::SOCKET_VARIABLE, stand::Stand};

/// A gRPC channel to a Unix socket.
///
/// # Errors
/// Nobody listens there.
pub async fn channel(socket: &Path) -> Result<Channel, Error> {
    let path: PathBuf = socket.to_owned();
    let connector = tower::service_fn(move |_| {
        let path = path.clone();
        async move { UnixStream::connect(path).await.map(TokioIo::new) }
    });
    Endpoint::from_static("http://cardd.localhost")
        .connect_with_connector(connector)
        .await
}

/// The generated clients of one desk.
#[derive(Debug, Clone)]
pub struct Raw {
    /// The connection.
    pub channel: Channel,
    /// `PinService`.
    pub pins: PinServiceClient<Channel>,
    /// `TerminalService`.
    pub terminal: TerminalServiceClient<Channel>,
    /// `LedgerService`.
    pub ledger: LedgerServiceClient<Channel>,
}

impl Raw {
    /// Connects to a desk's socket.
    ///
    /// # Errors
    /// cardd does not answer.
    pub async fn at(stand: &Stand, desk: &str) -> Result<Self, Error> {
        let channel = channel(&stand.socket(desk)).await?;
        Ok(Self {
            pins: PinServiceClient::new(channel.clone()),
            terminal: TerminalServiceClient::new(channel.clone()),
            ledger: LedgerServiceClient::new(channel.clone()),
            channel,
        })
    }
}

/// The detail of a refusal.
///
/// # Panics
/// There is none.
#[must_use]
pub fn detail(status: &Status) -> v1::CardError {
    match cardd_proto::detail::from_status(status) {
        Some(detail) => detail,
        None => panic!("a status without a detail: {status:?}"),
    }
}

/// Runs another program as a client of the stand's PC/SC service; answers what it printed.
///
/// # Errors
/// It cannot be started, or fails; its output is in the error.
pub fn foreign(stand: &Stand, program: &str, arguments: &[&str]) -> io::Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .env(SOCKET_VARIABLE, stand.pcscd.socket())
        .output()?;
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    if output.status.success() {
        Ok(printed)
    } else {
        Err(io::Error::other(format!(
            "{program}: {}\n{printed}",
            output.status
        )))
    }
}
