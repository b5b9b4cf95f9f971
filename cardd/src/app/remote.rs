//! The network of the configuration, with its address bound.

use std::time::Duration;

use crate::{
    app::AppError,
    config::{RemoteConfig, RemoteFiles},
    rpc::{Remote, TlsFiles},
};

/// Listens where the configuration says so, if it does.
pub(super) fn open(config: &RemoteConfig) -> Result<Option<Remote>, AppError> {
    let Some(address) = config.address()? else {
        return Ok(None);
    };
    let (handshake, connection) = (config.handshake_ms, config.connection_ms);
    let config = config.clone();
    let source = move || Ok(files(config.read()?));
    let remote = Remote::bind(
        address,
        Box::new(source),
        Duration::from_millis(handshake),
        Duration::from_millis(connection),
    )?;
    Ok(Some(remote))
}

fn files(files: RemoteFiles) -> TlsFiles {
    TlsFiles {
        certificate: files.certificate,
        key: files.key,
        client_ca: files.client_ca,
        revoked: files.revoked,
    }
}
