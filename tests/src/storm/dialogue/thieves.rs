//! Those who try one wrong PIN after the other, until the counter is at its floor.

use card_sim::faults::CardFault;
use rand::RngExt as _;

use super::Author;
use crate::storm::{
    bag::CARDS,
    step::{At, Choice, Mishap, Step, Typed, What},
};

const KIOSK: usize = 1;

impl Author {
    /// A thief with some cards at one desk, mostly where nobody watches: each card is tried until
    /// nothing more is to be had of it.
    pub(super) fn thief(&mut self) {
        let desk = if self.one_in(3) { self.desk() } else { KIOSK };
        let reader = self.reader();
        for _ in 0..self.rng.random_range(1..4_u8) {
            let card = self.rng.random_range(0..CARDS);
            self.steps.push(Step::Insert { reader, card });
            for _ in 0..self.rng.random_range(5..9_u8) {
                self.guess(desk, reader);
            }
        }
    }

    /// One wrong PIN; now and then its answer is lost, so that only the counter tells of the try.
    fn guess(&mut self, desk: usize, reader: usize) {
        let change = desk == KIOSK || self.one_in(2);
        self.steps.push(Step::Prompt {
            desk,
            reader,
            change,
        });
        let lost = Mishap {
            at: At::Effect,
            what: What::Card(CardFault::Mute { carried_out: true }),
        };
        let step = Step::Type {
            desk,
            pin: Typed::Wrong(self.rng.random_range(0..3)),
            new: Choice::Good(self.rng.random_range(0..4)),
            last: self.one_in(2),
            mishap: self.one_in(6).then_some(lost),
        };
        self.steps.push(step);
    }
}
