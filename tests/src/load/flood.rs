//! Floods: what a broken or hostile program does to a desk's socket, while another desk works.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use cardd_proto::v1::{
    self, issuer_service_client::IssuerServiceClient, pin_service_client::PinServiceClient,
    reader_service_client::ReaderServiceClient,
};
use hall_client::Terminal;
use rand::{SeedableRng as _, rngs::StdRng};
use serde::Serialize;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
    task::JoinSet,
};
use tonic::Code;

use super::{LoadError, site::Site, work::verify};
use crate::{bench::samples::Samples, raw};

/// More than a desk may have open (`limits.connections`, 32 by default).
const CONNECTIONS: usize = 48;
/// More event streams than there may be (`limits.watchers`, 64 by default).
const WATCHERS: usize = 72;
/// Connections that each hold as many streams open as they may.
const STREAM_HOLDERS: usize = 8;
/// Streams of one connection.
const STREAMS: usize = 32;
/// Far above the largest request of the contract, and above cardd's bound.
const OVERSIZE: usize = 64 * 1024;
/// A program may be told so long after the flood.
const PATIENCE: Duration = Duration::from_secs(20);

/// A kind of flood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flood {
    /// Connections that are opened, held and dropped.
    Connections,
    /// Streams that are begun and say nothing, and connections that stop in their preface.
    HalfOpen,
    /// Messages above the bound.
    Oversize,
    /// Event streams that nobody reads, while cards come and go.
    SlowWatchers,
}

impl Flood {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::Connections,
        Self::HalfOpen,
        Self::Oversize,
        Self::SlowWatchers,
    ];
}

/// What the working desk saw.
#[derive(Debug, Clone, Default)]
pub struct Latency {
    /// From the prompt to the answer.
    pub waits: Samples,
    /// Its successes.
    pub verified: u64,
    /// What the flood was refused, in cardd's own words or by a closed connection.
    pub refused: u64,
}

/// Tells a flood to end, and counts what it is refused.
#[derive(Clone, Default)]
struct Tap {
    closed: Arc<AtomicBool>,
    refused: Arc<AtomicU64>,
}

impl Tap {
    fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Relaxed)
    }

    fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }
}

/// One desk verifies for so long, beside a flood or alone.
///
/// # Errors
/// The working desk was refused, or the flood was not told its bound.
pub async fn latency(
    site: &Site,
    time: Duration,
    flood: Option<Flood>,
) -> Result<Latency, LoadError> {
    let tap = Tap::default();
    let mut floods = JoinSet::new();
    if let Some(kind) = flood {
        pour(kind, site, &tap, &mut floods);
    }
    let seen = probe(site, time).await;
    tap.closed.store(true, Ordering::Relaxed);
    let ended = async {
        while let Some(ended) = floods.join_next().await {
            ended.map_err(|error| LoadError::Broken(error.to_string()))??;
        }
        Ok::<_, LoadError>(())
    };
    let bound = tokio::time::timeout(PATIENCE, ended).await;
    bound.map_err(|_late| LoadError::Broken(format!("{flood:?} does not end")))??;
    let mut seen = seen?;
    seen.refused = tap.refused.load(Ordering::Relaxed);
    Ok(seen)
}

/// The desk that works; it may not be refused anything.
async fn probe(site: &Site, time: Duration) -> Result<Latency, LoadError> {
    let terminal = Terminal::connect(site.stand.socket("billing")).await?;
    let (reader, insertion) = site.card(1);
    let mut rng = StdRng::seed_from_u64(77);
    let mut seen = Latency::default();
    let end = Instant::now() + time;
    while Instant::now() < end {
        let begun = Instant::now();
        verify(&terminal, (&reader, insertion), &mut rng).await?;
        seen.waits.push(begun.elapsed());
        seen.verified += 1;
    }
    Ok(seen)
}

type Pours = JoinSet<Result<(), LoadError>>;

fn pour(kind: Flood, site: &Site, tap: &Tap, floods: &mut Pours) {
    let kiosk = site.stand.socket("kiosk");
    match kind {
        Flood::Connections => {
            let tap = tap.clone();
            floods.spawn(async move { connections(&kiosk, &tap).await });
        }
        Flood::HalfOpen => {
            let hall = site.stand.socket("hall");
            for _ in 0..STREAM_HOLDERS {
                let (tap, hall, kiosk) = (tap.clone(), hall.clone(), kiosk.clone());
                floods.spawn(async move { half_open(&hall, &kiosk, &tap).await });
            }
        }
        Flood::Oversize => {
            for _ in 0..4 {
                let (tap, kiosk) = (tap.clone(), kiosk.clone());
                floods.spawn(async move { oversize(&kiosk, &tap).await });
            }
        }
        Flood::SlowWatchers => {
            let (tap, rack) = (tap.clone(), site.stand.rack());
            let last = site.cards.len() - 1;
            let slot = format!("s{last:02}");
            floods.spawn(async move { slow_watchers(&kiosk, (rack?, slot), &tap).await });
        }
    }
}

/// Opens more than there may be; those that are too many are closed at once.
async fn connections(socket: &Path, tap: &Tap) -> Result<(), LoadError> {
    while tap.is_open() {
        let mut open = Vec::new();
        for _ in 0..CONNECTIONS {
            open.push(UnixStream::connect(socket).await?);
        }
        // cardd speaks first (SETTINGS), or has closed: either is an answer.
        for stream in &mut open {
            let mut first = [0; 9];
            match stream.read(&mut first).await {
                Ok(0) | Err(_) => tap.refused(),
                Ok(_) => {}
            }
        }
    }
    Ok(())
}

/// Begins calls that never say anything, and connections that never end their preface.
async fn half_open(hall: &Path, kiosk: &Path, tap: &Tap) -> Result<(), LoadError> {
    let channel = raw::channel(hall).await?;
    let mut silent = JoinSet::new();
    for _ in 0..STREAMS {
        let mut client = IssuerServiceClient::new(channel.clone());
        silent.spawn(async move { client.operate(tokio_stream::pending()).await.map(drop) });
    }
    while tap.is_open() {
        let mut stump = UnixStream::connect(kiosk).await?;
        // One too many is closed at once.
        if stump.write_all(b"PRI * HTTP/2.0\r\n").await.is_err() {
            tap.refused();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// Each message is refused by its size; the connection lives on.
async fn oversize(socket: &Path, tap: &Tap) -> Result<(), LoadError> {
    let mut pins = PinServiceClient::new(raw::channel(socket).await?);
    while tap.is_open() {
        let entry = v1::SealedEntry {
            ciphertext: vec![7; OVERSIZE],
            ..v1::SealedEntry::default()
        };
        let request = v1::ChangePinRequest {
            entry: Some(entry),
            accept_last_attempt: false,
        };
        match pins.change_pin(request).await {
            Err(status) if matches!(status.code(), Code::OutOfRange | Code::ResourceExhausted) => {
                tap.refused();
            }
            other => return Err(LoadError::Broken(format!("oversize: {other:?}"))),
        }
    }
    Ok(())
}

/// Watchers that read nothing while a card comes and goes; those that are too many are told.
async fn slow_watchers(
    socket: &Path,
    (mut rack, slot): (card_sim::rack::client::Client, String),
    tap: &Tap,
) -> Result<(), LoadError> {
    let mut channels = Vec::new();
    for _ in 0..STREAM_HOLDERS {
        channels.push(raw::channel(socket).await?);
    }
    let mut asleep = Vec::new();
    for channel in channels.iter().cycle().take(WATCHERS) {
        let mut readers = ReaderServiceClient::new(channel.clone());
        let request = v1::WatchEventsRequest {
            after_position: Some(0),
        };
        match readers.watch_events(request).await {
            Ok(stream) => asleep.push(stream.into_inner()),
            Err(status) if status.code() == Code::ResourceExhausted => tap.refused(),
            Err(status) => return Err(LoadError::Broken(format!("watcher: {status}"))),
        }
    }
    while tap.is_open() {
        rack.pull(&slot)?;
        rack.insert(&slot, &slot)?;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}
