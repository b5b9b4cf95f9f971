//! Puts the layers together and runs them. The only place that names concrete types of every
//! layer, and the only one that reads the clock.

mod clock;
mod confine;
mod desks;
mod remote;
mod rules;
mod settings;
mod supervisor;
mod user;

use std::{
    io,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use rand::{SeedableRng as _, rngs::StdRng};
use tokio::{
    runtime::Handle,
    signal::unix::{Signal, SignalKind, signal},
    sync::{mpsc, watch},
    task::JoinHandle,
};

use crate::{
    config::{Config, ConfigError},
    doctor::{self, Host, Report},
    ledger::{self, Ledger, LedgerError, Note, StartEntry},
    reader::{Insertion, ReaderEvent, Readers, StartError},
    rpc::{self, Listeners, RemoteError, ServerError, SocketError},
    sandbox::Protection,
    terminal::Terminal,
};

use clock::{SystemClock, unix_ms};
use settings::{ledger_settings, reader_settings, settings};

pub use desks::DeskError;
pub use user::UserError;

/// Reader events that may wait for the terminal; more hold up the monitor, which loses nothing.
const READER_EVENTS: usize = 256;

/// Why the daemon cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The configuration names no desk, so that nobody could call.
    #[error("no desk is configured: add a [[desk]] or a [remote] section")]
    NoDesk,
    /// A desk's user or group is not known here.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The user to work as cannot be taken on.
    #[error(transparent)]
    User(#[from] UserError),
    /// A desk's socket cannot be opened.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// Nobody could call over the network, though the configuration says so.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The configuration of the network cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The ledger cannot be opened, and not be set aside either.
    #[error("the ledger cannot be opened")]
    Ledger(#[from] LedgerError),
    /// The threads of the readers cannot be started.
    #[error("the readers cannot be watched")]
    Readers(#[from] StartError),
    /// The servers ended early.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The system refused something basic.
    #[error("cannot {step}")]
    System {
        /// What was tried.
        step: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Work on a card did not end within the bound at shutdown; its intent stands as in doubt.
    #[error("{jobs} jobs on cards were still running at shutdown and were abandoned")]
    WorkLeft {
        /// How many.
        jobs: usize,
    },
}

impl AppError {
    /// Exit code of the process, as documented in its help.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoDesk | Self::Desk(_) | Self::User(_) | Self::Config(_) => 3,
            Self::Socket(_) | Self::Remote(_) => 4,
            Self::Ledger(_) => 5,
            Self::WorkLeft { .. } => 6,
            Self::Readers(_) | Self::Server(_) | Self::System { .. } => 1,
        }
    }
}

/// What `cardd doctor` finds on this host.
#[must_use]
pub fn examine(config: &Path) -> Report {
    doctor::examine(config, &Host::here(unix_ms() / 1000))
}

/// Runs the daemon until SIGTERM or SIGINT, then drains it.
///
/// # Errors
/// [`AppError`].
pub fn run(config: &Config) -> Result<(), AppError> {
    let (listeners, protection) = confine::prepare(config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|source| AppError::System {
            step: "start the runtime",
            source,
        })?;
    let result = runtime.block_on(serve(config, listeners, protection));
    // A job that hangs in a driver must not hold the exit up.
    runtime.shutdown_background();
    result
}

/// Where the stays of cards and the events of this run are counted from, above those of every run before,
/// whatever a clock says: by the number of the record of its start, and, since the records of a new chain
/// begin anew, by how many chains were set aside before it.
fn first_number(chains_before: usize, start: u64) -> u64 {
    /// Far more cards than come to one terminal, and more than is told of them, before somebody restarts it.
    const NUMBERS_OF_A_RUN: u64 = 1 << 20;
    /// More records than a terminal writes in its life.
    const RECORDS_OF_A_CHAIN: u64 = 1 << 32;
    let run = (chains_before as u64)
        .saturating_mul(RECORDS_OF_A_CHAIN)
        .saturating_add(start);
    run.saturating_mul(NUMBERS_OF_A_RUN)
}

async fn serve(
    config: &Config,
    listeners: Listeners,
    protection: Protection,
) -> Result<(), AppError> {
    let mut signals = StopSignals::listen()?;
    let ledger = Ledger::open(ledger_settings(config))?;
    let start = ledger.note(Note::Started(StartEntry {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        terminal_id: config.terminal_id.clone(),
    }))?;
    let (events, inbox) = mpsc::channel(READER_EVENTS);
    // The receiver goes only with the whole terminal.
    let announce = move |event| drop(events.blocking_send(event));
    let chains_before = ledger::inspect(&config.ledger.directory).set_aside.len();
    let first = first_number(chains_before, start);
    let readers = Readers::start(reader_settings(config), Insertion::new(first), announce)?;
    let terminal = Terminal::new(
        settings(config, protection, first),
        rules::open(config)?,
        readers.clone(),
        ledger.clone(),
        Box::new(SystemClock {
            runtime: Handle::current(),
        }),
        StdRng::from_rng(&mut rand::rng()),
    )?;
    let pump = tokio::spawn(pump(Arc::clone(&terminal), inbox));
    let (served, deadline) = drain(config, &terminal, listeners, &mut signals).await;
    let bound = deadline.saturating_duration_since(Instant::now());
    let left = stop(&readers, bound, pump).await;
    ledger.note(Note::Stopped)?;
    served?;
    if left == 0 {
        Ok(())
    } else {
        Err(AppError::WorkLeft { jobs: left })
    }
}

/// Feeds the terminal what the readers tell, in order.
async fn pump(terminal: Arc<Terminal>, mut inbox: mpsc::Receiver<ReaderEvent>) {
    while let Some(event) = inbox.recv().await {
        terminal.on_reader_event(event);
    }
}

/// Serves until a signal, then lets requests under way end, within the bound. Answers as well when
/// the bound ends, for what is left to stop.
async fn drain(
    config: &Config,
    terminal: &Arc<Terminal>,
    listeners: Listeners,
    signals: &mut StopSignals,
) -> (Result<(), AppError>, Instant) {
    let (stop, stopped) = watch::channel(false);
    let connections = config.limits.connections;
    let serving = rpc::serve(listeners, Arc::clone(terminal), connections, stopped);
    tokio::pin!(serving);
    tracing::info!(terminal = config.terminal_id, "serving");
    supervisor::ready();
    let ended = tokio::select! {
        ended = &mut serving => Some(ended.map_err(AppError::from)),
        () = signals.come() => None,
    };
    let deadline = Instant::now() + config.limits.shutdown();
    if let Some(early) = ended {
        return (early, deadline);
    }
    tracing::info!("stopping");
    supervisor::stopping();
    terminal.close();
    stop.send_replace(true);
    let served = match tokio::time::timeout_at(deadline.into(), serving).await {
        Ok(ended) => ended.map_err(AppError::from),
        // The desks that still wait get a broken connection; what they asked for is in the ledger.
        Err(_elapsed) => Ok(()),
    };
    (served, deadline)
}

/// What ends the daemon. Heard from here on: a signal that comes before the first desk is served
/// must not leave a half-opened terminal behind.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn listen() -> Result<Self, AppError> {
        let listen = |kind| {
            signal(kind).map_err(|source| AppError::System {
                step: "listen to signals",
                source,
            })
        };
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    async fn come(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Ends the readers' threads; answers how many jobs had to be abandoned.
async fn stop(readers: &Readers, bound: Duration, pump: JoinHandle<()>) -> usize {
    let readers = readers.clone();
    let report = tokio::task::spawn_blocking(move || readers.shutdown(bound)).await;
    pump.abort();
    report.map_or(0, |report| report.abandoned.len())
}
