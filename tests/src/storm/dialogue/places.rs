//! What happens to readers and records while nobody types.

use rand::RngExt as _;

use super::Author;
use crate::storm::{
    bag::CARDS,
    step::{Step, Touch},
};

impl Author {
    /// The hall pulls: everything or what comes before the line breaks, and its answer arrives or not.
    pub(super) fn deliver(&mut self) {
        let step = Step::Deliver {
            records: if self.one_in(3) {
                self.rng.random_range(1..20)
            } else {
                10_000
            },
            acknowledged: !self.one_in(4),
        };
        self.steps.push(step);
    }

    pub(super) fn move_card(&mut self) {
        let reader = self.reader();
        let card = self.rng.random_range(0..CARDS);
        let step = if self.one_in(4) {
            Step::Pull { reader }
        } else {
            Step::Insert { reader, card }
        };
        self.steps.push(step);
    }

    pub(super) fn foreign(&mut self) {
        let step = Step::Foreign {
            reader: self.reader(),
            ms: self.rng.random_range(1..6_000),
            exclusive: self.one_in(2),
        };
        self.steps.push(step);
    }

    pub(super) fn touch(&mut self) {
        let step = Step::Touch {
            reader: self.reader(),
            how: match self.rng.random_range(0..3_u8) {
                0 => Touch::Reset,
                1 => Touch::Select,
                _ => Touch::Guess,
            },
        };
        self.steps.push(step);
    }
}
