//! The agency counter and the hall.

use card_sim::faults::CardFault;
use rand::RngExt as _;

use super::Author;
use crate::storm::{
    bag::CARDS,
    step::{At, Choice, HallManner, Mishap, Step, Typed, What},
};

impl Author {
    pub(super) fn counter(&mut self) {
        let reader = self.reader();
        self.counter_at(reader);
    }

    /// A reset whose holder's own choice does not come to the card: the issuer's PIN is in force.
    pub(super) fn reset_cut_short(&mut self, reader: usize) {
        let case = Step::Case {
            reader,
            reset: true,
            stranger: false,
        };
        // After the unblock key and the message; of a card with a read key, after that as well.
        let at = At::EffectNo(self.rng.random_range(3..5));
        let mute = CardFault::Mute { carried_out: false };
        let operate = Step::Operate {
            used: false,
            hall: HallManner::Right,
            choice: Choice::Good(self.rng.random_range(0..4)),
            mishap: Some(Mishap {
                at,
                what: What::Card(mute),
            }),
        };
        let approve = Step::Approve { same: false };
        self.steps.extend([case, approve, operate]);
    }

    /// Somebody stands at a desk with the right PIN while the issuer sets another one.
    pub(super) fn reset_meanwhile(&mut self) {
        let (desk, reader) = (if self.one_in(2) { 0 } else { 2 }, self.reader());
        let card = self.rng.random_range(0..CARDS);
        let prompt = Step::Prompt {
            desk,
            reader,
            change: false,
        };
        self.steps.extend([Step::Insert { reader, card }, prompt]);
        self.reset_cut_short(reader);
        self.steps.push(Step::Type {
            desk,
            pin: Typed::Right,
            new: Choice::Good(0),
            last: true,
            mishap: None,
        });
    }

    /// A case, who approves it, and what the hall does on its grant.
    pub(super) fn counter_at(&mut self, reader: usize) {
        let step = Step::Case {
            reader,
            reset: self.one_in(2),
            stranger: self.one_in(8),
        };
        self.steps.push(step);
        if self.one_in(8) {
            self.steps.push(Step::Approve { same: true });
        }
        if !self.one_in(8) {
            self.steps.push(Step::Approve { same: false });
        }
        let hall = self.hall();
        for used in [false, true] {
            if used && !self.one_in(3) {
                continue;
            }
            let step = Step::Operate {
                used,
                hall,
                choice: self.choice(),
                mishap: self.issuer_mishap(),
            };
            self.steps.push(step);
        }
    }

    pub(super) fn hall(&mut self) -> HallManner {
        match self.rng.random_range(0..12_u8) {
            0 => HallManner::WrongKey,
            1 => HallManner::WrongMac,
            2 => HallManner::OtherCommand,
            3 => HallManner::HangsUp(self.rng.random_range(0..3)),
            4 => HallManner::OtherHand,
            _ => HallManner::Right,
        }
    }

    /// Each part of an issuer's operation has its turn: keys, message, the holder's own choice.
    pub(super) fn issuer_mishap(&mut self) -> Option<Mishap> {
        let mishap = self.mishap(3)?;
        let at = match mishap.at {
            At::Effect => At::EffectNo(self.rng.random_range(1..5)),
            At::EffectNo(_) | At::Command(_) | At::Opening => mishap.at,
        };
        Some(Mishap { at, ..mishap })
    }
}
