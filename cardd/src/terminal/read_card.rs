//! What a card says of itself, and how many tries are left. Nothing here costs a try.

use std::sync::Arc;

use crate::{
    card::{CardData, CardIdentity},
    ledger,
    pin::{PinCounter, PinOrigin, PinStatus},
    policy::{Desk, Operation, decide},
    reader::{Insertion, ReaderName},
    terminal::{Terminal, TerminalError, attempt::open, cards::KnownCard, job::Done},
};

/// A card as read.
#[derive(Debug)]
pub struct ReadCard {
    /// What it is.
    pub identity: CardIdentity,
    /// What it holds.
    pub data: CardData,
}

impl Terminal {
    /// Reads issuer and holder data.
    ///
    /// # Errors
    /// [`TerminalError`], none of which costs a try.
    pub async fn read_card(
        self: &Arc<Self>,
        desk: &Desk,
        reader: &str,
        insertion: Insertion,
    ) -> Result<ReadCard, TerminalError> {
        decide(desk, Operation::ReadCard)?;
        let (terminal, name) = (Arc::clone(self), ReaderName::from(reader));
        self.on_card(reader, insertion, move |channel, _ticket| {
            let mut read = || {
                let known = terminal.known_on(channel, &name, insertion)?;
                let data = open(&known, channel)?.read()?;
                Ok(ReadCard {
                    identity: known.identity.clone(),
                    data,
                })
            };
            Done::leave(read())
        })
        .await
    }

    /// Asks the card for the tries left.
    ///
    /// # Errors
    /// [`TerminalError`], none of which costs a try.
    pub async fn pin_status(
        self: &Arc<Self>,
        desk: &Desk,
        reader: &str,
        insertion: Insertion,
    ) -> Result<(PinStatus, bool), TerminalError> {
        decide(desk, Operation::GetPinStatus)?;
        let (terminal, name) = (Arc::clone(self), ReaderName::from(reader));
        self.on_card(reader, insertion, move |channel, _ticket| {
            let mut ask = || {
                let known = terminal.known_on(channel, &name, insertion)?;
                let counter = open(&known, channel)?.pin_counter()?;
                terminal.status_of(&known, counter)
            };
            Done::leave(ask())
        })
        .await
    }

    /// The counter together with what the ledger knows of this card; and whether an earlier
    /// operation on it is in doubt.
    pub(super) fn status_of(
        &self,
        known: &KnownCard,
        counter: PinCounter,
    ) -> Result<(PinStatus, bool), TerminalError> {
        let origin = self
            .ledger
            .origin(&known.card_ref)?
            .map(|origin| match origin {
                ledger::PinOrigin::Issued => PinOrigin::Issued,
                ledger::PinOrigin::Own => PinOrigin::Own,
            });
        let in_doubt = self.ledger.open_intent_for(&known.card_ref)?.is_some();
        Ok((PinStatus::of(counter, origin), in_doubt))
    }
}
