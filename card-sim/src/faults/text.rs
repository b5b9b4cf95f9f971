//! A plan from text, or from a seed.

use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use serde::Deserialize;

use super::{Act, CardFault, CounterLie, HoldPhase, MAX_ORDERS, Order, Plan, PullPhase, When};

/// A text is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// No TOML, or not of this form.
    #[error("the plan cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// A fault that does not say at which command, or what.
    #[error("fault {0}: it needs one of apdu and ins, and one of pull, hold and card")]
    Incomplete(usize),
    /// More faults than can wait.
    #[error("a plan has at most {MAX_ORDERS} faults")]
    TooLong,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default)]
    fault: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    apdu: Option<u32>,
    ins: Option<u8>,
    pull: Option<PullPhase>,
    hold: Option<HoldPhase>,
    card: Option<CardFault>,
}

impl Line {
    fn order(&self) -> Option<Order> {
        let when = match (self.apdu, self.ins) {
            (Some(n), None) => When::Apdu(n),
            (None, Some(ins)) => When::Ins(ins),
            _ => return None,
        };
        let act = match (self.pull, self.hold, self.card) {
            (Some(phase), None, None) => Act::Pull(phase),
            (None, Some(phase), None) => Act::Hold(phase),
            (None, None, Some(fault)) => Act::Card(fault),
            _ => return None,
        };
        Some(Order { when, act })
    }
}

impl Plan {
    /// A plan from its TOML text.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn from_toml(text: &str) -> Result<Self, PlanError> {
        let text: Text = toml::from_str(text)?;
        let mut plan = Self::default();
        for (number, line) in text.fault.iter().enumerate() {
            let Order { when, act } = line.order().ok_or(PlanError::Incomplete(number + 1))?;
            plan.add(when, act).map_err(|_| PlanError::TooLong)?;
        }
        Ok(plan)
    }

    /// A plan of so many faults, the same for the same seed. Nothing is held: nobody might release
    /// it.
    #[must_use]
    pub fn from_seed(seed: u64, faults: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut plan = Self::default();
        for _ in 0..faults.min(MAX_ORDERS) {
            let when = random_when(&mut rng);
            let act = match rng.random_range(0..4_u8) {
                0 => Act::Pull(PullPhase::random(&mut rng)),
                _ => Act::Card(CardFault::random(&mut rng)),
            };
            // Bounded above.
            let _added = plan.add(when, act);
        }
        plan
    }
}

/// Half of them at a command that carries a PIN: VERIFY or CHANGE PIN.
fn random_when(rng: &mut impl Rng) -> When {
    match rng.random_range(0..4_u8) {
        0 => When::Ins(0x20),
        1 => When::Ins(0x5E),
        _ => When::Apdu(rng.random_range(1..=40)),
    }
}

impl PullPhase {
    /// Any phase.
    pub fn random(rng: &mut impl Rng) -> Self {
        match rng.random_range(0..3_u8) {
            0 => Self::Before,
            1 => Self::During,
            _ => Self::After,
        }
    }
}

impl CardFault {
    /// Any fault.
    pub fn random(rng: &mut impl Rng) -> Self {
        match rng.random_range(0..13_u8) {
            0 | 1 => Self::PowerCut {
                writes: rng.random_range(0..3),
            },
            2 => Self::Mute {
                carried_out: rng.random_bool(0.5),
            },
            3 => Self::Empty,
            4 => Self::Slow {
                ms: rng.random_range(1..20_000),
            },
            5 => Self::Cut {
                bytes: rng.random_range(0..4),
            },
            6 => Self::Padded {
                bytes: rng.random_range(1..300),
            },
            7 => Self::Repeated,
            8 => {
                let words = [
                    0x6F00, 0x6985, 0x6581, 0x6A80, 0x6982, 0x6700, 0x6D00, 0x0000,
                ];
                let word = words.get(rng.random_range(0..words.len()));
                Self::Status {
                    word: word.copied().unwrap_or(0x6F00),
                }
            }
            9 => Self::Counter(CounterLie::Stays),
            10 => Self::Counter(CounterLie::Jumps(rng.random_range(0..7))),
            11 => Self::Reset,
            _ => Self::Select,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_forms_are_read() {
        let text = r#"
            [[fault]]
            apdu = 3
            pull = "during"
            [[fault]]
            ins = 0x20
            hold = "answer"
            [[fault]]
            ins = 0x5E
            card = { power_cut = { writes = 1 } }
            [[fault]]
            apdu = 1
            card = "empty"
            [[fault]]
            apdu = 1
            card = { counter = { jumps = 1 } }
            [[fault]]
            apdu = 1
            card = { counter = "stays" }
        "#;
        let plan = Plan::from_toml(text).unwrap();
        let acts: Vec<_> = plan.orders().iter().map(|order| order.act).collect();
        assert_eq!(
            acts,
            [
                Act::Pull(PullPhase::During),
                Act::Hold(HoldPhase::Answer),
                Act::Card(CardFault::PowerCut { writes: 1 }),
                Act::Card(CardFault::Empty),
                Act::Card(CardFault::Counter(CounterLie::Jumps(1))),
                Act::Card(CardFault::Counter(CounterLie::Stays)),
            ]
        );
        assert_eq!(plan.orders()[2].when, When::Ins(0x5E));
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        let rows = include_str!("../faults.rs").lines().filter_map(|line| {
            let cell = line.strip_prefix("//! | `")?;
            cell.split_once("` |").map(|(form, _)| form)
        });
        let forms: Vec<_> = rows.filter(|form| *form != "card").collect();
        assert_eq!(forms.len(), 13);
        for form in forms {
            let form = form.replace("= n ", "= 2 ");
            let text = format!("[[fault]]\napdu = 1\ncard = {form}");
            assert!(Plan::from_toml(&text).is_ok(), "{form}");
        }
    }

    #[test]
    fn what_is_no_plan_says_why() {
        for text in [
            "[[fault]]\npull = \"during\"",
            "[[fault]]\napdu = 1",
            "[[fault]]\napdu = 1\nins = 2\npull = \"during\"",
            "[[fault]]\napdu = 1\npull = \"during\"\ncard = \"empty\"",
            "[[fault]]\napdu = 1\nfly = 1\npull = \"during\"",
            "[[fault]]\napdu = 1\ncard = \"fly\"",
        ] {
            assert!(Plan::from_toml(text).is_err(), "{text}");
        }
        let long = "[[fault]]\napdu = 1\ncard = \"empty\"\n".repeat(MAX_ORDERS + 1);
        assert!(matches!(Plan::from_toml(&long), Err(PlanError::TooLong)));
    }

    #[test]
    fn a_seed_gives_the_same_plan_and_another_gives_another() {
        assert_eq!(Plan::from_seed(7, 9), Plan::from_seed(7, 9));
        assert_ne!(Plan::from_seed(7, 9), Plan::from_seed(8, 9));
        assert_eq!(Plan::from_seed(7, 9).orders().len(), 9);
    }
}
