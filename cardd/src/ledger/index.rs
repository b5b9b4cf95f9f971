//! What the records add up to: a pure fold, rebuilt at every opening, never stored.

use std::collections::{BTreeMap, HashMap};

use super::{
    Body, CardRef, ChainOrigin, Counter, Hash, IntentEntry, LedgerError, Outcome, Record, Verdict,
    recovery,
};

/// Who chose the PIN in force, as far as the records tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PinOrigin {
    /// The issuer. Nothing that this version records proves it.
    Issued,
    /// The holder: a PIN that is no issued one was verified, or a change succeeded.
    Own,
}

/// An intent whose outcome is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIntent {
    /// Sequence number of its record.
    pub sequence: u64,
    /// When it began, milliseconds since 1970.
    pub time_unix_ms: u64,
    /// What it said.
    pub entry: IntentEntry,
    /// Why it is in doubt; `None` if nothing was recorded after it.
    pub in_doubt: Option<String>,
    /// Whether its own record has left the chain and a later one stands for it.
    pub(super) carried: bool,
}

impl OpenIntent {
    /// What the card's counter of now tells about it; see [`recovery::resolve`].
    #[must_use]
    pub fn verdict(&self, now: Counter) -> Verdict {
        recovery::resolve(self.entry.attempts_before, now)
    }
}

/// What the kept records add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Index {
    open: BTreeMap<u64, OpenIntent>,
    origins: HashMap<CardRef, Evidence>,
    evidence: BTreeMap<u64, CardRef>,
    unconfirmed: Option<Hash>,
}

/// What the records tell about the PIN of a card, and the youngest record that tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Evidence {
    origin: PinOrigin,
    sequence: u64,
}

impl Index {
    /// Takes the next record in.
    pub(super) fn apply(&mut self, record: &Record) {
        match &record.body {
            Body::ChainOpened {
                origin: ChainOrigin::Replaces { old_head, .. },
            } => {
                self.unconfirmed = Some(hash_or_zero(old_head));
            }
            Body::ChainConfirmed { .. } => self.unconfirmed = None,
            Body::Intent(entry) => self.begin(record.sequence, record.time_unix_ms, entry, false),
            Body::Carried {
                intent,
                begun_unix_ms,
                entry,
            } => {
                self.begin(*intent, *begun_unix_ms, entry, true);
            }
            Body::Outcome { intent, outcome } => self.outcome(*intent, outcome, record.sequence),
            Body::Resolved {
                intent, verdict, ..
            } => {
                let succeeded = matches!(verdict, Verdict::Succeeded);
                self.close(*intent, succeeded, record.sequence);
            }
            Body::ChainOpened {
                origin: ChainOrigin::First,
            }
            | Body::Started { .. }
            | Body::Stopped
            | Body::Denied { .. }
            | Body::Unknown => {}
        }
    }

    fn begin(&mut self, sequence: u64, time_unix_ms: u64, entry: &IntentEntry, carried: bool) {
        let in_doubt = self
            .open
            .remove(&sequence)
            .and_then(|before| before.in_doubt);
        let entry = entry.clone();
        self.open.insert(
            sequence,
            OpenIntent {
                sequence,
                time_unix_ms,
                entry,
                in_doubt,
                carried,
            },
        );
    }

    fn outcome(&mut self, intent: u64, outcome: &Outcome, sequence: u64) {
        match outcome {
            Outcome::InDoubt { why } => {
                if let Some(open) = self.open.get_mut(&intent) {
                    open.in_doubt = Some(why.clone());
                }
            }
            Outcome::Succeeded => self.close(intent, true, sequence),
            Outcome::Rejected { .. }
            | Outcome::NowBlocked
            | Outcome::WasBlocked
            | Outcome::Refused { .. }
            | Outcome::NotSent { .. } => self.close(intent, false, sequence),
        }
    }

    /// Either command succeeds only with a PIN of the holder's own in force: the issued one is
    /// never sent for verification and never accepted as a new one.
    fn close(&mut self, intent: u64, succeeded: bool, sequence: u64) {
        let closed = self.open.remove(&intent);
        if let Some(closed) = closed.filter(|_| succeeded) {
            let evidence = Evidence {
                origin: PinOrigin::Own,
                sequence,
            };
            self.evidence.insert(sequence, closed.entry.card.clone());
            self.origins.insert(closed.entry.card, evidence);
        }
    }

    /// Lets go of what only `record` told, as it leaves the kept part of the chain.
    pub(super) fn forget(&mut self, record: &Record) {
        self.forget_evidence(record.sequence);
        match &record.body {
            Body::Intent(_) => {
                if self
                    .open
                    .get(&record.sequence)
                    .is_some_and(|open| !open.carried)
                {
                    self.open.remove(&record.sequence);
                }
            }
            Body::Carried { intent, .. } => {
                self.open.remove(intent);
            }
            Body::ChainOpened { .. }
            | Body::ChainConfirmed { .. }
            | Body::Started { .. }
            | Body::Stopped
            | Body::Denied { .. }
            | Body::Outcome { .. }
            | Body::Resolved { .. }
            | Body::Unknown => {}
        }
    }

    fn forget_evidence(&mut self, sequence: u64) {
        let Some(card) = self.evidence.remove(&sequence) else {
            return;
        };
        if self
            .origins
            .get(&card)
            .is_some_and(|evidence| evidence.sequence == sequence)
        {
            self.origins.remove(&card);
        }
    }

    /// What must be said again because `record`, which alone says it, leaves the chain. An intent
    /// still in doubt is carried on once; a replaced chain stays unconfirmed until staff confirm.
    pub(super) fn restated(&self, record: &Record) -> Option<Body> {
        match &record.body {
            Body::Intent(entry) => {
                let open = self
                    .open
                    .get(&record.sequence)
                    .filter(|open| !open.carried)?;
                Some(Body::Carried {
                    intent: open.sequence,
                    begun_unix_ms: open.time_unix_ms,
                    entry: entry.clone(),
                })
            }
            Body::ChainOpened { .. } => self.unconfirmed.map(|_| record.body.clone()),
            Body::ChainConfirmed { .. }
            | Body::Started { .. }
            | Body::Stopped
            | Body::Denied { .. }
            | Body::Outcome { .. }
            | Body::Resolved { .. }
            | Body::Carried { .. }
            | Body::Unknown => None,
        }
    }

    /// Whether `body` may follow.
    pub(super) fn admit(&self, body: &Body) -> Result<(), LedgerError> {
        match body {
            Body::Intent(_) => match self.unconfirmed {
                Some(old_head) => Err(LedgerError::AwaitingConfirmation { old_head }),
                None => Ok(()),
            },
            Body::Outcome { intent, .. } | Body::Resolved { intent, .. } => {
                if self.open.contains_key(intent) {
                    Ok(())
                } else {
                    Err(LedgerError::NotOpen(*intent))
                }
            }
            Body::ChainConfirmed { .. } => self
                .unconfirmed
                .map(|_| ())
                .ok_or(LedgerError::NothingToConfirm),
            Body::ChainOpened { .. }
            | Body::Started { .. }
            | Body::Stopped
            | Body::Denied { .. }
            | Body::Carried { .. }
            | Body::Unknown => Ok(()),
        }
    }

    /// Intents in doubt, oldest first.
    pub(super) fn open(&self) -> impl Iterator<Item = &OpenIntent> {
        self.open.values()
    }

    /// Who chose the PIN of that card.
    pub(super) fn origin(&self, card: &CardRef) -> Option<PinOrigin> {
        self.origins.get(card).map(|evidence| evidence.origin)
    }

    /// Head of the set-aside chain, while nobody confirmed the new one.
    pub(super) fn unconfirmed(&self) -> Option<Hash> {
        self.unconfirmed
    }
}

/// A head that cannot be read is none; it was written by this code.
fn hash_or_zero(text: &str) -> Hash {
    let mut bytes = [0; 32];
    match hex::decode_to_slice(text, &mut bytes) {
        Ok(()) => Hash(bytes),
        Err(_) => Hash::ZERO,
    }
}
