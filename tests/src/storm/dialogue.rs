//! Dialogues from seeds.

use card_sim::faults::{CardFault, PullPhase};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::{
    bag::CARDS,
    step::{At, Choice, DESKS, HallManner, Mishap, READERS, Step, Touch, Typed, What},
};

/// The dialogue of a seed, of at least so many steps.
#[must_use]
pub fn dialogue(seed: u64, length: usize) -> Vec<Step> {
    let mut author = Author {
        rng: StdRng::seed_from_u64(seed),
        steps: Vec::with_capacity(length + 8),
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

struct Author {
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
            0..56 => self.visit(),
            56..58 => self.deliver(),
            58..60 => self.steps.push(Step::Watch),
            60..66 => self.counter(),
            66..73 => self.move_card(),
            73..77 => self.two_desks(),
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

    /// The hall pulls: everything or what comes before the line breaks, and its answer arrives or not.
    fn deliver(&mut self) {
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

    /// Somebody stands at a desk with a card.
    fn visit(&mut self) {
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

    fn type_at(&mut self, desk: usize) {
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

    fn choice(&mut self) -> Choice {
        match self.rng.random_range(0..12_u8) {
            0 => Choice::Issued,
            1 => Choice::Weak,
            2 => Choice::Differing,
            _ => Choice::Good(self.rng.random_range(0..4)),
        }
    }

    /// Two desks with a prompt each at one card; then both type, or the card is another one.
    fn two_desks(&mut self) {
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

    fn move_card(&mut self) {
        let reader = self.reader();
        let card = self.rng.random_range(0..CARDS);
        let step = if self.one_in(4) {
            Step::Pull { reader }
        } else {
            Step::Insert { reader, card }
        };
        self.steps.push(step);
    }

    fn foreign(&mut self) {
        let step = Step::Foreign {
            reader: self.reader(),
            ms: self.rng.random_range(1..6_000),
            exclusive: self.one_in(2),
        };
        self.steps.push(step);
    }

    fn touch(&mut self) {
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

    fn counter(&mut self) {
        let reader = self.reader();
        self.counter_at(reader);
    }

    /// A reset whose holder's own choice does not come to the card: the issuer's PIN is in force.
    fn reset_cut_short(&mut self, reader: usize) {
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

    /// A case, who approves it, and what the hall does on its grant.
    fn counter_at(&mut self, reader: usize) {
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

    fn hall(&mut self) -> HallManner {
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
    fn issuer_mishap(&mut self) -> Option<Mishap> {
        let mishap = self.mishap(3)?;
        let at = match mishap.at {
            At::Effect => At::EffectNo(self.rng.random_range(1..5)),
            At::EffectNo(_) | At::Command(_) | At::Opening => mishap.at,
        };
        Some(Mishap { at, ..mishap })
    }

    fn mishap(&mut self, one_in: u32) -> Option<Mishap> {
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

    fn what(&mut self) -> What {
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
            6..12 => What::Card(CardFault::random(&mut self.rng)),
            12 => What::Reset,
            13 => What::Unplug { after },
            14 => What::Service { after },
            15..17 => What::Crash { after },
            17..19 => What::CrashAtRecord(self.rng.random_range(1..3)),
            _ => What::Leave,
        }
    }
}
