//! Opens a desk: listener first, so that its address is known, then everything behind it.

use std::{
    error::Error,
    fmt, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use rand::CryptoRng;
use tokio::{net::TcpListener, sync::mpsc};
use zeroize::Zeroizing;

use super::{
    billing::Billing,
    counter::{Agency, AgencyError, Counter},
    engine::{Engine, Page},
    http::{self, Seat, Site, his::His, session::Session},
    kiosk::Kiosk,
    line::{self, OtherDesk},
    machine::{Line, Machine},
    settings::{HisAccess, Settings, SlipAccess},
    slip::SlipKey,
};
use crate::{
    Limits, Terminal,
    issuer::{KeyError, private_file},
    model::DeskKind,
};

/// Longest file of a token, in bytes.
const TOKEN_BYTES: usize = 257;

/// Which desk's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The self-service machine.
    Kiosk,
    /// The billing desk of a hospital.
    Billing,
    /// The agency counter.
    Counter,
}

impl Kind {
    const fn desk(self) -> DeskKind {
        match self {
            Self::Kiosk => DeskKind::Kiosk,
            Self::Billing => DeskKind::Billing,
            Self::Counter => DeskKind::Counter,
        }
    }

    /// Names of its pages in a browser, the first one first.
    const fn pages(self) -> &'static [&'static str] {
        match self {
            Self::Kiosk => &["kiosk"],
            Self::Billing => &["cashier", "holder"],
            Self::Counter => &["operator", "holder"],
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
    /// The hospital system's token cannot be read.
    #[error(
        "the hospital system's token must be 32 to 256 printable characters in a file of mode 0600"
    )]
    HisToken(#[source] Box<KeyError>),
    /// The key for slips cannot be read.
    #[error("the key for slips must be 64 hexadecimal characters in a file of mode 0600")]
    SlipKey(#[source] Option<Box<KeyError>>),
    /// Operators or issuer keys of an agency counter cannot be used.
    #[error("the agency counter cannot be opened")]
    Agency(#[source] Box<dyn Error + Send + Sync>),
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
    sessions: Vec<(&'static str, Session)>,
    his: Option<Zeroizing<String>>,
    slip_key: Option<SlipKey>,
    agency: Option<Agency>,
}

/// Listens at a loopback address for the desk whose cardd answers at `socket`. cardd need not run
/// yet. `rng` makes the secrets of this one start.
///
/// # Errors
/// [`ServeError::NotLoopback`], [`ServeError::Listen`], [`ServeError::HisToken`],
/// [`ServeError::SlipKey`], [`ServeError::Agency`].
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
    let his = settings.his.as_ref().map(his_token).transpose()?;
    let slip_key = settings.slip.as_ref().map(slip_key).transpose()?;
    let agency = match kind {
        Kind::Counter => {
            Some(Agency::open(settings.agency.as_ref(), slip_key.clone()).map_err(no_agency)?)
        }
        Kind::Kiosk | Kind::Billing => None,
    };
    let refused = |source| ServeError::Listen {
        address: listen,
        source,
    };
    let listener = TcpListener::bind(listen).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let mut session = |page: &&'static str| (*page, Session::new(address.port(), page, rng));
    let sessions = kind.pages().iter().map(&mut session).collect();
    Ok(Opened {
        listener,
        address,
        kind,
        socket: socket.to_owned(),
        settings,
        sessions,
        his,
        slip_key,
        agency,
    })
}

/// A key takes 64 characters and a line end.
fn slip_key(access: &SlipAccess) -> Result<SlipKey, ServeError> {
    let text = private_file::read(&access.key_file, 80)
        .map_err(|error| ServeError::SlipKey(Some(Box::new(error))))?;
    SlipKey::parse(&text).ok_or(ServeError::SlipKey(None))
}

impl Opened {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The name and the address of each page, the first one first, with the right to open it, good
    /// until this program ends. Whoever has it can use the page: hand it to that page's browser and to
    /// nobody else.
    #[must_use]
    pub fn urls(&self) -> Vec<(&'static str, String)> {
        let url = |(page, session): &(&'static str, Session)| {
            let (address, token) = (self.address, session.token());
            (*page, format!("http://{address}/{page}#{token}"))
        };
        self.sessions.iter().map(url).collect()
    }

    /// Serves until the future is dropped.
    ///
    /// # Errors
    /// [`ServeError::OtherDesk`], [`ServeError::Ended`].
    pub async fn serve(mut self) -> Result<(), ServeError> {
        let settings = self.settings.clone();
        match self.kind {
            Kind::Kiosk => {
                let slip_key = self.slip_key.clone();
                self.run(Kiosk::new(settings, slip_key)).await
            }
            Kind::Billing => self.run(Billing::new(settings)).await,
            Kind::Counter => {
                let agency = self.agency.take();
                let agency = agency.ok_or(AgencyError::Missing).map_err(no_agency)?;
                self.run(Counter::new(&settings, agency)).await
            }
        }
    }

    async fn run<M: Machine>(self, machine: M) -> Result<(), ServeError> {
        let terminal = Terminal::connect_lazily(&self.socket, Limits::default());
        let (engine, pages, line_end) = Engine::new(machine, terminal.clone());
        let (seats, his) = seated(pages, self.sessions);
        let his = his.zip(self.his);
        let his = his.map(|(page, token)| His::new(page, token, terminal.clone()));
        let site = Site::new(self.address, self.kind, seats, his);
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

/// Each page with its secrets, and the one that has none: the hospital system's, which has a token.
fn seated(
    pages: Vec<Page>,
    mut sessions: Vec<(&'static str, Session)>,
) -> (Vec<Seat>, Option<Page>) {
    let (mut seats, mut rest) = (Vec::new(), Vec::new());
    for page in pages {
        match sessions.iter().position(|(name, _)| *name == page.name) {
            Some(at) => {
                let (_, session) = sessions.swap_remove(at);
                seats.push(Seat { page, session });
            }
            None => rest.push(page),
        }
    }
    (seats, rest.pop())
}

fn no_agency(error: AgencyError) -> ServeError {
    ServeError::Agency(Box::new(error))
}

/// The hospital system's token from its file.
fn his_token(access: &HisAccess) -> Result<Zeroizing<String>, ServeError> {
    let text = private_file::read(&access.token_file, TOKEN_BYTES)
        .map_err(|source| ServeError::HisToken(Box::new(source)))?;
    let token = text.trim_end();
    if token.len() < 32 || !token.bytes().all(|letter| letter.is_ascii_graphic()) {
        let none = KeyError::FileContent {
            path: access.token_file.clone(),
            limit_bytes: TOKEN_BYTES,
        };
        return Err(ServeError::HisToken(Box::new(none)));
    }
    Ok(Zeroizing::new(token.to_owned()))
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
