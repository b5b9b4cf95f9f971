//! Load: many readers and desks at once, and floods beside them.
//!
//! | module | what it holds |
//! |---|---|
//! | [`site`] | readers, cards, desks: a big terminal |
//! | [`work`] | desks that verify, one entry after the other, and what became of each |
//! | [`flood`] | connections, half-open streams, oversize messages, slow readers of events |
//! | [`report`] | the figures |
//!
//! What must hold is checked here, not measured: every desk was served, refusals cost nothing,
//! cardd's memory and descriptors are bounded. How fast it was is reported.

pub mod flood;
pub mod report;
pub mod site;
pub mod work;

use std::{
    io,
    time::{Duration, Instant},
};

use hall_client::ClientError;

use crate::bench::{machine, process};
use flood::Flood;
use report::{Flooded, Report, Resources};
use site::Site;
use work::Desks;

/// Between two words about how far a long piece has come.
const TOLD_EVERY: Duration = Duration::from_secs(30);
/// Lines of cardd's log that a failure shows; it logs warnings only.
const LOG_LINES: usize = 20;

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Readers, each with a card; PC/SC has room for 16.
    pub readers: usize,
    /// Desks, each with a socket of its own.
    pub desks: usize,
    /// How long all desks work.
    pub busy: Duration,
    /// How long each flood lasts.
    pub flood: Duration,
}

impl Size {
    /// What the terminal must bear.
    pub const FULL: Self = Self {
        readers: 16,
        desks: 32,
        busy: Duration::from_secs(600),
        flood: Duration::from_secs(20),
    };

    /// The same code in seconds.
    pub const SHORT: Self = Self {
        readers: 4,
        desks: 8,
        busy: Duration::from_secs(4),
        flood: Duration::from_millis(1200),
    };
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A part does not start, or cannot be looked at.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// cardd refused or did not answer.
    #[error("cardd did not do its part")]
    Client(#[from] ClientError),
    /// gRPC below the typed client.
    #[error("no connection")]
    Transport(#[from] tonic::transport::Error),
    /// The stream of events broke.
    #[error("the stream of events broke: {0}")]
    Events(String),
    /// The rack did not do what was asked.
    #[error("the rack did not do what was asked")]
    Rack(#[from] card_sim::rack::client::ClientError),
    /// A desk was told what it must not be.
    #[error("{desk} was told {told}")]
    Refusal {
        /// Which.
        desk: String,
        /// The answer.
        told: String,
    },
    /// What must hold does not.
    #[error("{0}")]
    Broken(String),
}

/// Starts a terminal, loads it, floods it, and ends it. `progress` is told how far it has come.
///
/// # Errors
/// [`LoadError`]: something that must hold did not.
pub async fn run(size: &Size, progress: impl Fn(&str)) -> Result<Report, LoadError> {
    let site = Site::start(size).await?;
    let done = load(size, &site, &progress).await;
    done.map_err(|error| {
        let log = site.stand.cardd.log().unwrap_or_default();
        let first: Vec<&str> = log.lines().take(LOG_LINES).collect();
        let pcscd = site.stand.pcscd.log().unwrap_or_default();
        let service: Vec<&str> = pcscd.lines().rev().take(LOG_LINES).collect();
        LoadError::Broken(format!(
            "{error}\ncardd said first:\n{}\npcscd said last:\n{}",
            first.join("\n"),
            service.join("\n")
        ))
    })
}

async fn load(size: &Size, site: &Site, progress: &impl Fn(&str)) -> Result<Report, LoadError> {
    let begun = Instant::now();
    let machine = machine::facts()?;
    let desks = Desks::open(site).await?;
    // The first twentieth fills buffers and caches; from then on nothing may grow.
    let warm = size.busy / 20;
    let mut tally = telling("warm-up", warm, progress, desks.work(site, warm)).await?;
    let early = resources(site)?;
    let busy = size.busy - warm;
    tally.add(telling("all desks", busy, progress, desks.work(site, busy)).await?);
    let late = resources(site)?;
    drop(desks);
    progress("one desk alone");
    let quiet = flood::latency(site, size.flood, None).await?;
    let mut floods = Vec::new();
    for kind in Flood::ALL {
        progress(&format!("one desk beside a flood: {kind:?}"));
        let flooded = flood::latency(site, size.flood, Some(kind)).await?;
        floods.push(Flooded::new(kind, &flooded, &quiet));
        tally.successes += flooded.verified;
    }
    tally.successes += quiet.verified;
    let after = resources(site)?;
    site.holds(&tally).await?;
    let report = Report {
        whole_s: begun.elapsed().as_secs_f64(),
        cardd: [early, late, after],
        quiet: quiet.waits.spread(),
        floods,
        ..Report::of(size, &tally, machine)
    };
    report.holds()?;
    Ok(report)
}

/// Does `work`, which takes so long, and tells how far it is.
async fn telling<T>(
    what: &str,
    lasts: Duration,
    progress: &impl Fn(&str),
    work: impl Future<Output = T>,
) -> T {
    let begun = Instant::now();
    let mut work = std::pin::pin!(work);
    loop {
        progress(&format!(
            "{what}: {} of {} s",
            begun.elapsed().as_secs(),
            lasts.as_secs()
        ));
        if let Ok(done) = tokio::time::timeout(TOLD_EVERY, &mut work).await {
            return done;
        }
    }
}

fn resources(site: &Site) -> Result<Resources, LoadError> {
    let pid = site.stand.cardd.pid();
    let memory = process::memory(pid)?;
    Ok(Resources {
        resident_kib: memory.resident_kib,
        threads: memory.threads,
        descriptors: process::descriptors(pid)?,
    })
}
