//! One desk that works beside floods (`load::flood`), against the same desk alone in the same minute.

use std::time::Duration;

use serde::Serialize;

use super::{BenchError, effort::Effort, report::Row};
use crate::load::{
    Size,
    flood::{Flood, latency},
    site::Site,
};

/// Median from the prompt to the answer beside a flood, over the median of the desk alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Floods {
    /// The desk alone, in microseconds.
    pub quiet_us: f64,
    /// Connections above the bound.
    pub connections: f64,
    /// Streams that are begun and say nothing.
    pub half_open: f64,
    /// Messages above the bound.
    pub oversize: f64,
    /// Event streams that nobody reads.
    pub slow_watchers: f64,
}

impl Floods {
    pub(super) fn rows(&self) -> Vec<Row> {
        let ratio = |ratio: f64| format!("{ratio:10.2}");
        vec![
            ("alone", format!("{:10.0} us", self.quiet_us)),
            (
                "ratio beside a flood of connections",
                ratio(self.connections),
            ),
            ("ratio beside half-open streams", ratio(self.half_open)),
            ("ratio beside oversize messages", ratio(self.oversize)),
            (
                "ratio beside event streams nobody reads",
                ratio(self.slow_watchers),
            ),
        ]
    }
}

/// Measures them on a terminal of its own.
pub(super) async fn ratios(effort: &Effort) -> Result<Floods, BenchError> {
    let size = Size {
        readers: 3,
        desks: 4,
        busy: Duration::ZERO,
        flood: effort.flood,
    };
    let site = Site::start(&size).await?;
    let quiet = latency(&site, size.flood, None).await?;
    let quiet_us = quiet.waits.spread().median_us;
    let beside = async |kind| {
        let seen = latency(&site, size.flood, Some(kind)).await?;
        Ok::<_, BenchError>(seen.waits.spread().median_us / quiet_us)
    };
    Ok(Floods {
        quiet_us,
        connections: beside(Flood::Connections).await?,
        half_open: beside(Flood::HalfOpen).await?,
        oversize: beside(Flood::Oversize).await?,
        slow_watchers: beside(Flood::SlowWatchers).await?,
    })
}
