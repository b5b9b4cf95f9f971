//! From the return of the PC/SC service, or of a reader, to a card that is served again; beside it, how
//! long PC/SC itself takes to give the card power, which is in each of cardd's times.

use std::time::{Duration, Instant};

use card_sim::rack::control::Until;
use hall_client::{Happening, Terminal, Watch};
use serde::Serialize;

use super::{
    BenchError, CARD, SLOT,
    effort::Effort,
    report::{Row, spread},
    samples::{Samples, Spread},
};
use crate::{pcscd::Ending, plan::Plan, stand::Stand};

/// Longest wait of one return.
const PATIENCE: Duration = Duration::from_secs(60);

/// What goes and comes back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Returns {
    /// pcscd killed, then started.
    pub service: Return,
    /// The reader unplugged, then plugged in with its card.
    pub reader: Return,
}

/// Both times begin with the order to start, or to plug in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Return {
    /// To a card under power: PC/SC and its driver, without cardd.
    pub to_power: Spread,
    /// To `CardIdentified` at the desk: cardd serves the card.
    pub to_identified: Spread,
    /// Median of the second over median of the first.
    pub ratio_to_power: f64,
}

impl Return {
    fn of(powered: &Samples, identified: &Samples) -> Self {
        let (to_power, to_identified) = (powered.spread(), identified.spread());
        Self {
            ratio_to_power: to_identified.median_us / to_power.median_us,
            to_power,
            to_identified,
        }
    }
}

impl Returns {
    pub(super) fn rows(&self) -> Vec<Row> {
        let ratio = |of: &Return| format!("{:10.2}", of.ratio_to_power);
        vec![
            (
                "service started, a card has power",
                spread(&self.service.to_power),
            ),
            (
                "service started, cardd serves it",
                spread(&self.service.to_identified),
            ),
            ("ratio", ratio(&self.service)),
            (
                "reader plugged in, a card has power",
                spread(&self.reader.to_power),
            ),
            (
                "reader plugged in, cardd serves it",
                spread(&self.reader.to_identified),
            ),
            ("ratio", ratio(&self.reader)),
        ]
    }
}

/// Takes the service and the reader away and gives them back, on a stand of its own.
pub(super) async fn returns(effort: &Effort) -> Result<Returns, BenchError> {
    let mut stand = Stand::start(&Plan::with_cards(&[CARD]).log_filter("warn"))?;
    let terminal = Terminal::connect(stand.socket("billing")).await?;
    let mut watch = terminal.watch(Some(0)).await?;
    stand.rack()?.insert(SLOT, CARD)?;
    until(&mut watch, is_identified).await?;
    let (mut powered, mut identified) = <(Samples, Samples)>::default();
    for _ in 0..effort.returns {
        stand.pcscd.end(Ending::Kill)?;
        until(&mut watch, is_gone).await?;
        let started = Instant::now();
        stand.pcscd.restart(Ending::Kill)?;
        let times = (&mut powered, &mut identified);
        served(&stand, &mut watch, started, times).await?;
    }
    let service = Return::of(&powered, &identified);
    (powered, identified) = Default::default();
    for _ in 0..effort.returns {
        stand.unplug();
        until(&mut watch, is_gone).await?;
        let started = Instant::now();
        stand.plug()?;
        stand.rack()?.insert(SLOT, CARD)?;
        let times = (&mut powered, &mut identified);
        served(&stand, &mut watch, started, times).await?;
    }
    let reader = Return::of(&powered, &identified);
    Ok(Returns { service, reader })
}

/// Takes both times of one return.
async fn served(
    stand: &Stand,
    watch: &mut Watch,
    started: Instant,
    (powered, identified): (&mut Samples, &mut Samples),
) -> Result<(), BenchError> {
    let mut rack = stand.rack()?;
    let power = tokio::task::spawn_blocking(move || {
        let waited = rack.wait(SLOT, Until::Powered, PATIENCE);
        waited.map(|_| started.elapsed())
    });
    until(watch, is_identified).await?;
    identified.push(started.elapsed());
    let power = power.await.map_err(std::io::Error::other)?;
    powered.push(power?);
    Ok(())
}

async fn until(watch: &mut Watch, wanted: fn(&Happening) -> bool) -> Result<(), BenchError> {
    loop {
        let event = watch.next().await.map_err(|ended| ended.cause)?;
        if wanted(&event.happening) {
            return Ok(());
        }
    }
}

fn is_identified(happening: &Happening) -> bool {
    matches!(happening, Happening::CardIdentified { .. })
}

fn is_gone(happening: &Happening) -> bool {
    matches!(happening, Happening::ReaderGone { .. })
}
