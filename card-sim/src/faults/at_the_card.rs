//! One command at a card that does not do as it should.

use std::time::Duration;

use zeroize::Zeroizing;

use super::{CardFault, CounterLie, Plan, PullPhase};
use crate::virtual_card::VirtualCard;

/// The longest a card is slow.
const SLOWEST_MS: u32 = 60_000;

/// SELECT of the master file: what another program does first.
const SELECT_ELSEWHERE: [u8; 7] = [0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00];

/// A card whose memory can be made to fail and to lie. A card without such a memory has only faults
/// of its line.
pub trait Faultable: VirtualCard {
    /// From now until the next power-on, only so many commits to the memory are made.
    fn cut_power_after(&mut self, writes: u8) {
        let _ = writes;
    }

    /// Tries left of the PIN, and their limit.
    fn tries(&self) -> Option<(u8, u8)> {
        None
    }

    /// Sets the tries left, at most the limit.
    fn set_tries(&mut self, left: u8) {
        let _ = left;
    }
}

/// What the reader gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The answer; `None` if the card gives none.
    pub answer: Option<Zeroizing<Vec<u8>>>,
    /// It comes so much later.
    pub late: Duration,
}

/// The answer to the command before.
#[derive(Debug, Clone, Default)]
pub struct Memory(Zeroizing<Vec<u8>>);

/// Carries out one command, with a fault or without.
pub fn carry_out(
    card: &mut dyn Faultable,
    command: &[u8],
    fault: Option<CardFault>,
    memory: &mut Memory,
) -> Answered {
    prepare(card, fault);
    let before = card.tries();
    let carried_out = fault != Some(CardFault::Mute { carried_out: false });
    let answer = carried_out.then(|| Zeroizing::new(card.execute(command)));
    let answer = answer.filter(|answer| !answer.is_empty());
    if matches!(fault, Some(CardFault::PowerCut { .. })) {
        card.power_off();
        card.power_on();
    }
    let kept = std::mem::replace(&mut memory.0, answer.clone().unwrap_or_default());
    Answered {
        late: late(fault),
        answer: answer
            .map(|answer| lie(card, (fault, before), answer))
            .and_then(|answer| spoil(fault, answer, kept)),
    }
}

fn prepare(card: &mut dyn Faultable, fault: Option<CardFault>) {
    match fault {
        Some(CardFault::PowerCut { writes }) => card.cut_power_after(writes),
        Some(CardFault::Reset) => drop(card.reset()),
        Some(CardFault::Select) => drop(card.execute(&SELECT_ELSEWHERE)),
        _ => {}
    }
}

fn late(fault: Option<CardFault>) -> Duration {
    match fault {
        Some(CardFault::Slow { ms }) => Duration::from_millis(ms.min(SLOWEST_MS).into()),
        _ => Duration::ZERO,
    }
}

/// A lie of the counter, and the answer that tells it.
fn lie(
    card: &mut dyn Faultable,
    (fault, before): (Option<CardFault>, Option<(u8, u8)>),
    mut answer: Zeroizing<Vec<u8>>,
) -> Zeroizing<Vec<u8>> {
    let (Some(CardFault::Counter(lie)), Some((before, limit))) = (fault, before) else {
        return answer;
    };
    let left = match lie {
        CounterLie::Stays => before,
        CounterLie::Jumps(left) => left.min(limit),
        CounterLie::Resets => limit,
    };
    card.set_tries(left);
    if let [.., 0x63, sw2] = answer.as_mut_slice() {
        *sw2 = 0xC0 | left;
    }
    answer
}

/// What becomes of the answer on its way.
fn spoil(
    fault: Option<CardFault>,
    mut answer: Zeroizing<Vec<u8>>,
    before: Zeroizing<Vec<u8>>,
) -> Option<Zeroizing<Vec<u8>>> {
    let end = answer.len().saturating_sub(2);
    match fault {
        Some(CardFault::PowerCut { .. } | CardFault::Mute { .. }) => return None,
        Some(CardFault::Empty) => answer.clear(),
        Some(CardFault::Cut { bytes }) => answer.truncate(bytes.into()),
        Some(CardFault::Padded { bytes }) => {
            let mut longer = Zeroizing::new(answer.clone().drain(..end).collect::<Vec<u8>>());
            longer.resize(end + usize::from(bytes), 0);
            longer.extend(answer.drain(end..));
            answer = longer;
        }
        Some(CardFault::Repeated) if !before.is_empty() => return Some(before),
        Some(CardFault::Status { word }) => {
            answer.truncate(end);
            answer.extend(word.to_be_bytes());
        }
        Some(
            CardFault::Slow { .. }
            | CardFault::Repeated
            | CardFault::Counter(_)
            | CardFault::Reset
            | CardFault::Select,
        )
        | None => {}
    }
    Some(answer)
}

/// A card that follows a plan, for use in one process. It has no reader: it counts a pull as
/// silence, before or after the command is carried out, and holds nothing.
pub struct FaultyCard<C> {
    card: C,
    plan: Plan,
    memory: Memory,
}

impl<C: Faultable> FaultyCard<C> {
    /// A card with its plan.
    pub fn new(card: C, plan: Plan) -> Self {
        Self {
            card,
            plan,
            memory: Memory::default(),
        }
    }

    /// The card itself.
    pub fn card(&self) -> &C {
        &self.card
    }
}

impl<C: Faultable> VirtualCard for FaultyCard<C> {
    fn power_on(&mut self) -> Vec<u8> {
        self.card.power_on()
    }

    fn power_off(&mut self) {
        self.card.power_off();
    }

    fn reset(&mut self) -> Vec<u8> {
        self.card.reset()
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        let steps = self.plan.next(command.get(1).copied());
        let fault = match steps.pull {
            Some(PullPhase::Before) => Some(CardFault::Mute { carried_out: false }),
            Some(PullPhase::During) => Some(CardFault::Mute { carried_out: true }),
            Some(PullPhase::After) | None => steps.card,
        };
        let Answered { answer, .. } = carry_out(&mut self.card, command, fault, &mut self.memory);
        answer
            .map(|mut answer| std::mem::take(&mut *answer))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
