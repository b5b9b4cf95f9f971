//! What desks are told, held against the cards.

use cardd::{
    card::PinFailure,
    pin::PinStatus,
    terminal::{AttemptSpent, Prompt, Success, TerminalError, conversation::Operated},
};

use super::{Books, Deed, Grant, HOUR, Sent, World, kinds};
use crate::storm::{
    bag::BagCard,
    command::{Effect, bcd, change_data},
    life::{Answer, BUDGET},
    step::DESKS,
};

impl Books {
    /// A prompt was opened, or not.
    pub fn prompted(&mut self, world: &World, desk: usize, card: usize, answer: &Answer<Prompt>) {
        if let Err(TerminalError::GuessBudgetSpent(_)) = answer {
            self.turned_away(world, desk);
        }
        if let Ok(prompt) = answer {
            self.told(world, card, prompt.status.attempts_remaining());
        }
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

    /// Nobody is turned away for a budget that is not spent.
    fn turned_away(&mut self, world: &World, desk: usize) {
        let now = world.elapsed();
        self.possibly_lost
            .retain(|at| now.saturating_sub(*at) < HOUR * 2);
        let possible = self.possibly_lost.len() >= BUDGET as usize || self.closed;
        self.holds("the budget", possible && desk == 1, || {
            format!("{} is turned away", DESKS.get(desk).unwrap_or(&"?"))
        });
    }

    /// A PIN was typed, and this came of it; no answer where cardd died or the desk left.
    pub fn sent(&mut self, world: &World, deed: &Deed, answer: Option<&Answer<Success>>) {
        let sent = world.take_sent();
        self.permitted_command(world, &sent, deed);
        self.same_card(&sent, deed);
        self.what_the_card_did(world, deed, &sent);
        if let Some(answer) = answer {
            self.answered(world, deed, (&sent, answer));
        }
        self.must_be_on_record = sent.iter().any(|sent| sent.carried_out);
    }

    /// One entry, one command, with what was typed and nothing else; and only where it may be.
    fn permitted_command(&mut self, world: &World, sent: &[Sent], deed: &Deed) {
        self.holds("one entry, one command", sent.len() <= 1, || {
            format!("{:?}", kinds(sent))
        });
        let Some(first) = sent.first() else { return };
        let (effect, data) = match &deed.new {
            None => (Effect::Verify, bcd(&deed.old)),
            Some(new) => (Effect::Change, change_data(&deed.old, new)),
        };
        let typed = first.effect == effect && first.data == data;
        self.holds("one entry, one command", typed, || {
            "not what was typed".to_owned()
        });
        self.no_issued_business(deed);
        self.floor_and_budget(world, deed);
    }

    fn no_issued_business(&mut self, deed: &Deed) {
        let issued = |digits: &str| digits == "1234" || digits == "123456";
        let business = match &deed.new {
            None => issued(&deed.old) || self.issued.get(deed.card).is_some_and(|issued| *issued),
            Some(new) => issued(new),
        };
        self.holds("no business with an issued PIN", !business, || {
            format!("card {}", deed.card)
        });
    }

    fn floor_and_budget(&mut self, world: &World, deed: &Deed) {
        let kiosk = deed.desk == 1;
        let lied = Self::look(world, deed.card).has_lied;
        let above = if kiosk {
            deed.before >= 2
        } else {
            deed.before >= 2 || deed.last
        };
        self.holds("the floor", above || lied, || {
            format!("{} tries left at desk {}", deed.before, deed.desk)
        });
        let open = !(kiosk && self.closed);
        self.holds("the budget", open, || {
            "a kiosk works although the budget is spent".to_owned()
        });
    }

    fn same_card(&mut self, sent: &[Sent], deed: &Deed) {
        for sent in sent {
            let same = sent.card == deed.card && sent.stay == deed.stay;
            self.holds("the same card", same, || {
                format!(
                    "typed for card {} (stay {}), sent to card {} (stay {})",
                    deed.card, deed.stay, sent.card, sent.stay
                )
            });
        }
    }

    /// The counter and the PIN of the card, and no other card's.
    fn what_the_card_did(&mut self, world: &World, deed: &Deed, sent: &[Sent]) {
        let touched: Vec<usize> = sent.iter().map(|sent| sent.card).collect();
        self.untouched(world, &touched);
        let now = Self::look(world, deed.card);
        let carried_out = sent.iter().any(|sent| sent.carried_out);
        let spent_one = now.tries + 1 == deed.before;
        let restored = deed.right && now.tries == now.limit;
        let may_be = now.tries == deed.before || (carried_out && (spent_one || restored));
        self.holds("tries are spent by people", may_be || now.has_lied, || {
            format!(
                "card {}: {} tries became {}",
                deed.card, deed.before, now.tries
            )
        });
        let changed = self.pin_in_force(
            world,
            deed.card,
            &[deed.old.as_str(), deed.new.as_deref().unwrap_or("")],
        );
        let may_change = carried_out && deed.right;
        self.holds("old or new, never half", !changed || may_change, || {
            format!("card {} has another PIN", deed.card)
        });
        if let Some(truth) = &mut self.truth {
            truth.after = now.tries;
            truth.carried_out = carried_out;
            truth.done = carried_out && deed.right && (restored || now.has_lied);
        }
        // A card that lies may say so of a try that it did not take.
        self.count(
            world,
            carried_out && (!deed.right || spent_one || now.has_lied),
        );
        if changed && let Some(issued) = self.issued.get_mut(deed.card) {
            *issued = false;
        }
    }

    /// Which PIN is in force; `true` if it is another one than before.
    fn pin_in_force(&mut self, world: &World, card: usize, candidates: &[&str]) -> bool {
        let found = world.with_card(card, |card| {
            if card.pin_is(&card.pin) {
                return Some(false);
            }
            let found = candidates.iter().find(|pin| card.pin_is(pin))?;
            card.pin = (*found).to_owned();
            Some(true)
        });
        match found.flatten() {
            Some(changed) => changed,
            None => {
                self.breaks(
                    "old or new, never half",
                    format!("card {card} has a PIN of nobody"),
                );
                false
            }
        }
    }

    pub(super) fn count(&mut self, world: &World, maybe_lost: bool) {
        if maybe_lost {
            self.possibly_lost.push(world.elapsed());
        }
    }

    fn certainly_lost(&mut self, world: &World) {
        let now = world.elapsed();
        self.lost.push(now);
        self.lost.retain(|at| now.saturating_sub(*at) < HOUR);
        if self.lost.len() >= BUDGET as usize {
            self.closed = true;
        }
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
                    self.certainly_lost(world);
                }
                if matches!(error, TerminalError::GuessBudgetSpent(_)) {
                    self.turned_away(world, deed.desk);
                }
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

    /// An issuer operation ended.
    pub fn operated(&mut self, world: &World, grant: &Grant, answer: Option<&Answer<Operated>>) {
        let sent = world.take_sent();
        for command in &sent {
            let permitted = self.permit.as_ref().is_some_and(|permit| {
                let here = permit.card == command.card && permit.stay == command.stay;
                // Whether the stated holder is the card's is told by the read key at the earliest.
                here && (permit.is_the_holder || command.effect == Effect::ProveReadKey)
            });
            self.holds("no unlock without a grant", permitted, || {
                format!("{:?}", command.effect)
            });
        }
        let touched: Vec<usize> = sent.iter().map(|sent| sent.card).collect();
        self.untouched(world, &touched);
        let now = Self::look(world, grant.card);
        let one_time = self
            .one_time
            .get(grant.card)
            .cloned()
            .flatten()
            .unwrap_or_default();
        let chosen = self.candidate.take().unwrap_or_default();

        self.pin_in_force(
            world,
            grant.card,
            &[one_time.as_str(), chosen.as_str(), "692850", "6928"],
        );
        let is_one_time = world.with_card(grant.card, |card| card.pin == one_time);
        let reset = sent
            .iter()
            .any(|sent| sent.effect == Effect::Reload && sent.carried_out);
        // Records name a card by what it says of itself, and so as they name its copy; what a card
        // that lies was made to hold is not on record.
        let told_apart = BagCard::twin(grant.card).is_none() && !now.has_lied;
        if reset && let Some(issued) = self.issued.get_mut(grant.card) {
            *issued = is_one_time == Some(true) && told_apart;
        }
        if let Some(Ok(done)) = answer
            && !now.has_lied
        {
            let told = done.attempts_remaining.is_none_or(|told| told == now.tries);
            let unlocked = now.tries == now.limit && told;
            self.holds("the answer agrees with the card", unlocked, || {
                format!("{done:?}, {now:?}")
            });
        }
        if let Some(truth) = &mut self.truth {
            truth.after = now.tries;
            truth.carried_out = sent.iter().any(|sent| sent.carried_out);
            truth.done = now.tries == now.limit;
        }
        self.must_be_on_record = sent.iter().any(|sent| sent.carried_out);
    }
}
