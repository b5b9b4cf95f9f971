//! Refusals in the name of the rules: only those that the operation began under refuse.

use cardd::{
    pin::NewPinRefused,
    terminal::{Prompt, TerminalError},
};

use super::{Books, Deed, World};
use crate::storm::life::Answer;

const PROMISE: &str = "an operation ends under the rules that it began with";

impl Books {
    /// A prompt says the lengths of the rules in force, and opens above their floor only.
    pub(super) fn prompted_by_the_rules(
        &mut self,
        world: &World,
        (desk, card): (usize, usize),
        answer: &Answer<Prompt>,
    ) {
        let truth = Self::look(world, card);
        let fewest = self.rules.in_force().fewest(desk);
        let above = answer.is_err() || truth.tries >= fewest || truth.has_lied;
        self.holds("the floor", above, || {
            format!("desk {desk} is prompted with {} tries left", truth.tries)
        });
        let agrees = match answer {
            Ok(prompt) => usize::from(prompt.length.min()) == self.rules.in_force().shortest(),
            Err(TerminalError::AtFloor(_)) => truth.tries < fewest,
            Err(_) => true,
        };
        self.holds(PROMISE, agrees || truth.has_lied, || {
            format!("desk {desk}, {} tries: {answer:?}", truth.tries)
        });
    }

    pub(super) fn refused_by_the_rules(&mut self, deed: &Deed, error: &TerminalError, lied: bool) {
        let shorter = |pin: &String| pin.len() < deed.terms.shortest();
        let agrees = match error {
            TerminalError::AtFloor(_) => lied || deed.before < deed.terms.fewest(deed.desk),
            TerminalError::PinFormat(_) => {
                shorter(&deed.old) || deed.new.as_ref().is_some_and(shorter)
            }
            TerminalError::NewPin {
                refused: NewPinRefused::Weak(_),
                ..
            } => {
                let forbidden = |new: &String| deed.terms.forbids(new);
                deed.new.as_ref().is_some_and(forbidden)
            }
            TerminalError::IssuedPin => {
                let set = self.ever_set.get(deed.card).is_some_and(|set| *set);
                set || deed.terms.is_issued(&deed.old)
            }
            _ => true,
        };
        self.holds(PROMISE, agrees, || {
            format!("desk {}, {} tries: {error}", deed.desk, deed.before)
        });
    }
}
