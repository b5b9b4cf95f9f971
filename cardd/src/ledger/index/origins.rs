//! Who chose the PIN of each card: what the records tell, and what must be said again.

use std::collections::{BTreeMap, HashMap};

use super::PinOrigin;
use crate::ledger::{Body, CardRef};

/// What the kept records tell about the PINs of all cards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Origins {
    known: HashMap<CardRef, Evidence>,
    /// Every kept record that tells one, in force or not.
    told_by: BTreeMap<u64, CardRef>,
}

/// What the records tell about the PIN of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Evidence {
    origin: PinOrigin,
    /// The intent whose success tells it.
    intent: u64,
    /// The record that it is known by: of that intent, or the one that says it again.
    held_by: u64,
    /// The youngest record that tells anything about this PIN, in force or not.
    youngest: u64,
}

impl Origins {
    /// The record `held_by` tells what came of `intent`. An older intent does not overrule a
    /// younger one.
    pub(super) fn tell(
        &mut self,
        card: &CardRef,
        origin: PinOrigin,
        (intent, held_by): (u64, u64),
    ) {
        self.told_by.insert(held_by, card.clone());
        let told = Evidence {
            origin,
            intent,
            held_by,
            youngest: held_by,
        };
        let known = self.known.entry(card.clone()).or_insert(told);
        let youngest = known.youngest.max(held_by);
        if intent >= known.intent {
            *known = told;
        }
        known.youngest = youngest;
    }

    pub(super) fn of(&self, card: &CardRef) -> Option<PinOrigin> {
        self.known.get(card).map(|evidence| evidence.origin)
    }

    /// Lets go of what that record told.
    pub(super) fn forget(&mut self, record: u64) {
        let Some(card) = self.told_by.remove(&record) else {
            return;
        };
        if self.holds(&card, record).is_some() {
            self.known.remove(&card);
        }
    }

    /// What must be said again when `leaves` goes, which alone tells it: that a PIN is the issuer's,
    /// for as long as it is, since such a PIN does no business; and that it is the holder's, where
    /// else a record that stays would tell again that it is the issuer's.
    pub(super) fn again(&self, leaves: u64) -> Option<Body> {
        let card = self.told_by.get(&leaves)?;
        let evidence = self.holds(card, leaves)?;
        let needed = evidence.origin == PinOrigin::Issued || evidence.youngest > leaves;
        needed.then(|| Body::PinOriginKnown {
            card: card.clone(),
            origin: evidence.origin,
            intent: evidence.intent,
        })
    }

    fn holds(&self, card: &CardRef, record: u64) -> Option<&Evidence> {
        self.known
            .get(card)
            .filter(|evidence| evidence.held_by == record)
    }
}
