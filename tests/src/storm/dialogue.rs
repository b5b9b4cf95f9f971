//! Dialogues from seeds: scenes, one after the other, on a day that may be a particular one.

mod counter;
mod mishaps;
mod people;
mod places;
mod region;
mod thieves;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::{
    bag::CARDS,
    run::keeps_little,
    step::{DESKS, READERS, Step},
};

/// The dialogue of a seed, of at least so many steps.
#[must_use]
pub fn dialogue(seed: u64, length: usize) -> Vec<Step> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut author = Author {
        day: Day::random(&mut rng, keeps_little(seed)),
        rng,
        steps: Vec::with_capacity(length + 64),
    };
    for reader in 0..READERS {
        let card = author.rng.random_range(0..CARDS);
        author.steps.push(Step::Insert { reader, card });
    }
    while author.steps.len() < length {
        author.scene();
    }
    author.steps.extend([Step::Watch, Step::Collect]);
    author.steps
}

/// What kind of day it is. What seldom happens happens often on some.
struct Day {
    /// A thief is about, who keeps trying one card.
    thief: bool,
    /// Nothing comes to the hall all day.
    hall_away: bool,
    /// Resets come between other desks' prompts and what is typed there.
    resets: bool,
    /// The hall pushes one rule file after the other.
    rules: bool,
    /// The hall collects often, and the ledger keeps little.
    collects: bool,
}

impl Day {
    fn random(rng: &mut StdRng, collects: bool) -> Self {
        let mut one_in = |n: u32| rng.random_range(0..n) == 0;
        Self {
            thief: one_in(if collects { 2 } else { 3 }),
            hall_away: one_in(3),
            resets: one_in(4),
            rules: one_in(3),
            collects,
        }
    }
}

struct Author {
    day: Day,
    rng: StdRng,
    steps: Vec<Step>,
}

impl Author {
    fn one_in(&mut self, n: u32) -> bool {
        self.rng.random_range(0..n) == 0
    }

    fn reader(&mut self) -> usize {
        self.rng.random_range(0..READERS)
    }

    fn desk(&mut self) -> usize {
        self.rng.random_range(0..DESKS.len())
    }

    fn scene(&mut self) {
        match self.rng.random_range(0..100_u8) {
            0..6 if self.day.thief => self.thief(),
            6..12 if self.day.resets => self.reset_meanwhile(),
            12..17 if self.day.rules => self.rules(),
            17..22 if self.day.collects && !self.day.hall_away => self.deliver(),
            0..56 => self.visit(),
            56..58 if self.day.hall_away => self.visit(),
            56..58 => self.deliver(),
            58..60 => self.steps.push(Step::Watch),
            60..66 => self.counter(),
            66..73 => self.move_card(),
            73..75 => self.two_desks(),
            75..77 => self.rules(),
            77..79 => self.touch(),
            79..80 => {
                let (desk, reader) = (self.desk(), self.reader());
                self.steps.push(Step::Trespass { desk, reader });
            }
            80..83 => {
                let desk = self.desk();
                self.steps.push(Step::Again { desk });
            }
            83..85 => self.steps.push(Step::Reopen),
            85..88 => {
                let ms = self.rng.random_range(1..400_000);
                self.steps.push(Step::Wait { ms });
            }
            88..89 => {
                let ms = self.rng.random_range(-9_000_000..9_000_000);
                self.steps.push(Step::Clock { ms });
            }
            89..91 => self.foreign(),
            91..93 => {
                let (reader, renamed) = (self.reader(), self.one_in(3));
                self.steps.push(Step::Reader { reader, renamed });
            }
            93..95 => self.steps.push(Step::Service),
            95..97 => self.steps.push(Step::Crash),
            97..98 => self.steps.push(Step::Restart),
            98..99 => {
                let (desk, reader) = (self.desk(), self.reader());
                self.steps.push(Step::Status { desk, reader });
            }
            _ => self.steps.push(Step::Collect),
        }
    }
}
