//! The daemon of the replay: how it starts on its ledger, and what it is told.

use std::{
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use rand::{SeedableRng as _, rngs::StdRng};

use super::{Replay, named};
use crate::{
    ledger::{Ledger, LedgerSettings, Moment, Note, StartEntry},
    policy::RulesInForce,
    reader::{Insertion, ReaderEvent, ReaderSettings, Readers, Steps},
    sandbox::Protection,
    terminal::{Clock, IssuerSettings, RuleBook, Settings, SlotView, Terminal, clock::Sleep},
};

/// A running daemon, as far as the model has one.
pub(super) struct Daemon {
    pub(super) terminal: Arc<Terminal>,
    pub(super) steps: Steps,
    inbox: mpsc::Receiver<ReaderEvent>,
}

struct StoppedClock;

impl Clock for StoppedClock {
    fn unix_ms(&self) -> u64 {
        1_700_000_000_000
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, _time: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }
}

impl Replay {
    fn ledger(&self) -> Ledger {
        let settings = LedgerSettings {
            dir: self.dir.path().to_owned(),
            retention_records: 1000,
            unacknowledged_limit: None,
            random: Arc::new(|| [7; 32].into()),
            now: Arc::new(|| Moment::steady(1_700_000_000_000)),
        };
        Ledger::open(settings).unwrap()
    }

    pub(super) fn restart(&mut self) {
        let ledger = self.ledger();
        let started = Note::Started(StartEntry {
            version: "model".to_owned(),
            terminal_id: "model".to_owned(),
        });
        ledger.note(started).unwrap();
        self.runs += 1;
        let (events, inbox) = mpsc::channel();
        let (readers, steps) = Readers::by_hand(
            ReaderSettings::default(),
            Insertion::new(self.runs * 1000),
            Arc::new(self.world.clone()),
            move |event| drop(events.send(event)),
        );
        let clock = Box::new(StoppedClock);
        let rng = StdRng::seed_from_u64(self.runs);
        let terminal = Terminal::new(settings(), rules(), readers, ledger, clock, rng).unwrap();
        self.daemon = Some(Daemon {
            terminal,
            steps,
            inbox,
        });
        self.daemon().look();
    }
}

impl Daemon {
    /// The monitor looks, and the terminal takes in what it saw.
    pub(super) fn look(&self) {
        self.steps.look();
        for event in self.inbox.try_iter() {
            self.terminal.on_reader_event(event);
        }
    }

    pub(super) fn insertion(&self) -> Insertion {
        let (readers, _) = self.terminal.list_readers(&named(0)).unwrap();
        match &readers[0].slot {
            SlotView::Identified { insertion, .. } => *insertion,
            other => panic!("{other:?}"),
        }
    }
}

/// Those of the default configuration, with a budget that no run spends.
fn rules() -> RuleBook {
    RuleBook::fixed(RulesInForce::for_test(1000))
}

fn settings() -> Settings {
    let minute = Duration::from_secs(60);
    Settings {
        terminal_id: "model".to_owned(),
        receipt_lifetime: Duration::from_secs(300),
        card_work: minute,
        entry_lifetime: minute,
        open_entries: 8,
        events_start: 0,
        event_buffer: 64,
        watchers: 4,
        issuer: IssuerSettings {
            grant_lifetime: minute,
            hall_patience: minute,
            holder_wait: minute,
        },
        protection: Protection::none(),
    }
}
