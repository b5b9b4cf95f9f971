//! Access conditions (人社信息函〔2012〕37号, access columns of the file tables). Keys are named by their
//! key identifier, which [`KeyId::resolve`](super::KeyId::resolve) reads against the file's application.

/// What must have been presented before a file is read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    Free,
    /// Not by these commands at all, such as the log that only transactions write.
    Never,
    /// EXTERNAL AUTHENTICATION with this key.
    Key(u8),
    /// VERIFY.
    Pin,
    /// VERIFY, or EXTERNAL AUTHENTICATION with this key.
    PinOrKey(u8),
    /// VERIFY and EXTERNAL AUTHENTICATION with this key.
    PinAndKey(u8),
}

impl Access {
    /// Whether the rights at hand suffice.
    pub fn is_granted(self, pin_right: bool, holds: impl Fn(u8) -> bool) -> bool {
        match self {
            Self::Free => true,
            Self::Never => false,
            Self::Key(key) => holds(key),
            Self::Pin => pin_right,
            Self::PinOrKey(key) => pin_right || holds(key),
            Self::PinAndKey(key) => pin_right && holds(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_against_every_pair_of_rights() {
        let key = 0x0A;
        let table = [
            // condition, then: nothing, key, PIN, both
            (Access::Free, [true, true, true, true]),
            (Access::Never, [false, false, false, false]),
            (Access::Key(key), [false, true, false, true]),
            (Access::Pin, [false, false, true, true]),
            (Access::PinOrKey(key), [false, true, true, true]),
            (Access::PinAndKey(key), [false, false, false, true]),
        ];
        for (access, expected) in table {
            let pairs = [(false, false), (false, true), (true, false), (true, true)];
            let got = pairs.map(|(pin, held)| access.is_granted(pin, |k| held && k == key));
            assert_eq!(got, expected, "{access:?}");
        }
    }
}
