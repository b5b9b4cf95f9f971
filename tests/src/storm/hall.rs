//! The hall of a storm: answers a card's challenges with the test roots, right or wrong.

use card_sim::{
    crypto::{Factors, Key, SessionKey, Suite, card_key, pin_block},
    pin::Pin,
};
use cardd::{
    card::{Authentication, CardIdentity, Challenge, IssuerMessage},
    terminal::conversation::{FromHall, HallLine, SealTo, ToHall},
};
use cardd_proto::{
    entry::{Binding, Typed, seal},
    v1::{Purpose, SealedEntry},
};
use rand::rngs::StdRng;

use super::{run::secret, step::HallManner};

/// What the hall knows of an operation.
pub struct Hall<'r> {
    manner: HallManner,
    issued: String,
    card: Option<Box<CardIdentity>>,
    given: u8,
    rng: &'r mut StdRng,
}

impl<'r> Hall<'r> {
    /// A hall that answers like this; `issued` is the PIN of a reset.
    pub fn new(manner: HallManner, issued: &str, rng: &'r mut StdRng) -> Self {
        Self {
            manner,
            issued: issued.to_owned(),
            card: None,
            given: 0,
            rng,
        }
    }

    /// Answers until the card's side ends; `wanted` is called when the holder is to choose.
    pub fn answer_all(mut self, line: HallLine, mut wanted: impl FnMut(u64)) {
        let HallLine {
            mut to_hall,
            from_hall,
        } = line;
        let mut from_hall = Some(from_hall);
        while let Some(said) = to_hall.blocking_recv() {
            let answer = match said {
                ToHall::Opened { identity, .. } => {
                    self.card = Some(identity);
                    continue;
                }
                ToHall::HolderPinWanted { case, .. } => {
                    wanted(case);
                    continue;
                }
                ToHall::ReadKeyChallenge(challenge) => {
                    self.authentication(0x30, challenge).map(FromHall::ReadKey)
                }
                ToHall::UnblockKeyChallenge(challenge) => {
                    let wrong = self.manner == HallManner::WrongKey;
                    let root = if wrong { 0x70 } else { 0x10 };
                    self.authentication(root, challenge)
                        .map(FromHall::UnblockKey)
                }
                ToHall::MessageChallenge { challenge, seal } => self.message(challenge, seal),
            };
            if self.manner == HallManner::HangsUp(self.given) {
                from_hall = None;
            }
            self.given = self.given.saturating_add(1);
            if let (Some(line), Some(answer)) = (&from_hall, answer) {
                // A card that ended the transaction hears nothing more.
                drop(line.send(answer));
            }
        }
    }

    fn session_key(&self, root: u8, single: bool, challenge: Challenge) -> Option<SessionKey> {
        let card = self.card.as_ref()?;
        let suite = self.suite()?;
        let bytes = std::array::from_fn(|index| root.wrapping_add(index as u8));
        let region = card.identifier().region_code();
        let city = region.as_bytes().try_into().ok()?;
        let serial = *card.historical_bytes().last_chunk::<8>()?;
        let root = Key::from_root(&bytes, single && suite == Suite::Des);
        let key = card_key(suite, &root, &Factors::new(city, serial));
        SessionKey::derive(suite, &key, &challenge)
    }

    fn suite(&self) -> Option<Suite> {
        match self.card.as_ref()?.suite()? {
            cardd::card::Suite::Sm4 => Some(Suite::Sm4),
            _ => Some(Suite::Des),
        }
    }

    fn authentication(&self, root: u8, challenge: Challenge) -> Option<Authentication> {
        let original = *b"\x01\x02\x03\x04\x05\x06\x07\x08";
        let data = self.session_key(root, false, challenge)?;
        let data = data.authenticate(original);
        Some(Authentication { data, original })
    }

    fn message(&mut self, challenge: Challenge, seal_to: Option<SealTo>) -> Option<FromHall> {
        let key = self.session_key(0x20, true, challenge)?;
        let other = self.manner == HallManner::OtherCommand;
        let command = if seal_to.is_some() == other {
            vec![0x84, 0x24, 0x00, 0x00, 0x04]
        } else {
            let pin = Pin::from_digits(&self.issued).ok()?;
            let block = key.encipher(&pin_block(self.suite()?, &pin).ok()?)?;
            let lc = u8::try_from(block.len() + 4).ok()?;
            [vec![0x84, 0x24, 0x00, 0x01, lc], block].concat()
        };
        let mut mac = key.mac(&command);
        if self.manner == HallManner::WrongMac
            && let Some(first) = mac.first_mut()
        {
            *first ^= 1;
        }
        let message = IssuerMessage::parse(&[command, mac.to_vec()].concat()).ok()?;
        let issued_pin = seal_to.and_then(|to| self.sealed(to));
        Some(FromHall::Message {
            message,
            issued_pin,
        })
    }

    fn sealed(&mut self, to: SealTo) -> Option<SealedEntry> {
        let binding = Binding {
            entry_id: to.entry_id,
            insertion: to.insertion.number(),
            purpose: Purpose::IssuedPin,
        };
        let pin = secret(&self.issued);
        seal(
            &Typed::IssuedPin { pin },
            &binding,
            &to.public_key,
            self.rng,
        )
        .ok()
    }
}
