//! One life of cardd: from its start to its end or its death. Everything in it is cardd's own code;
//! what it is handed is made up.

use std::{
    collections::VecDeque,
    fs, io,
    path::{Path, PathBuf},
    pin::{Pin as Pinned, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use cardd::{
    ledger::{Ledger, LedgerError, LedgerSettings, Note},
    pin::{PinLength, Rules},
    policy::{
        Desk, DeskKind, RulesInForce,
        region::{IssuerPolicy, PinPolicy},
    },
    reader::{Insertion, ReaderEvent, ReaderSettings, Readers, Steps},
    sandbox::Protection,
    terminal::{Clock, IssuerSettings, RuleBook, Settings, Sleep, Terminal, TerminalError},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::{
    sabotage::Wrapper,
    step::READERS,
    world::{self, World},
};

/// Wrong tries per hour.
pub const BUDGET: u32 = 12;

/// How long cardd may try for one answer, in steps of [`PACE`].
const MOST_STEPS: usize = 800;

/// Time that passes when nobody can do anything.
const PACE: Duration = Duration::from_millis(50);

/// The clock of a world.
struct WorldClock(Arc<World>);

impl Clock for WorldClock {
    fn unix_ms(&self) -> u64 {
        self.0.unix_ms()
    }

    fn now(&self) -> Instant {
        self.0.instant()
    }

    fn sleep(&self, time: Duration) -> Sleep {
        let (world, end) = (Arc::clone(&self.0), self.0.elapsed() + time);
        Box::pin(std::future::poll_fn(move |_| {
            if world.elapsed() >= end {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }))
    }
}

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
}

/// An answer that a desk waits for. The desk may leave.
pub struct Waiting<T>(Mutex<State<T>>);

enum State<T> {
    Asked(Pinned<Box<dyn Future<Output = T> + Send>>),
    Answered(Option<T>),
    Left,
}

/// What somebody in the middle of a command can do with a desk that waits.
pub trait Desklike: Send + Sync {
    /// Looks whether there is an answer.
    fn look(&self);
    /// Leaves.
    fn leave(&self);
}

impl<T: Send> Waiting<T> {
    /// A desk that has just asked.
    pub fn new(future: impl Future<Output = T> + Send + 'static) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State::Asked(Box::pin(future)))))
    }

    fn is_open(&self) -> bool {
        matches!(*lock(&self.0), State::Asked(_))
    }

    /// The answer; `None` if the desk left, or there is none.
    pub fn answer(&self) -> Option<T> {
        match &mut *lock(&self.0) {
            State::Answered(answer) => answer.take(),
            State::Asked(_) | State::Left => None,
        }
    }
}

impl<T: Send> Desklike for Waiting<T> {
    fn look(&self) {
        let mut state = lock(&self.0);
        if let State::Asked(future) = &mut *state
            && let Poll::Ready(answer) = future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
        {
            *state = State::Answered(Some(answer));
        }
    }

    fn leave(&self) {
        let mut state = lock(&self.0);
        if matches!(*state, State::Asked(_)) {
            *state = State::Left;
        }
    }
}

impl Life {
    /// cardd starts on the ledger in `directory`.
    ///
    /// # Errors
    /// The ledger cannot be opened.
    pub fn begin(
        world: &Arc<World>,
        directory: &Path,
        (seed, number): (u64, u64),
        wrapper: Wrapper,
    ) -> Result<Self, LedgerError> {
        let ledger = Ledger::open(ledger_settings(world, directory, seed ^ (number << 32)))?;
        ledger.note(Note::Started {
            version: "storm".to_owned(),
            terminal_id: "storm".to_owned(),
        })?;
        let events = Arc::new(Mutex::new(VecDeque::new()));
        let inbox = Arc::clone(&events);
        let (readers, steps) = Readers::by_hand(
            ReaderSettings::default(),
            Insertion::new(world.unix_ms()),
            Arc::new(world::Life(Arc::clone(world))),
            move |event| lock(&inbox).push_back(event),
        );
        let terminal = Terminal::new(
            settings(),
            RuleBook::fixed(rules(wrapper)),
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
        })
    }

    /// Where its ledger lies.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
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

    /// What is on its disk now, copied to `to`.
    ///
    /// # Errors
    /// The disk's.
    pub fn copy_disk(&self, to: &Path) -> io::Result<()> {
        copy(&self.directory, to)
    }

    /// Copies its disk to `to` when called. A disk that loses flushes is the one of now.
    pub fn disk_copier(&self, to: PathBuf, wrapper: Wrapper) -> impl Fn() + Send + Sync + use<> {
        let mut from = self.directory.clone();
        if wrapper == Wrapper::LosesFlushes {
            let earlier = to.with_extension("earlier");
            drop(fs::remove_dir_all(&earlier));
            drop(copy(&from, &earlier));
            from = earlier;
        }
        // A disk that cannot be copied shows at the next start.
        move || drop(copy(&from, &to))
    }

    /// Ends it, however it stands: what waits is refused, so that nothing of it is left.
    pub fn end(self) {
        let report = self.readers.shutdown(Duration::ZERO);
        drop(report);
        self.steps.keep();
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Runs what needs nobody else: it is there at once, or never.
pub fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// What cardd answers a desk.
pub type Answer<T> = Result<T, TerminalError>;

/// The desks of the terminal, as they are configured.
#[must_use]
pub fn desk(index: usize, wrapper: Wrapper) -> Desk {
    let (name, kind) = match index {
        0 => ("billing", DeskKind::Billing),
        1 if wrapper == Wrapper::StaffsTheKiosk => ("kiosk", DeskKind::Counter),
        1 => ("kiosk", DeskKind::Kiosk),
        2 => ("counter", DeskKind::Counter),
        _ => ("hall", DeskKind::Hall),
    };
    Desk {
        name: name.to_owned(),
        kind,
    }
}

fn rules(wrapper: Wrapper) -> RulesInForce {
    let mut rules = Rules::default();
    if wrapper == Wrapper::KnowsNoIssuedPin {
        rules.issued.clear();
    }
    let budget = if wrapper == Wrapper::CountsNoBudget {
        u32::MAX
    } else {
        BUDGET
    };
    let pin = PinPolicy {
        length: PinLength::default(),
        rules,
    };
    let issuer = IssuerPolicy {
        agents_allowed: true,
        second_operator: false,
    };
    RulesInForce::configured(pin, issuer, budget)
}

fn settings() -> Settings {
    Settings {
        terminal_id: "storm".to_owned(),
        receipt_lifetime: Duration::from_secs(300),
        card_work: Duration::from_secs(10),
        entry_lifetime: Duration::from_secs(120),
        open_entries: 64,
        event_buffer: 64,
        watchers: 4,
        issuer: IssuerSettings {
            grant_lifetime: Duration::from_secs(600),
            // A hall that hangs up is told at once; nobody waits for these.
            hall_patience: Duration::from_secs(30),
            holder_wait: Duration::from_secs(30),
        },
        protection: Protection::none(),
    }
}

fn ledger_settings(world: &Arc<World>, directory: &Path, seed: u64) -> LedgerSettings {
    let rng = Mutex::new(StdRng::seed_from_u64(seed));
    let world = Arc::clone(world);
    LedgerSettings {
        dir: directory.to_owned(),
        retention_records: 1_000_000,
        unacknowledged_limit: None,
        random: Arc::new(move || {
            let mut key = zeroize::Zeroizing::new([0; 32]);
            lock(&rng).fill_bytes(key.as_mut_slice());
            key
        }),
        now: Arc::new(move || {
            world.before_record();
            world.unix_ms()
        }),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
