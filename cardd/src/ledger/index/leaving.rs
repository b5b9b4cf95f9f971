//! The oldest records leave the kept part of the chain: what goes with them, and what is said again.

use super::Index;
use crate::ledger::{Body, CardRef, IntentEntry, Record};

impl Index {
    /// Lets go of what only `record` told, as it leaves the kept part of the chain.
    pub(in crate::ledger) fn forget(&mut self, record: &Record) {
        self.open.retain(|_, open| open.held_by != record.sequence);
        self.undecided
            .retain(|_, undecided| undecided.held_by != record.sequence);
        self.unblock_key
            .retain(|_, left| left.held_by != record.sequence);
        self.origins.forget(record.sequence);
    }

    /// What must be said again because `record`, which alone says it, leaves the chain. An intent
    /// still in doubt is carried on once; an unblock key's tries stay known, and that a PIN is the
    /// issuer's; a replaced chain stays unconfirmed, and unattended desks stay closed, until staff say
    /// otherwise.
    pub(in crate::ledger) fn restated(&self, record: &Record) -> Option<Body> {
        match &record.body {
            // One intent tells one of the three: it is in doubt, its key failed, or it set a PIN.
            Body::Intent(entry) => self
                .carried(record.sequence, entry)
                .or_else(|| self.key_again(record.sequence, &entry.card))
                .or_else(|| self.origins.again(record.sequence)),
            Body::Carried { entry, .. } => self
                .key_again(record.sequence, &entry.card)
                .or_else(|| self.origins.again(record.sequence)),
            Body::PinOriginKnown { .. } => self.origins.again(record.sequence),
            Body::UnblockKeyLeft { card, .. } => self.key_again(record.sequence, card),
            Body::ChainOpened { .. } => self.unconfirmed.map(|_| record.body.clone()),
            Body::GuessBudgetSpent { .. } => self
                .kiosks_closed_by
                .filter(|closed_by| *closed_by == record.sequence)
                .map(|_| record.body.clone()),
            Body::ChainConfirmed { .. }
            | Body::KiosksReopened { .. }
            | Body::ClockStepped { .. }
            | Body::RulesTaken { .. }
            | Body::RulesInForce { .. }
            | Body::Started { .. }
            | Body::Stopped
            | Body::Denied { .. }
            | Body::CaseOpened(_)
            | Body::CaseApproved { .. }
            | Body::Outcome { .. }
            | Body::Resolved { .. }
            | Body::Receipt(_)
            | Body::MacsBegin
            | Body::Enrolled { .. }
            | Body::Unknown => None,
        }
    }

    /// An intent in doubt, under its own number.
    fn carried(&self, leaves: u64, entry: &IntentEntry) -> Option<Body> {
        let open = self.open.get(&leaves)?;
        (open.held_by == leaves).then(|| Body::Carried {
            intent: open.sequence,
            begun_unix_ms: open.time_unix_ms,
            in_doubt: open.in_doubt.clone(),
            counter_after: open.counter_after,
            entry: entry.clone(),
        })
    }

    /// The tries of an unblock key, where only the leaving record tells whose they are.
    fn key_again(&self, leaves: u64, card: &CardRef) -> Option<Body> {
        let left = self.unblock_key.get(card)?;
        (left.held_by == leaves).then(|| Body::UnblockKeyLeft {
            card: card.clone(),
            attempts_remaining: left.attempts,
        })
    }
}
