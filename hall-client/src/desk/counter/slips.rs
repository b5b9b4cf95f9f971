//! Slips that people brought, and which of them names the card that lies in the reader. Pure.

use std::collections::VecDeque;

use serde::Serialize;

use crate::desk::slip;

/// Slips that wait.
const WAITING: usize = 32;

/// The slips at this counter.
#[derive(Debug, Default)]
pub(super) struct Slips {
    waiting: VecDeque<String>,
    /// The reference of the card that lies there, where this counter has the agency's key for slips and
    /// the card could be read.
    card: Option<String>,
    wrong: bool,
}

/// The slips as the operator sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Shown {
    waiting: Vec<Waiting>,
    /// What was typed or scanned last is no slip.
    wrong: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Waiting {
    reference: String,
    /// Whether it names the card that lies there; `None`: that cannot be told.
    fits: Option<bool>,
}

impl Slips {
    /// A slip as it was typed or scanned. The oldest makes room.
    pub(super) fn bring(&mut self, text: &str) {
        let read = slip::read(text);
        self.wrong = read.is_none();
        let Some(reference) = read else { return };
        if self.waiting.contains(&reference) {
            return;
        }
        if self.waiting.len() == WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(reference);
    }

    /// What lies in the reader now.
    pub(super) fn card(&mut self, reference: Option<String>) {
        self.card = reference;
        self.wrong = false;
    }

    /// The card that lies there was worked on: its slip is done with.
    pub(super) fn served(&mut self) {
        let card = self.card.as_ref();
        self.waiting.retain(|slip| Some(slip) != card);
    }

    pub(super) fn shown(&self) -> Shown {
        let waiting = |slip: &String| Waiting {
            reference: slip.clone(),
            fits: self.card.as_ref().map(|card| card == slip),
        };
        Shown {
            waiting: self.waiting.iter().map(waiting).collect(),
            wrong: self.wrong,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0123-4567-89AB-CDEF";
    const TWO: &str = "ZZZZ-ZZZZ-ZZZZ-ZZZZ";

    fn fits(slips: &Slips) -> Vec<(String, Option<bool>)> {
        let shown = slips.shown().waiting.into_iter();
        shown.map(|slip| (slip.reference, slip.fits)).collect()
    }

    #[test]
    fn the_slip_of_the_card_that_lies_there_is_named_and_no_other() {
        let mut slips = Slips::default();
        slips.bring(ONE);
        slips.bring("CARDD-SLIP:1:ZZZZZZZZZZZZZZZZ");
        slips.bring(ONE);
        assert_eq!(
            fits(&slips),
            [(ONE.to_owned(), None), (TWO.to_owned(), None)]
        );
        slips.card(Some(TWO.to_owned()));
        let told = [(ONE.to_owned(), Some(false)), (TWO.to_owned(), Some(true))];
        assert_eq!(fits(&slips), told);
        slips.served();
        assert_eq!(fits(&slips), [(ONE.to_owned(), Some(false))]);
        slips.card(None);
        slips.served();
        assert_eq!(fits(&slips), [(ONE.to_owned(), None)]);
    }

    #[test]
    fn what_is_no_slip_is_said_and_not_kept() {
        let mut slips = Slips::default();
        slips.bring("420101198506150003");
        assert!(slips.shown().wrong && fits(&slips).is_empty());
        slips.bring(ONE);
        assert!(!slips.shown().wrong);
    }

    #[test]
    fn the_oldest_makes_room() {
        let mut slips = Slips::default();
        for number in 0..40 {
            slips.bring(&format!("{number:016}"));
        }
        let all = fits(&slips);
        assert_eq!(all.len(), WAITING);
        assert_eq!(all.first().unwrap().0, "0000-0000-0000-0008");
    }
}
