//! Prompts, typed PINs, and what goes wrong meanwhile.

use std::{fs, pin::Pin};

use card_sim::{
    faults::{Act, Plan as Faults},
    rack::control::Until,
    state::CardState,
};
use hall_client::{Change, ClientError, Verified, Verify};
use rand::{SeedableRng as _, rngs::StdRng};
use rustix::process::Signal;

use super::{Done, Entry, Open, SOON, Through, card_name, orders::orders, slot, told, told::Deed};
use crate::{
    desk::typed,
    pcscd::Ending,
    storm::{
        command::bcd,
        step::{Choice, Mishap, Typed, What},
        world::Violation,
    },
};

impl Through {
    pub(super) async fn prompt(&mut self, at: usize, reader: usize, change: bool) -> Done<()> {
        let (Some(desk), Some(place)) = (self.desks.get(at), self.open.get_mut(at)) else {
            return Ok(());
        };
        *place = None;
        let (Some(card), Some(seen)) = (
            self.inside.get(reader).copied().flatten(),
            self.seen.get(reader),
        ) else {
            return Ok(());
        };
        let name = self.stand.reader(slot(reader));
        let entry = if change {
            let begun = desk.terminal.begin_entry(&name, *seen, Change).await;
            begun.map(Entry::Change)
        } else {
            let begun = desk.terminal.begin_entry(&name, *seen, Verify).await;
            begun.map(Entry::Verify)
        };
        *place = entry.ok().map(|entry| Open {
            entry,
            reader,
            card,
        });
        Ok(())
    }

    pub(super) async fn status(&mut self, at: usize, reader: usize) -> Done<Result<(), Violation>> {
        let (Some(desk), Some(Some(card)), Some(seen)) = (
            self.desks.get(at),
            self.inside.get(reader),
            self.seen.get(reader),
        ) else {
            return Ok(Ok(()));
        };
        let name = self.stand.reader(slot(reader));
        let tries = self.stand.tries(&card_name(*card))?;
        Ok(match desk.status((&name, *seen)).await {
            Ok(status) => told::status(status.attempts_remaining, tries),
            Err(_) => Ok(()),
        })
    }

    pub(super) async fn type_at(
        &mut self,
        at: usize,
        (pin, choice, last): (Typed, Choice, bool),
        mishap: Option<Mishap>,
    ) -> Done<Result<(), Violation>> {
        let Some(open) = self.open.get_mut(at).and_then(Option::take) else {
            return Ok(Ok(()));
        };
        let (reader, card) = (open.reader, open.card);
        let deed = self.deed(
            (at, card, last),
            (pin, choice),
            matches!(open.entry, Entry::Change(_)),
        )?;
        self.pin_operations += 1;
        let answer = self.carry_out(open, (&deed, choice), mishap).await?;
        self.tidy(reader, mishap).await?;
        let now = (
            self.stand.tries(&card_name(card))?,
            self.pin_of(card, &deed)?,
        );
        let lies = mishap.is_some_and(|mishap| mishap.what.lies());
        let told = told::check(&deed, answer.as_ref(), &now, lies);
        if let (Some(known), Some(pin)) = (self.pins.get_mut(card), now.1) {
            *known = pin;
        }
        Ok(told)
    }

    pub(super) fn deed(
        &self,
        (desk, card, last): (usize, usize, bool),
        (pin, choice): (Typed, Choice),
        change: bool,
    ) -> Done<Deed> {
        let in_force = self.pins.get(card).cloned().unwrap_or_default();
        let digits = |all: &str| all.get(..in_force.len()).unwrap_or(all).to_owned();
        let issued = digits(if in_force.len() == 4 {
            "1234"
        } else {
            "123456"
        });
        let good = ["830571", "941638", "692850", "508264"];
        let old = match pin {
            Typed::Right => in_force.clone(),
            Typed::Wrong(_) => digits("760241"),
            Typed::Issued => issued.clone(),
        };
        let new = match choice {
            Choice::Good(which) => digits(good.get(usize::from(which) % 4).unwrap_or(&"830571")),
            Choice::Issued => issued,
            Choice::Weak => "111111".to_owned(),
            Choice::Differing => digits("830571"),
        };
        Ok(Deed {
            desk,
            before: self.stand.tries(&card_name(card))?,
            right: old == in_force,
            old,
            new: change.then_some(new),
            last,
        })
    }

    /// Types, with what goes wrong meanwhile; no answer where nobody was left to hear it.
    pub(super) async fn carry_out(
        &mut self,
        open: Open,
        (deed, choice): (&Deed, Choice),
        mishap: Option<Mishap>,
    ) -> Done<Option<Result<Verified, ClientError>>> {
        let (slot, change) = (slot(open.reader), deed.new.is_some());
        let orders = mishap.and_then(|mishap| orders(mishap, change));
        if let Some(orders) = &orders {
            self.stand.rack()?.fault(slot, orders)?;
        }
        let again = if choice == Choice::Differing {
            "999111"
        } else {
            deed.new.as_deref().unwrap_or("")
        };
        let typing = typing(open.entry, deed, again, StdRng::from_rng(&mut self.rng));
        let holds = |orders: &Faults| {
            orders
                .orders()
                .iter()
                .any(|order| matches!(order.act, Act::Hold(_)))
        };
        if !orders.as_ref().is_some_and(holds) {
            return Ok(Some(typing.await));
        }
        let mut typing = tokio::spawn(typing);
        let mut rack = self.stand.rack()?;
        let name = slot.to_owned();
        let held = tokio::task::spawn_blocking(move || rack.wait(&name, Until::Held, SOON).is_ok());
        tokio::select! {
            biased;
            answer = &mut typing => return Ok(answer.ok()),
            held = held => if !held? { return Ok(typing.await.ok()) },
        }
        match mishap.map(|mishap| mishap.what) {
            Some(What::Crash { .. }) => drop(self.stand.cardd.end(Signal::KILL)?),
            Some(What::Service { .. }) => self.stand.pcscd.restart(Ending::Kill)?,
            _ => typing.abort(),
        }
        // The end of the service has ended the hold already.
        drop(self.stand.rack()?.release(slot));
        let answer = typing.await.ok();
        Ok(
            answer
                .filter(|_| !matches!(mishap.map(|mishap| mishap.what), Some(What::Crash { .. }))),
        )
    }

    /// The PIN that the card holds: the old or the new one.
    fn pin_of(&self, card: usize, deed: &Deed) -> Done<Option<String>> {
        let in_force = self.pins.get(card).cloned().unwrap_or_default();
        let candidates: Vec<String> = [Some(in_force), deed.new.clone()]
            .into_iter()
            .flatten()
            .collect();
        self.pin_among(card, &candidates)
    }

    /// Which of these PINs the card holds, from its saved state; a card without one is as it was, with the
    /// first.
    pub(super) fn pin_among(&self, card: usize, candidates: &[String]) -> Done<Option<String>> {
        let path = self
            .stand
            .directory()
            .join("cards")
            .join(format!("{}.json", card_name(card)));
        if !path.exists() {
            return Ok(candidates.first().cloned());
        }
        let state = CardState::from_json(&fs::read_to_string(path)?)?;
        let is = |digits: &String| {
            state
                .pin
                .as_ref()
                .is_some_and(|pin| pin.matches(&bcd(digits)))
        };
        Ok(candidates.iter().find(|digits| is(digits)).cloned())
    }
}

type Typing = Pin<Box<dyn Future<Output = Result<Verified, ClientError>> + Send>>;

fn typing(entry: Entry, deed: &Deed, again: &str, mut rng: StdRng) -> Typing {
    let (old, last) = (typed(&deed.old), deed.last);
    match entry {
        Entry::Verify(entry) => Box::pin(async move {
            let entry = if last {
                entry.accept_last_attempt()
            } else {
                entry
            };
            entry.verify(old, &mut rng).await
        }),
        Entry::Change(entry) => {
            let (new, again) = (typed(deed.new.as_deref().unwrap_or_default()), typed(again));
            Box::pin(async move {
                let entry = if last {
                    entry.accept_last_attempt()
                } else {
                    entry
                };
                entry.change(old, new, again, &mut rng).await
            })
        }
    }
}
