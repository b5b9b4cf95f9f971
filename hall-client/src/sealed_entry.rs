//! Entries that were sealed elsewhere, such as in a desk's page: passed on as they are. This program
//! never has their digits.

use std::{fmt, marker::PhantomData};

use cardd_proto::{
    entry::{CIPHERTEXT_BYTES, ENTRY_ID_BYTES, KEY_BYTES},
    v1,
};
use tonic::Response;

use crate::{
    call::Cost,
    connection::Connection,
    convert,
    error::ClientError,
    model::Verified,
    purpose::{Change, NewPin, OwnPin, Verify},
    terminal::Terminal,
};

/// Digits sealed to the one-time key of an entry that was opened for the purpose `P`. cardd refuses
/// a seal of another entry, insertion or purpose; no try is spent by that.
pub struct Sealed<P> {
    entry: v1::SealedEntry,
    purpose: PhantomData<P>,
}

impl<P> Sealed<P> {
    /// From its three parts: the entry's name, the encapsulated key and the ciphertext with its tag.
    #[must_use]
    pub fn new(
        entry_id: &[u8; ENTRY_ID_BYTES],
        encapsulated_key: &[u8; KEY_BYTES],
        ciphertext: &[u8; CIPHERTEXT_BYTES],
    ) -> Self {
        Self::made(v1::SealedEntry {
            entry_id: entry_id.to_vec(),
            encapsulated_key: encapsulated_key.to_vec(),
            ciphertext: ciphertext.to_vec(),
        })
    }

    pub(crate) fn made(entry: v1::SealedEntry) -> Self {
        Self {
            entry,
            purpose: PhantomData,
        }
    }
}

impl<P> fmt::Debug for Sealed<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(..)")
    }
}

impl Terminal {
    /// Presents a PIN that was sealed elsewhere. `accept_last_attempt`: the holder was told that
    /// this is the last try, and goes on. The entry is gone afterwards.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::attempt_spent`] tells whether it cost a try.
    pub async fn verify_sealed(
        &self,
        sealed: Sealed<Verify>,
        accept_last_attempt: bool,
    ) -> Result<Verified, ClientError> {
        self.connection.verify(sealed, accept_last_attempt).await
    }

    /// Changes a PIN with digits that were sealed elsewhere; as [`Terminal::verify_sealed`].
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::attempt_spent`] tells whether it cost a try.
    pub async fn change_sealed(
        &self,
        sealed: Sealed<Change>,
        accept_last_attempt: bool,
    ) -> Result<Verified, ClientError> {
        self.connection.change(sealed, accept_last_attempt).await
    }

    /// Has a new PIN judged before the holder types it again. The entry is gone afterwards.
    ///
    /// # Errors
    /// [`ClientError`], with the rule that it breaks; no try is ever spent.
    pub async fn check_sealed(&self, sealed: Sealed<NewPin>) -> Result<(), ClientError> {
        self.connection.check(sealed).await
    }

    /// The holder's own PIN after a reset, sealed elsewhere; answers the record of the change.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::attempt_spent`] tells whether it cost a try.
    pub async fn set_holder_pin_sealed(
        &self,
        case_sequence: u64,
        sealed: Sealed<OwnPin>,
    ) -> Result<u64, ClientError> {
        self.connection.set_holder_pin(case_sequence, sealed).await
    }

    /// Voids an entry, by its name.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent, and the entry expires by itself.
    pub async fn cancel_entry(&self, entry_id: [u8; ENTRY_ID_BYTES]) -> Result<(), ClientError> {
        self.connection.cancel_entry(entry_id).await
    }
}

impl Connection {
    pub(crate) async fn verify(
        &self,
        sealed: Sealed<Verify>,
        accept_last_attempt: bool,
    ) -> Result<Verified, ClientError> {
        let answer = self.verify_for(sealed, accept_last_attempt, None).await?;
        Ok(convert::pin::verified(&answer))
    }

    pub(crate) async fn verify_for(
        &self,
        sealed: Sealed<Verify>,
        accept_last_attempt: bool,
        bill: Option<v1::Bill>,
    ) -> Result<v1::VerifyPinResponse, ClientError> {
        let mut client = self.pins();
        let call = client.verify_pin(v1::VerifyPinRequest {
            entry: Some(sealed.entry),
            accept_last_attempt,
            bill,
        });
        let answer = self.answer(Cost::Try, self.limits.card_work, call).await;
        answer.map(Response::into_inner)
    }

    pub(crate) async fn change(
        &self,
        sealed: Sealed<Change>,
        accept_last_attempt: bool,
    ) -> Result<Verified, ClientError> {
        let mut client = self.pins();
        let call = client.change_pin(v1::ChangePinRequest {
            entry: Some(sealed.entry),
            accept_last_attempt,
        });
        let answer = self.answer(Cost::Try, self.limits.card_work, call).await;
        answer.map(Response::into_inner).map(convert::pin::changed)
    }

    pub(crate) async fn check(&self, sealed: Sealed<NewPin>) -> Result<(), ClientError> {
        let mut client = self.pins();
        let call = client.check_new_pin(v1::CheckNewPinRequest {
            entry: Some(sealed.entry),
        });
        let convert = |v1::CheckNewPinResponse {}| Ok(());
        self.ask(self.limits.answer, call, convert).await
    }

    pub(crate) async fn set_holder_pin(
        &self,
        case_sequence: u64,
        sealed: Sealed<OwnPin>,
    ) -> Result<u64, ClientError> {
        let mut client = self.counter();
        let call = client.set_holder_pin(v1::SetHolderPinRequest {
            case_sequence,
            entry: Some(sealed.entry),
        });
        let answer = self.answer(Cost::Try, self.limits.card_work, call).await?;
        Ok(answer.into_inner().ledger_sequence)
    }

    pub(crate) async fn cancel_entry(
        &self,
        entry_id: [u8; ENTRY_ID_BYTES],
    ) -> Result<(), ClientError> {
        let mut client = self.pins();
        let call = client.cancel_entry(v1::CancelEntryRequest {
            entry_id: entry_id.to_vec(),
        });
        let convert = |v1::CancelEntryResponse {}| Ok(());
        self.ask(self.limits.answer, call, convert).await
    }
}
