//! The orders of one slot or card, and which of them are due.

use serde::{Deserialize, Serialize};

/// Orders that can wait.
pub const MAX_ORDERS: usize = 16;

/// Which command an order waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The n-th command from now on, the next one being 1.
    Apdu(u32),
    /// The next command with this instruction byte (INS, ISO 7816-4 5.1).
    Ins(u8),
}

/// When, in the course of one command, the card is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum PullPhase {
    /// Before the card gets the command: not carried out, no answer.
    Before,
    /// While the card works: carried out, answer lost.
    During,
    /// After the reader has the answer.
    After,
}

/// Where, in the course of one command, it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum HoldPhase {
    /// Before the card gets the command.
    Command,
    /// After the card has carried it out, before the reader gets the answer.
    Answer,
}

/// What an order does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Pull the card.
    Pull(PullPhase),
    /// Hold the command until it is released.
    Hold(HoldPhase),
    /// The card does not do as it should.
    Card(CardFault),
}

/// What a card does wrong with one command; see [the table](super).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CardFault {
    /// Power is lost after so many commits.
    PowerCut {
        /// Commits that are still made.
        writes: u8,
    },
    /// No answer.
    Mute {
        /// Whether the command is carried out.
        carried_out: bool,
    },
    /// An answer of no bytes that passes for a success.
    Empty,
    /// The answer comes late.
    Slow {
        /// By how much.
        ms: u32,
    },
    /// The answer is cut short.
    Cut {
        /// Bytes that come.
        bytes: u16,
    },
    /// The answer is too long.
    Padded {
        /// Zeros before the status word.
        bytes: u16,
    },
    /// The answer to the command before comes again.
    Repeated,
    /// Another status word.
    Status {
        /// SW1 SW2.
        word: u16,
    },
    /// The try counter lies from here on.
    Counter(CounterLie),
    /// The session is lost right before.
    Reset,
    /// Another application is selected right before.
    Select,
}

/// How a try counter lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CounterLie {
    /// It is as before the command.
    Stays,
    /// It is this, at most its limit.
    Jumps(u8),
    /// It is back at its limit.
    Resets,
}

/// One fault to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// At which command.
    pub when: When,
    /// What.
    pub act: Act,
}

/// What happens to one command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Steps {
    /// The card is pulled in this phase.
    pub pull: Option<PullPhase>,
    /// The command is held in this phase.
    pub hold: Option<HoldPhase>,
    /// What the card does wrong.
    pub card: Option<CardFault>,
}

/// Orders, first come first served; at most one pull, one hold and one fault of the card per
/// command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    orders: Vec<Order>,
}

/// [`MAX_ORDERS`] orders wait already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanFull;

impl Plan {
    /// Adds an order. [`When::Apdu`] 0 counts as 1.
    ///
    /// # Errors
    /// [`PlanFull`].
    pub fn add(&mut self, when: When, act: Act) -> Result<(), PlanFull> {
        if self.orders.len() >= MAX_ORDERS {
            return Err(PlanFull);
        }
        self.orders.push(Order { when, act });
        Ok(())
    }

    /// The orders that wait, in their order.
    #[must_use]
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// Forgets all orders.
    pub fn clear(&mut self) {
        self.orders.clear();
    }

    /// Counts one command with this instruction byte and takes the orders that are due.
    pub fn next(&mut self, ins: Option<u8>) -> Steps {
        let mut steps = Steps::default();
        self.orders.retain_mut(|Order { when, act }| {
            let due = match when {
                When::Apdu(left @ 2..) => {
                    *left -= 1;
                    false
                }
                When::Apdu(_) => true,
                When::Ins(wanted) => ins == Some(*wanted),
            };
            !(due && steps.take(*act))
        });
        steps
    }
}

impl Steps {
    /// Says whether there was room for `act`.
    fn take(&mut self, act: Act) -> bool {
        match act {
            Act::Pull(phase) if self.pull.is_none() => self.pull = Some(phase),
            Act::Hold(phase) if self.hold.is_none() => self.hold = Some(phase),
            Act::Card(fault) if self.card.is_none() => self.card = Some(fault),
            Act::Pull(_) | Act::Hold(_) | Act::Card(_) => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PULL: Act = Act::Pull(PullPhase::During);
    const HOLD: Act = Act::Hold(HoldPhase::Answer);

    #[test]
    fn the_nth_command_from_now_is_met_once() {
        let mut plan = Plan::default();
        plan.add(When::Apdu(3), PULL).unwrap();
        let pulls: Vec<_> = (0..5)
            .map(|_| plan.next(Some(0xB0)).pull.is_some())
            .collect();
        assert_eq!(pulls, [false, false, true, false, false]);
    }

    #[test]
    fn zero_and_one_mean_the_next_command() {
        for n in [0, 1] {
            let mut plan = Plan::default();
            plan.add(When::Apdu(n), PULL).unwrap();
            assert_eq!(plan.next(None).pull, Some(PullPhase::During));
            assert_eq!(plan.next(None).pull, None);
        }
    }

    #[test]
    fn an_instruction_is_met_at_its_next_command_only() {
        let mut plan = Plan::default();
        plan.add(When::Ins(0x20), HOLD).unwrap();
        assert_eq!(plan.next(Some(0xA4)), Steps::default());
        assert_eq!(plan.next(None), Steps::default());
        assert_eq!(plan.next(Some(0x20)).hold, Some(HoldPhase::Answer));
        assert_eq!(plan.next(Some(0x20)), Steps::default());
    }

    #[test]
    fn a_hold_and_a_pull_meet_in_one_command_but_not_two_pulls() {
        let mut plan = Plan::default();
        for act in [PULL, HOLD, Act::Pull(PullPhase::After)] {
            plan.add(When::Ins(0x20), act).unwrap();
        }
        let first = plan.next(Some(0x20));
        assert_eq!(first.pull, Some(PullPhase::During));
        assert_eq!(first.hold, Some(HoldPhase::Answer));
        assert_eq!(plan.next(Some(0x20)).pull, Some(PullPhase::After));
    }

    #[test]
    fn orders_are_bounded_and_can_be_forgotten() {
        let mut plan = Plan::default();
        for _ in 0..MAX_ORDERS {
            plan.add(When::Ins(1), HOLD).unwrap();
        }
        assert_eq!(plan.add(When::Ins(1), HOLD), Err(PlanFull));
        plan.clear();
        assert_eq!(plan.next(Some(1)), Steps::default());
        assert_eq!(plan.add(When::Ins(1), HOLD), Ok(()));
    }
}
