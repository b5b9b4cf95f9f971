//! How often everything is done.

use std::time::Duration;

use serde::Serialize;

/// Numbers of repetitions. More repetitions, steadier medians.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Effort {
    /// Rounds of VERIFY, each once by every path.
    pub rounds: usize,
    /// Rounds before them that are not counted.
    pub warm_up: usize,
    /// Commands in a row, for rates.
    pub commands: usize,
    /// Times taken of each judgement, both classes together.
    pub timing_samples: usize,
    /// Cards inserted and pulled.
    pub insertions: usize,
    /// Times that the service goes and comes back, and the reader.
    pub returns: usize,
    /// How long a desk works beside each flood, in seconds.
    #[serde(rename = "flood_s", serialize_with = "seconds")]
    pub flood: Duration,
    /// Servers of the kiosk's pages started, each until its page can be read.
    pub page_starts: usize,
    /// Cards inserted and pulled before the kiosk's page.
    pub page_insertions: usize,
    /// How long cardd is watched doing nothing, in seconds.
    #[serde(rename = "idle_window_s", serialize_with = "seconds")]
    pub idle_window: Duration,
}

impl Effort {
    /// For figures.
    pub const FULL: Self = Self {
        rounds: 400,
        warm_up: 20,
        commands: 10_000,
        timing_samples: 100_000,
        insertions: 200,
        returns: 20,
        flood: Duration::from_secs(10),
        page_starts: 20,
        page_insertions: 100,
        idle_window: Duration::from_secs(10),
    };
    /// To see that every figure comes out.
    pub const QUICK: Self = Self {
        rounds: 6,
        warm_up: 1,
        commands: 200,
        timing_samples: 400,
        insertions: 5,
        returns: 1,
        flood: Duration::from_millis(400),
        page_starts: 1,
        page_insertions: 2,
        idle_window: Duration::from_millis(500),
    };
}

fn seconds<S: serde::Serializer>(window: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(window.as_secs_f64())
}
