//! Cards that lost tries and had no success since: the trace of a thief who is slow.

use std::{collections::HashMap, hash::Hash};

/// A card that lost tries since its last success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect<K> {
    /// The card.
    pub card: K,
    /// Tries lost.
    pub tries_lost: u32,
    /// Wall clock of the first of them, milliseconds since 1970.
    pub first_unix_ms: u64,
    /// Wall clock of the last of them.
    pub last_unix_ms: u64,
}

/// Folds what happened to cards, in its order, into the list of those that stay suspect.
#[derive(Debug, Clone)]
pub struct Suspects<K>(HashMap<K, Suspect<K>>);

impl<K> Default for Suspects<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Clone + Eq + Hash + Ord> Suspects<K> {
    /// A try of this card was lost.
    pub fn lost(&mut self, card: K, time_unix_ms: u64) {
        let suspect = self.0.entry(card.clone()).or_insert(Suspect {
            card,
            tries_lost: 0,
            first_unix_ms: time_unix_ms,
            last_unix_ms: time_unix_ms,
        });
        suspect.tries_lost = suspect.tries_lost.saturating_add(1);
        suspect.last_unix_ms = time_unix_ms;
    }

    /// The right PIN was presented to this card: whoever holds it knows it.
    pub fn succeeded(&mut self, card: &K) {
        self.0.remove(card);
    }

    /// The suspects: those that lost most tries first, then the latest.
    #[must_use]
    pub fn list(self) -> Vec<Suspect<K>> {
        let mut list: Vec<_> = self.0.into_values().collect();
        list.sort_by(|a, b| {
            (b.tries_lost, b.last_unix_ms, &a.card).cmp(&(a.tries_lost, a.last_unix_ms, &b.card))
        });
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_success_clears_a_card_and_only_that() {
        let mut suspects = Suspects::default();
        for (card, time) in [("a", 1), ("b", 2), ("c", 3), ("a", 4), ("d", 5)] {
            suspects.lost(card, time);
        }
        suspects.succeeded(&"b");
        suspects.succeeded(&"never seen");
        let list = suspects.list();
        let told: Vec<_> = list
            .iter()
            .map(|s| (s.card, s.tries_lost, s.first_unix_ms, s.last_unix_ms))
            .collect();
        assert_eq!(told, [("a", 2, 1, 4), ("d", 1, 5, 5), ("c", 1, 3, 3)]);
    }

    #[test]
    fn what_is_lost_after_a_success_counts_anew() {
        let mut suspects = Suspects::default();
        suspects.lost("a", 1);
        suspects.lost("a", 2);
        suspects.succeeded(&"a");
        suspects.lost("a", 9);
        let list = suspects.list();
        assert_eq!((list[0].tries_lost, list[0].first_unix_ms), (1, 9));
    }
}
