//! What goes wrong in the middle of an operation.

use card_sim::faults::{CardFault, PullPhase};
use rand::RngExt as _;

use super::Author;
use crate::storm::{
    bag::CARDS,
    step::{At, Mishap, What},
};

impl Author {
    pub(super) fn mishap(&mut self, one_in: u32) -> Option<Mishap> {
        if !self.one_in(one_in) {
            return None;
        }
        let at = match self.rng.random_range(0..12_u8) {
            0..4 => At::Command(self.rng.random_range(1..14)),
            4 => At::Opening,
            _ => At::Effect,
        };
        Some(Mishap {
            at,
            what: self.what(),
        })
    }

    pub(super) fn what(&mut self) -> What {
        let after = self.one_in(2);
        match self.rng.random_range(0..20_u8) {
            0..4 => What::Pull {
                phase: PullPhase::random(&mut self.rng),
                seen: self.one_in(2),
            },
            4..6 => What::Swap {
                card: self.rng.random_range(0..CARDS),
                phase: PullPhase::random(&mut self.rng),
                seen: self.one_in(2),
            },
            6..11 => What::Card(CardFault::random(&mut self.rng)),
            11 => What::Push(self.pushed()),
            12 => What::Reset,
            13 => What::Unplug { after },
            14 => What::Service { after },
            15..17 => What::Crash { after },
            17..19 => What::CrashAtRecord(self.rng.random_range(1..3)),
            _ => What::Leave,
        }
    }
}
