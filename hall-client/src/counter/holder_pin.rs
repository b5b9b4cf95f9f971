//! The holder chooses a PIN of their own after a reset, while the card is held.

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
    sealed_entry::Sealed,
};

/// A card that waits for its holder's own PIN. It goes on waiting after a refused choice: begin
/// again.
#[derive(Debug)]
pub struct HolderPinEntry {
    connection: Connection,
    case_sequence: u64,
    binding: Binding,
    public_key: [u8; KEY_BYTES],
    digits: (u32, u32),
    expires_in: Duration,
}

impl HolderPinEntry {
    pub(super) fn opened(
        connection: &Connection,
        case_sequence: u64,
        answer: &v1::BeginHolderPinResponse,
    ) -> Result<Self, ContractError> {
        let entry_id: [u8; ENTRY_ID_BYTES] =
            convert::exact(&answer.entry_id, "BeginHolderPinResponse.entry_id")?;
        Ok(Self {
            connection: connection.clone(),
            case_sequence,
            binding: Binding {
                entry_id,
                insertion: answer.insertion,
                purpose: v1::Purpose::OwnPin,
            },
            public_key: convert::exact(&answer.public_key, "BeginHolderPinResponse.public_key")?,
            digits: (answer.min_digits, answer.max_digits),
            expires_in: Duration::from_millis(answer.expires_in_ms),
        })
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> [u8; ENTRY_ID_BYTES] {
        self.binding.entry_id
    }

    /// The one-time key that digits are sealed to.
    #[must_use]
    pub fn public_key(&self) -> [u8; KEY_BYTES] {
        self.public_key
    }

    /// The card's stay, as digits are sealed to it.
    #[must_use]
    pub fn insertion(&self) -> u64 {
        self.binding.insertion
    }

    /// Fewest and most digits of a PIN in this region.
    #[must_use]
    pub fn digits(&self) -> (u32, u32) {
        self.digits
    }

    /// How long cardd waits, counted from its answer.
    #[must_use]
    pub fn expires_in(&self) -> Duration {
        self.expires_in
    }

    /// The holder's choice, typed twice; answers the record of the change.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::attempt_spent`] tells whether it cost a try.
    pub async fn set(
        self,
        new: Secret,
        again: Secret,
        rng: &mut impl CryptoRng,
    ) -> Result<u64, ClientError> {
        let typed = Typed::OwnPin { new, again };
        let sealed = entry::seal(&typed, &self.binding, &self.public_key, rng);
        let sealed = sealed.map_err(|error| match error {
            EntryError::TooLong => ClientError::EntryTooLong,
            EntryError::PublicKey | EntryError::Malformed | EntryError::NotForThis => {
                contract(ContractError::Key(error))
            }
        })?;
        let sealed = Sealed::made(sealed);
        self.connection
            .set_holder_pin(self.case_sequence, sealed)
            .await
    }
}
