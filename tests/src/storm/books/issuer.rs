//! The issuer's commands, held against the grant and the card.

use cardd::terminal::conversation::Operated;

use super::{Books, Card, Grant, Sent, Truth, World};
use crate::storm::{
    bag::BagCard,
    command::{Effect, change_data},
    life::Answer,
};

/// Whether the counter is where an unblock or a reset leaves it. A holder's own change after it that is
/// torn may have taken one try, as the card takes it before it looks at the PIN.
fn restored(sent: &[Sent], now: Card) -> bool {
    let torn = |sent: &Sent| sent.effect == Effect::Change && sent.carried_out && sent.torn;
    now.tries == now.limit || (sent.iter().any(torn) && now.tries + 1 == now.limit)
}

/// Whether the holder's own PIN was presented to the card.
fn own_change(sent: &[Sent]) -> bool {
    let change = |sent: &Sent| sent.effect == Effect::Change && sent.carried_out;
    sent.iter().any(change)
}

impl Books {
    /// An issuer operation ended.
    pub fn operated(&mut self, world: &World, grant: &Grant, answer: Option<&Answer<Operated>>) {
        let sent = world.take_sent();
        self.touch(&sent);
        self.permitted_by_the_grant(&sent);
        self.untouched(world);
        self.no_forbidden_choice(grant.card, &sent);
        self.pin_of_a_reset(world, grant, &sent);
        let now = Self::look(world, grant.card);
        let restored = restored(&sent, now);
        if let Some(Ok(done)) = answer
            && !now.has_lied
        {
            let told = done.attempts_remaining.is_none_or(|told| told == now.tries);
            self.holds("the answer agrees with the card", restored && told, || {
                format!("{done:?}, {now:?}")
            });
        }
        let before = self.truth.map_or(now.tries, |truth| truth.before);
        // The holder who chooses a PIN presents the issuer's, which is right.
        let fewer = now.tries < before && !restored && !now.has_lied;
        self.holds("tries are spent by people", !fewer, || {
            format!("{before} became {now:?} by the issuer")
        });
        // A card that lies may say of the holder's own change that it was a wrong PIN.
        self.count(world, now.has_lied && own_change(&sent));
        self.what_was_done(world, grant, (&sent, now));
        self.must_be_on_record = sent.iter().any(|sent| sent.carried_out);
    }

    fn permitted_by_the_grant(&mut self, sent: &[Sent]) {
        for command in sent {
            let meant = self.permit.as_ref();
            let here = |permit: &Grant| permit.card == command.card && permit.stay == command.stay;
            let same = meant.is_none_or(here);
            self.holds("the same card", same, || {
                format!("{:?} to card {}", command.effect, command.card)
            });
            let permitted = self.permit.as_ref().is_some_and(|permit| {
                let second = permit.approved || !permit.needs_second;
                let on_record = self.cases.contains_key(&permit.case);
                // Whether the stated holder is the card's is told by the read key at the earliest.
                let holder = permit.is_the_holder || command.effect == Effect::ProveReadKey;
                second && on_record && holder
            });
            self.holds("no unlock without a grant", permitted, || {
                format!("{:?}", command.effect)
            });
        }
    }

    /// A file that is pushed in the middle of a reset comes before the holder's prompt or after it.
    fn no_forbidden_choice(&mut self, card: usize, sent: &[Sent]) {
        let one_time = self.one_time.get(card).cloned().flatten();
        let one_time = one_time.unwrap_or_default();
        let chosen = self.candidate.clone().unwrap_or_default();
        for change in sent.iter().filter(|sent| sent.effect == Effect::Change) {
            let is = |new: &str| change.data == change_data(&one_time, new);
            let forbidden = is(&chosen) && self.rules_then.forbids(&chosen);
            let forbidden = forbidden && self.rules.in_force().forbids(&chosen);
            self.holds("no new PIN that the rules forbid", !forbidden, || {
                format!("chosen for card {card} after a reset")
            });
        }
    }

    /// The issuer may have set the PIN of a card or of its copy: cardd cannot tell the two apart.
    fn may_be_set(&mut self, card: usize, sent: &[Sent]) {
        if sent.iter().any(|sent| sent.effect == Effect::Reload) {
            for card in [Some(card), BagCard::twin(card)].into_iter().flatten() {
                if let Some(set) = self.ever_set.get_mut(card) {
                    *set = true;
                }
            }
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
        self.may_be_set(grant.card, sent);
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

    /// What the records of the operation are held against: the issuer's message, and the change
    /// that the holder's choice after a reset is.
    fn what_was_done(&mut self, world: &World, grant: &Grant, (sent, now): (&[Sent], Card)) {
        let done = |effect: Effect| {
            let mut of_it = sent.iter().filter(|sent| sent.effect == effect);
            of_it.any(|sent| sent.carried_out)
        };
        let message = done(Effect::Unblock) || done(Effect::Reload);
        let Some(truth) = &mut self.truth else { return };
        truth.carried_out = message;
        truth.done = message && restored(sent, now);
        truth.after = if truth.done { now.limit } else { now.tries };
        let one_time = self.one_time.get(grant.card).cloned().flatten();
        let chosen = world.with_card(grant.card, |card| Some(card.pin.clone()) != one_time);
        self.own_choice = Some(Truth {
            before: now.limit,
            after: now.tries,
            right: true,
            carried_out: done(Effect::Change),
            done: done(Effect::Change) && chosen == Some(true),
            issuer: false,
            ..*truth
        });
    }

    /// Somebody approved a case, or was refused.
    pub fn approved(&mut self, same: bool, approved: bool) {
        self.holds("no unlock without a grant", !(same && approved), || {
            "the operator who opened a case approved it".to_owned()
        });
    }

    /// A case that is approved on record is approved by another person than opened it.
    pub(super) fn case_approved(&mut self, case: u64, operator: &str) {
        let opener = self.cases.get(&case);
        let other = opener.is_some_and(|opener| opener != operator);
        self.holds("no unlock without a grant", other, || {
            format!("case {case} approved by {operator}")
        });
    }
}
