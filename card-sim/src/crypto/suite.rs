//! The two cipher suites.

/// Cipher suite of a card; all keys of a card use the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// DES and two-key triple DES, 8-byte blocks.
    Des,
    /// SM4 (GB/T 32907), 16-byte blocks.
    Sm4,
}

impl Suite {
    /// Algorithm identifier in FCI tag 9F0C, after `86 01`.
    #[must_use]
    pub fn identifier(self) -> u8 {
        match self {
            Self::Des => 0x01,
            Self::Sm4 => 0x03,
        }
    }

    /// Block size in bytes.
    #[must_use]
    pub fn block_size(self) -> usize {
        match self {
            Self::Des => 8,
            Self::Sm4 => 16,
        }
    }
}
