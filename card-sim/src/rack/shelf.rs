//! All cards of a rack by name, whether in a slot or not.

use std::collections::BTreeMap;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};

use crate::faults::{Answered, CardFault, Faultable, Memory, carry_out};

/// Cards that one rack keeps.
pub const MAX_CARDS: usize = 256;

/// A card that a rack can hold: the four verbs, and a look inside for tests.
pub trait RackCard: Faultable {
    /// What the card would tell nobody but its maker. Never a PIN or a key.
    fn inspect(&self) -> Inspection;
}

/// A look inside a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// Condition of the PIN.
    pub pin: PinView,
    /// A VERIFY succeeded since the last reset.
    pub pin_right: bool,
    /// Keys that are authenticated since the application was selected.
    pub key_rights: Vec<String>,
    /// Every secret with an attempt counter; the PIN's is named `pin`.
    pub counters: Vec<CounterView>,
    /// Applications that the issuer has locked.
    pub blocked_applications: Vec<String>,
    /// The issuer has ended the card.
    pub card_blocked: bool,
}

/// Condition of a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinView {
    /// A PIN is stored and has tries left.
    Set,
    /// No PIN is stored.
    Empty,
    /// No try is left.
    Blocked,
}

impl Inspection {
    /// The attempt counter of that name.
    #[must_use]
    pub fn counter(&self, name: &str) -> Option<&CounterView> {
        self.counters.iter().find(|counter| counter.name == name)
    }
}

/// One attempt counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterView {
    /// What it counts for, such as `pin`.
    pub name: String,
    /// Attempts left.
    pub left: u8,
    /// Attempts after an unblock.
    pub limit: u8,
}

impl CounterView {
    /// Whether no attempt is left.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.left == 0
    }
}

/// A card could not be made.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct MakeError(Box<dyn std::error::Error + Send + Sync>);

impl MakeError {
    /// A failure with its cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// Where cards come from.
pub trait CardMaker: Send + Sync {
    /// Names of the personas that [`CardMaker::make`] knows.
    fn personas(&self) -> Vec<String>;

    /// Makes the card `name` of that persona, or takes it up again from its saved state.
    ///
    /// # Errors
    /// An unknown persona or a state that cannot be read.
    fn make(&self, name: &str, persona: &str) -> Result<Box<dyn RackCard>, MakeError>;
}

/// What happened to a card since the rack started, counted outside of the card.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// Times it got power (cold resets).
    pub power_ups: u64,
    /// Warm resets.
    pub resets: u64,
    /// Commands it carried out.
    pub commands: u64,
}

/// A card with its name and its history.
pub struct ShelfCard {
    name: String,
    persona: String,
    inside: Mutex<Inside>,
}

struct Inside {
    card: Box<dyn RackCard>,
    memory: Memory,
    traffic: Traffic,
}

/// Longest wait of a look inside for the command that the card carries out. A card that was just
/// pulled is still putting its state away.
pub const INSPECT_PATIENCE: Duration = Duration::from_secs(5);

/// The card did not come to rest within [`INSPECT_PATIENCE`] and cannot be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardBusy;

impl ShelfCard {
    /// Puts a name to a card.
    #[must_use]
    pub fn new(name: &str, persona: &str, card: Box<dyn RackCard>) -> Arc<Self> {
        let inside = Mutex::new(Inside {
            card,
            memory: Memory::default(),
            traffic: Traffic::default(),
        });
        Arc::new(Self {
            name: name.to_owned(),
            persona: persona.to_owned(),
            inside,
        })
    }

    /// The card's name in the rack.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The persona it was made of.
    #[must_use]
    pub fn persona(&self) -> &str {
        &self.persona
    }

    /// Cold reset; returns the ATR.
    pub fn power_on(&self) -> Vec<u8> {
        let mut inside = self.lock();
        inside.traffic.power_ups += 1;
        inside.card.power_on()
    }

    /// Takes the power.
    pub fn power_off(&self) {
        self.lock().card.power_off();
    }

    /// Warm reset; returns the ATR.
    pub fn reset(&self) -> Vec<u8> {
        let mut inside = self.lock();
        inside.traffic.resets += 1;
        inside.card.reset()
    }

    /// Carries out one command, with a fault or without.
    pub fn execute(&self, command: &[u8], fault: Option<CardFault>) -> Answered {
        let mut inside = self.lock();
        inside.traffic.commands += 1;
        let Inside { card, memory, .. } = &mut *inside;
        carry_out(card.as_mut(), command, fault, memory)
    }

    /// A look inside, between commands.
    ///
    /// # Errors
    /// [`CardBusy`].
    pub fn inspect(&self) -> Result<(Inspection, Traffic), CardBusy> {
        let inside = self.inside.try_lock_for(INSPECT_PATIENCE).ok_or(CardBusy)?;
        Ok((inside.card.inspect(), inside.traffic))
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock()
    }
}

impl std::fmt::Debug for ShelfCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ShelfCard({} of {})", self.name, self.persona)
    }
}

impl PartialEq for ShelfCard {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// All cards of a rack.
pub struct Shelf {
    maker: Box<dyn CardMaker>,
    cards: Mutex<BTreeMap<String, Arc<ShelfCard>>>,
}

/// Why the shelf has no such card.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// Neither a card nor a persona.
    #[error("there is no card and no persona named \"{0}\"")]
    Unknown(String),
    /// The card could not be made.
    #[error("the card \"{0}\" could not be made")]
    Make(String, #[source] MakeError),
    /// [`MAX_CARDS`] cards are there.
    #[error("the rack is full: it keeps {MAX_CARDS} cards")]
    Full,
    /// The card is there with another persona.
    #[error("the card \"{0}\" exists with persona \"{1}\"")]
    OtherPersona(String, String),
}

impl Shelf {
    /// An empty shelf.
    #[must_use]
    pub fn new(maker: Box<dyn CardMaker>) -> Self {
        Self {
            maker,
            cards: Mutex::new(BTreeMap::new()),
        }
    }

    /// The card of that name. If there is none but a persona has the name, the card is made of it
    /// and bears the persona's name.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn get(&self, name: &str) -> Result<Arc<ShelfCard>, ShelfError> {
        if let Some(card) = self.find(name) {
            return Ok(card);
        }
        if !self.maker.personas().iter().any(|persona| persona == name) {
            return Err(ShelfError::Unknown(name.to_owned()));
        }
        self.add(name, name)
    }

    /// The card of that name, made of `persona` if it is not there yet.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn add(&self, name: &str, persona: &str) -> Result<Arc<ShelfCard>, ShelfError> {
        let mut cards = self.lock();
        if let Some(card) = cards.get(name) {
            let same = card.persona() == persona;
            let other = || ShelfError::OtherPersona(name.to_owned(), card.persona().to_owned());
            return if same {
                Ok(Arc::clone(card))
            } else {
                Err(other())
            };
        }
        if cards.len() >= MAX_CARDS {
            return Err(ShelfError::Full);
        }
        let made = self.maker.make(name, persona);
        let card = made.map_err(|cause| ShelfError::Make(name.to_owned(), cause))?;
        let card = ShelfCard::new(name, persona, card);
        cards.insert(name.to_owned(), Arc::clone(&card));
        Ok(card)
    }

    /// The card of that name, if it is on the shelf.
    pub fn find(&self, name: &str) -> Option<Arc<ShelfCard>> {
        self.lock().get(name).cloned()
    }

    /// All cards in the order of their names.
    pub fn all(&self) -> Vec<Arc<ShelfCard>> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<ShelfCard>>> {
        self.cards.lock()
    }
}
