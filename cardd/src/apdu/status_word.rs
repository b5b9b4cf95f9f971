//! SW1 SW2 of ISO 7816-4, 5.6.

use std::fmt;

/// The two status bytes that end every response. Compared whole, never byte by byte.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusWord(u16);

impl StatusWord {
    /// 9000: normal processing.
    pub const OK: Self = Self(0x9000);
    /// 6581: memory failure.
    pub const MEMORY_FAILURE: Self = Self(0x6581);
    /// 6700: wrong length.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// 6982: security status not satisfied.
    pub const SECURITY_NOT_SATISFIED: Self = Self(0x6982);
    /// 6983: authentication method blocked.
    pub const METHOD_BLOCKED: Self = Self(0x6983);
    /// 6984: reference data or challenge not usable.
    pub const REFERENCE_DATA_UNUSABLE: Self = Self(0x6984);
    /// 6985: conditions of use not satisfied.
    pub const CONDITIONS_NOT_SATISFIED: Self = Self(0x6985);
    /// 6988: secure messaging data objects incorrect.
    pub const SM_DATA_INCORRECT: Self = Self(0x6988);
    /// 6A80: incorrect parameters in the data field.
    pub const INCORRECT_DATA: Self = Self(0x6A80);
    /// 6A81: function not supported; on these cards also "card blocked" (LD/T 32.5).
    pub const FUNCTION_NOT_SUPPORTED: Self = Self(0x6A81);
    /// 6A82: file or application not found.
    pub const FILE_NOT_FOUND: Self = Self(0x6A82);
    /// 6A83: record not found.
    pub const RECORD_NOT_FOUND: Self = Self(0x6A83);
    /// 6D00: instruction not supported.
    pub const INSTRUCTION_NOT_SUPPORTED: Self = Self(0x6D00);
    /// 6E00: class not supported.
    pub const CLASS_NOT_SUPPORTED: Self = Self(0x6E00);
    /// 9303: application permanently blocked (LD/T 32.5).
    pub const APPLICATION_BLOCKED: Self = Self(0x9303);

    /// From the two bytes in the order of the wire.
    #[must_use]
    pub const fn new(sw1: u8, sw2: u8) -> Self {
        Self(u16::from_be_bytes([sw1, sw2]))
    }

    /// Both bytes as one number, SW1 first.
    #[must_use]
    pub const fn value(self) -> u16 {
        self.0
    }

    /// SW1.
    #[must_use]
    pub const fn sw1(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// SW2.
    #[must_use]
    pub const fn sw2(self) -> u8 {
        self.0.to_be_bytes()[1]
    }

    /// `x` of `63Cx`: a counter, the tries left.
    #[must_use]
    pub const fn tries_left(self) -> Option<u8> {
        if self.0 & 0xFFF0 == 0x63C0 {
            Some((self.0 & 0x0F) as u8)
        } else {
            None
        }
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SW={:04X}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_63cx_carries_a_counter() {
        assert_eq!(StatusWord::new(0x63, 0xC0).tries_left(), Some(0));
        assert_eq!(StatusWord::new(0x63, 0xCF).tries_left(), Some(15));
        for other in [0x6300, 0x63B2, 0x63D2, 0x62C2, 0x9000, 0x6983] {
            assert_eq!(StatusWord(other).tries_left(), None, "{other:04X}");
        }
    }

    #[test]
    fn it_prints_as_the_standards_write_it() {
        assert_eq!(StatusWord::METHOD_BLOCKED.to_string(), "6983");
        assert_eq!(format!("{:?}", StatusWord::new(0x63, 0xC2)), "SW=63C2");
    }
}
