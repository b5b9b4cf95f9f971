//! The world that cardd is shown: a PC/SC service with its readers, the cards in them, and time.

mod exchange;
mod mishap;
mod place;
mod service;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use cardd::ledger::{Ledger, Moment};

use super::{
    bag::BagCard,
    command::Effect,
    sabotage::Wrapper,
    step::{Mishap, READERS, What},
};
use place::Place;

pub use service::Service;

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which one.
    pub promise: &'static str,
    /// What was seen.
    pub what: String,
}

/// What the world asks of whoever runs the storm, in the middle of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Time passed.
    Time,
    /// The monitor looks.
    Look,
    /// The desk's program goes away.
    Leave,
    /// The hall pushes the rule file that it has in hand.
    Push,
    /// cardd dies: what is on its disk now is all that is left.
    Die,
}

/// Answers a [`Call`].
pub type Stage = Arc<dyn Fn(Call) + Send + Sync>;

/// A command with an effect that reached a card, or was on its way to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What it does.
    pub effect: Effect,
    /// Its data.
    pub data: Vec<u8>,
    /// The card that was in the reader.
    pub card: usize,
    /// The stay of the card in it.
    pub stay: u16,
    /// Whether the card carried it out, as far as the power lasted.
    pub carried_out: bool,
    /// Whether its power was cut in the middle of it.
    pub torn: bool,
}

struct Inner {
    now: Duration,
    wall_ms: i64,
    epoch: u64,
    dead: bool,
    places: Vec<Place>,
    cards: Vec<BagCard>,
    mishap: Option<Mishap>,
    commands: u8,
    effects: u8,
    crash_at_record: Option<u8>,
    sent: Vec<Sent>,
    violations: Vec<Violation>,
    trace: Vec<String>,
}

/// The world. One runs through all lives of cardd.
pub struct World {
    began: Instant,
    wrapper: Wrapper,
    inner: Mutex<Inner>,
    stage: Mutex<Option<Stage>>,
    ledger: Mutex<Option<Ledger>>,
}

/// 2026-01-01, when every storm begins, milliseconds since 1970.
const FIRST_DAY_MS: i64 = 1_767_225_600_000;

impl World {
    /// A world with empty readers.
    #[must_use]
    pub fn new(cards: Vec<BagCard>, wrapper: Wrapper) -> Arc<Self> {
        let place = |index: usize| Place {
            name: format!("Reader {index}"),
            plugged: true,
            card: None,
            powered: false,
            events: 0,
            held_until: Duration::ZERO,
            exclusive: false,
        };
        Arc::new(Self {
            began: Instant::now(),
            wrapper,
            inner: Mutex::new(Inner {
                now: Duration::ZERO,
                wall_ms: FIRST_DAY_MS,
                epoch: 0,
                dead: false,
                places: (0..READERS).map(place).collect(),
                cards,
                mishap: None,
                commands: 0,
                effects: 0,
                crash_at_record: None,
                sent: Vec::new(),
                violations: Vec::new(),
                trace: Vec::new(),
            }),
            stage: Mutex::default(),
            ledger: Mutex::default(),
        })
    }

    /// Who answers calls from now on.
    pub fn set_stage(&self, stage: Option<Stage>) {
        *lock(&self.stage) = stage;
    }

    /// A new life of cardd, with its ledger, or the end of one.
    pub fn set_ledger(&self, ledger: Option<Ledger>) {
        self.lock().dead = ledger.is_none();
        *lock(&self.ledger) = ledger;
    }

    /// cardd is dead: nothing of it reaches a card any more.
    pub fn kill(&self) {
        self.lock().dead = true;
    }

    /// Whether cardd is dead.
    pub fn is_dead(&self) -> bool {
        self.lock().dead
    }

    /// Time since the beginning of the storm.
    pub fn elapsed(&self) -> Duration {
        self.lock().now
    }

    /// Wall clock, milliseconds since 1970.
    pub fn unix_ms(&self) -> u64 {
        let inner = self.lock();
        let passed = i64::try_from(inner.now.as_millis()).unwrap_or(i64::MAX);
        u64::try_from(inner.wall_ms.saturating_add(passed)).unwrap_or(0)
    }

    /// Both clocks, as a ledger reads them.
    pub fn moment(&self) -> Moment {
        Moment {
            unix_ms: self.unix_ms(),
            running_ms: u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// Sets the wall clock.
    pub fn set_clock(&self, by_ms: i64) {
        let mut inner = self.lock();
        inner.wall_ms = inner.wall_ms.saturating_add(by_ms);
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.lock().now += time;
        self.call(Call::Time);
    }

    /// The clock is asked for a record's time: cardd may be about to die.
    pub fn before_record(&self) {
        let due = {
            let mut inner = self.lock();
            let left = inner.crash_at_record.map(|n| n.saturating_sub(1));
            inner.crash_at_record = left.filter(|left| *left > 0);
            left == Some(0) && !inner.dead
        };
        if due {
            self.call(Call::Die);
        }
    }

    /// Arms a mishap for the operation that begins now.
    pub fn arm(&self, mishap: Option<Mishap>) {
        let mut inner = self.lock();
        inner.crash_at_record = None;
        inner.mishap = mishap;
        (inner.commands, inner.effects) = (0, 0);
        if let Some(What::CrashAtRecord(n)) = mishap.map(|mishap| mishap.what) {
            inner.crash_at_record = Some(n);
            inner.mishap = None;
        }
    }

    /// Commands with an effect since the last call.
    pub fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.lock().sent)
    }

    /// What was seen since the last call.
    pub fn take_violations(&self) -> Vec<Violation> {
        std::mem::take(&mut self.lock().violations)
    }

    /// What went over the line since the last call: headers and status words.
    pub fn take_trace(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().trace)
    }

    /// Looks at a card, or does something to it.
    pub fn with_card<T>(&self, card: usize, look: impl FnOnce(&mut BagCard) -> T) -> Option<T> {
        self.lock().cards.get_mut(card).map(look)
    }

    fn call(&self, call: Call) {
        let stage = lock(&self.stage).clone();
        if let Some(stage) = stage {
            stage(call);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }
}

impl World {
    /// Monotonic clock.
    #[must_use]
    pub fn instant(&self) -> Instant {
        self.began + self.elapsed()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
