//! The issuer's commands, held against the grant and the card.

use cardd::terminal::conversation::Operated;

use super::{Books, Grant, Sent, World};
use crate::storm::{bag::BagCard, command::Effect, life::Answer};

impl Books {
    /// An issuer operation ended.
    pub fn operated(&mut self, world: &World, grant: &Grant, answer: Option<&Answer<Operated>>) {
        let sent = world.take_sent();
        self.permitted_by_the_grant(&sent);
        let touched: Vec<usize> = sent.iter().map(|sent| sent.card).collect();
        self.untouched(world, &touched);
        self.pin_of_a_reset(world, grant, &sent);
        let now = Self::look(world, grant.card);
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

    fn permitted_by_the_grant(&mut self, sent: &[Sent]) {
        for command in sent {
            let permitted = self.permit.as_ref().is_some_and(|permit| {
                let here = permit.card == command.card && permit.stay == command.stay;
                // Whether the stated holder is the card's is told by the read key at the earliest.
                here && (permit.is_the_holder || command.effect == Effect::ProveReadKey)
            });
            self.holds("no unlock without a grant", permitted, || {
                format!("{:?}", command.effect)
            });
        }
    }

    /// The PIN in force is the one before, the issuer's, or what the holder chose after it.
    fn pin_of_a_reset(&mut self, world: &World, grant: &Grant, sent: &[Sent]) {
        let one_time = self.one_time.get(grant.card).cloned().flatten();
        let one_time = one_time.unwrap_or_default();
        let chosen = self.candidate.take().unwrap_or_default();
        let candidates = [one_time.as_str(), chosen.as_str(), "692850", "6928"];
        self.pin_in_force(world, grant.card, &candidates);
        let is_one_time = world.with_card(grant.card, |card| card.pin == one_time);
        let reload = |sent: &Sent| sent.effect == Effect::Reload && sent.carried_out;
        // Records name a card by what it says of itself, and so as they name its copy; what a card
        // that lies was made to hold is not on record.
        let lied = Self::look(world, grant.card).has_lied;
        let told_apart = BagCard::twin(grant.card).is_none() && !lied;
        if sent.iter().any(reload)
            && let Some(issued) = self.issued.get_mut(grant.card)
        {
            *issued = is_one_time == Some(true) && told_apart;
        }
    }
}
