//! Rule files of the region, good and bad, between operations and under open prompts.

use rand::RngExt as _;

use super::Author;
use crate::storm::step::{Pushed, RegionFile, Ruling, Step};

impl Author {
    /// The hall pushes a rule file, perhaps while somebody stands before a prompt; cardd may die of it, the
    /// file may be damaged later, and what the next start makes of that is seen.
    pub(super) fn rules(&mut self) {
        let desk = self.desk();
        let prompted = self.one_in(2);
        if prompted {
            let (reader, change) = (self.reader(), desk == 1 || self.one_in(2));
            self.steps.push(Step::Prompt {
                desk,
                reader,
                change,
            });
        }
        let step = Step::Push {
            pushed: self.pushed(),
            dies_at: self.one_in(4).then(|| self.rng.random_range(1..4)),
        };
        self.steps.push(step);
        if prompted {
            self.type_at(desk);
        }
        if self.one_in(4) {
            self.steps.extend([Step::Spoil, Step::Restart]);
        }
    }

    pub(super) fn pushed(&mut self) -> Pushed {
        let file = match self.rng.random_range(0..16_u8) {
            0 => RegionFile::Same,
            1 => RegionFile::Older,
            2 => RegionFile::Forged,
            3 => RegionFile::Stranger,
            4 => RegionFile::Foreign,
            5 => RegionFile::Cut,
            6 => RegionFile::Damaged,
            _ => RegionFile::Newer,
        };
        let says = Ruling {
            kept_back: if self.one_in(2) {
                0
            } else {
                self.rng.random_range(1..4)
            },
            guesses: self.rng.random_range(4..20),
            second_operator: self.one_in(2),
            issued: self.one_in(3),
            common: self.one_in(3),
            six_digits: self.one_in(6),
        };
        Pushed { file, says }
    }
}
