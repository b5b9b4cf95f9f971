//! The seal, held to the vectors of RFC 9180 and to our own, which the browser's half is held to as
//! well.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use serde::Deserialize;

use super::*;

const FILE: &str = include_str!("../../vectors/entry.json");

#[derive(Deserialize)]
struct File {
    rfc9180: Vector,
    #[serde(with = "hex")]
    info: Vec<u8>,
    entries: Vec<EntryVector>,
}

#[derive(Deserialize)]
struct Vector {
    #[serde(with = "hex")]
    recipient_ikm: [u8; KEY_BYTES],
    #[serde(with = "hex")]
    recipient_public: Vec<u8>,
    #[serde(with = "hex")]
    ephemeral_ikm: [u8; KEY_BYTES],
    #[serde(with = "hex")]
    encapsulated_key: Vec<u8>,
    #[serde(with = "hex", default)]
    info: Vec<u8>,
    #[serde(with = "hex")]
    associated_data: Vec<u8>,
    #[serde(with = "hex")]
    plaintext: Vec<u8>,
    #[serde(with = "hex")]
    ciphertext: Vec<u8>,
}

#[derive(Deserialize)]
struct EntryVector {
    case: String,
    #[serde(with = "hex")]
    entry_id: [u8; ENTRY_ID_BYTES],
    insertion: String,
    purpose_value: i32,
    pins: Vec<String>,
    #[serde(flatten)]
    seal: Vector,
}

impl EntryVector {
    fn binding(&self) -> Binding {
        Binding {
            entry_id: self.entry_id,
            insertion: self.insertion.parse().unwrap(),
            purpose: self.purpose_value.try_into().unwrap(),
        }
    }

    fn typed(&self) -> Typed {
        let mut pins = self.pins.iter();
        let mut next =
            || Secret::take_from(&mut pins.next().unwrap().clone().into_bytes()).unwrap();
        match self.binding().purpose {
            Purpose::Verify => Typed::Verify { pin: next() },
            Purpose::IssuedPin => Typed::IssuedPin { pin: next() },
            Purpose::NewPin => Typed::NewPin { new: next() },
            Purpose::OwnPin => Typed::OwnPin {
                new: next(),
                again: next(),
            },
            Purpose::Change | Purpose::Unspecified => Typed::Change {
                old: next(),
                new: next(),
                again: next(),
            },
        }
    }

    fn sealed(&self) -> SealedEntry {
        SealedEntry {
            entry_id: self.entry_id.to_vec(),
            encapsulated_key: self.seal.encapsulated_key.clone(),
            ciphertext: self.seal.ciphertext.clone(),
        }
    }
}

/// Randomness that is the key material of a vector (RFC 9180, section 7.1.3).
struct Played([u8; KEY_BYTES]);

impl TryRng for Played {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("key material is read as bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("key material is read as bytes")
    }

    fn try_fill_bytes(&mut self, place: &mut [u8]) -> Result<(), Infallible> {
        place.copy_from_slice(&self.0);
        Ok(())
    }
}

impl TryCryptoRng for Played {}

fn file() -> File {
    serde_json::from_str(FILE).unwrap()
}

#[test]
fn the_suite_is_the_one_of_the_rfc() {
    let vector = file().rfc9180;
    let key = EntryKey::generate(&mut Played(vector.recipient_ikm));
    assert_eq!(key.public_key().as_slice(), vector.recipient_public);
    let mut message = vector.plaintext.clone();
    let (encapsulated, tag) =
        hpke::single_shot_seal_inout_detached_with_rng::<AesGcm128, HkdfSha256, Kem>(
            &OpModeS::Base,
            &<Kem as hpke::Kem>::PublicKey::from_bytes(&vector.recipient_public).unwrap(),
            &vector.info,
            InOutBuf::from(message.as_mut_slice()),
            &vector.associated_data,
            &mut Played(vector.ephemeral_ikm),
        )
        .unwrap();
    message.extend_from_slice(&tag.to_bytes());
    assert_eq!(encapsulated.to_bytes().as_slice(), vector.encapsulated_key);
    assert_eq!(message, vector.ciphertext);
}

fn encoded(typed: &Typed) -> Vec<u8> {
    let mut message = [0; MESSAGE_BYTES];
    typed.encode(&mut message).unwrap();
    message.to_vec()
}

#[test]
fn our_messages_are_sealed_as_the_vectors_have_them() {
    let file = file();
    assert_eq!(file.info, INFO);
    let purposes: Vec<_> = file
        .entries
        .iter()
        .map(|entry| entry.purpose_value)
        .collect();
    assert!((1..=4).all(|purpose| purposes.contains(&purpose)));
    for vector in file.entries {
        let (typed, binding) = (vector.typed(), vector.binding());
        assert_eq!(
            binding.associated_data().as_slice(),
            vector.seal.associated_data
        );
        assert_eq!(encoded(&typed), vector.seal.plaintext);
        let rng = &mut Played(vector.seal.ephemeral_ikm);
        let sealed = seal(&typed, &binding, &vector.seal.recipient_public, rng).unwrap();
        assert_eq!(sealed, vector.sealed(), "{}", vector.case);
    }
}

#[test]
fn our_messages_open_as_the_vectors_have_them() {
    for vector in file().entries {
        let key = EntryKey::generate(&mut Played(vector.seal.recipient_ikm));
        let opened = key.open(&vector.sealed(), &vector.binding()).unwrap();
        assert_eq!(encoded(&opened), vector.seal.plaintext, "{}", vector.case);
    }
}
