//! The terminal: what desks ask for, one file per operation.
//!
//! A request is a straight line. `rpc` takes it apart; `policy` grants it; a job waits in the
//! reader's queue; on the reader's own thread the card is opened, its counter held against the
//! floor, the intent recorded, one command sent, the outcome recorded; the desk is answered.

mod attempt;
mod begin_entry;
mod cards;
mod cases;
mod change_pin;
mod check_new_pin;
mod clock;
mod collection;
pub mod conversation;
mod doors;
mod doubt;
mod entries;
mod error;
pub mod events;
mod guesses;
mod holder_pin;
mod identify;
mod job;
mod ledger_access;
mod open_case;
mod operate;
mod read_card;
mod readers;
mod receipts;
mod rule_book;
mod ticket;
mod verify_pin;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rand::rngs::StdRng;
use tokio::sync::{Semaphore, watch};

use crate::{
    ledger::{Ledger, LedgerError, LedgerState, Note},
    reader::{Insertion, Readers},
    sandbox::Protection,
};

pub use attempt::Success;
pub use begin_entry::Prompt;
pub use cards::{CardFault, KnownCard};
pub use cases::GRANT_BYTES;
pub use clock::{Clock, Sleep};
pub use entries::EntryId;
pub use error::{AttemptSpent, TerminalError};
pub use guesses::BudgetStatus;
pub use ledger_access::TerminalStatus;
pub use open_case::{Application, CaseOpened};
pub use read_card::ReadCard;
pub use readers::{ReaderView, SlotView, Watched, Watcher};
pub use rule_book::{RuleBook, RuleShelf, RulesRefused};

/// What a terminal is told once, at its start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name in the ledger.
    pub terminal_id: String,
    /// Longest wait of a desk for card work.
    pub card_work: Duration,
    /// From the prompt to the sealed digits.
    pub entry_lifetime: Duration,
    /// Entries open at once.
    pub open_entries: usize,
    /// Events of this run are told from above this position; no run before reached it.
    pub events_start: u64,
    /// Events kept for watchers that come back.
    pub event_buffer: usize,
    /// Event streams open at once.
    pub watchers: usize,
    /// How long a verification receipt is good.
    pub receipt_lifetime: Duration,
    /// Unlocking and resetting.
    pub issuer: IssuerSettings,
    /// What the process gave up, for the status.
    pub protection: Protection,
}

/// Bounds of issuer commands.
#[derive(Debug, Clone, Copy)]
pub struct IssuerSettings {
    /// How long a grant is good.
    pub grant_lifetime: Duration,
    /// Longest wait for each answer of the hall.
    pub hall_patience: Duration,
    /// How long a card waits for its holder's choice after a reset.
    pub holder_wait: Duration,
}

impl IssuerSettings {
    /// No transaction takes longer: three answers of the hall, the holder, and the card itself.
    fn longest(&self) -> Duration {
        self.hall_patience * 3 + self.holder_wait + Duration::from_secs(20)
    }
}

/// Everything that one terminal is. Shared by all desks.
pub struct Terminal {
    settings: Settings,
    rulebook: rule_book::Rulebook,
    readers: Readers,
    ledger: Ledger,
    clock: Box<dyn Clock>,
    started_unix_ms: u64,
    cards: cards::Cards,
    entries: Mutex<entries::Entries>,
    guesses: Mutex<guesses::Guesses>,
    cases: Mutex<cases::Cases>,
    doors: doors::Doors,
    receipts: receipts::Receipts,
    events: Mutex<events::EventLog>,
    watchers: Arc<Semaphore>,
    closing: watch::Sender<bool>,
    rng: Mutex<StdRng>,
}

impl Terminal {
    /// Joins the parts. Give [`Terminal::on_reader_event`] every event of `readers`; the newest
    /// record of `ledger` must be the start of this run.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn new(
        settings: Settings,
        rules: RuleBook,
        readers: Readers,
        ledger: Ledger,
        clock: Box<dyn Clock>,
        rng: StdRng,
    ) -> Result<Arc<Self>, LedgerError> {
        let guesses = guesses::Guesses::restore(&ledger, &*clock)?;
        let terminal = Arc::new(Self {
            guesses: Mutex::new(guesses),
            cards: cards::Cards::default(),
            cases: Mutex::new(cases::Cases::new(
                settings.open_entries,
                settings.issuer.grant_lifetime,
            )),
            doors: doors::Doors::default(),
            receipts: receipts::Receipts::default(),
            entries: Mutex::new(entries::Entries::new(
                settings.open_entries,
                settings.entry_lifetime,
            )),
            events: Mutex::new(events::EventLog::new(
                settings.event_buffer,
                settings.events_start,
            )),
            watchers: Arc::new(Semaphore::new(settings.watchers)),
            closing: watch::Sender::new(false),
            started_unix_ms: clock.unix_ms(),
            rng: Mutex::new(rng),
            settings,
            rulebook: rules.into(),
            readers,
            ledger,
            clock,
        });
        terminal.record_rules_at_start();
        // The last run may have ended between the try and its consequence.
        terminal.close_kiosks_if_spent();
        Ok(terminal)
    }

    /// A number for an incident, to find it in the log by.
    #[must_use]
    pub fn incident(&self) -> u64 {
        rand::Rng::next_u64(&mut *self.rng())
    }

    /// Whether PIN work can be done: readers are served and intents can be recorded.
    #[must_use]
    pub fn can_work(&self) -> bool {
        self.readers.service_up() && matches!(self.ledger.state(), LedgerState::Ready)
    }

    /// Begins the end: event streams end, and PIN work is refused from now on.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Wakes with each event, and when the ledger may have become ready or ceased to be.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.events().subscribe()
    }

    /// Writes a record from a handler: the thread waits for the disk, the desks served by it are
    /// moved to another.
    fn note(&self, note: Note) -> Result<u64, TerminalError> {
        Ok(tokio::task::block_in_place(|| self.ledger.note(note))?)
    }

    /// The card that an entry was opened for. Entries end with their insertion, so that a card
    /// that is no longer known has left.
    fn known(&self, reader: &str, insertion: Insertion) -> Result<Arc<KnownCard>, TerminalError> {
        let known = self
            .cards
            .get(reader, insertion)
            .ok_or(TerminalError::AnotherCard)?;
        known.map_err(TerminalError::Faulted)
    }

    // A panic elsewhere leaves these whole: every change to them is one call.
    fn entries(&self) -> MutexGuard<'_, entries::Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cases(&self) -> MutexGuard<'_, cases::Cases> {
        self.cases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn events(&self) -> MutexGuard<'_, events::EventLog> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rng(&self) -> MutexGuard<'_, StdRng> {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
