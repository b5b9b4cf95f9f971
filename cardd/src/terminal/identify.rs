//! The first look at a card: who it is, and what an earlier operation left in doubt.

use std::sync::Arc;

use crate::{
    card::{Card, CardChannel, CardError, ChannelError},
    pin::PinCounter,
    reader::{AccessError, CardDisposition, CardWork, Insertion, ReaderName},
    terminal::{
        Terminal, TerminalError,
        cards::{CardFault, KnownCard},
    },
};

/// The job that the terminal gives itself for each insertion.
pub(super) struct Identify {
    pub(super) terminal: Arc<Terminal>,
    pub(super) reader: ReaderName,
    pub(super) insertion: Insertion,
}

impl CardWork for Identify {
    fn run(self: Box<Self>, card: Result<&mut dyn CardChannel, AccessError>) -> CardDisposition {
        // Whatever kept us from the card is an event of its own; a desk that asks for the card
        // before that has it looked at again.
        let looked = card.map_err(|error| error.to_string()).and_then(|channel| {
            self.look(channel)
                .map(drop)
                .map_err(|error| error.to_string())
        });
        if let Err(error) = looked {
            tracing::info!(reader = %self.reader, insertion = %self.insertion, error, "not identified");
        }
        CardDisposition::Leave
    }
}

impl Identify {
    fn look(&self, channel: &mut dyn CardChannel) -> Result<Arc<KnownCard>, CardError> {
        let (known, counter) = match self.terminal.get_to_know(channel) {
            Ok(looked_at) => looked_at,
            Err(error) => {
                if let Some(fault) = fault(&error) {
                    self.terminal.faulted(&self.reader, self.insertion, fault);
                }
                return Err(error);
            }
        };
        let known = Arc::new(known);
        let stay = (&self.reader, self.insertion);
        if let Err(error) = self.terminal.settle(stay, &known, counter) {
            tracing::warn!(%error, "a doubt stays open");
        }
        self.terminal
            .identified(&self.reader, self.insertion, Arc::clone(&known));
        Ok(known)
    }
}

impl Terminal {
    /// The card of this transaction: as it was identified in this insertion, or identified now.
    pub(super) fn known_on(
        self: &Arc<Self>,
        channel: &mut dyn CardChannel,
        reader: &ReaderName,
        insertion: Insertion,
    ) -> Result<Arc<KnownCard>, TerminalError> {
        match self.cards.get(reader.as_str(), insertion) {
            Some(Ok(known)) => Ok(known),
            Some(Err(fault)) => Err(TerminalError::Faulted(fault)),
            None => {
                let look = Identify {
                    terminal: Arc::clone(self),
                    reader: reader.clone(),
                    insertion,
                };
                Ok(look.look(channel)?)
            }
        }
    }

    fn get_to_know(
        &self,
        channel: &mut dyn CardChannel,
    ) -> Result<(KnownCard, PinCounter), CardError> {
        let mut card = Card::identify(channel)?;
        let data = card.read()?;
        let counter = card.pin_counter()?;
        let identity = card.identity().clone();
        let facts = data.holder_facts(&identity);
        let card_ref = self
            .ledger
            .card_ref(&[identity.identifier().bytes(), identity.historical_bytes()]);
        Ok((KnownCard::new(identity, card_ref, facts), counter))
    }
}

/// What a desk is told of a card that cannot be used; `None` where the card left, was reset by
/// another program or the line broke: each is told by its own event, or is over at the next look.
fn fault(error: &CardError) -> Option<CardFault> {
    match error {
        CardError::NotSupported => Some(CardFault::Unsupported),
        CardError::Blocked => Some(CardFault::Blocked),
        CardError::Damaged { .. } => Some(CardFault::Damaged),
        CardError::Refused(_) => Some(CardFault::Refused),
        CardError::Channel(ChannelError::CardMute(_) | ChannelError::Malformed(_)) => {
            Some(CardFault::Unreadable)
        }
        CardError::Channel(
            ChannelError::CardRemoved(_)
            | ChannelError::CardReset(_)
            | ChannelError::ReaderGone(_)
            | ChannelError::ServiceDown(_)
            | ChannelError::CommandTooLong,
        ) => None,
    }
}
