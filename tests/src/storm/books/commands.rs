//! Commands with a PIN, held against what was typed and for which card, and what they did to it.

use super::{Books, Deed, Sent, World, kinds};
use crate::storm::command::{Effect, bcd, change_data};

impl Books {
    /// One entry, one command, with what was typed and nothing else; and only where it may be.
    pub(super) fn permitted_command(&mut self, world: &World, sent: &[Sent], deed: &Deed) {
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
        let in_force = self.issued.get(deed.card).copied().unwrap_or_default();
        let (business, weak) = match &deed.new {
            None => (deed.terms.is_issued(&deed.old) || in_force, false),
            Some(new) => (false, deed.terms.forbids(new)),
        };
        self.holds("no business with an issued PIN", !business, || {
            format!("card {}", deed.card)
        });
        self.holds("no new PIN that the rules forbid", !weak, || {
            format!("card {}", deed.card)
        });
        let typed = [Some(&deed.old), deed.new.as_ref()].into_iter().flatten();
        let short = typed.clone().any(|pin| pin.len() < deed.terms.shortest());
        self.holds("no PIN of another length", !short, || {
            format!("card {}", deed.card)
        });
    }

    fn floor_and_budget(&mut self, world: &World, deed: &Deed) {
        let kiosk = deed.desk == 1;
        let lied = Self::look(world, deed.card).has_lied;
        let fewest = deed.terms.fewest(deed.desk);
        let above = deed.before >= fewest && (deed.before >= 2 || deed.last);
        self.holds("the floor", above || lied, || {
            format!("{} tries left at desk {}", deed.before, deed.desk)
        });
        let open = !(kiosk && self.was_closed);
        self.holds("the budget", open, || {
            "a kiosk works although the budget is spent".to_owned()
        });
    }

    pub(super) fn same_card(&mut self, sent: &[Sent], deed: &Deed) {
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
    pub(super) fn what_the_card_did(&mut self, world: &World, deed: &Deed, sent: &[Sent]) {
        self.untouched(world);
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
    pub(super) fn pin_in_force(&mut self, world: &World, card: usize, candidates: &[&str]) -> bool {
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
}
