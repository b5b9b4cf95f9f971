//! The channel to a desk's Unix socket or over the network, and the generated clients on it.

use std::path::{Path, PathBuf};

use cardd_proto::v1::{
    card_service_client::CardServiceClient, counter_service_client::CounterServiceClient,
    issuer_service_client::IssuerServiceClient, ledger_service_client::LedgerServiceClient,
    pin_service_client::PinServiceClient, policy_service_client::PolicyServiceClient,
    reader_service_client::ReaderServiceClient, receipt_service_client::ReceiptServiceClient,
    terminal_service_client::TerminalServiceClient,
};
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint};

use crate::{error::ClientError, limits::Limits, model::AttemptSpent, tls::TlsIdentity};

/// Host of every request's `:authority`; the socket decides where it goes.
const AUTHORITY: &str = "http://cardd.localhost";

/// A connection; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    channel: Channel,
    /// Socket or `https://HOST:PORT`.
    pub(crate) socket: PathBuf,
    pub(crate) limits: Limits,
}

macro_rules! client {
    ($name:ident, $client:ident) => {
        pub(crate) fn $name(&self) -> $client<Channel> {
            $client::new(self.channel.clone())
                .max_decoding_message_size(self.limits.message_bytes)
                .max_encoding_message_size(self.limits.message_bytes)
        }
    };
}

/// Opens the socket, again and again if need be.
macro_rules! connector {
    ($socket:expr) => {{
        let path = $socket.to_owned();
        tower::service_fn(move |_| {
            let path = path.clone();
            async move { UnixStream::connect(path).await.map(TokioIo::new) }
        })
    }};
}

fn endpoint(limits: Limits) -> Endpoint {
    Endpoint::from_static(AUTHORITY).connect_timeout(limits.connect)
}

impl Connection {
    pub(crate) async fn open(socket: &Path, limits: Limits) -> Result<Self, ClientError> {
        let unreachable = |cause: tonic::transport::Error| ClientError::Unreachable {
            socket: socket.to_owned(),
            attempt_spent: AttemptSpent::No,
            cause: cause.into(),
        };
        let (endpoint, connector) = (endpoint(limits), connector!(socket));
        let opening = endpoint.connect_with_connector(connector);
        let channel = tokio::time::timeout(limits.connect, opening)
            .await
            .map_err(|_| ClientError::Timeout {
                limit: limits.connect,
                attempt_spent: AttemptSpent::No,
            })?
            .map_err(unreachable)?;
        Ok(Self {
            channel,
            socket: socket.to_owned(),
            limits,
        })
    }

    /// As [`Connection::open`], but the socket is first tried by the first call.
    pub(crate) fn lazy(socket: &Path, limits: Limits) -> Self {
        Self {
            channel: endpoint(limits).connect_with_connector_lazy(connector!(socket)),
            socket: socket.to_owned(),
            limits,
        }
    }

    /// As [`Connection::open`], to `https://HOST:PORT`.
    pub(crate) async fn open_tls(
        address: &str,
        identity: &TlsIdentity,
        limits: Limits,
    ) -> Result<Self, ClientError> {
        let opening = identity.channel(address, limits.connect);
        let channel = tokio::time::timeout(limits.connect, opening)
            .await
            .map_err(|_| ClientError::Timeout {
                limit: limits.connect,
                attempt_spent: AttemptSpent::No,
            })?
            .map_err(|cause| ClientError::Unreachable {
                socket: address.into(),
                attempt_spent: AttemptSpent::No,
                cause,
            })?;
        Ok(Self {
            channel,
            socket: address.into(),
            limits,
        })
    }

    client!(terminal, TerminalServiceClient);
    client!(readers, ReaderServiceClient);
    client!(cards, CardServiceClient);
    client!(pins, PinServiceClient);
    client!(receipts, ReceiptServiceClient);
    client!(ledger, LedgerServiceClient);
    client!(issuer, IssuerServiceClient);
    client!(policy, PolicyServiceClient);
    client!(counter, CounterServiceClient);
}
