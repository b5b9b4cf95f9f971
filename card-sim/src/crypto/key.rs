//! Keys of a card, a session or a root.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A key of 8 or 16 bytes; wiped on drop, not shown. Parity bits of DES keys stay as computed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub enum Key {
    /// 8 bytes: single DES.
    Single([u8; 8]),
    /// 16 bytes: two-key triple DES or SM4.
    Double([u8; 16]),
}

impl Key {
    /// A root as stored, or its first 8 bytes when `single`.
    #[must_use]
    pub fn from_root(root: &[u8; 16], single: bool) -> Self {
        match root.first_chunk() {
            Some(head) if single => Self::Single(*head),
            _ => Self::Double(*root),
        }
    }

    /// The bytes, for comparison with published vectors.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Single(bytes) => bytes,
            Self::Double(bytes) => bytes,
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}
