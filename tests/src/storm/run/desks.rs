//! Holders and thieves at their desks: prompts, typed PINs, and seals that are sent again.

use std::sync::Arc;

use cardd::terminal::Success;
use cardd_proto::{
    entry::{Binding, Typed as Sealable, seal},
    v1::{Bill, Purpose, SealedEntry},
};

use super::{Deed, Open, Run, StormError, desk, secret};
use crate::storm::{
    life::Answer,
    step::{Choice, Mishap, Typed},
};

impl Run {
    pub(super) fn prompt(&mut self, at: usize, reader: usize, change: bool) {
        let Some(slot) = self.prompts.get_mut(at) else {
            return;
        };
        *slot = None;
        let Some((name, insertion, card, stay)) = self.place(reader) else {
            return;
        };
        let Some(life) = &self.life else { return };
        let (terminal, who) = (Arc::clone(&life.terminal), desk(at, self.wrapper));
        let purpose = purpose(change);
        let asked =
            self.ask(async move { terminal.begin_entry(&who, &name, insertion, purpose).await });
        let Some(answer) = asked else { return };
        self.heard(&answer.as_ref().map(|prompt| prompt.status));
        self.books.prompted(&self.world, at, card, &answer);
        if let Ok(prompt) = answer
            && let Some(slot) = self.prompts.get_mut(at)
        {
            *slot = Some(Open {
                prompt,
                insertion,
                card,
                stay,
                change,
                terms: Arc::clone(self.books.rules.in_force()),
            });
        }
    }

    pub(super) fn status(&mut self, at: usize, reader: usize) {
        let Some((name, insertion, card, _)) = self.place(reader) else {
            return;
        };
        let Some(life) = &self.life else { return };
        let (terminal, who) = (Arc::clone(&life.terminal), desk(at, self.wrapper));
        let answer = self.ask(async move { terminal.pin_status(&who, &name, insertion).await });
        if let Some(answer) = answer {
            self.heard(&answer.as_ref().map(|(status, _)| *status));
            self.books.asked(&self.world, card, &answer);
        }
    }

    pub(super) fn type_at(
        &mut self,
        at: usize,
        (pin, choice, last): (Typed, Choice, bool),
        mishap: Option<Mishap>,
    ) -> Result<(), StormError> {
        let Some(open) = self.prompts.get_mut(at).and_then(Option::take) else {
            return Ok(());
        };
        let Some(deed) = self.deed(at, &open, (pin, choice, last)) else {
            return Ok(());
        };
        let Some(sealed) = self.seal(&open, &typed(&deed, choice)) else {
            return Ok(());
        };
        if let Some(kept) = self.sealed.get_mut(at) {
            *kept = Some((sealed.clone(), open.change));
        }
        self.pin_operations += 1;
        self.books.begin(&self.world, Some(deed.clone()));
        self.arm(mishap);
        let answer = self.send(at, sealed, open.change, last);
        self.disarm();
        self.concluded(&deed, answer)
    }

    /// Hands a sealed entry in. A billing desk asks for a receipt as well.
    fn send(
        &mut self,
        at: usize,
        sealed: SealedEntry,
        change: bool,
        last: bool,
    ) -> Option<Answer<Success>> {
        let life = self.life.as_ref()?;
        let (terminal, who) = (Arc::clone(&life.terminal), desk(at, self.wrapper));
        let bill = (at == BILLING).then(bill);
        let answer = self.ask(async move {
            if change {
                let changed = terminal.change_pin(&who, &sealed, last).await;
                changed.map(|success| (success, None))
            } else {
                terminal.verify_pin(&who, &sealed, last, bill).await
            }
        })?;
        if let (Ok((success, Some(receipt))), Some(life)) = (&answer, &self.life) {
            let keys = life.terminal.receipt_keys(&desk(BILLING, self.wrapper));
            let keys = keys.map(|listed| listed.keys).unwrap_or_default();
            self.books.receipt(&life.ledger, &keys, (success, receipt));
        }
        Some(answer.map(|(success, _receipt)| success))
    }

    fn concluded(
        &mut self,
        deed: &Deed,
        answer: Option<Answer<Success>>,
    ) -> Result<(), StormError> {
        if let Some(answer) = &answer {
            self.heard(&answer.as_ref().map(|success| success.attempts_remaining));
        }
        let died = self.world.is_dead();
        if let Some(life) = self.life.as_ref().filter(|_| !died) {
            self.books.keeps(&life.ledger);
        }
        self.books.sent(&self.world, deed, answer.as_ref());
        self.come_to_rest(died)
    }

    /// One entry, one command: a seal that was used is good for nothing.
    pub(super) fn again(&mut self, at: usize) -> Result<(), StormError> {
        let Some((sealed, change)) = self.sealed.get(at).cloned().flatten() else {
            return Ok(());
        };
        self.books.begin(&self.world, None);
        let answer = self.send(at, sealed, change, true);
        self.books.nothing_sent(&self.world, "a used entry");
        if let Some(Ok(success)) = &answer {
            self.books
                .breaks("one entry, one command", format!("again: {success:?}"));
        }
        self.settle();
        self.read_records();
        Ok(())
    }

    fn deed(
        &self,
        at: usize,
        open: &Open,
        (pin, choice, last): (Typed, Choice, bool),
    ) -> Option<Deed> {
        self.world.with_card(open.card, |card| {
            let old = match pin {
                Typed::Right => card.pin.clone(),
                Typed::Wrong(which) => card.wrong(which).to_owned(),
                Typed::Issued => card.issued().to_owned(),
            };
            let new = open.change.then(|| match choice {
                Choice::Good(which) => card.good(which).to_owned(),
                Choice::Issued => card.issued().to_owned(),
                Choice::Weak => "111111".to_owned(),
                Choice::Differing => card.good(0).to_owned(),
            });
            Deed {
                desk: at,
                card: open.card,
                stay: open.stay,
                before: card.tries(),
                right: card.pin_is(&old),
                old,
                new,
                last,
                terms: Arc::clone(&open.terms),
            }
        })
    }

    fn seal(&mut self, open: &Open, value: &Sealable) -> Option<SealedEntry> {
        let binding = Binding {
            entry_id: open.prompt.entry_id,
            insertion: open.insertion.number(),
            purpose: purpose(open.change),
        };
        seal(value, &binding, &open.prompt.public_key, &mut self.rng).ok()
    }
}

const BILLING: usize = 0;

fn bill() -> Bill {
    Bill {
        reference: "B-1".to_owned(),
        amount_fen: 1250,
    }
}

fn purpose(change: bool) -> Purpose {
    if change {
        Purpose::Change
    } else {
        Purpose::Verify
    }
}

/// What the page seals.
fn typed(deed: &Deed, choice: Choice) -> Sealable {
    let old = secret(&deed.old);
    let Some(new) = &deed.new else {
        return Sealable::Verify { pin: old };
    };
    let differs = choice == Choice::Differing;
    Sealable::Change {
        old,
        new: secret(new),
        again: secret(if differs { "999111" } else { new }),
    }
}
