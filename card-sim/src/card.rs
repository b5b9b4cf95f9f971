//! The card: non-volatile state, volatile session, and one file per command (LD/T 32.5).
//!
//! A command is a function from the card and the decoded command to an `Answer` or a status word.
//! It never builds bytes of the transmission protocol; `transport` does.

mod answer;
mod application_block;
mod attempts;
mod card_block;
mod change_pin;
mod current_file;
mod external_authenticate;
mod get_challenge;
mod inspection;
mod instruction;
mod internal_authenticate;
mod keys;
mod medical;
mod pin_change_unblock;
mod read_binary;
mod read_record;
mod record_address;
mod secure_messaging;
mod select;
mod session;
mod transport;
mod update_binary;
mod update_record;
mod verify;

use rand::Rng;
use thiserror::Error;

use crate::apdu::{Command, StatusWord};
use crate::counter::Counter;
use crate::faults::Faultable;
use crate::files::{Application, FileTree};
use crate::persona::{ChallengeLife, Persona, PersonaError};
use crate::state::{CardState, FORMAT_VERSION, StateError, StateStore};
use crate::virtual_card::VirtualCard;
use answer::Reply;
use instruction::Instruction;
use keys::Keyring;
use session::Session;

pub use inspection::{Inspection, PinCondition};

/// A software social security card.
pub struct Card {
    persona: Persona,
    files: FileTree,
    keys: Keyring,
    state: CardState,
    store: Box<dyn StateStore>,
    rng: Box<dyn Rng + Send>,
    session: Session,
    power_ons: u64,
    resets: u64,
    /// Commits that are still made before the power is cut; `None` is a sound supply.
    commits_left: Option<u8>,
}

/// Why no card could be made.
#[derive(Debug, Error)]
pub enum CardError {
    /// The persona does not fit a card.
    #[error(transparent)]
    Persona(#[from] PersonaError),
    /// The state could not be loaded, or belongs to another card.
    #[error(transparent)]
    State(#[from] StateError),
}

impl Card {
    /// A card with the state found in `store`, or fresh from personalisation when there is none.
    /// `rng` supplies the random numbers of GET CHALLENGE and nothing else.
    ///
    /// # Errors
    /// When the persona has impossible counters, or `store` holds no state of this card.
    pub fn new(
        persona: Persona,
        store: impl StateStore + 'static,
        rng: impl Rng + Send + 'static,
    ) -> Result<Self, CardError> {
        let files = persona.files();
        let keys = Keyring::derive(&persona, &files);
        let fresh = personalised(&persona, &keys)?;
        let state = match store.load()? {
            Some(state) if state.card == fresh.card => state,
            Some(CardState { card: found, .. }) => {
                return Err(StateError::OtherCard {
                    found,
                    expected: fresh.card,
                }
                .into());
            }
            None => fresh,
        };
        Ok(Self {
            persona,
            files,
            keys,
            state,
            store: Box::new(store),
            rng: Box::new(rng),
            session: Session::default(),
            power_ons: 0,
            resets: 0,
            commits_left: None,
        })
    }

    /// The persona the card was made from.
    #[must_use]
    pub fn persona(&self) -> &Persona {
        &self.persona
    }

    /// Applies `change` to the non-volatile memory: either it is durable and in force, or nothing
    /// has changed and the answer is 6581.
    fn commit(&mut self, change: impl FnOnce(&mut CardState)) -> Result<(), StatusWord> {
        if let Some(left) = &mut self.commits_left {
            *left = left.checked_sub(1).ok_or(StatusWord::MEMORY_FAILURE)?;
        }
        let mut next = self.state.clone();
        change(&mut next);
        self.store
            .save(&next)
            .map_err(|_| StatusWord::MEMORY_FAILURE)?;
        self.state = next;
        Ok(())
    }

    /// Whether APPLICATION BLOCK has closed `application` or the environment around it.
    fn is_closed(&self, application: Application) -> bool {
        self.state
            .blocked_applications
            .iter()
            .any(|blocked| application.is_closed_by(*blocked))
    }

    fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        if self.state.card_blocked {
            return StatusWord::NOT_SUPPORTED.to_bytes().to_vec();
        }
        let (command, instruction) = match decode(bytes) {
            Ok(decoded) => decoded,
            Err(status) => return status.to_bytes().to_vec(),
        };
        if instruction == Instruction::GetResponse {
            return transport::get_response(&mut self.session, &command);
        }
        self.session.pending.clear();
        let reply = self.run(instruction, &command);
        if self.persona.behaviour.challenge_life == ChallengeLife::NextCommand
            && instruction != Instruction::GetChallenge
        {
            self.session.challenge = None;
        }
        transport::respond(
            self.persona.reset.interface,
            &mut self.session,
            &command,
            reply,
        )
    }

    fn run(&mut self, instruction: Instruction, command: &Command) -> Reply {
        if instruction != Instruction::Select && self.is_closed(self.session.application) {
            return Err(StatusWord::APPLICATION_LOCKED);
        }
        match instruction {
            Instruction::Select => select::select(self, command),
            Instruction::ReadRecord => read_record::read_record(self, command),
            Instruction::ReadBinary => read_binary::read_binary(self, command),
            Instruction::UpdateRecord => update_record::update_record(self, command),
            Instruction::UpdateBinary => update_binary::update_binary(self, command),
            Instruction::GetChallenge => get_challenge::get_challenge(self, command),
            Instruction::InternalAuthenticate => internal_authenticate::answer(self, command),
            Instruction::ExternalAuthenticate => external_authenticate::check(self, command),
            Instruction::Verify => verify::verify(self, command),
            Instruction::ChangePin => change_pin::change_pin(self, command),
            Instruction::PinChangeUnblock => pin_change_unblock::run(self, command),
            Instruction::ApplicationBlock => application_block::block(self, command),
            Instruction::CardBlock => card_block::block(self, command),
            Instruction::Medical => medical::refuse(self, command),
            Instruction::GetResponse => Err(StatusWord::NOTHING_PENDING),
        }
    }

    fn restart(&mut self) -> Vec<u8> {
        self.session = Session::default();
        self.persona.reset.answer()
    }
}

fn decode(bytes: &[u8]) -> Result<(Command, Instruction), StatusWord> {
    let command = Command::decode(bytes)?;
    let instruction = Instruction::of(&command)?;
    Ok((command, instruction))
}

/// The state of a card that has just left the issuer.
fn personalised(persona: &Persona, keys: &Keyring) -> Result<CardState, PersonaError> {
    let counter = |key| persona.keys.counter(key).map(|counter| (key, counter));
    Ok(CardState {
        format_version: FORMAT_VERSION,
        card: persona.issuer.card_name(),
        pin: persona.pin.digits.clone(),
        pin_attempts: persona.pin.counter()?,
        key_attempts: keys.external().map(counter).collect::<Result<_, _>>()?,
        blocked_applications: [].into(),
        card_blocked: false,
        written_files: [].into(),
    })
}

impl VirtualCard for Card {
    fn power_on(&mut self) -> Vec<u8> {
        self.power_ons += 1;
        self.commits_left = None;
        self.restart()
    }

    fn power_off(&mut self) {
        self.session = Session::default();
    }

    fn reset(&mut self) -> Vec<u8> {
        self.resets += 1;
        self.restart()
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        if self.persona.reset.mute {
            Vec::new()
        } else {
            self.answer(command)
        }
    }
}

impl Faultable for Card {
    fn cut_power_after(&mut self, writes: u8) {
        self.commits_left = Some(writes);
    }

    fn tries(&self) -> Option<(u8, u8)> {
        let counter = self.state.pin_attempts;
        Some((counter.left(), counter.limit()))
    }

    fn set_tries(&mut self, left: u8) {
        let limit = self.state.pin_attempts.limit();
        if let Ok(counter) = Counter::new(left.min(limit), limit) {
            // A memory that takes no lie keeps the truth.
            let _told = self.commit(|state| state.pin_attempts = counter);
        }
    }
}

#[cfg(test)]
mod tests;
