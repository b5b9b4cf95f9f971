//! A person at a desk: waits for the card, types, reads the answer.

use std::time::Duration;

use cardd_proto::secret::Secret;
use hall_client::{
    CardFailure, Change, ClientError, Event, Happening, Insertion, LedgerRecord, OpenEntry,
    PinStatus, Terminal, Verdict, Verified, Verify,
};
use rand::{SeedableRng as _, rngs::StdRng};

use crate::stand::Stand;

/// Longest wait for an event that must come: far above what it takes on a machine under load.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Records that are asked for at once: a long ledger is no reason for a long call.
const PAGE: u32 = 500;

/// A desk that is connected to a stand.
#[derive(Debug)]
pub struct Desk {
    /// Its connection.
    pub terminal: Terminal,
    rng: StdRng,
}

impl Desk {
    /// Connects to the socket of `name`.
    ///
    /// # Errors
    /// cardd does not answer.
    pub async fn at(stand: &Stand, name: &str) -> Result<Self, ClientError> {
        let terminal = Terminal::connect(stand.socket(name)).await?;
        Ok(Self {
            terminal,
            rng: StdRng::seed_from_u64(1),
        })
    }

    /// Waits until the card in `reader` is identified, and answers its insertion. A card that is
    /// there already counts.
    ///
    /// # Errors
    /// The stream of events breaks.
    pub async fn card(&self, reader: &str) -> Result<Insertion, Box<dyn std::error::Error>> {
        let identified = |event: &Event| match &event.happening {
            Happening::CardIdentified {
                reader: at,
                insertion,
                ..
            } if at == reader => Some(*insertion),
            _other => None,
        };
        self.event(identified).await
    }

    /// As [`Desk::card`], for a card that came after the insertion `before`.
    ///
    /// # Errors
    /// The stream of events breaks.
    pub async fn next_card(
        &self,
        reader: &str,
        before: Insertion,
    ) -> Result<Insertion, Box<dyn std::error::Error>> {
        let identified = |event: &Event| match &event.happening {
            Happening::CardIdentified {
                reader: at,
                insertion,
                ..
            } if at == reader && *insertion > before => Some(*insertion),
            _other => None,
        };
        self.event(identified).await
    }

    /// What was found about doubts when the card of `insertion` was identified.
    ///
    /// # Errors
    /// The stream of events breaks.
    pub async fn verdicts(
        &self,
        insertion: Insertion,
    ) -> Result<Vec<Verdict>, Box<dyn std::error::Error>> {
        let mut watch = self.terminal.watch(Some(0)).await?;
        let mut verdicts = Vec::new();
        loop {
            match watch.next().await?.happening {
                Happening::DoubtResolved {
                    insertion: at,
                    verdict,
                    ..
                } if at == insertion => verdicts.push(verdict),
                Happening::CardIdentified { insertion: at, .. } if at == insertion => {
                    return Ok(verdicts);
                }
                _other => {}
            }
        }
    }

    /// The bodies of all ledger records; only a counter desk may look.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn records(&self) -> Result<Vec<serde_json::Value>, ClientError> {
        let mut records = Vec::new();
        loop {
            let after = records
                .last()
                .map_or(0, |last: &LedgerRecord| last.sequence);
            let page = self.terminal.ledger_records(after, PAGE).await?;
            if page.is_empty() {
                break;
            }
            records.extend(page);
        }
        let body = |record: &LedgerRecord| serde_json::from_str(&record.body_json);
        Ok(records
            .iter()
            .filter_map(|record| body(record).ok())
            .collect())
    }

    /// Waits for the first event, from the oldest that is known, that `wanted` finds something in.
    ///
    /// # Errors
    /// The stream of events breaks.
    pub async fn event<T>(
        &self,
        wanted: impl Fn(&Event) -> Option<T>,
    ) -> Result<T, Box<dyn std::error::Error>> {
        self.event_after(0, wanted).await
    }

    /// As [`Desk::event`], after a position.
    ///
    /// # Errors
    /// The stream of events breaks, or nothing is found within [`PATIENCE`].
    pub async fn event_after<T>(
        &self,
        position: u64,
        wanted: impl Fn(&Event) -> Option<T>,
    ) -> Result<T, Box<dyn std::error::Error>> {
        let mut watch = self.terminal.watch(Some(position)).await?;
        let found = async {
            loop {
                if let Some(found) = wanted(&watch.next().await?) {
                    return Ok(found);
                }
            }
        };
        tokio::time::timeout(PATIENCE, found).await?
    }

    /// Tries left and state.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn status(&self, at: (&str, Insertion)) -> Result<PinStatus, ClientError> {
        self.terminal.pin_status(at.0, at.1).await
    }

    /// Opens an entry and types a PIN. A last attempt is accepted where `accept` says so.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn verify(
        &mut self,
        (reader, insertion): (&str, Insertion),
        pin: &str,
        accept: bool,
    ) -> Result<Verified, ClientError> {
        let entry = self.terminal.begin_entry(reader, insertion, Verify).await?;
        let entry = if accept {
            entry.accept_last_attempt()
        } else {
            entry
        };
        entry.verify(typed(pin), &mut self.rng).await
    }

    /// Opens an entry and types old, new, and new again.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn change(
        &mut self,
        (reader, insertion): (&str, Insertion),
        pins: [&str; 3],
    ) -> Result<Verified, ClientError> {
        let entry = self.terminal.begin_entry(reader, insertion, Change).await?;
        self.finish_change(entry, pins).await
    }

    /// Types old, new, and new again into an entry that is open.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn finish_change(
        &mut self,
        entry: OpenEntry<Change>,
        [old, new, again]: [&str; 3],
    ) -> Result<Verified, ClientError> {
        entry
            .change(typed(old), typed(new), typed(again), &mut self.rng)
            .await
    }
}

/// What somebody typed.
///
/// # Panics
/// More than a secret holds.
#[must_use]
pub fn typed(text: &str) -> Secret {
    let mut bytes = text.as_bytes().to_vec();
    match Secret::take_from(&mut bytes) {
        Ok(secret) => secret,
        Err(error) => panic!("{error}"),
    }
}

/// What cardd said, where it refused.
///
/// # Panics
/// It did not refuse, or did not answer.
#[must_use]
pub fn refusal<T: std::fmt::Debug>(result: Result<T, ClientError>) -> CardFailure {
    match result {
        Err(ClientError::Card(failure)) => failure,
        other => panic!("expected a refusal of cardd, got {other:?}"),
    }
}
