//! Opens a desk: listener first, so that its address is known, then everything behind it.

use std::{
    fmt, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use rand::CryptoRng;
use tokio::{net::TcpListener, sync::mpsc};

use super::{
    engine::Engine,
    http::{self, Site, session::Session},
    kiosk::Kiosk,
    line::{self, OtherDesk},
    machine::{Line, Machine},
    settings::Settings,
};
use crate::{Limits, Terminal, model::DeskKind};

/// Which desk's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The self-service machine.
    Kiosk,
}

impl Kind {
    const fn desk(self) -> DeskKind {
        match self {
            Self::Kiosk => DeskKind::Kiosk,
        }
    }
}

/// Why pages are not served, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address that other hosts reach.
    #[error("{0} is not a loopback address: pages are served to this machine only")]
    NotLoopback(SocketAddr),
    /// The address is taken, or may not be taken.
    #[error("cannot listen at {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// cardd knows the socket as another kind of desk.
    #[error("{} is the socket of a desk of kind {}", socket.display(), found.code())]
    OtherDesk {
        /// The socket.
        socket: PathBuf,
        /// Its kind.
        found: DeskKind,
    },
    /// The server's own runtime failed.
    #[error("the server ended")]
    Ended(#[source] io::Error),
}

/// A desk that listens and is about to serve.
pub struct Opened {
    listener: TcpListener,
    address: SocketAddr,
    kind: Kind,
    socket: PathBuf,
    settings: Settings,
    session: Session,
}

/// Listens at a loopback address for the desk whose cardd answers at `socket`. cardd need not run
/// yet. `rng` makes the secrets of this one start.
///
/// # Errors
/// [`ServeError::NotLoopback`], [`ServeError::Listen`].
pub async fn open(
    kind: Kind,
    socket: &Path,
    listen: SocketAddr,
    settings: Settings,
    rng: &mut impl CryptoRng,
) -> Result<Opened, ServeError> {
    if !listen.ip().is_loopback() {
        return Err(ServeError::NotLoopback(listen));
    }
    let refused = |source| ServeError::Listen {
        address: listen,
        source,
    };
    let listener = TcpListener::bind(listen).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok(Opened {
        listener,
        address,
        kind,
        socket: socket.to_owned(),
        settings,
        session: Session::new(address.port(), rng),
    })
}

impl Opened {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the desk's first page with the right to open it, good until this program
    /// ends. Whoever has it can use the desk: hand it to the desk's browser and to nobody else.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/#{}", self.address, self.session.token())
    }

    /// Serves until the future is dropped.
    ///
    /// # Errors
    /// [`ServeError::OtherDesk`], [`ServeError::Ended`].
    pub async fn serve(self) -> Result<(), ServeError> {
        let settings = self.settings.clone();
        match self.kind {
            Kind::Kiosk => self.run(Kiosk::new(settings)).await,
        }
    }

    async fn run<M: Machine>(self, machine: M) -> Result<(), ServeError> {
        let terminal = Terminal::connect_lazily(&self.socket, Limits::default());
        let (engine, pages, line_end) = Engine::new(machine, terminal.clone());
        let site = Site::new(self.address, self.session, self.kind, pages);
        let line = follow(terminal, self.kind, line_end);
        tokio::select! {
            () = engine.run() => Ok(()),
            other = line => other.map_err(|OtherDesk(found)| ServeError::OtherDesk {
                socket: self.socket,
                found,
            }),
            ended = http::serve(self.listener, site) => ended.map_err(ServeError::Ended),
        }
    }
}

async fn follow(terminal: Terminal, kind: Kind, to: mpsc::Sender<Line>) -> Result<(), OtherDesk> {
    line::follow(terminal, kind.desk(), to).await
}

/// Without the session's secrets.
impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("address", &self.address)
            .field("kind", &self.kind)
            .field("socket", &self.socket)
            .finish_non_exhaustive()
    }
}
