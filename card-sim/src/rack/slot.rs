//! One slot: contacts, orders and the card in it, under one lock.
//!
//! The slot lock is never held while the card works, so a pull is told to the reader at once,
//! whatever the card does. Every change of power or card begins a new *cycle*; a command whose
//! cycle is over gets no answer.

mod exchange;
mod power;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::contacts::{Contacts, Effect, Event, Refused};
use super::plan::{HoldPhase, Order, Plan, PlanFull};
use super::shelf::ShelfCard;
use super::wire::Wire;

use power::take_power;

pub use exchange::Answer;

/// Longest time a command is held when nobody releases it.
pub const HOLD_LIMIT: Duration = Duration::from_secs(60);

/// The reader that shows a slot.
pub trait Reader: Send + Sync {
    /// A card arrived (`true`) or left. Called under the slot's lock, in the order of events:
    /// must return soon and not call the slot.
    fn card_changed(&self, present: bool);
}

/// Names one reader's time at the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkId(u64);

/// What a slot looks like from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotView {
    /// The slot's name.
    pub name: String,
    /// Name of the card in it.
    pub card: Option<String>,
    /// Whether the card has power.
    pub powered: bool,
    /// Whether a reader shows the slot.
    pub linked: bool,
    /// Cards inserted since the rack started.
    pub insertions: u64,
    /// The command that is held now.
    pub held: Option<Held>,
}

/// A command that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its instruction byte.
    pub ins: u8,
    /// Where it is held.
    pub phase: HoldPhase,
}

/// A slot of a rack.
pub struct Slot {
    name: String,
    wire: Arc<Wire>,
    inner: Mutex<Inner>,
    changed: Condvar,
}

struct Inner {
    contacts: Contacts<Arc<ShelfCard>>,
    cycle: u64,
    insertions: u64,
    link: Option<(LinkId, Arc<dyn Reader>)>,
    last_link: u64,
    plan: Plan,
    held: Option<Held>,
    atr: Vec<u8>,
    closed: bool,
}

/// Another reader shows the slot, or the rack stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken;

impl Slot {
    /// An empty slot.
    #[must_use]
    pub fn new(name: &str, wire: Arc<Wire>) -> Self {
        let inner = Inner {
            contacts: Contacts::Empty,
            cycle: 0,
            insertions: 0,
            link: None,
            last_link: 0,
            plan: Plan::default(),
            held: None,
            atr: Vec::new(),
            closed: false,
        };
        Self {
            name: name.to_owned(),
            wire,
            inner: Mutex::new(inner),
            changed: Condvar::new(),
        }
    }

    /// The slot's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The slot as it stands.
    #[must_use]
    pub fn view(&self) -> SlotView {
        self.view_of(&self.lock())
    }

    /// Gives the slot to a reader and tells it whether a card is in.
    ///
    /// # Errors
    /// [`Taken`].
    pub fn attach(&self, reader: Arc<dyn Reader>) -> Result<LinkId, Taken> {
        let mut inner = self.lock();
        if inner.link.is_some() || inner.closed {
            return Err(Taken);
        }
        inner.last_link += 1;
        let id = LinkId(inner.last_link);
        reader.card_changed(inner.contacts.card().is_some());
        inner.link = Some((id, reader));
        self.changed.notify_all();
        Ok(id)
    }

    /// The reader is gone: the card loses power, a held command ends.
    pub fn detach(&self, id: LinkId) {
        let mut inner = self.lock();
        if inner
            .link
            .as_ref()
            .is_some_and(|(current, _)| *current == id)
        {
            inner.link = None;
            let effect = self.step(&mut inner, Event::PowerDown);
            drop(inner);
            take_power(effect);
        }
    }

    /// Pushes a card in.
    ///
    /// # Errors
    /// [`Refused::Occupied`].
    pub fn insert(&self, card: Arc<ShelfCard>) -> Result<(), Refused> {
        let effect = self.step(&mut self.lock(), Event::Insert(card));
        refusal(&effect)
    }

    /// Pulls the card out and returns it.
    ///
    /// # Errors
    /// [`Refused::NoCard`].
    pub fn pull(&self) -> Result<Arc<ShelfCard>, Refused> {
        let effect = self.step(&mut self.lock(), Event::Pull);
        refusal(&effect)?;
        take_power(effect).ok_or(Refused::NoCard)
    }

    /// Orders a fault.
    ///
    /// # Errors
    /// [`PlanFull`].
    pub fn order(&self, Order { when, act }: Order) -> Result<(), PlanFull> {
        self.lock().plan.add(when, act)
    }

    /// Forgets all orders.
    pub fn clear_orders(&self) {
        self.lock().plan.clear();
    }

    /// Lets a held command go on; says whether there was one.
    pub fn release(&self) -> bool {
        let released = self.lock().held.take().is_some();
        self.changed.notify_all();
        released
    }

    /// Waits until `is` holds for the slot; `None` when it did not within `patience`,
    /// or when the rack stops before.
    pub fn wait_until(
        &self,
        patience: Duration,
        is: impl Fn(&SlotView) -> bool,
    ) -> Option<SlotView> {
        let inner = self.lock();
        let (inner, _) = self
            .changed
            .wait_timeout_while(inner, patience, |inner| {
                !inner.closed && !is(&self.view_of(inner))
            })
            .unwrap_or_else(PoisonError::into_inner);
        Some(self.view_of(&inner)).filter(|view| is(view))
    }

    /// The rack stops: for the reader the card is out, and every wait and every hold ends.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        inner.tell(false);
        drop(inner);
        self.power_down();
        self.changed.notify_all();
    }

    /// Takes one step of the contacts and tells the reader.
    fn step(&self, inner: &mut Inner, event: Event<Arc<ShelfCard>>) -> Effect<Arc<ShelfCard>> {
        let contacts = std::mem::replace(&mut inner.contacts, Contacts::Empty);
        let (contacts, effect) = contacts.on(event);
        inner.contacts = contacts;
        match &effect {
            Effect::Refused(_) | Effect::None => return effect,
            Effect::Arrived => {
                inner.insertions += 1;
                inner.tell(true);
            }
            Effect::Left { .. } => inner.tell(false),
            Effect::PowerOn(_) | Effect::Reset(_) | Effect::PowerOff(_) => {}
        }
        inner.cycle += 1;
        inner.atr.clear();
        self.changed.notify_all();
        effect
    }

    fn view_of(&self, inner: &Inner) -> SlotView {
        SlotView {
            name: self.name.clone(),
            card: inner.contacts.card().map(|card| card.name().to_owned()),
            powered: inner.contacts.is_powered(),
            linked: inner.link.is_some(),
            insertions: inner.insertions,
            held: inner.held,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn tell(&self, present: bool) {
        if let Some((_, reader)) = &self.link {
            reader.card_changed(present);
        }
    }
}

fn refusal(effect: &Effect<Arc<ShelfCard>>) -> Result<(), Refused> {
    match effect {
        Effect::Refused(refused) => Err(*refused),
        Effect::None
        | Effect::Arrived
        | Effect::Left { .. }
        | Effect::PowerOn(_)
        | Effect::Reset(_)
        | Effect::PowerOff(_) => Ok(()),
    }
}
