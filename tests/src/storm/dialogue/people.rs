//! Holders and thieves at their desks.

use rand::RngExt as _;

use super::Author;
use crate::storm::{
    bag::CARDS,
    step::{Choice, Step, Typed},
};

impl Author {
    /// Somebody stands at a desk with a card.
    pub(super) fn visit(&mut self) {
        let (desk, reader) = (self.desk(), self.reader());
        if self.one_in(4) {
            let card = self.rng.random_range(0..CARDS);
            self.steps.push(Step::Insert { reader, card });
        }
        let change = desk == 1 || self.one_in(2);
        self.steps.push(Step::Prompt {
            desk,
            reader,
            change,
        });
        self.type_at(desk);
    }

    pub(super) fn type_at(&mut self, desk: usize) {
        let pin = match self.rng.random_range(0..10_u8) {
            0..5 => Typed::Right,
            5..9 => Typed::Wrong(self.rng.random_range(0..3)),
            _ => Typed::Issued,
        };
        let step = Step::Type {
            desk,
            pin,
            new: self.choice(),
            last: self.one_in(2),
            mishap: self.mishap(3),
        };
        self.steps.push(step);
    }

    pub(super) fn choice(&mut self) -> Choice {
        match self.rng.random_range(0..12_u8) {
            0 => Choice::Issued,
            1 => Choice::Weak,
            2 => Choice::Differing,
            _ => Choice::Good(self.rng.random_range(0..4)),
        }
    }

    /// Two desks with a prompt each at one card; then both type, or the card is another one.
    pub(super) fn two_desks(&mut self) {
        let reader = self.reader();
        let desks = [self.desk(), self.desk()];
        for desk in desks {
            let change = desk == 1 || self.one_in(2);
            self.steps.push(Step::Prompt {
                desk,
                reader,
                change,
            });
        }
        match self.rng.random_range(0..4_u8) {
            0 | 1 => self.move_card(),
            2 => self.reset_cut_short(reader),
            _ => {}
        }
        desks.into_iter().for_each(|desk| self.type_at(desk));
    }
}
