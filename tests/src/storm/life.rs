//! One life of cardd: from its start to its end or its death. Everything in it is cardd's own code;
//! what it is handed is made up.

mod clock;
mod disk;
mod setting;
mod shelf;
mod waiting;

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use cardd::{
    ledger::{Ledger, Note, StartEntry},
    reader::{Insertion, ReaderEvent, ReaderSettings, Readers, Steps},
    terminal::{Terminal, TerminalError},
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{
    run::{StormError, kept, may_wait},
    sabotage::Wrapper,
    step::READERS,
    world::{self, World},
};
use clock::WorldClock;
use setting::{configured, ledger_settings, settings};
use shelf::rule_book;

pub use setting::{BUDGET, desk};
pub use waiting::{Desklike, Waiting, at_once};

/// How long cardd may try for one answer, in steps of [`PACE`].
const MOST_STEPS: usize = 800;

/// Time that passes when nobody can do anything.
const PACE: Duration = Duration::from_millis(50);

/// One life of cardd.
pub struct Life {
    /// Its terminal.
    pub terminal: Arc<Terminal>,
    /// Its ledger.
    pub ledger: Ledger,
    readers: Readers,
    steps: Arc<Steps>,
    events: Arc<Mutex<VecDeque<ReaderEvent>>>,
    world: Arc<World>,
    directory: PathBuf,
    placed: shelf::Placed,
}

/// What cardd answers a desk.
pub type Answer<T> = Result<T, TerminalError>;

impl Life {
    /// cardd starts on the ledger and the rule files in `directory`.
    ///
    /// # Errors
    /// They cannot be opened.
    pub fn begin(
        world: &Arc<World>,
        directory: &Path,
        (seed, number): (u64, u64),
        wrapper: Wrapper,
    ) -> Result<Self, StormError> {
        let ledger = Ledger::open(ledger_settings(
            world,
            &directory.join("ledger"),
            seed ^ (number << 32),
            (may_wait(seed), kept(seed)),
        ))?;
        let start = ledger.note(Note::Started(StartEntry {
            version: "storm".to_owned(),
            terminal_id: "storm".to_owned(),
        }))?;
        let events = Arc::new(Mutex::new(VecDeque::new()));
        let inbox = Arc::clone(&events);
        let (readers, steps) = Readers::by_hand(
            ReaderSettings::default(),
            Insertion::new(world.unix_ms()),
            Arc::new(world::Service(Arc::clone(world))),
            move |event| lock(&inbox).push_back(event),
        );
        let (rules, placed) =
            rule_book(world, &directory.join("rules"), configured(wrapper, seed))?;
        let terminal = Terminal::new(
            settings(start << 20),
            rules,
            readers.clone(),
            ledger.clone(),
            Box::new(WorldClock(Arc::clone(world))),
            StdRng::seed_from_u64(seed.rotate_left(17) ^ number),
        )?;
        world.set_ledger(Some(ledger.clone()));
        Ok(Self {
            terminal,
            ledger,
            readers,
            steps: Arc::new(steps),
            events,
            world: Arc::clone(world),
            directory: directory.to_owned(),
            placed,
        })
    }

    /// Its disk: the ledger and the rule files.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The rule file that was put in its place last, if cardd was alive until then.
    #[must_use]
    pub fn placed(&self) -> Option<u64> {
        self.placed.last()
    }

    /// What takes the steps of its readers.
    #[must_use]
    pub fn steps(&self) -> Arc<Steps> {
        Arc::clone(&self.steps)
    }

    /// Lets everything that cardd would do by itself come to rest.
    pub fn settle(&self) {
        for _ in 0..MOST_STEPS {
            self.steps.look();
            let told = self.pump();
            let served = self.serve();
            if !told && !served {
                return;
            }
            if served {
                self.steps.keep();
            }
        }
    }

    fn pump(&self) -> bool {
        let mut told = false;
        loop {
            let event = lock(&self.events).pop_front();
            let Some(event) = event else { return told };
            self.terminal.on_reader_event(event);
            told = true;
        }
    }

    /// One step of each line. A job that another program keeps from its card waits for time to pass.
    fn serve(&self) -> bool {
        let mut served = false;
        for reader in 0..READERS {
            if self.steps.serve(&self.world.reader(reader)) {
                served = true;
                self.world.pass(Duration::from_millis(1));
            }
        }
        served
    }

    /// Lets cardd work until the desk has its answer, has left, or cardd is dead.
    pub fn work_for<T: Send>(&self, desk: &Arc<Waiting<T>>) {
        desk.look();
        for _ in 0..MOST_STEPS {
            if !desk.is_open() || self.world.is_dead() {
                return;
            }
            self.steps.look();
            self.pump();
            if !self.serve() {
                self.world.pass(PACE);
            }
            self.steps.keep();
            desk.look();
        }
    }

    /// Ends it, however it stands: what waits is refused, so that nothing of it is left.
    pub fn end(self) {
        let report = self.readers.shutdown(Duration::ZERO);
        drop(report);
        self.steps.keep();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
