//! The loopback server: assets for anybody on this machine, everything else for the desk's browser.
//!
//! | path | what it is | needs a session |
//! |---|---|---|
//! | `GET /`, `GET /PAGE`, assets | the same for every start; nothing of a holder | no |
//! | `GET /catalogue.json` | every text in both languages | no |
//! | `POST /session` | the token of a page and this start for the cookie of that page | no |
//! | `GET /events/PAGE` | states as they change (server-sent events) | that page's |
//! | `POST /act/PAGE` | a touch | that page's |
//! | `/his/v1/..` | the hospital system, with a token of its own | no page's |
//! | `/cardd.desk.v1.BillService/..` | the same over gRPC | no page's |
//!
//! Bounds: connections, event streams, bytes of head and body, time for a head.

pub mod assets;
mod catalogue;
mod events;
mod gate;
pub(crate) mod his;
mod router;
pub(crate) mod session;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::body::Bytes;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet};

use super::{engine::Page, serve::Kind};
use his::His;
use session::Session;

/// Connections at once; a browser keeps six.
const CONNECTIONS: usize = 32;
/// Event streams at once: the pages of one desk, and those that a browser is just leaving.
const STREAMS: usize = 8;
/// Longest body, in bytes; a sealed entry takes three hundred.
const BODY_BYTES: usize = 8 * 1024;
/// Longest head of a request, in bytes.
const HEAD_BYTES: usize = 16 * 1024;
/// The same for HTTP/2, whose bound is a number of 32 bits.
const HEADER_LIST_BYTES: u32 = 16 * 1024;
/// Time for the head of a request; how often a quiet HTTP/2 connection is asked whether it is there.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// Calls at once on one HTTP/2 connection.
const CALLS: u32 = 16;

/// A page of the desk, and who may open it.
pub(crate) struct Seat {
    /// The page.
    pub(crate) page: Page,
    /// Its secrets.
    pub(crate) session: Session,
}

/// Everything that handlers need.
pub(crate) struct Site {
    /// `HOST:PORT` as the browser must name it.
    authority: String,
    kind: Kind,
    seats: Vec<Seat>,
    his: Option<Arc<His>>,
    catalogue: Bytes,
    streams: Arc<Semaphore>,
}

impl Site {
    /// A site that listens at `address`.
    pub(crate) fn new(address: SocketAddr, kind: Kind, seats: Vec<Seat>, his: Option<His>) -> Self {
        Self {
            authority: address.to_string(),
            kind,
            seats,
            his: his.map(Arc::new),
            catalogue: catalogue::json().into(),
            streams: Arc::new(Semaphore::new(STREAMS)),
        }
    }

    fn seat(&self, name: &str) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.page.name == name)
    }
}

/// Serves until the future is dropped.
pub(crate) async fn serve(listener: TcpListener, site: Site) -> io::Result<()> {
    let router = router::router(Arc::new(site));
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        // Who comes when all places are taken waits in the listener's backlog.
        let place = Arc::clone(&places).acquire_owned().await;
        let place = place.map_err(io::Error::other)?;
        while connections.try_join_next().is_some() {}
        let Ok((stream, _peer)) = listener.accept().await else {
            // Out of descriptors, or the peer left: neither is a reason to end.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        connections.spawn(async move {
            let _left_early = bounded()
                .serve_connection(TokioIo::new(stream), service)
                .await;
            drop(place);
        });
    }
}

/// HTTP/1.1 for pages and programs, HTTP/2 for a hospital system that speaks gRPC, each with its bounds.
fn bounded() -> auto::Builder<TokioExecutor> {
    let mut connection = auto::Builder::new(TokioExecutor::new());
    connection
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES);
    connection
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(CALLS)
        .max_header_list_size(HEADER_LIST_BYTES)
        .keep_alive_interval(HEAD_TIME);
    connection
}
