//! The steps of one issuer transaction, on the reader's own thread.

use cardd_proto::{entry::Typed, v1::Purpose};

use super::{Run, stopped::Stopped};
use crate::{
    card::{Card, CardChannel, HolderData, IssuerEffect, IssuerKey},
    ledger::{Intent, IntentEntry, Operation as Recorded, Outcome},
    pin::{HolderFacts, Pin, PinCounter},
    terminal::{
        KnownCard, TerminalError,
        attempt::open,
        conversation::{Operated, SealTo, ToHall},
        error::AttemptSpent,
        holder_pin::Reset,
        ticket::Ticket,
    },
};

/// The last try of the unblock key is never spent: a card without it cannot be mended.
const UNBLOCK_KEY_FLOOR: u8 = 2;

impl Run<'_> {
    pub(super) fn transaction(
        &mut self,
        channel: &mut dyn CardChannel,
        ticket: &Ticket,
    ) -> Result<Operated, TerminalError> {
        let known = self
            .terminal
            .known_on(channel, &self.case.reader, self.case.insertion)?;
        if known.card_ref != self.case.card {
            return Err(TerminalError::GrantOtherCard);
        }
        let mut card = open(&known, channel)?;
        self.conversation.tell(ToHall::Opened {
            identity: Box::new(known.identity.clone()),
            effect: self.case.effect,
            case: self.case.sequence,
        })?;
        self.unblock_key_above_floor(&known)?;
        let stay = (&self.case.reader, self.case.insertion);
        let counted = card.pin_counter()?;
        self.terminal.settle(stay, &known, counted)?;
        let before = tries(counted);
        if !ticket.claim_send() {
            return Err(TerminalError::Busy);
        }
        let intent = self.terminal.ledger.begin(self.entry(&known, before))?;
        match self.steps(&mut card, &intent, &known) {
            Ok((facts, issued)) => self.succeed(&mut card, intent, &known, (facts, issued)),
            Err(stopped) => self.stop(intent, stopped),
        }
    }

    /// Key, message; in between, the stated holder is held against a protected card.
    fn steps(
        &mut self,
        card: &mut Card<'_>,
        intent: &Intent,
        known: &KnownCard,
    ) -> Result<(HolderFacts, Option<Pin>), Stopped> {
        let facts = self.protected_facts(card, intent, known)?;
        self.conversation
            .tell(ToHall::UnblockKeyChallenge(card.challenge()?))?;
        let authentication = self.conversation.hear_unblock_key()?;
        card.authenticate(intent, IssuerKey::Unblock, &authentication)
            .map_err(|failure| Stopped::Key(IssuerKey::Unblock, failure))?;
        let challenge = card.challenge()?;
        let seal = self.seal_for_issued_pin()?;
        self.conversation
            .tell(ToHall::MessageChallenge { challenge, seal })?;
        let (message, sealed) = self.conversation.hear_message()?;
        if message.effect() != self.case.effect {
            return Err(TerminalError::Malformed("another command than the granted one").into());
        }
        let issued = match (self.case.effect, sealed) {
            (IssuerEffect::Unblock, _) => None,
            (IssuerEffect::Reload, Some(sealed)) => Some(self.issued_pin(&sealed)?),
            (IssuerEffect::Reload, None) => {
                return Err(TerminalError::Malformed("the issued PIN is missing").into());
            }
        };
        card.issuer_message(intent, &message)
            .map_err(Stopped::Message)?;
        Ok((facts, issued))
    }

    /// Facts of the holder; a card that protects them is opened with the read key first, and then
    /// must carry the number that is on record.
    fn protected_facts(
        &mut self,
        card: &mut Card<'_>,
        intent: &Intent,
        known: &KnownCard,
    ) -> Result<HolderFacts, Stopped> {
        if known.facts.citizen_number.is_some() {
            return Ok(known.facts.clone());
        }
        self.conversation
            .tell(ToHall::ReadKeyChallenge(card.challenge()?))?;
        let authentication = self.conversation.hear_read_key()?;
        card.authenticate(intent, IssuerKey::Read, &authentication)
            .map_err(|failure| Stopped::Key(IssuerKey::Read, failure))?;
        let data = card.read()?;
        let HolderData::Open(holder) = &data.holder else {
            return Err(TerminalError::HolderProtected.into());
        };
        let number = holder.citizen_number.expose();
        self.case
            .evidence
            .match_card(number)
            .map_err(TerminalError::from)?;
        Ok(data.holder_facts(&known.identity))
    }

    fn unblock_key_above_floor(&self, known: &KnownCard) -> Result<(), TerminalError> {
        match self.terminal.ledger.unblock_key_tries(&known.card_ref)? {
            Some(0) => Err(TerminalError::UnblockKeyBlocked),
            Some(left) if left < UNBLOCK_KEY_FLOOR => Err(TerminalError::UnblockKeyAtFloor),
            Some(_) | None => Ok(()),
        }
    }

    pub(in crate::terminal) fn entry(
        &self,
        known: &KnownCard,
        attempts_before: Option<u8>,
    ) -> IntentEntry {
        IntentEntry {
            operation: self.operation(),
            desk: self.desk.to_owned(),
            reader: self.case.reader.as_str().to_owned(),
            insertion: self.case.insertion.number(),
            card: known.card_ref.clone(),
            attempts_before,
        }
    }

    fn operation(&self) -> Recorded {
        let case = self.case.sequence;
        match self.case.effect {
            IssuerEffect::Unblock => Recorded::Unblock { case },
            IssuerEffect::Reload => Recorded::Reload { case },
        }
    }

    fn seal_for_issued_pin(&self) -> Result<Option<SealTo>, TerminalError> {
        if self.case.effect == IssuerEffect::Unblock {
            return Ok(None);
        }
        let at = (self.case.reader.as_str(), self.case.insertion);
        let rules = self.terminal.rules();
        let opened = self
            .terminal
            .open_entry(self.desk, at, Purpose::IssuedPin, rules);
        let (entry_id, public_key) = opened?;
        Ok(Some(SealTo {
            entry_id,
            public_key,
            insertion: self.case.insertion,
        }))
    }

    fn issued_pin(&self, sealed: &cardd_proto::v1::SealedEntry) -> Result<Pin, TerminalError> {
        let opened = self
            .terminal
            .unseal(self.desk, Purpose::IssuedPin, sealed)?;
        let Typed::IssuedPin { pin } = opened.typed else {
            return Err(TerminalError::Malformed(
                "another entry than the issued PIN",
            ));
        };
        Ok(Pin::parse(pin.expose(), &opened.rules.pin_length())?)
    }

    /// The command is done and recorded; after a reset the holder's own PIN follows.
    fn succeed(
        &mut self,
        card: &mut Card<'_>,
        intent: Intent,
        known: &KnownCard,
        (facts, issued): (HolderFacts, Option<Pin>),
    ) -> Result<Operated, TerminalError> {
        let spent = AttemptSpent::No;
        let unrecorded = |source| TerminalError::OutcomeUnrecorded { spent, source };
        let sequence = self
            .terminal
            .ledger
            .close(intent, Outcome::Succeeded)
            .map_err(unrecorded)?;
        let done = Operated {
            ledger_sequence: sequence,
            attempts_remaining: tries(card.pin_counter()?),
            holder_pin_set: false,
        };
        match issued {
            None => Ok(done),
            Some(issued) => self.own_pin(
                card,
                known,
                Reset {
                    done,
                    issued,
                    facts,
                },
            ),
        }
    }

    /// Records why it went no further.
    fn stop(&self, intent: Intent, stopped: Stopped) -> Result<Operated, TerminalError> {
        let outcome = stopped.outcome();
        let error = TerminalError::from(stopped);
        let spent = error.attempt_spent();
        let in_doubt = matches!(outcome, Outcome::InDoubt { .. });
        let closed = self.terminal.ledger.close(intent, outcome);
        if in_doubt {
            let stay = (&self.case.reader, self.case.insertion);
            self.terminal.doubt_arose(stay, self.operation());
            self.terminal.look(stay.0, stay.1);
        }
        closed.map_err(|source| TerminalError::OutcomeUnrecorded { spent, source })?;
        Err(error)
    }
}

/// Tries left of the PIN, for the record; a blocked one has none.
fn tries(counter: PinCounter) -> Option<u8> {
    match counter {
        PinCounter::Attempts(left) => Some(left.get()),
        PinCounter::Blocked => Some(0),
        PinCounter::NotSet | PinCounter::Unknown => None,
    }
}
