//! What a card says of itself, and how many tries are left. Nothing here costs a try.

use std::sync::Arc;

use crate::{
    card::{CardData, CardIdentity},
    ledger::{self, LedgerError},
    pin::{PinCounter, PinOrigin, PinStatus},
    policy::{Desk, Operation, decide},
    reader::{Insertion, ReaderName},
    terminal::{Terminal, TerminalError, attempt::open, cards::KnownCard, doubt::Stay, job::Done},
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
    ) -> Result<(PinStatus, Option<ledger::Operation>), TerminalError> {
        decide(desk, Operation::GetPinStatus)?;
        let (terminal, name) = (Arc::clone(self), ReaderName::from(reader));
        self.on_card(reader, insertion, move |channel, _ticket| {
            let mut ask = || {
                let known = terminal.known_on(channel, &name, insertion)?;
                let counter = open(&known, channel)?.pin_counter()?;
                terminal.status_of((&name, insertion), &known, counter)
            };
            Done::leave(ask())
        })
        .await
    }

    /// The counter together with what the ledger knows of this card; and the earlier operation on
    /// it whose result is still not known.
    pub(super) fn status_of(
        &self,
        stay: Stay<'_>,
        known: &KnownCard,
        counter: PinCounter,
    ) -> Result<(PinStatus, Option<ledger::Operation>), TerminalError> {
        // Asking must be possible with a ledger that takes nothing: the doubt stays and is told.
        if let Err(error) = self.settle(stay, known, counter) {
            tracing::warn!(%error, "a doubt stays open");
        }
        let origin = self.origin(known)?;
        let doubt = self.ledger.doubt(&known.card_ref)?;
        Ok((PinStatus::of(counter, origin), doubt))
    }

    /// Whether this terminal knows that the issuer's PIN is in force.
    pub(super) fn is_issued(&self, known: &KnownCard) -> Result<bool, LedgerError> {
        Ok(self.origin(known)? == Some(PinOrigin::Issued))
    }

    fn origin(&self, known: &KnownCard) -> Result<Option<PinOrigin>, LedgerError> {
        let origin = self.ledger.origin(&known.card_ref)?;
        Ok(origin.map(|origin| match origin {
            ledger::PinOrigin::Issued => PinOrigin::Issued,
            ledger::PinOrigin::Own => PinOrigin::Own,
        }))
    }
}
