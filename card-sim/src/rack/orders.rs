//! What each control request does to the rack.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::contacts::Refused;
use super::control::{CardView, MAX_WAIT_MS, Outcome, Refusal, RefusalCode, Request, Until};
use super::plan::{Act, Order, PlanFull};
use super::shelf::{Shelf, ShelfCard, ShelfError};
use super::slot::Slot;
use super::wire::{News, Wire};

/// The cards and slots of a rack, without its sockets.
pub(super) struct Room {
    pub(super) slots: Vec<Arc<Slot>>,
    pub(super) shelf: Shelf,
    pub(super) wire: Arc<Wire>,
    /// Held while cards move, so that a card is in one slot at most.
    moves: Mutex<()>,
}

type Done = Result<Outcome, Refusal>;

impl Room {
    pub(super) fn new(slots: Vec<Arc<Slot>>, shelf: Shelf, wire: Arc<Wire>) -> Self {
        Self {
            slots,
            shelf,
            wire,
            moves: Mutex::new(()),
        }
    }

    /// Carries out everything but `stop` and a `wire` that follows, which concern the connection.
    pub(super) fn carry_out(&self, request: &Request) -> Done {
        match request {
            Request::List => Ok(Outcome::Slots(
                self.slots.iter().map(|s| s.view()).collect(),
            )),
            Request::Insert { slot, card } => self.insert(slot, card),
            Request::Pull { slot, at: None } => self.pull(slot),
            Request::Pull { slot, at: Some(at) } => {
                let (when, act) = (at.when, Act::Pull(at.phase));
                self.order(slot, &[Order { when, act }])
            }
            Request::Swap { slot, card } => self.swap(slot, card),
            Request::Inspect { name } => self.inspect(name),
            Request::Hold { slot, when, phase } => {
                let (when, act) = (*when, Act::Hold(*phase));
                self.order(slot, &[Order { when, act }])
            }
            Request::Fault { slot, orders } => self.order(slot, orders),
            Request::Release { slot } => self.release(slot),
            Request::Clear { slot } => {
                self.slot(slot)?.clear_orders();
                Ok(Outcome::Done)
            }
            Request::Wait {
                slot,
                until,
                timeout_ms,
            } => self.wait(slot, *until, *timeout_ms),
            Request::Wire { after, .. } => match self.wire.after(*after, Duration::ZERO) {
                News::Exchanges(exchanges) => Ok(Outcome::Exchanges(exchanges)),
                News::Quiet | News::Closed => Ok(Outcome::Exchanges(Vec::new())),
            },
            Request::Stop => Ok(Outcome::Done),
        }
    }

    pub(super) fn find_slot(&self, name: &str) -> Option<Arc<Slot>> {
        self.slots.iter().find(|slot| slot.name() == name).cloned()
    }

    fn slot(&self, name: &str) -> Result<Arc<Slot>, Refusal> {
        let unknown = || format!("there is no slot named \"{name}\"");
        self.find_slot(name)
            .ok_or_else(|| Refusal::new(RefusalCode::UnknownSlot, unknown()))
    }

    fn holder(&self, card: &str) -> Option<Arc<Slot>> {
        self.slots
            .iter()
            .find(|slot| slot.view().card.as_deref() == Some(card))
            .cloned()
    }

    /// The card, if it may go into `slot`: it is in no other one.
    fn card_for(&self, slot: &Slot, name: &str) -> Result<Arc<ShelfCard>, Refusal> {
        let card = self.shelf.get(name).map_err(|e| refuse_shelf(&e))?;
        match self.holder(card.name()) {
            Some(holder) if holder.name() != slot.name() => {
                let message = format!("the card \"{name}\" is in slot \"{}\"", holder.name());
                Err(Refusal::new(RefusalCode::CardElsewhere, message))
            }
            Some(_) | None => Ok(card),
        }
    }

    pub(super) fn insert(&self, slot: &str, card: &str) -> Done {
        let _moving = self.moves.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = self.slot(slot)?;
        let card = self.card_for(&slot, card)?;
        slot.insert(card)
            .map_err(|refused| refuse_move(refused, slot.name()))?;
        Ok(Outcome::Slot(slot.view()))
    }

    fn pull(&self, slot: &str) -> Done {
        let _moving = self.moves.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = self.slot(slot)?;
        slot.pull()
            .map_err(|refused| refuse_move(refused, slot.name()))?;
        Ok(Outcome::Slot(slot.view()))
    }

    fn swap(&self, slot: &str, card: &str) -> Done {
        let _moving = self.moves.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = self.slot(slot)?;
        let card = self.card_for(&slot, card)?;
        slot.pull()
            .map_err(|refused| refuse_move(refused, slot.name()))?;
        slot.insert(card)
            .map_err(|refused| refuse_move(refused, slot.name()))?;
        Ok(Outcome::Slot(slot.view()))
    }

    fn inspect(&self, name: &str) -> Done {
        let in_slot = match self.find_slot(name) {
            Some(slot) => Some(
                slot.view()
                    .card
                    .ok_or_else(|| refuse_move(Refused::NoCard, name))?,
            ),
            None => None,
        };
        let card = in_slot.as_deref().unwrap_or(name);
        let card = self.shelf.find(card).ok_or_else(|| {
            let message = format!("there is no slot and no card named \"{name}\"");
            Refusal::new(RefusalCode::UnknownCard, message)
        })?;
        self.view(&card)
    }

    fn view(&self, card: &ShelfCard) -> Done {
        let (inside, traffic) = card.inspect().map_err(|_busy| {
            let message = format!("the card \"{}\" has not come to rest", card.name());
            Refusal::new(RefusalCode::CardBusy, message)
        })?;
        Ok(Outcome::Card(CardView {
            name: card.name().to_owned(),
            persona: card.persona().to_owned(),
            slot: self.holder(card.name()).map(|slot| slot.name().to_owned()),
            inside,
            traffic,
        }))
    }

    fn order(&self, slot: &str, orders: &[Order]) -> Done {
        let full = |PlanFull| Refusal::new(RefusalCode::Full, "too many orders wait in this slot");
        let slot = self.slot(slot)?;
        let mut orders = orders.iter();
        orders
            .try_for_each(|order| slot.order(*order))
            .map_err(full)?;
        Ok(Outcome::Done)
    }

    fn release(&self, slot: &str) -> Done {
        if self.slot(slot)?.release() {
            return Ok(Outcome::Done);
        }
        let message = format!("no command is held in slot \"{slot}\"");
        Err(Refusal::new(RefusalCode::NothingHeld, message))
    }

    fn wait(&self, slot: &str, until: Until, timeout_ms: u64) -> Done {
        let slot = self.slot(slot)?;
        let patience = Duration::from_millis(timeout_ms.min(MAX_WAIT_MS));
        match slot.wait_until(patience, |view| until.holds(view)) {
            Some(view) => Ok(Outcome::Slot(view)),
            None => {
                let message = format!(
                    "slot \"{}\" was not {until:?} within {timeout_ms} ms",
                    slot.name()
                );
                Err(Refusal::new(RefusalCode::TimedOut, message.to_lowercase()))
            }
        }
    }
}

fn refuse_move(refused: Refused, slot: &str) -> Refusal {
    match refused {
        Refused::Occupied => {
            let message = format!("there is a card in slot \"{slot}\" already");
            Refusal::new(RefusalCode::SlotOccupied, message)
        }
        Refused::NoCard => Refusal::new(
            RefusalCode::SlotEmpty,
            format!("there is no card in slot \"{slot}\""),
        ),
    }
}

fn refuse_shelf(error: &ShelfError) -> Refusal {
    let code = match error {
        ShelfError::Unknown(_) => RefusalCode::UnknownCard,
        ShelfError::Full => RefusalCode::Full,
        ShelfError::Make(_, cause) => {
            return Refusal::new(RefusalCode::CardFault, format!("{error}: {cause}"));
        }
        ShelfError::OtherPersona(_, _) => RefusalCode::CardFault,
    };
    Refusal::new(code, error.to_string())
}
