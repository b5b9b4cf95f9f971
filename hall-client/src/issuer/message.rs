//! Commands with secure messaging (LD/T 32.5, PIN CHANGE/UNBLOCK).

use std::fmt;

/// All bytes of one PIN CHANGE/UNBLOCK command, good for one challenge of one card:
/// `84 24 00 00 04 MAC`, or `84 24 00 01 Lc <enciphered PIN block> MAC`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecureMessage(Vec<u8>);

impl SecureMessage {
    pub(super) fn new(command: Vec<u8>) -> Self {
        Self(command)
    }

    /// The command, as it is sent to the card.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Header and length; the data holds an enciphered PIN.
impl fmt::Debug for SecureMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.0.get(..4).unwrap_or_default();
        let lc = self.0.get(4).copied().unwrap_or_default();
        write!(f, "SecureMessage({header:02X?} Lc={lc:02X})")
    }
}
