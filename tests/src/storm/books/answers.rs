//! What desks are told, held against the cards.

use cardd::{
    card::PinFailure,
    pin::PinStatus,
    terminal::{AttemptSpent, Prompt, Success, TerminalError},
};

use super::{Books, Deed, Sent, World};
use crate::storm::life::Answer;

impl Books {
    /// A prompt was opened, or not.
    pub fn prompted(&mut self, world: &World, desk: usize, card: usize, answer: &Answer<Prompt>) {
        if let Err(TerminalError::GuessBudgetSpent(_)) = answer {
            self.turned_away(world, desk);
        }
        if let Ok(prompt) = answer {
            self.told(world, card, prompt.status.attempts_remaining());
        }
        self.prompted_by_the_rules(world, (desk, card), answer);
    }

    /// Somebody asked for the tries left.
    pub fn asked<T>(&mut self, world: &World, card: usize, answer: &Answer<(PinStatus, T)>) {
        if let Ok((status, _)) = answer {
            self.told(world, card, status.attempts_remaining());
        }
    }

    fn told(&mut self, world: &World, card: usize, told: Option<u8>) {
        let truth = Self::look(world, card);
        self.holds(
            "the tries left are the card's",
            truth.has_lied || told == Some(truth.tries),
            || format!("card {card}: {told:?}, not {}", truth.tries),
        );
    }

    /// A PIN was typed, and this came of it; no answer where cardd died or the desk left.
    pub fn sent(&mut self, world: &World, deed: &Deed, answer: Option<&Answer<Success>>) {
        let sent = world.take_sent();
        self.touch(&sent);
        self.permitted_command(world, &sent, deed);
        self.same_card(&sent, deed);
        self.what_the_card_did(world, deed, &sent);
        if let Some(answer) = answer {
            self.answered(world, deed, (&sent, answer));
        }
        self.must_be_on_record = sent.iter().any(|sent| sent.carried_out);
    }

    fn answered(
        &mut self,
        world: &World,
        deed: &Deed,
        (sent, answer): (&[Sent], &Answer<Success>),
    ) {
        let now = Self::look(world, deed.card);
        match answer {
            Ok(success) => self.told_success(world, deed, (sent, success)),
            Err(error) => {
                if matches!(
                    error,
                    TerminalError::Pin {
                        failure: PinFailure::Rejected { .. } | PinFailure::NowBlocked,
                        ..
                    }
                ) {
                    let last = self.last_read.map_or(0, |head| head.sequence);
                    self.certainly_lost(world, last);
                }
                if matches!(error, TerminalError::GuessBudgetSpent(_)) {
                    self.turned_away(world, deed.desk);
                }
                self.refused_by_the_rules(deed, error, now.has_lied);
                if !now.has_lied {
                    self.told_failure(deed, (sent, error), now.tries);
                }
            }
        }
    }

    fn told_success(&mut self, world: &World, deed: &Deed, (sent, told): (&[Sent], &Success)) {
        let now = Self::look(world, deed.card);
        if now.has_lied {
            return;
        }
        let in_force = deed.new.as_deref().unwrap_or(&deed.old);
        let is = world.with_card(deed.card, |card| card.pin_is(in_force));
        let true_success = deed.right
            && sent.iter().any(|sent| sent.carried_out)
            && now.tries == now.limit
            && is == Some(true)
            && told.attempts_remaining.is_none_or(|told| told == now.tries);
        self.holds("the answer agrees with the card", true_success, || {
            format!("success with {told:?}, {now:?}, right: {}", deed.right)
        });
    }

    fn told_failure(&mut self, deed: &Deed, (sent, error): (&[Sent], &TerminalError), tries: u8) {
        let carried_out = sent.iter().any(|sent| sent.carried_out);
        let agrees = match error.attempt_spent() {
            AttemptSpent::Yes => tries < deed.before,
            AttemptSpent::No => tries >= deed.before && !(carried_out && deed.right),
            // The command may have been on its way when the line broke.
            AttemptSpent::Unknown => true,
        };
        self.holds("the answer agrees with the card", agrees, || {
            format!(
                "{error} ({:?}): {} tries became {tries}",
                error.attempt_spent(),
                deed.before
            )
        });
        let told = match error {
            TerminalError::Pin { remaining, .. } => *remaining,
            _ => None,
        };
        self.holds(
            "the answer agrees with the card",
            told.is_none_or(|told| told == tries),
            || format!("{error}: {told:?} left, not {tries}"),
        );
    }
}
