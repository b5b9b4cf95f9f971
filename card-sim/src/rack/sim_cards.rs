//! Simulated social security cards for the rack.

use std::fs;
use std::path::PathBuf;

use rand::rngs::StdRng;
use serde::Serialize;

use super::shelf::{CardMaker, CounterView, Inspection, MakeError, PinView, RackCard};
use crate::card::{self, Card, PinCondition};
use crate::counter::Counter;
use crate::persona::{Persona, READY};
use crate::state::{FileStore, MemoryStore};

/// Supplies each card with its own random numbers.
pub type RandomSource = Box<dyn Fn() -> StdRng + Send + Sync>;

/// Makes cards of the ready personas, or of a persona file whose name ends in `.toml`.
pub struct SimCards {
    state_dir: Option<PathBuf>,
    random: RandomSource,
}

impl SimCards {
    /// Cards keep their state in `state_dir/NAME.json`, or in memory without a directory.
    #[must_use]
    pub fn new(state_dir: Option<PathBuf>, random: RandomSource) -> Self {
        Self { state_dir, random }
    }

    fn card(&self, name: &str, persona: Persona) -> Result<Card, MakeError> {
        let random = (self.random)();
        let card = match &self.state_dir {
            Some(dir) => {
                fs::create_dir_all(dir).map_err(MakeError::new)?;
                Card::new(
                    persona,
                    FileStore::new(dir.join(format!("{name}.json"))),
                    random,
                )
            }
            None => Card::new(persona, MemoryStore::new(), random),
        };
        card.map_err(MakeError::new)
    }
}

impl CardMaker for SimCards {
    fn personas(&self) -> Vec<String> {
        READY.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    fn make(&self, name: &str, persona: &str) -> Result<Box<dyn RackCard>, MakeError> {
        let persona = if persona.ends_with(".toml") {
            let text = fs::read_to_string(persona).map_err(MakeError::new)?;
            Persona::from_toml(&text)
        } else {
            Persona::ready(persona)
        };
        Ok(Box::new(self.card(name, persona.map_err(MakeError::new)?)?))
    }
}

impl RackCard for Card {
    fn inspect(&self) -> Inspection {
        let inside: card::Inspection = Card::inspect(self);
        let keys = inside
            .key_attempts
            .iter()
            .map(|(key, counter)| view(&label(key), *counter));
        let pin = match inside.pin {
            PinCondition::Set => PinView::Set,
            PinCondition::Empty => PinView::Empty,
            PinCondition::Blocked => PinView::Blocked,
        };
        Inspection {
            pin,
            pin_right: inside.pin_right,
            key_rights: inside.key_rights.iter().map(label).collect(),
            counters: std::iter::once(view("pin", inside.pin_attempts))
                .chain(keys)
                .collect(),
            blocked_applications: inside.blocked_applications.iter().map(label).collect(),
            card_blocked: inside.card_blocked,
        }
    }
}

fn view(name: &str, counter: Counter) -> CounterView {
    CounterView {
        name: name.to_owned(),
        left: counter.left(),
        limit: counter.limit(),
    }
}

/// The name that an identifier has in JSON.
fn label(id: &impl Serialize) -> String {
    match serde_json::to_value(id) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(other) => other.to_string(),
        Err(_) => String::from("?"),
    }
}
