//! Session key of one use, authentication data, MAC and encipherment under it (LD/T 32.4).

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::blocks::{des, des_inverse, join, sm4, sm4_inverse, triple_des};
use super::{Key, Suite};

/// Key derived from a card key and one random number. The random number enters here and nowhere
/// else: the MAC has a zero initial vector.
#[derive(Zeroize, ZeroizeOnDrop)]
pub enum SessionKey {
    /// Single DES, whatever the length of the card key.
    Des([u8; 8]),
    /// SM4.
    Sm4([u8; 16]),
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(..)")
    }
}

impl SessionKey {
    /// KS = E(K, random), a short random filled right with zeros. `None` when the random is longer
    /// than a block, since the standard defines no such key.
    #[must_use]
    pub fn derive(suite: Suite, key: &Key, random: &[u8]) -> Option<Self> {
        match (suite, key) {
            (Suite::Des | Suite::Sm4, Key::Single(key)) => {
                Some(Self::Des(des(key, filled(random)?)))
            }
            (Suite::Des, Key::Double(key)) => Some(Self::Des(triple_des(key, filled(random)?))),
            (Suite::Sm4, Key::Double(key)) => Some(Self::Sm4(sm4(key, filled(random)?))),
        }
    }

    /// Authentication data for 8 bytes of original information. DES: DES(KS, original). SM4: the
    /// halves of E(KS, original ‖ 00…) XORed.
    #[must_use]
    pub fn authenticate(&self, original: [u8; 8]) -> [u8; 8] {
        match self {
            Self::Des(key) => des(key, original),
            Self::Sm4(key) => fold(sm4(key, join(original, [0; 8]))),
        }
    }

    /// MAC of 4 bytes over `message`: padded with 80 00…, CBC, zero initial vector. DES: left half
    /// of the last block. SM4: XOR of the four words of the last block.
    #[must_use]
    pub fn mac(&self, message: &[u8]) -> [u8; 4] {
        match self {
            Self::Des(key) => {
                let [a, b, c, d, ..] = cbc(message, |block| des(key, block));
                [a, b, c, d]
            }
            Self::Sm4(key) => fold(fold::<16, 8>(cbc(message, |block| sm4(key, block)))),
        }
    }

    /// ECB encipherment of whole blocks; `None` when `plain` is not whole blocks.
    #[must_use]
    pub fn encipher(&self, plain: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Des(key) => ecb(plain, |block| des(key, block)),
            Self::Sm4(key) => ecb(plain, |block| sm4(key, block)),
        }
    }

    /// ECB decipherment of whole blocks; `None` when `cipher` is not whole blocks.
    #[must_use]
    pub fn decipher(&self, cipher: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Des(key) => ecb(cipher, |block| des_inverse(key, block)),
            Self::Sm4(key) => ecb(cipher, |block| sm4_inverse(key, block)),
        }
    }

    /// The bytes, for comparison with published vectors.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Des(key) => key,
            Self::Sm4(key) => key,
        }
    }
}

/// `bytes` filled right with zeros to one block.
fn filled<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    let mut block = [0; N];
    block.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(block)
}

/// Left half XOR right half.
fn fold<const N: usize, const HALF: usize>(block: [u8; N]) -> [u8; HALF] {
    let mut folded = [0; HALF];
    let right = block.iter().skip(HALF);
    for (out, (left, right)) in folded.iter_mut().zip(block.iter().zip(right)) {
        *out = left ^ right;
    }
    folded
}

/// Last block of CBC with zero initial vector over `message` padded with 80 00….
fn cbc<const N: usize>(message: &[u8], encrypt: impl Fn([u8; N]) -> [u8; N]) -> [u8; N] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(N), 0x00);
    let (blocks, _) = padded.as_chunks::<N>();
    blocks.iter().fold([0; N], |mut chain, block| {
        chain
            .iter_mut()
            .zip(block)
            .for_each(|(sum, byte)| *sum ^= byte);
        encrypt(chain)
    })
}

/// Block by block into memory reserved beforehand, so that no copy of a deciphered PIN stays behind.
fn ecb<const N: usize>(bytes: &[u8], cipher: impl Fn([u8; N]) -> [u8; N]) -> Option<Vec<u8>> {
    let (blocks, []) = bytes.as_chunks::<N>() else {
        return None;
    };
    let mut out = Vec::with_capacity(bytes.len());
    for block in blocks {
        out.extend_from_slice(&cipher(*block));
    }
    Some(out)
}
