//! Status words of the social security command set (LD/T 32.5).

use std::fmt;

use serde::{Deserialize, Deserializer};

/// SW1 SW2 as one number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusWord(u16);

impl StatusWord {
    /// 9000: done.
    pub const OK: Self = Self(0x9000);
    /// 6581: memory failure, nothing was changed.
    pub const MEMORY_FAILURE: Self = Self(0x6581);
    /// 6700: Lc or Le not correct.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// 6901: command not accepted in this state of a medical transaction.
    pub const NOT_ACCEPTED: Self = Self(0x6901);
    /// 6981: command does not fit the file structure.
    pub const WRONG_FILE_STRUCTURE: Self = Self(0x6981);
    /// 6982: security condition not met.
    pub const SECURITY_NOT_SATISFIED: Self = Self(0x6982);
    /// 6983: PIN or key locked.
    pub const LOCKED: Self = Self(0x6983);
    /// 6984: no valid challenge.
    pub const REFERENCE_INVALID: Self = Self(0x6984);
    /// 6985: conditions of use not met.
    pub const CONDITIONS_NOT_MET: Self = Self(0x6985);
    /// 6986: no current EF.
    pub const NO_CURRENT_EF: Self = Self(0x6986);
    /// 6988: MAC of secure messaging not correct.
    pub const MAC_INCORRECT: Self = Self(0x6988);
    /// 6A80: data field not correct.
    pub const WRONG_DATA: Self = Self(0x6A80);
    /// 6A81: function not supported, or card blocked.
    pub const NOT_SUPPORTED: Self = Self(0x6A81);
    /// 6A82: file or application not found.
    pub const FILE_NOT_FOUND: Self = Self(0x6A82);
    /// 6A83: record not found.
    pub const RECORD_NOT_FOUND: Self = Self(0x6A83);
    /// 6A84: not enough room in the file.
    pub const NO_ROOM: Self = Self(0x6A84);
    /// 6A85: Lc does not fit the TLV structure.
    pub const WRONG_TLV: Self = Self(0x6A85);
    /// 6A86: P1 or P2 not correct.
    pub const WRONG_PARAMETERS: Self = Self(0x6A86);
    /// 6A88: key or PIN not found.
    pub const KEY_NOT_FOUND: Self = Self(0x6A88);
    /// 6B00: offset outside the file.
    pub const WRONG_OFFSET: Self = Self(0x6B00);
    /// 6D00: INS unknown.
    pub const UNKNOWN_INS: Self = Self(0x6D00);
    /// 6E00: CLA unknown, or not the one of this INS.
    pub const UNKNOWN_CLA: Self = Self(0x6E00);
    /// 6F00: GET RESPONSE with nothing pending.
    pub const NOTHING_PENDING: Self = Self(0x6F00);
    /// 9303: application permanently locked.
    pub const APPLICATION_LOCKED: Self = Self(0x9303);
    /// 9403: key index not supported (medical transactions).
    pub const KEY_INDEX_NOT_SUPPORTED: Self = Self(0x9403);
    /// 9406: MAC not available (medical transactions).
    pub const MAC_NOT_AVAILABLE: Self = Self(0x9406);

    /// 63Cx: compare failed, `left` tries remain (0 to 15, more is shown as 15).
    #[must_use]
    pub fn tries_left(left: u8) -> Self {
        Self(0x63C0 | u16::from(left.min(0x0F)))
    }

    /// 61xx: `length` bytes wait for GET RESPONSE (T=0). 256 is written as 00.
    #[must_use]
    pub fn bytes_waiting(length: usize) -> Self {
        Self(0x6100 | length_byte(length))
    }

    /// 6Cxx: wrong Le, `length` is the right one. 256 is written as 00.
    #[must_use]
    pub fn right_le(length: usize) -> Self {
        Self(0x6C00 | length_byte(length))
    }

    /// SW1 SW2 in the order of the wire.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }
}

/// One length byte of a status word.
fn length_byte(length: usize) -> u16 {
    u16::try_from(length & 0xFF).unwrap_or(0)
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SW={:04X}", self.0)
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

/// Personas write status words as four hexadecimal digits, such as `"6982"`.
impl<'de> Deserialize<'de> for StatusWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes: [u8; 2] = hex::serde::deserialize(deserializer)?;
        Ok(Self(u16::from_be_bytes(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_words() {
        assert_eq!(StatusWord::tries_left(5).to_bytes(), [0x63, 0xC5]);
        assert_eq!(StatusWord::tries_left(15).to_bytes(), [0x63, 0xCF]);
        assert_eq!(StatusWord::bytes_waiting(30).to_bytes(), [0x61, 0x1E]);
        assert_eq!(StatusWord::right_le(256).to_bytes(), [0x6C, 0x00]);
    }
}
