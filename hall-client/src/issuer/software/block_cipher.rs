//! Keys of the two suites in memory.

use cipher::{Array, Block, BlockCipherEncrypt, Key, KeyInit};
use des::{Des, TdesEde2};
use sm4::Sm4;
use zeroize::Zeroizing;

use crate::issuer::error::KeyError;
use crate::issuer::keys::SessionKey;
use crate::issuer::suite::CipherSuite;

/// A key, ready to encrypt. The key schedules are wiped on drop.
pub(super) enum SoftwareKey {
    /// 8 bytes.
    Des(Box<Des>),
    /// 16 bytes, outer parts equal.
    TripleDes(Box<TdesEde2>),
    /// 16 bytes.
    Sm4(Box<Sm4>),
}

impl SoftwareKey {
    /// `None` when the suite has no key of that length.
    pub(super) fn new(suite: CipherSuite, bytes: &[u8]) -> Option<Self> {
        match (suite, bytes.len()) {
            (CipherSuite::Des, 8) => keyed(bytes).map(Self::Des),
            (CipherSuite::Des, 16) => keyed(bytes).map(Self::TripleDes),
            (CipherSuite::Sm4, 16) => keyed(bytes).map(Self::Sm4),
            (CipherSuite::Des | CipherSuite::Sm4, _) => None,
        }
    }

    /// Length of the key, bytes.
    pub(super) fn key_bytes(&self) -> usize {
        match self {
            Self::Des(_) => 8,
            Self::TripleDes(_) | Self::Sm4(_) => 16,
        }
    }

    /// Whole blocks, each on its own (ECB).
    pub(super) fn encrypted(&self, blocks: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(blocks.to_vec());
        match self {
            Self::Des(cipher) => each_block(cipher.as_ref(), &mut out),
            Self::TripleDes(cipher) => each_block(cipher.as_ref(), &mut out),
            Self::Sm4(cipher) => each_block(cipher.as_ref(), &mut out),
        }
        out
    }

    fn block_bytes(&self) -> usize {
        match self {
            Self::Des(_) | Self::TripleDes(_) => 8,
            Self::Sm4(_) => 16,
        }
    }
}

impl SessionKey for SoftwareKey {
    fn encipher(&self, block: &[u8]) -> Result<Vec<u8>, KeyError> {
        Ok(self.encrypted(block).to_vec())
    }

    fn last_chained_block(&self, blocks: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut chain = vec![0; self.block_bytes()];
        for block in blocks.chunks_exact(self.block_bytes()) {
            for (link, byte) in chain.iter_mut().zip(block) {
                *link ^= byte;
            }
            chain = self.encrypted(&chain).to_vec();
        }
        Ok(chain)
    }
}

fn keyed<C: KeyInit>(bytes: &[u8]) -> Option<Box<C>> {
    let key: &Key<C> = bytes.try_into().ok()?;
    Some(Box::new(C::new(key)))
}

fn each_block<C: BlockCipherEncrypt>(cipher: &C, blocks: &mut [u8]) {
    let (blocks, _rest): (&mut [Block<C>], _) = Array::slice_as_chunks_mut(blocks);
    cipher.encrypt_blocks(blocks);
}
