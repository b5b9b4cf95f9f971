//! What the hall has of the ledger: each record once, in whatever portions and however often the line
//! breaks or cardd dies in between.

use cardd::{
    ledger::{Body, Head, Ledger, Record, Standing},
    terminal::TerminalError,
};
use hall_client::evidence::{
    checkpoint::Checkpoint,
    verify::{Start, verify},
};

use super::{Books, evidence::evidence};

const PROMISE: &str = "the hall has each record once";

/// What ends work that was begun goes on record although the ledger is full.
const BEGUN: u64 = 24;

/// The hall's store.
#[derive(Default)]
pub struct Delivery {
    checkpoint: Option<Checkpoint>,
    place: u64,
    acknowledged: u64,
    /// The last record when it said so.
    said_at: u64,
    /// Records of starts, rules and the like, which no work wrote: they come whatever waits.
    aside: Vec<u64>,
}

impl Delivery {
    /// The last record that the hall has.
    pub fn place(&self) -> u64 {
        self.place
    }

    /// The last record that the terminal knows the hall to have.
    pub(super) fn has(&self) -> u64 {
        self.acknowledged
    }

    /// The last record when it came to know.
    pub(super) fn has_since(&self) -> u64 {
        self.said_at
    }

    /// The hall says that it has everything up to `place`, of a chain that ends at `head`.
    pub fn acknowledged(&mut self, place: Head, head: Head) {
        (self.acknowledged, self.said_at) = (place.sequence, head.sequence);
    }
}

impl Books {
    /// Records came, at most `most`, of a chain that stood so.
    pub fn delivered(&mut self, standing: &Standing, records: &[Record], most: usize) {
        let Delivery {
            place,
            acknowledged,
            ..
        } = self.delivery;
        let (base, known) = (standing.base.sequence, standing.acknowledged.sequence);
        self.holds(PROMISE, base <= acknowledged, || {
            format!("kept from {base} on, acknowledged is {acknowledged}")
        });
        self.holds(PROMISE, known == acknowledged, || {
            format!("cardd knows of {known}, acknowledged is {acknowledged}")
        });
        let there = standing.head.sequence.saturating_sub(place);
        let all = records.len() as u64 == there.min(most as u64);
        self.holds(PROMISE, all, || {
            format!("{} of {there} records after {place}", records.len())
        });
        let start = match (&self.delivery.checkpoint, &self.genesis) {
            (Some(checkpoint), _) => Start::after(checkpoint),
            (None, Some(genesis)) => Start::genesis(genesis.clone()),
            (None, None) => return,
        };
        let Some(last) = records.last() else { return };
        let pulled: Vec<_> = records.iter().map(evidence).collect();
        match verify(&start, &pulled, None) {
            Ok(whole) => {
                self.delivery.checkpoint = Some(whole.checkpoint);
                self.delivery.place = last.sequence;
            }
            Err(bad) => self.breaks(PROMISE, bad.to_string()),
        }
    }

    /// The hall was refused.
    pub fn not_delivered(&mut self, why: &str) {
        self.breaks(PROMISE, why.to_owned());
    }

    /// No more waits for the hall than may.
    pub(super) fn bounded(&mut self, head: u64, new: &[Record]) {
        let aside = new.iter().filter(|record| is_aside(&record.body));
        let Delivery {
            acknowledged,
            aside: written,
            ..
        } = &mut self.delivery;
        written.extend(aside.map(|record| record.sequence));
        written.retain(|record| record > acknowledged);
        let waiting = head.saturating_sub(*acknowledged);
        let bound = self.limit + BEGUN + written.len() as u64;
        self.holds("no more is kept than may wait", waiting <= bound, || {
            format!("{waiting} records wait for the hall")
        });
    }

    /// A record that begins work: none is written while as many wait for the hall as may.
    /// A step of the clock goes on record with it, in the same write.
    pub(super) fn begins(&mut self, sequence: u64) {
        let with_it = u64::from(self.stepped == Some(sequence - 1));
        let before = sequence - 1 - with_it;
        let waiting = before.saturating_sub(self.delivery.acknowledged);
        self.holds(
            "no more is kept than may wait",
            waiting < self.limit,
            || format!("record {sequence} begins work, {waiting} wait for the hall"),
        );
    }

    /// A desk was refused: for a full ledger only if it is full.
    pub fn refused(&mut self, refused: &TerminalError, ledger: &Ledger) {
        let TerminalError::Ledger(cardd::ledger::LedgerError::Full { .. }) = refused else {
            return;
        };
        let head = ledger.head().map_or(0, |head| head.sequence);
        let waiting = head.saturating_sub(self.delivery.acknowledged);
        let full = waiting >= self.limit;
        self.holds("no more is kept than may wait", full, || {
            format!("full, with {waiting} records that wait for the hall")
        });
    }
}

/// Whether no work wrote it.
fn is_aside(body: &Body) -> bool {
    matches!(
        body,
        Body::Started(_)
            | Body::Stopped
            | Body::RulesTaken(_)
            | Body::RulesInForce(_)
            | Body::KiosksReopened { .. }
            | Body::ClockStepped { .. }
    )
}
