//! The listener for desks and hall over the network. Each connection is served by a router of its
//! own, made for the one desk that its certificate names.

use std::{
    error::Error,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use tokio::{
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch},
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_stream::StreamExt as _;
use tonic::transport::server::Router;

use super::{
    TlsFiles,
    identity::{Identity, IdentityError},
    material::MaterialError,
};
use crate::{
    policy::Desk,
    rpc::{
        connection::Connection,
        server::{ServerError, stopped},
    },
};

/// Pause after the system could not accept, such as for want of file descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

type Cause = Box<dyn Error + Send + Sync>;
type Source = dyn Fn() -> Result<TlsFiles, Cause> + Send + Sync;

/// Where others than this host's desks call.
pub struct Remote {
    listener: TcpListener,
    source: Arc<Source>,
    handshake: Duration,
    connection: Duration,
}

/// Why nobody can call over the network.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The address is taken or not ours.
    #[error("cannot listen at {address}")]
    Listen {
        /// As configured.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The files cannot be read.
    #[error("the files of the [remote] section cannot be read")]
    Files(#[source] Cause),
    /// The files cannot be used.
    #[error("the files of the [remote] section cannot be used")]
    Material(#[from] MaterialError),
}

impl Remote {
    /// Listens, and proves that the files are usable now. `source` reads them, for each connection
    /// anew; `handshake` and `connection` bound each.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub fn bind(
        address: SocketAddr,
        source: Box<Source>,
        handshake: Duration,
        connection: Duration,
    ) -> Result<Self, RemoteError> {
        source().map_err(RemoteError::Files)?.server()?;
        let listen = || {
            let listener = TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            Ok((listener.local_addr()?, listener))
        };
        let (bound, listener) =
            listen().map_err(|source| RemoteError::Listen { address, source })?;
        tracing::info!(address = %bound, "remote desks may call");
        Ok(Self {
            listener,
            source: source.into(),
            handshake,
            connection,
        })
    }

    /// Longest life of a connection.
    pub(in crate::rpc) fn connection(&self) -> Duration {
        self.connection
    }
}

/// Who called over the network.
pub(in crate::rpc) struct Guest {
    /// As in its certificate.
    pub(in crate::rpc) desk: Desk,
    /// As in its certificate.
    pub(in crate::rpc) operator: String,
}

/// Why a connection was not served.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("the files cannot be read")]
    Files(#[source] Cause),
    #[error("the files cannot be used")]
    Material(#[from] MaterialError),
    #[error("the handshake failed")]
    Handshake(#[source] io::Error),
    #[error("the handshake took too long")]
    Slow,
    #[error("the certificate names nobody")]
    Identity(#[from] IdentityError),
    #[error("{desk}: too many connections")]
    Full { desk: String },
    #[error("the services cannot be put together")]
    Services(#[from] ServerError),
    #[error("the connection broke")]
    Broke(#[from] tonic::transport::Error),
}

/// What every connection needs.
struct Door<R> {
    source: Arc<Source>,
    handshake: Duration,
    places: Arc<Semaphore>,
    route: R,
    stop: watch::Receiver<bool>,
}

/// Accepts until `stop` says so, then waits for the connections under way. `places` connections
/// may be served, and as many may be shaking hands; one more is closed at once.
pub(in crate::rpc) async fn serve<R>(
    remote: Remote,
    places: usize,
    route: R,
    stop: watch::Receiver<bool>,
) -> Result<(), ServerError>
where
    R: Fn(Guest) -> Result<Router, ServerError> + Send + Sync + 'static,
{
    let listener =
        tokio::net::TcpListener::from_std(remote.listener).map_err(ServerError::Listen)?;
    let handshakes = Arc::new(Semaphore::new(places));
    let door = Arc::new(Door {
        source: remote.source,
        handshake: remote.handshake,
        places: Arc::new(Semaphore::new(places)),
        route,
        stop: stop.clone(),
    });
    let mut connections = JoinSet::new();
    let stopping = stopped(stop);
    tokio::pin!(stopping);
    loop {
        let accepted = tokio::select! {
            () = &mut stopping => break,
            Some(_ended) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match (accepted, Arc::clone(&handshakes).try_acquire_owned()) {
            (Ok((stream, from)), Ok(turn)) => {
                connections.spawn(Arc::clone(&door).receive(stream, from, turn));
            }
            (Ok((_closed, from)), Err(_)) => tracing::warn!(%from, "too many handshakes"),
            (Err(error), _) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
    while connections.join_next().await.is_some() {}
    Ok(())
}

impl<R> Door<R>
where
    R: Fn(Guest) -> Result<Router, ServerError> + Send + Sync + 'static,
{
    async fn receive(
        self: Arc<Self>,
        stream: TcpStream,
        from: SocketAddr,
        turn: OwnedSemaphorePermit,
    ) {
        if let Err(refused) = self.one(stream, from, turn).await {
            tracing::warn!(%from, reason = reason(&refused), "a connection was refused");
        }
    }

    async fn one(
        &self,
        stream: TcpStream,
        from: SocketAddr,
        turn: OwnedSemaphorePermit,
    ) -> Result<(), Refused> {
        let (stream, identity) = tokio::time::timeout(self.handshake, self.greet(stream))
            .await
            .map_err(|_elapsed| Refused::Slow)??;
        drop(turn);
        let Identity { desk, operator } = identity;
        let full = |_| Refused::Full {
            desk: desk.name.clone(),
        };
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(full)?;
        tracing::info!(%from, desk = desk.name, operator, "a remote desk is connected");
        let router = (self.route)(Guest { desk, operator })?;
        let (held, gone) = oneshot::channel::<()>();
        let connection = Connection::new(stream, (), (place, held));
        // The connection is the only one of this server: with it gone, or with the daemon, it ends.
        let only =
            tokio_stream::once(Ok::<_, io::Error>(connection)).chain(tokio_stream::pending());
        let stop = stopped(self.stop.clone());
        let end = async move {
            tokio::select! {
                _ = gone => {}
                () = stop => {}
            }
        };
        Ok(router.serve_with_incoming_shutdown(only, end).await?)
    }

    /// The handshake with the files as they are now.
    async fn greet(&self, stream: TcpStream) -> Result<(TlsStream<TcpStream>, Identity), Refused> {
        let source = Arc::clone(&self.source);
        let read = tokio::task::spawn_blocking(move || source()).await;
        let files = read
            .map_err(|lost| Refused::Files(lost.into()))?
            .map_err(Refused::Files)?;
        let acceptor = TlsAcceptor::from(Arc::new(files.server()?));
        // Small frames go out at once; a socket that refuses the option works without.
        drop(stream.set_nodelay(true));
        let stream = acceptor.accept(stream).await.map_err(Refused::Handshake)?;
        let shown = stream.get_ref().1.peer_certificates();
        let certificate = shown.and_then(<[_]>::first).ok_or(IdentityError::Missing)?;
        let identity = Identity::of(certificate)?;
        Ok((stream, identity))
    }
}

/// The error with its causes, in one line.
fn reason(refused: &Refused) -> String {
    let mut text = refused.to_string();
    let mut cause = refused.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
