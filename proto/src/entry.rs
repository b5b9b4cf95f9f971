//! What a holder typed, as a fixed-size message, and its HPKE seal (RFC 9180).
//!
//! One suite: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, mode base, one message.
//! The entry, its insertion and its purpose are associated data, so that a seal made for one of
//! them opens for no other. The message has one length for all inputs, so that the ciphertext
//! does not tell how many digits were typed.

use hpke::{
    Deserializable, Kem as _, OpModeR, OpModeS, Serializable,
    aead::{AeadTag, AesGcm128},
    inout::InOutBuf,
    kdf::HkdfSha256,
    kem::X25519HkdfSha256,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    secret::Secret,
    v1::{Purpose, SealedEntry},
};

type Kem = X25519HkdfSha256;
type PrivateKey = <Kem as hpke::Kem>::PrivateKey;

const INFO: &[u8] = b"cardd.v1 PIN entry";
/// Length in bytes of an entry's name.
pub const ENTRY_ID_BYTES: usize = 16;
/// Length in bytes of a public or encapsulated key (X25519).
pub const KEY_BYTES: usize = 32;
/// Most digits that one PIN can have (LD/T 32.5: eight bytes of packed BCD).
pub const MAX_DIGITS: usize = 16;
const TAG_BYTES: usize = 16;
const FIELD_BYTES: usize = 1 + MAX_DIGITS;
const FIELDS: usize = 3;
const MESSAGE_BYTES: usize = FIELDS * FIELD_BYTES;
/// Length in bytes of every [`SealedEntry::ciphertext`]: message and tag.
pub const CIPHERTEXT_BYTES: usize = MESSAGE_BYTES + TAG_BYTES;

/// The names that bind a seal to one entry, one insertion and one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// The entry, as `BeginEntry` answered it.
    pub entry_id: [u8; ENTRY_ID_BYTES],
    /// The card insertion that the entry was opened for.
    pub insertion: u64,
    /// What the digits are for.
    pub purpose: Purpose,
}

impl Binding {
    /// `entry_id ‖ insertion (8, big endian) ‖ purpose (1)`.
    fn associated_data(&self) -> [u8; ENTRY_ID_BYTES + 9] {
        let mut data = [0; ENTRY_ID_BYTES + 9];
        let (entry, rest) = data.split_at_mut(ENTRY_ID_BYTES);
        let (insertion, purpose) = rest.split_at_mut(8);
        entry.copy_from_slice(&self.entry_id);
        insertion.copy_from_slice(&self.insertion.to_be_bytes());
        purpose.fill(self.purpose as u8);
        data
    }
}

/// What the holder typed, in the order of the prompts. Bytes are passed on as typed; cardd judges
/// them, so that letters are refused in the error table's words.
#[derive(Debug)]
pub enum Typed {
    /// For [`Purpose::Verify`].
    Verify {
        /// The PIN.
        pin: Secret,
    },
    /// For [`Purpose::Change`].
    Change {
        /// The PIN in force.
        old: Secret,
        /// The PIN to be.
        new: Secret,
        /// The PIN to be, typed once more.
        again: Secret,
    },
    /// For [`Purpose::IssuedPin`]: the hall's one-time value.
    IssuedPin {
        /// The value in force after the reset.
        pin: Secret,
    },
    /// For [`Purpose::NewPin`]: to be judged only.
    NewPin {
        /// The PIN that may be.
        new: Secret,
    },
    /// For [`Purpose::OwnPin`]: the holder's choice after a reset.
    OwnPin {
        /// The PIN to be.
        new: Secret,
        /// The PIN to be, typed once more.
        again: Secret,
    },
}

impl Typed {
    fn purpose(&self) -> Purpose {
        match self {
            Self::Verify { .. } => Purpose::Verify,
            Self::Change { .. } => Purpose::Change,
            Self::IssuedPin { .. } => Purpose::IssuedPin,
            Self::OwnPin { .. } => Purpose::OwnPin,
            Self::NewPin { .. } => Purpose::NewPin,
        }
    }

    /// Three fields of one length byte and sixteen bytes each, unused bytes zero. Written in place: a
    /// message that is handed over by value leaves a copy where it was.
    fn encode(&self, message: &mut [u8; MESSAGE_BYTES]) -> Result<(), EntryError> {
        let empty = Secret::new();
        let fields: [&Secret; FIELDS] = match self {
            Self::Verify { pin } | Self::IssuedPin { pin } | Self::NewPin { new: pin } => {
                [pin, &empty, &empty]
            }
            Self::OwnPin { new, again } => [new, again, &empty],
            Self::Change { old, new, again } => [old, new, again],
        };
        let mut places = message.chunks_exact_mut(FIELD_BYTES).zip(fields);
        places.try_for_each(|(place, field)| write_field(place, field))
    }

    fn decode(purpose: Purpose, message: &[u8]) -> Result<Self, EntryError> {
        let mut fields = message.chunks_exact(FIELD_BYTES).map(read_field);
        let mut next = || fields.next().unwrap_or(Err(EntryError::Malformed));
        match purpose {
            Purpose::Verify => Ok(Self::Verify { pin: next()? }),
            Purpose::Change => Ok(Self::Change {
                old: next()?,
                new: next()?,
                again: next()?,
            }),
            Purpose::IssuedPin => Ok(Self::IssuedPin { pin: next()? }),
            Purpose::NewPin => Ok(Self::NewPin { new: next()? }),
            Purpose::OwnPin => Ok(Self::OwnPin {
                new: next()?,
                again: next()?,
            }),
            Purpose::Unspecified => Err(EntryError::Malformed),
        }
    }
}

fn write_field(place: &mut [u8], field: &Secret) -> Result<(), EntryError> {
    let (length, bytes) = place.split_first_mut().ok_or(EntryError::Malformed)?;
    *length = u8::try_from(field.len()).map_err(|_| EntryError::TooLong)?;
    let bytes = bytes.get_mut(..field.len()).ok_or(EntryError::TooLong)?;
    bytes.copy_from_slice(field.expose());
    Ok(())
}

fn read_field(place: &[u8]) -> Result<Secret, EntryError> {
    let (length, bytes) = place.split_first().ok_or(EntryError::Malformed)?;
    let bytes = bytes
        .get(..usize::from(*length))
        .ok_or(EntryError::Malformed)?;
    let mut secret = Secret::new();
    bytes
        .iter()
        .try_for_each(|byte| secret.push(*byte))
        .map_err(|_| EntryError::Malformed)?;
    Ok(secret)
}

/// Seals what was typed to the one-time key of an entry.
///
/// # Errors
/// [`EntryError::PublicKey`] if the key is not one, [`EntryError::TooLong`] if a field has more
/// than [`MAX_DIGITS`] bytes, [`EntryError::Malformed`] if purpose and fields do not fit.
pub fn seal(
    typed: &Typed,
    binding: &Binding,
    public_key: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<SealedEntry, EntryError> {
    if typed.purpose() != binding.purpose {
        return Err(EntryError::Malformed);
    }
    let key =
        <Kem as hpke::Kem>::PublicKey::from_bytes(public_key).map_err(|_| EntryError::PublicKey)?;
    let mut message = Zeroizing::new([0; MESSAGE_BYTES]);
    typed.encode(&mut message)?;
    let (encapsulated, tag) =
        hpke::single_shot_seal_inout_detached_with_rng::<AesGcm128, HkdfSha256, Kem>(
            &OpModeS::Base,
            &key,
            INFO,
            InOutBuf::from(message.as_mut_slice()),
            &binding.associated_data(),
            rng,
        )
        .map_err(|_| EntryError::PublicKey)?;
    let mut ciphertext = message.to_vec();
    ciphertext.extend_from_slice(&tag.to_bytes());
    Ok(SealedEntry {
        entry_id: binding.entry_id.to_vec(),
        encapsulated_key: encapsulated.to_bytes().to_vec(),
        ciphertext,
    })
}

/// The private half of an entry's one-time key. Opening consumes it.
pub struct EntryKey {
    private: PrivateKey,
    public: [u8; KEY_BYTES],
}

impl EntryKey {
    /// A new key pair.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let (private, public) = Kem::gen_keypair_with_rng(rng);
        Self {
            private,
            public: public.to_bytes().into(),
        }
    }

    /// The half to send to the desk.
    #[must_use]
    pub fn public_key(&self) -> [u8; KEY_BYTES] {
        self.public
    }

    /// Opens the one message sealed to this key, in place; the key is gone afterwards.
    ///
    /// # Errors
    /// [`EntryError::Malformed`] for wrong lengths, [`EntryError::NotForThis`] if it was sealed
    /// for another key, entry, insertion or purpose, or was altered.
    pub fn open(self, sealed: &SealedEntry, binding: &Binding) -> Result<Typed, EntryError> {
        let (body, tag) = sealed
            .ciphertext
            .split_at_checked(MESSAGE_BYTES)
            .ok_or(EntryError::Malformed)?;
        let tag = AeadTag::<AesGcm128>::from_bytes(tag).map_err(|_| EntryError::Malformed)?;
        let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(&sealed.encapsulated_key)
            .map_err(|_| EntryError::Malformed)?;
        let mut message = Zeroizing::new([0; MESSAGE_BYTES]);
        message.copy_from_slice(body);
        hpke::single_shot_open_inout_detached::<AesGcm128, HkdfSha256, Kem>(
            &OpModeR::Base,
            &self.private,
            &encapsulated,
            INFO,
            InOutBuf::from(message.as_mut_slice()),
            &binding.associated_data(),
            &tag,
        )
        .map_err(|_| EntryError::NotForThis)?;
        Typed::decode(binding.purpose, message.as_slice())
    }
}

impl std::fmt::Debug for EntryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EntryKey(..)")
    }
}

/// Why an entry cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The public key is not a key of this suite.
    #[error("the entry's public key is not a valid X25519 key")]
    PublicKey,
    /// More bytes than a PIN can have.
    #[error("a PIN has at most {MAX_DIGITS} digits")]
    TooLong,
    /// Not the shape of a sealed entry.
    #[error("the sealed entry is malformed")]
    Malformed,
    /// Sealed for something else, or altered on the way.
    #[error("the sealed entry was made for another entry, insertion or purpose, or was altered")]
    NotForThis,
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
