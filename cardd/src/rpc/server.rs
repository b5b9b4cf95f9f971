//! The gRPC servers: one for each desk's socket, one for each connection over the network, all
//! over one terminal.

use std::{io, sync::Arc, time::Duration};

use cardd_proto::{
    DESCRIPTORS,
    v1::{
        card_service_server::CardServiceServer, counter_service_server::CounterServiceServer,
        issuer_service_server::IssuerServiceServer, ledger_service_server::LedgerServiceServer,
        pin_service_server::PinServiceServer, policy_service_server::PolicyServiceServer,
        reader_service_server::ReaderServiceServer, receipt_service_server::ReceiptServiceServer,
        terminal_service_server::TerminalServiceServer,
    },
};
use tokio::{
    net::{UnixListener, UnixStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
};
use tokio_stream::{Stream, StreamExt as _, wrappers::UnixListenerStream};
use tonic::transport::{
    Server,
    server::{Connected as _, Router, UdsConnectInfo},
};
use tonic_health::{
    ServingStatus,
    pb::health_server::{Health, HealthServer},
    server::HealthReporter,
};

use crate::{
    policy::{Desk, region::MAX_FILE_BYTES},
    rpc::{
        caller::{Callers, Line, Peer},
        connection::Connection,
        socket::Socket,
        tls::{self, Guest, Remote},
    },
    terminal::Terminal,
};

/// Largest request; the largest of the contract has some 200 bytes.
const MAX_REQUEST_BYTES: usize = 16 * 1024;
/// Room for a rule file that is too large to be taken, so that it gets that very answer.
const MAX_RULES_REQUEST_BYTES: usize = 2 * MAX_FILE_BYTES;
/// Requests under way on one connection.
const MAX_STREAMS: u32 = 32;
/// A peer that does not answer a ping for this long is gone.
const KEEPALIVE: Duration = Duration::from_secs(20);

/// What is under way on a connection that has lived long enough may take so long to end; a card
/// is given less.
const LAST_CALLS: Duration = Duration::from_secs(60);

/// The service whose health is told, by its name in the contract.
const PIN_SERVICE: &str = "cardd.v1.PinService";

/// One desk: its socket, its role, and who may be there.
#[derive(Debug)]
pub struct DeskSocket {
    /// Where it connects.
    pub socket: Socket,
    /// Name and kind.
    pub desk: Desk,
    /// Users that may call.
    pub callers: Callers,
}

/// Everywhere that somebody may call.
pub struct Listeners {
    /// Desks of this host.
    pub desks: Vec<DeskSocket>,
    /// All others.
    pub remote: Option<Remote>,
}

/// Why the servers cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A socket cannot be listened to.
    #[error("cannot listen at a desk's socket")]
    Listen(#[source] io::Error),
    /// The reflection service refuses the contract's descriptors: a defect.
    #[error("the contract's descriptors are not usable")]
    Reflection(#[source] tonic_reflection::server::Error),
    /// A server ended with an error.
    #[error("a desk's server ended")]
    Server(#[source] tonic::transport::Error),
}

/// Serves all desks until `stop` says so; requests under way are then answered.
///
/// # Errors
/// [`ServerError`]; the other desks' servers end with the one that failed.
pub async fn serve(
    Listeners { desks, remote }: Listeners,
    terminal: Arc<Terminal>,
    connections: usize,
    stop: watch::Receiver<bool>,
) -> Result<(), ServerError> {
    let (reporter, health) = tonic_health::server::health_reporter();
    let told = health_of(&terminal);
    reporter.set_service_status(PIN_SERVICE, told).await;
    let followed = tokio::spawn(follow(Arc::clone(&terminal), reporter, told));
    let common = Common {
        terminal,
        health,
        connections,
        stop,
    };
    let mut servers = JoinSet::new();
    for desk in &desks {
        servers.spawn(common.at_socket(desk)?);
    }
    if let Some(remote) = remote {
        servers.spawn(common.over_the_network(remote));
    }
    while let Some(ended) = servers.join_next().await {
        // A server task is neither aborted nor does it panic; if it did, the others go on.
        if let Ok(result) = ended {
            result?;
        }
    }
    followed.abort();
    Ok(())
}

/// What all servers share.
struct Common<H: Health> {
    terminal: Arc<Terminal>,
    health: HealthServer<H>,
    /// As many at once for each desk, and over the network.
    connections: usize,
    stop: watch::Receiver<bool>,
}

impl<H: Health> Common<H> {
    /// The server of one desk of this host. It listens from now on.
    fn at_socket(
        &self,
        DeskSocket {
            socket,
            desk,
            callers,
        }: &DeskSocket,
    ) -> Result<impl Future<Output = Result<(), ServerError>> + use<H>, ServerError> {
        let line = Line {
            terminal: Arc::clone(&self.terminal),
            desk: Arc::new(desk.clone()),
            peer: Arc::new(Peer::Local(callers.clone())),
        };
        let listener = socket.listen().map_err(ServerError::Listen)?;
        let accepted = accept(listener, self.connections, desk.name.clone());
        let router = router(transport(), line)?.add_service(self.health.clone());
        let served = router.serve_with_incoming_shutdown(accepted, stopped(self.stop.clone()));
        Ok(async { served.await.map_err(ServerError::Server) })
    }

    /// The server of all other desks: each guest has a line of its own.
    fn over_the_network(
        self,
        remote: Remote,
    ) -> impl Future<Output = Result<(), ServerError>> + use<H> {
        let transport = transport()
            .max_connection_age(remote.connection())
            .max_connection_age_grace(LAST_CALLS);
        let Self {
            terminal,
            health,
            connections,
            stop,
        } = self;
        let route = move |Guest { desk, operator }| {
            let line = Line {
                terminal: Arc::clone(&terminal),
                desk: Arc::new(desk),
                peer: Arc::new(Peer::Certified { operator }),
            };
            Ok(router(transport.clone(), line)?.add_service(health.clone()))
        };
        tls::serve(remote, connections, route, stop)
    }
}

/// The generated servers share no trait for their bound.
macro_rules! bounded {
    ($server:ident, $line:expr) => {
        $server::new($line).max_decoding_message_size(MAX_REQUEST_BYTES)
    };
}

/// Bounds of every connection.
fn transport() -> Server {
    Server::builder()
        .max_concurrent_streams(MAX_STREAMS)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE))
}

fn router(mut transport: Server, line: Line) -> Result<Router, ServerError> {
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .map_err(ServerError::Reflection)?;
    Ok(transport
        .add_service(reflection)
        .add_service(bounded!(TerminalServiceServer, line.clone()))
        .add_service(bounded!(ReaderServiceServer, line.clone()))
        .add_service(bounded!(CardServiceServer, line.clone()))
        .add_service(bounded!(PinServiceServer, line.clone()))
        .add_service(bounded!(ReceiptServiceServer, line.clone()))
        .add_service(bounded!(CounterServiceServer, line.clone()))
        .add_service(bounded!(IssuerServiceServer, line.clone()))
        .add_service(bounded!(LedgerServiceServer, line.clone()))
        .add_service(
            PolicyServiceServer::new(line).max_decoding_message_size(MAX_RULES_REQUEST_BYTES),
        ))
}

/// Keeps the health of the PIN service true: it serves while readers and ledger do. Whoever watches
/// it is told of changes only.
async fn follow(terminal: Arc<Terminal>, reporter: HealthReporter, mut told: ServingStatus) {
    let mut changes = terminal.changes();
    loop {
        let status = health_of(&terminal);
        if status != told {
            reporter.set_service_status(PIN_SERVICE, status).await;
            told = status;
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

fn health_of(terminal: &Terminal) -> ServingStatus {
    if terminal.can_work() {
        ServingStatus::Serving
    } else {
        ServingStatus::NotServing
    }
}

type LocalConnection = Connection<UnixStream, UdsConnectInfo, OwnedSemaphorePermit>;

/// Connections of one desk, as many at once as it may have. One more is closed at once: a desk
/// that leaks connections is to notice, and nothing waits in a queue without a bound.
fn accept(
    listener: UnixListener,
    connections: usize,
    desk: String,
) -> impl Stream<Item = io::Result<LocalConnection>> {
    let places = Arc::new(Semaphore::new(connections));
    UnixListenerStream::new(listener).filter_map(move |accepted| {
        let place = Arc::clone(&places).try_acquire_owned();
        match (accepted, place) {
            (Ok(stream), Ok(place)) => {
                let peer = stream.connect_info();
                Some(Ok(Connection::new(stream, peer, place)))
            }
            (Ok(_refused), Err(_)) => {
                tracing::warn!(desk, connections, "a connection too many was closed");
                None
            }
            (Err(error), _) => Some(Err(error)),
        }
    })
}

pub(super) async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that whoever could say stop is gone: stop.
    drop(stop.wait_for(|stopped| *stopped).await);
}
