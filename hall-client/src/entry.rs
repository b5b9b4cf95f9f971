//! One PIN entry: opened for one insertion and one purpose, used up by its use.

use std::time::Duration;

use cardd_proto::{
    entry::{self, Binding, ENTRY_ID_BYTES, EntryError, KEY_BYTES, Typed},
    secret::Secret,
    v1,
};
use rand::CryptoRng;

use crate::{
    call::contract,
    connection::Connection,
    convert,
    error::{ClientError, ContractError},
    model::{Insertion, PinStatus, Verified},
    purpose::{Change, NewPin, Purpose, Verify},
    sealed_entry::Sealed,
    terminal::Terminal,
};

/// An entry that cardd waits for. Dropping it leaves it to expire; [`OpenEntry::cancel`] says so.
#[derive(Debug)]
pub struct OpenEntry<P> {
    connection: Connection,
    purpose: P,
    insertion: Insertion,
    id: [u8; ENTRY_ID_BYTES],
    public_key: [u8; KEY_BYTES],
    status: PinStatus,
    last_attempt: bool,
    last_attempt_accepted: bool,
    min_digits: u32,
    max_digits: u32,
    expires_in: Duration,
}

impl Terminal {
    /// Opens one entry, before the holder is prompted: it holds the tries left as the card states
    /// them now.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn begin_entry<P: Purpose>(
        &self,
        reader: &str,
        insertion: Insertion,
        purpose: P,
    ) -> Result<OpenEntry<P>, ClientError> {
        OpenEntry::begin(&self.connection, reader, insertion, purpose).await
    }
}

impl<P: Purpose> OpenEntry<P> {
    async fn begin(
        connection: &Connection,
        reader: &str,
        insertion: Insertion,
        purpose: P,
    ) -> Result<Self, ClientError> {
        let mut client = connection.pins();
        let call = client.begin_entry(v1::BeginEntryRequest {
            reader: reader.to_owned(),
            insertion: insertion.get(),
            purpose: P::WIRE.into(),
        });
        let convert = |answer| Self::opened(connection, insertion, purpose, answer);
        connection
            .ask(connection.limits.card_work, call, convert)
            .await
    }

    fn opened(
        connection: &Connection,
        insertion: Insertion,
        purpose: P,
        answer: v1::BeginEntryResponse,
    ) -> Result<Self, ContractError> {
        Ok(Self {
            connection: connection.clone(),
            purpose,
            insertion,
            id: convert::exact(&answer.entry_id, "BeginEntryResponse.entry_id")?,
            public_key: convert::exact(&answer.public_key, "BeginEntryResponse.public_key")?,
            status: convert::pin::status(answer.status)?,
            last_attempt: answer.last_attempt,
            last_attempt_accepted: false,
            min_digits: answer.min_digits,
            max_digits: answer.max_digits,
            expires_in: Duration::from_millis(answer.expires_in_ms),
        })
    }

    /// What the digits are for.
    pub fn purpose(&self) -> &P {
        &self.purpose
    }

    /// State and tries, as the card stated them when the entry was opened.
    pub fn status(&self) -> PinStatus {
        self.status
    }

    /// Whether the next wrong try locks the card: say so before the holder types.
    pub fn last_attempt(&self) -> bool {
        self.last_attempt
    }

    /// Fewest and most digits of a PIN in this region.
    pub fn digits(&self) -> (u32, u32) {
        (self.min_digits, self.max_digits)
    }

    /// The card's stay that it belongs to.
    pub fn insertion(&self) -> Insertion {
        self.insertion
    }

    /// Names the entry to whoever seals the digits in this program's place.
    pub fn id(&self) -> [u8; ENTRY_ID_BYTES] {
        self.id
    }

    /// The one-time key (X25519) that the digits are sealed to.
    pub fn public_key(&self) -> [u8; KEY_BYTES] {
        self.public_key
    }

    /// How long cardd waits, counted from its answer.
    pub fn expires_in(&self) -> Duration {
        self.expires_in
    }

    /// The holder was told that this is the last try, and goes on.
    #[must_use]
    pub fn accept_last_attempt(mut self) -> Self {
        self.last_attempt_accepted = true;
        self
    }

    /// The holder gave up.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent, and the entry expires by itself.
    pub async fn cancel(self) -> Result<(), ClientError> {
        self.connection.cancel_entry(self.id).await
    }

    /// Seals what was typed; its plain form is wiped when this returns.
    fn seal(&self, typed: Typed, rng: &mut impl CryptoRng) -> Result<Sealed<P>, ClientError> {
        let binding = Binding {
            entry_id: self.id,
            insertion: self.insertion.get(),
            purpose: P::WIRE,
        };
        let sealed = entry::seal(&typed, &binding, &self.public_key, rng);
        sealed.map(Sealed::made).map_err(|error| match error {
            EntryError::TooLong => ClientError::EntryTooLong,
            EntryError::PublicKey | EntryError::Malformed | EntryError::NotForThis => {
                contract(ContractError::Key(error))
            }
        })
    }
}

impl OpenEntry<Verify> {
    /// Presents the PIN. One entry, one command: whatever comes of it, the entry is gone.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::attempt_spent`] tells whether it cost a try.
    pub async fn verify(
        self,
        pin: Secret,
        rng: &mut impl CryptoRng,
    ) -> Result<Verified, ClientError> {
        let sealed = self.sealed(pin, rng)?;
        self.connection
            .verify(sealed, self.last_attempt_accepted)
            .await
    }

    /// The PIN, sealed for this entry.
    pub(crate) fn sealed(
        &self,
        pin: Secret,
        rng: &mut impl CryptoRng,
    ) -> Result<Sealed<Verify>, ClientError> {
        self.seal(Typed::Verify { pin }, rng)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn last_attempt_accepted(&self) -> bool {
        self.last_attempt_accepted
    }
}

impl OpenEntry<NewPin> {
    /// Has a new PIN judged before the holder types it again. The entry is gone afterwards.
    ///
    /// # Errors
    /// [`ClientError`], with the rule that it breaks; no try is ever spent.
    pub async fn check(self, new: Secret, rng: &mut impl CryptoRng) -> Result<(), ClientError> {
        let sealed = self.seal(Typed::NewPin { new }, rng)?;
        self.connection.check(sealed).await
    }
}

impl OpenEntry<Change> {
    /// Changes the PIN; cardd compares the two new ones. The entry is gone afterwards.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::attempt_spent`] tells whether it cost a try.
    pub async fn change(
        self,
        old: Secret,
        new: Secret,
        again: Secret,
        rng: &mut impl CryptoRng,
    ) -> Result<Verified, ClientError> {
        let sealed = self.seal(Typed::Change { old, new, again }, rng)?;
        self.connection
            .change(sealed, self.last_attempt_accepted)
            .await
    }
}
