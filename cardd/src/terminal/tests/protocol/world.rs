//! One reader and one card of our own making, in place of pcscd: what it does follows the model's
//! run, command by command.

mod card;

use std::{
    collections::HashMap,
    ffi::{CStr, CString},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use pcsc::{Error, Protocol, State};

use super::model::{Digits, Torn};
use crate::reader::{
    CardDisposition,
    service::{Cancel, CardService, Client, Exchange, Sight},
};

use card::{ANSWERS, ATR};

pub(super) use card::digits;

/// The only reader.
pub(in crate::terminal::tests) const READER: &str = "R";

/// What the outside does at one command.
pub(super) type Hook = Box<dyn FnOnce(&World) + Send>;

/// What happens around the commands of the job that runs next.
#[derive(Default)]
pub(super) struct Script {
    pub(super) before_look: Vec<Hook>,
    pub(super) after_look: Vec<Hook>,
    pub(super) before_send: Vec<Hook>,
    pub(super) after_send: Vec<Hook>,
    pub(super) torn: Option<Torn>,
}

struct Inside {
    pin: Digits,
    left: u8,
    present: bool,
    verified: bool,
    /// Insertions and removals.
    events: u16,
    commands_with_a_pin: u32,
    script: Script,
}

/// The world around the terminal. Clones are the same world.
#[derive(Clone)]
pub(in crate::terminal::tests) struct World {
    inside: Arc<Mutex<Inside>>,
    answers: Arc<HashMap<String, String>>,
}

impl World {
    pub(super) fn new(pin: Digits, left: u8) -> Self {
        let inside = Inside {
            pin,
            left,
            present: true,
            verified: false,
            events: 1,
            commands_with_a_pin: 0,
            script: Script::default(),
        };
        let answers = ANSWERS.map(|(command, answer)| (command.to_owned(), answer.to_owned()));
        Self {
            inside: Arc::new(Mutex::new(inside)),
            answers: Arc::new(HashMap::from(answers)),
        }
    }

    /// A card with its holder's own PIN and so many tries left.
    pub(in crate::terminal::tests) fn with_own_pin(left: u8) -> Self {
        Self::new(Digits::Own, left)
    }

    /// Tries left, as the card counts them, and how many PINs it was sent.
    pub(in crate::terminal::tests) fn counted(&self) -> (u8, u32) {
        let (_, left, sent, _) = self.card();
        (left, sent)
    }

    /// What the card holds, how many PINs it was sent, and whether it is in.
    pub(super) fn card(&self) -> (Digits, u8, u32, bool) {
        let inside = self.lock();
        let sent = inside.commands_with_a_pin;
        (inside.pin, inside.left, sent, inside.present)
    }

    pub(super) fn verified(&self) -> bool {
        self.lock().verified
    }

    pub(super) fn pull(&self) {
        let mut inside = self.lock();
        inside.present = false;
        inside.verified = false;
        inside.events += 1;
    }

    pub(super) fn insert(&self) {
        let mut inside = self.lock();
        inside.present = true;
        inside.events += 1;
    }

    pub(super) fn direct(&self, script: Script) {
        self.lock().script = script;
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn run(&self, of: impl FnOnce(&mut Script) -> &mut Vec<Hook>) {
        let hooks = std::mem::take(of(&mut self.lock().script));
        hooks.into_iter().for_each(|hook| hook(self));
    }

    /// A command as bytes, and what comes back of it.
    fn command(&self, bytes: &[u8], stay: u16) -> Result<Vec<u8>, Error> {
        let text = hex::encode_upper(bytes);
        let presents = text.starts_with("805E") || (text.starts_with("0020") && bytes.len() > 5);
        if text == "0020000000" {
            self.run(|script| &mut script.before_look);
        }
        if presents {
            self.run(|script| &mut script.before_send);
        }
        let answer = self.carry_out(&text, presents, stay);
        if text == "0020000000" {
            self.run(|script| &mut script.after_look);
        }
        if presents {
            self.run(|script| &mut script.after_send);
        }
        answer
    }

    fn carry_out(&self, text: &str, presents: bool, stay: u16) -> Result<Vec<u8>, Error> {
        let mut inside = self.lock();
        if !inside.present || inside.events != stay {
            return Err(Error::RemovedCard);
        }
        if !presents && text != "0020000000" {
            let answer = self.answers.get(text).map_or("6A82", String::as_str);
            return Ok(hex::decode(answer).unwrap());
        }
        if !presents {
            return Ok(inside.tries());
        }
        let torn = inside.script.torn.take();
        let answer = match torn {
            Some(Torn::Before) => Vec::new(),
            Some(Torn::After | Torn::Mute) | None => inside.present_pin(text),
        };
        drop(inside);
        match torn {
            None => Ok(answer),
            // An answer shorter than a status word is none.
            Some(Torn::Mute) => Ok(vec![0x90]),
            Some(Torn::Before | Torn::After) => {
                self.pull();
                Err(Error::NotTransacted)
            }
        }
    }
}

impl CardService for World {
    fn establish(&self) -> Result<Box<dyn Client>, Error> {
        Ok(Box::new(self.clone()))
    }

    fn now(&self) -> Instant {
        Instant::now()
    }
}

impl Client for World {
    fn list_readers(&self) -> Result<Vec<CString>, Error> {
        Ok(vec![CString::new(READER).unwrap()])
    }

    fn status_change(&self, _longest: Duration, sights: &mut [Sight]) -> Result<(), Error> {
        let inside = self.lock();
        let mut changed = false;
        for sight in sights {
            if sight.reader.to_str() != Ok(READER) {
                continue;
            }
            sight.seen = if inside.present {
                State::PRESENT
            } else {
                State::EMPTY
            };
            sight.event_count = inside.events;
            let mut taken_in = sight.clone();
            taken_in.take_in();
            changed |= taken_in.known != sight.known;
        }
        if changed { Ok(()) } else { Err(Error::Timeout) }
    }

    fn cancel(&self) -> Cancel {
        Arc::new(|| {})
    }

    fn transaction(
        &self,
        _reader: &CStr,
        inside: &mut dyn FnMut(&mut dyn Exchange) -> CardDisposition,
    ) -> Result<CardDisposition, Error> {
        let stay = {
            let inside = self.lock();
            inside
                .present
                .then_some(inside.events)
                .ok_or(Error::NoSmartcard)?
        };
        let mut line = Held {
            world: self.clone(),
            stay,
        };
        let disposition = inside(&mut line);
        if disposition == CardDisposition::Reset {
            self.lock().verified = false;
        }
        Ok(disposition)
    }
}

/// The card in a transaction.
struct Held {
    world: World,
    stay: u16,
}

impl Exchange for Held {
    fn reset(&mut self) -> Result<(), Error> {
        self.world.lock().verified = false;
        Ok(())
    }

    fn status(&self) -> Result<(Option<Protocol>, Vec<u8>), Error> {
        Ok((Some(Protocol::T0), hex::decode(ATR).unwrap()))
    }

    fn transmit<'r>(&mut self, command: &[u8], receive: &'r mut [u8]) -> Result<&'r [u8], Error> {
        let answer = self.world.command(command, self.stay)?;
        let place = receive
            .get_mut(..answer.len())
            .ok_or(Error::InsufficientBuffer)?;
        place.copy_from_slice(&answer);
        Ok(place)
    }
}
