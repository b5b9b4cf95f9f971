//! What the records add up to: a pure fold, rebuilt at every opening, never stored.

mod leaving;
mod origins;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use self::origins::Origins;
use super::{
    Body, CardRef, ChainOrigin, Counter, Hash, IntentEntry, LedgerError, Operation, Outcome,
    Record, Verdict, recovery,
};

/// Who chose the PIN in force, as far as the records tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinOrigin {
    /// The issuer: the last success was a reset.
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
    /// Tries left right before the next command to that card, where one came: what the counter
    /// told after this one and nothing else.
    counter_after: Option<u8>,
    /// The record that says so: its own, or the later one that carries it on.
    held_by: u64,
}

impl OpenIntent {
    /// What the card's counter of now tells about it; see [`recovery::resolve`].
    #[must_use]
    pub fn verdict(&self, now: Counter) -> Verdict {
        let then = self.counter_after.map_or(now, Counter::Attempts);
        recovery::resolve(self.entry.operation, self.entry.attempts_before, then)
    }
}

/// What the kept records add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Index {
    open: BTreeMap<u64, OpenIntent>,
    /// Doubts that the counter did not settle; the card's next answer does.
    undecided: HashMap<CardRef, Undecided>,
    origins: Origins,
    unblock_key: HashMap<CardRef, KeyLeft>,
    unconfirmed: Option<Hash>,
    /// The record that says that unattended desks are closed, while they are.
    kiosks_closed_by: Option<u64>,
}

/// Tries left of a card's unblock key, known from its failures alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct KeyLeft {
    attempts: u8,
    /// The record that the card is known by: of the intent that failed, or the one that says it again.
    held_by: u64,
}

/// The newest doubt about a card that its counter did not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Undecided {
    operation: Operation,
    /// The record of its intent.
    held_by: u64,
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
            Body::Intent(entry) => self.begin(OpenIntent {
                sequence: record.sequence,
                time_unix_ms: record.time_unix_ms,
                entry: entry.clone(),
                in_doubt: None,
                counter_after: None,
                held_by: record.sequence,
            }),
            Body::Carried {
                intent,
                begun_unix_ms,
                in_doubt,
                counter_after,
                entry,
            } => self.begin(OpenIntent {
                sequence: *intent,
                time_unix_ms: *begun_unix_ms,
                entry: entry.clone(),
                in_doubt: in_doubt.clone(),
                counter_after: *counter_after,
                held_by: record.sequence,
            }),
            Body::Outcome { intent, outcome } => self.outcome(*intent, outcome),
            Body::Resolved {
                intent, verdict, ..
            } => self.resolved(*intent, *verdict),
            Body::GuessBudgetSpent { .. } => self.kiosks_closed_by = Some(record.sequence),
            Body::KiosksReopened { .. } => self.kiosks_closed_by = None,
            Body::PinOriginKnown {
                card,
                origin,
                intent,
            } => self.origins.tell(card, *origin, (*intent, record.sequence)),
            Body::UnblockKeyLeft {
                card,
                attempts_remaining,
            } => self.key_left(card.clone(), *attempts_remaining, record.sequence),
            Body::ChainOpened {
                origin: ChainOrigin::First,
            }
            | Body::ClockStepped { .. }
            | Body::RulesTaken { .. }
            | Body::RulesInForce { .. }
            | Body::Started { .. }
            | Body::Stopped
            | Body::Denied { .. }
            | Body::CaseOpened(_)
            | Body::CaseApproved { .. }
            | Body::Receipt(_)
            | Body::MacsBegin
            | Body::Enrolled { .. }
            | Body::Unknown => {}
        }
    }

    /// What is about to be sent to a card was preceded by a look at its counter, which is the
    /// last word on what came before.
    fn begin(&mut self, intent: OpenIntent) {
        let earlier = self.open.range_mut(..intent.sequence);
        for (_, open) in earlier.filter(|(_, open)| open.entry.card == intent.entry.card) {
            open.counter_after = open.counter_after.or(intent.entry.attempts_before);
        }
        self.open.insert(intent.sequence, intent);
    }

    fn outcome(&mut self, intent: u64, outcome: &Outcome) {
        match outcome {
            Outcome::InDoubt { why } => {
                if let Some(open) = self.open.get_mut(&intent) {
                    open.in_doubt = Some(why.clone());
                }
            }
            Outcome::Succeeded => self.close(intent, true),
            Outcome::KeyRejected { attempts_remaining } => {
                self.key_tried(intent, *attempts_remaining);
            }
            Outcome::KeyBlocked => self.key_tried(intent, 0),
            Outcome::Rejected { .. }
            | Outcome::NowBlocked
            | Outcome::WasBlocked
            | Outcome::Refused { .. }
            | Outcome::NotSent { .. } => self.close(intent, false),
        }
    }

    /// A doubt was held against the counter. One that stays undecided is remembered until the card
    /// answers. An undecided reset counts as done: a PIN that the issuer knows may be in force, and
    /// it does no business.
    fn resolved(&mut self, intent: u64, verdict: Verdict) {
        if verdict != Verdict::Undecided {
            return self.close(intent, verdict == Verdict::Succeeded);
        }
        let Some(OpenIntent { held_by, entry, .. }) = self.open.remove(&intent) else {
            return;
        };
        if let Operation::Reload { .. } = entry.operation {
            self.origins
                .tell(&entry.card, PinOrigin::Issued, (intent, held_by));
        }
        let told = Undecided {
            operation: entry.operation,
            held_by,
        };
        let known = self.undecided.entry(entry.card).or_insert(told);
        if held_by >= known.held_by {
            *known = told;
        }
    }

    /// The issuer's key failed: its tries left are known from now on, since no card tells them.
    fn key_tried(&mut self, intent: u64, remaining: u8) {
        if let Some(open) = self.open.get(&intent) {
            let (card, held_by) = (open.entry.card.clone(), open.held_by);
            self.key_left(card, remaining, held_by);
        }
        self.close(intent, false);
    }

    fn key_left(&mut self, card: CardRef, attempts: u8, held_by: u64) {
        self.unblock_key.insert(card, KeyLeft { attempts, held_by });
    }

    /// VERIFY and CHANGE PIN succeed only with a PIN of the holder's own in force: the issued one
    /// is never sent for verification and never accepted as a new one. After a reset the issuer's
    /// is; an unblock keeps whatever there was. Both prove the unblock key, which restores its
    /// counter.
    fn close(&mut self, intent: u64, succeeded: bool) {
        let Some(OpenIntent { held_by, entry, .. }) = self.open.remove(&intent) else {
            return;
        };
        if !succeeded {
            return;
        }
        // What began before the doubt says nothing about it.
        let settled = |undecided: &Undecided| undecided.held_by < held_by;
        if self.undecided.get(&entry.card).is_some_and(settled) {
            self.undecided.remove(&entry.card);
        }
        let origin = match entry.operation {
            Operation::Verify | Operation::Change { .. } => PinOrigin::Own,
            Operation::Reload { .. } => PinOrigin::Issued,
            Operation::Unblock { .. } => {
                self.unblock_key.remove(&entry.card);
                return;
            }
        };
        if origin == PinOrigin::Issued {
            self.unblock_key.remove(&entry.card);
        }
        self.origins.tell(&entry.card, origin, (intent, held_by));
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
            | Body::CaseOpened(_)
            | Body::CaseApproved { .. }
            | Body::GuessBudgetSpent { .. }
            | Body::KiosksReopened { .. }
            | Body::ClockStepped { .. }
            | Body::RulesTaken { .. }
            | Body::RulesInForce { .. }
            | Body::Carried { .. }
            | Body::PinOriginKnown { .. }
            | Body::UnblockKeyLeft { .. }
            | Body::Receipt(_)
            | Body::MacsBegin
            | Body::Enrolled { .. }
            | Body::Unknown => Ok(()),
        }
    }

    /// Intents in doubt, oldest first.
    pub(super) fn open(&self) -> impl Iterator<Item = &OpenIntent> {
        self.open.values()
    }

    /// The newest operation on that card whose result nobody knows.
    pub(super) fn doubt(&self, card: &CardRef) -> Option<Operation> {
        let open = self.open.values().rev();
        let open = open.map(|open| &open.entry);
        open.filter(|entry| entry.card == *card)
            .map(|entry| entry.operation)
            .next()
            .or_else(|| {
                self.undecided
                    .get(card)
                    .map(|undecided| undecided.operation)
            })
    }

    /// Who chose the PIN of that card.
    pub(super) fn origin(&self, card: &CardRef) -> Option<PinOrigin> {
        self.origins.of(card)
    }

    /// Tries left of the card's unblock key, where a failure told them.
    pub(super) fn unblock_key(&self, card: &CardRef) -> Option<u8> {
        self.unblock_key.get(card).map(|left| left.attempts)
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

#[cfg(test)]
mod tests;
