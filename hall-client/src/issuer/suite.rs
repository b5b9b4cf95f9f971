//! Cipher suites of the card generations (LD/T 32.4).

use std::fmt;

use serde::Deserialize;

/// The cipher suite of a card. SSF33 is unpublished and not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CipherSuite {
    /// DES and double-length 3DES: first and second generation.
    Des,
    /// SM4 (GB/T 32907): third generation.
    Sm4,
}

impl CipherSuite {
    /// Length of a cipher block, bytes.
    #[must_use]
    pub fn block_bytes(self) -> usize {
        match self {
            Self::Des => 8,
            Self::Sm4 => 16,
        }
    }
}

impl fmt::Display for CipherSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Des => "DES",
            Self::Sm4 => "SM4",
        })
    }
}
