//! A ledger's first key on its way to the hall, under an HPKE seal (RFC 9180).
//!
//! The suite is that of [`entry`](crate::entry). The chain's name and the first sequence number are
//! associated data.

use hpke::{
    Deserializable, Kem as _, OpModeR, OpModeS, Serializable,
    aead::{AeadTag, AesGcm128},
    inout::InOutBuf,
    kdf::HkdfSha256,
    kem::X25519HkdfSha256,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::v1::EnrolResponse;

type Kem = X25519HkdfSha256;

const INFO: &[u8] = b"cardd.v1 ledger enrolment";
const KEY_BYTES: usize = 32;

/// Seals the first key to the hall's one-time public key.
///
/// # Errors
/// [`EnrolmentError`] if the public key is none of X25519.
pub fn seal(
    key: &[u8; KEY_BYTES],
    chain_id: [u8; 16],
    first_sequence: u64,
    public_key: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<EnrolResponse, EnrolmentError> {
    let public =
        <Kem as hpke::Kem>::PublicKey::from_bytes(public_key).map_err(|_| EnrolmentError)?;
    let mut message = Zeroizing::new(*key);
    let (encapsulated, tag) =
        hpke::single_shot_seal_inout_detached_with_rng::<AesGcm128, HkdfSha256, Kem>(
            &OpModeS::Base,
            &public,
            INFO,
            InOutBuf::from(message.as_mut_slice()),
            &associated(&chain_id, first_sequence),
            rng,
        )
        .map_err(|_| EnrolmentError)?;
    Ok(EnrolResponse {
        chain_id: chain_id.to_vec(),
        first_sequence,
        encapsulated_key: encapsulated.to_bytes().to_vec(),
        ciphertext: [message.as_slice(), &tag.to_bytes()].concat(),
    })
}

/// The hall's one-time key for one enrolment.
pub struct EnrolmentKey {
    private: <Kem as hpke::Kem>::PrivateKey,
    public: [u8; KEY_BYTES],
}

impl EnrolmentKey {
    /// A new key pair.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let (private, public) = Kem::gen_keypair_with_rng(rng);
        Self {
            private,
            public: public.to_bytes().into(),
        }
    }

    /// The half to send to the terminal.
    #[must_use]
    pub fn public_key(&self) -> [u8; KEY_BYTES] {
        self.public
    }

    /// The first key of the chain.
    ///
    /// # Errors
    /// [`EnrolmentError`] if it was sealed for another key, chain or record, or was altered.
    pub fn open(
        self,
        sealed: &EnrolResponse,
    ) -> Result<Zeroizing<[u8; KEY_BYTES]>, EnrolmentError> {
        let (body, tag) = sealed
            .ciphertext
            .split_first_chunk::<KEY_BYTES>()
            .ok_or(EnrolmentError)?;
        let tag = AeadTag::<AesGcm128>::from_bytes(tag).map_err(|_| EnrolmentError)?;
        let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(&sealed.encapsulated_key)
            .map_err(|_| EnrolmentError)?;
        let mut key = Zeroizing::new(*body);
        hpke::single_shot_open_inout_detached::<AesGcm128, HkdfSha256, Kem>(
            &OpModeR::Base,
            &self.private,
            &encapsulated,
            INFO,
            InOutBuf::from(key.as_mut_slice()),
            &associated(&sealed.chain_id, sealed.first_sequence),
            &tag,
        )
        .map_err(|_| EnrolmentError)?;
        Ok(key)
    }
}

impl std::fmt::Debug for EnrolmentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnrolmentKey(..)")
    }
}

fn associated(chain_id: &[u8], first_sequence: u64) -> Vec<u8> {
    [&first_sequence.to_be_bytes(), chain_id].concat()
}

/// The first key cannot be sealed or opened: the public key is none, or the message was made for
/// another key or chain, or altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ledger's first key cannot be sealed to, or opened with, this key")]
pub struct EnrolmentError;

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    #[test]
    fn opens_once_for_the_key_and_chain_it_was_sealed_for() {
        let mut rng = StdRng::seed_from_u64(1);
        let genesis = [7; 32];
        let mut sealed = || {
            let hall = EnrolmentKey::generate(&mut rng);
            let sealed = seal(&genesis, [3; 16], 14, &hall.public_key(), &mut rng).unwrap();
            (hall, sealed)
        };
        let (hall, message) = sealed();
        assert_eq!(*hall.open(&message).unwrap(), genesis);
        for change in 0..4 {
            let (hall, mut message) = sealed();
            match change {
                0 => message.chain_id[0] ^= 1,
                1 => message.first_sequence += 1,
                2 => message.ciphertext[0] ^= 1,
                _ => message.encapsulated_key[0] ^= 1,
            }
            assert_eq!(hall.open(&message), Err(EnrolmentError), "{change}");
        }
        assert_eq!(
            seal(&genesis, [3; 16], 1, &[1; 31], &mut rng),
            Err(EnrolmentError)
        );
    }
}
