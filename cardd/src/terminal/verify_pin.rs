//! VERIFY 校验: business with the holder's own PIN.

use std::sync::Arc;

use cardd_proto::{
    entry::{EntryError, Typed},
    v1::{Bill, Purpose, Receipt, SealedEntry},
};

use crate::{
    ledger::{DenialEntry, Note, Operation as Recorded},
    pin::Pin,
    policy::{Desk, Operation, decide},
    reader::Insertion,
    terminal::{
        KnownCard, Terminal, TerminalError,
        attempt::{Attempt, Success},
    },
};

impl Terminal {
    /// The refusal of business with the issued PIN, on record: it tells the hall of cards whose
    /// PIN was never changed. A record that cannot be written makes it no less a refusal.
    fn issued_pin(&self, desk: &Desk, known: &KnownCard) -> TerminalError {
        let denied = Note::Denied(DenialEntry {
            desk: desk.name.clone(),
            operation: "verify".to_owned(),
            reason: "issued_pin".to_owned(),
            card: Some(known.card_ref.clone()),
        });
        if let Err(error) = self.note(denied) {
            tracing::warn!(%error, "a refusal is not on record");
        }
        TerminalError::IssuedPin
    }

    /// Presents a PIN to the card, once. A success ends in a receipt for the bill, where one is named.
    ///
    /// The issued PIN is refused before anything is sent, so that it costs no try.
    ///
    /// # Errors
    /// [`TerminalError`]; [`TerminalError::attempt_spent`] says whether it cost a try.
    /// [`TerminalError::ReceiptUnrecorded`] where the PIN was right and
    /// there is no receipt all the same.
    pub async fn verify_pin(
        self: &Arc<Self>,
        desk: &Desk,
        sealed: &SealedEntry,
        accept_last_attempt: bool,
        bill: Option<Bill>,
    ) -> Result<(Success, Option<Receipt>), TerminalError> {
        if let Some(bill) = &bill {
            self.may_have_receipt(desk, bill)?;
        }
        let (verified, card) = self.verify(desk, sealed, accept_last_attempt).await?;
        let Some(bill) = bill else {
            return Ok((verified, None));
        };
        let receipt =
            self.issue_receipt(desk, (&card.0, card.1), bill, verified.ledger_sequence)?;
        Ok((verified, Some(receipt)))
    }

    /// Answers the card and its stay as well: they are what a receipt is bound to.
    async fn verify(
        self: &Arc<Self>,
        desk: &Desk,
        sealed: &SealedEntry,
        accept_last_attempt: bool,
    ) -> Result<(Success, (Arc<KnownCard>, Insertion)), TerminalError> {
        let grant = decide(desk, Operation::VerifyPin)?;
        self.pin_work_is_open()?;
        let opened = self.unseal(&desk.name, Purpose::Verify, sealed)?;
        let Typed::Verify { pin } = opened.typed else {
            return Err(EntryError::Malformed.into());
        };
        let pin = Pin::parse(pin.expose(), &opened.rules.pin_length())?;
        let known = self.known(opened.reader.as_str(), opened.insertion)?;
        if pin.is_issued(opened.rules.pin_rules(), &known.facts) {
            return Err(self.issued_pin(desk, &known));
        }
        let attempt = Attempt {
            operation: Recorded::Verify,
            desk: desk.clone(),
            reader: opened.reader.clone(),
            insertion: opened.insertion,
            known: Arc::clone(&known),
            floor: opened.rules.floor(&grant),
            accept_last_attempt,
        };
        let terminal = Arc::clone(self);
        let done = self.on_card(
            opened.reader.as_str(),
            opened.insertion,
            move |channel, ticket| {
                terminal.attempt(&attempt, (channel, ticket), |card, intent| {
                    card.verify_pin(intent, &pin).map(drop)
                })
            },
        );
        Ok((done.await?, (known, opened.insertion)))
    }
}
