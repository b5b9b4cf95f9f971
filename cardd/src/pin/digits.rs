//! The digits of a PIN.

use std::fmt;

use cardd_rules::Digits;
use subtle::ConstantTimeEq;
use zeroize::ZeroizeOnDrop;

use super::{HolderFacts, PinLength, Rules};

/// Most digits a [`Pin`] holds.
const CAPACITY: usize = PinLength::CARD_MAX as usize;

/// Stands behind the last digit, so that comparing whole blocks compares lengths too.
const FILLER: u8 = 0xFF;

/// A PIN as the holder typed it: 4 to 16 decimal digits in one heap block, wiped on drop.
///
/// There is no `Clone`, `PartialEq`, `Display` or `Serialize`; `Debug` prints `Pin(..)`. It says
/// nothing about whether the PIN is right or good: for a new one see
/// [`NewPin`](super::NewPin).
#[derive(ZeroizeOnDrop)]
pub struct Pin {
    digits: Box<[u8; CAPACITY]>,
    len: usize,
}

impl Pin {
    /// Takes the typed characters, ASCII `0` to `9`. They are copied into the wiped block;
    /// wiping `typed` is the caller's.
    ///
    /// # Errors
    /// [`PinFormat`]: anything but digits, or fewer or more of them than `length` allows. It
    /// costs no try, since nothing is sent.
    pub fn parse(typed: &[u8], length: &PinLength) -> Result<Self, PinFormat> {
        if !typed.iter().all(u8::is_ascii_digit) {
            return Err(PinFormat::NotDigits);
        }
        if typed.len() < usize::from(length.min()) {
            return Err(PinFormat::TooShort { min: length.min() });
        }
        if typed.len() > usize::from(length.max()) {
            return Err(PinFormat::TooLong { max: length.max() });
        }
        let mut pin = Self {
            digits: Box::new([FILLER; CAPACITY]),
            len: typed.len(),
        };
        for (place, character) in pin.digits.iter_mut().zip(typed) {
            *place = character - b'0';
        }
        Ok(pin)
    }

    /// Whether both are the same PIN, in a time that depends on neither.
    #[must_use]
    pub fn equals_in_constant_time(&self, other: &Self) -> bool {
        self.digits.as_slice().ct_eq(other.digits.as_slice()).into()
    }

    /// Whether it is one that the issuer gave to this holder, or to all.
    #[must_use]
    pub fn is_issued(&self, rules: &Rules, facts: &HolderFacts) -> bool {
        rules.is_issued(self.as_digits(), facts)
    }

    /// The digits, for the rules to look at.
    pub(super) fn as_digits(&self) -> Digits<'_> {
        Digits::new(self.digits())
    }

    /// The digits as values 0 to 9.
    pub(super) fn digits(&self) -> &[u8] {
        self.digits.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// What was typed is no PIN. Carries the bounds of the region, never a digit or a count of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinFormat {
    /// Something other than the digits 0 to 9.
    #[error("a PIN has digits only")]
    NotDigits,
    /// Fewer digits than the region allows.
    #[error("a PIN has at least {min} digits")]
    TooShort {
        /// Fewest digits.
        min: u8,
    },
    /// More digits than the region allows.
    #[error("a PIN has at most {max} digits")]
    TooLong {
        /// Most digits.
        max: u8,
    },
}

#[cfg(test)]
impl Pin {
    /// A PIN of any length a card takes, for tests.
    pub(crate) fn for_test(digits: &str) -> Self {
        let length = PinLength::new(PinLength::CARD_MIN, PinLength::CARD_MAX).unwrap();
        Self::parse(digits.as_bytes(), &length).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zeroize::Zeroize;

    use super::*;

    #[test]
    fn what_is_no_pin_is_named() {
        let length = PinLength::new(4, 6).unwrap();
        let refused = |typed: &[u8]| Pin::parse(typed, &length).unwrap_err();
        assert_eq!(refused(b"12a4"), PinFormat::NotDigits);
        assert_eq!(refused(b"12 4"), PinFormat::NotDigits);
        assert_eq!(refused("１２３４".as_bytes()), PinFormat::NotDigits);
        assert_eq!(refused(b""), PinFormat::TooShort { min: 4 });
        assert_eq!(refused(b"123"), PinFormat::TooShort { min: 4 });
        assert_eq!(refused(b"1234567"), PinFormat::TooLong { max: 6 });
    }

    #[test]
    fn digits_are_kept_as_values() {
        assert_eq!(Pin::for_test("0987").digits(), [0, 9, 8, 7]);
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Pin::for_test("8317")), "Pin(..)");
    }

    #[test]
    fn a_pin_is_wiped_on_drop() {
        fn assert_wiped<T: ZeroizeOnDrop>() {}
        assert_wiped::<Pin>();
        // What the drop does, on a PIN that can still be looked at.
        let mut pin = Pin::for_test("831729");
        pin.digits.zeroize();
        pin.len.zeroize();
        assert_eq!(
            (pin.digits.as_slice(), pin.len),
            ([0; CAPACITY].as_slice(), 0)
        );
    }

    /// A type with the trait `$t` has two candidates for `answer`, and the test does not compile.
    macro_rules! assert_not_impl {
        ($type:ty: $($t:path),+) => {$({
            trait Ambiguous<A> { fn answer() {} }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Marker;
            impl<T: ?Sized + $t> Ambiguous<Marker> for T {}
            <$type as Ambiguous<_>>::answer();
        })+};
    }

    #[test]
    fn a_pin_cannot_be_copied_printed_or_stored() {
        assert_not_impl!(Pin: Clone, PartialEq, fmt::Display, serde::Serialize, AsRef<[u8]>);
    }

    proptest! {
        #[test]
        fn comparison_agrees_with_the_texts(a in "[0-9]{4,16}", b in "[0-9]{4,16}") {
            let (pin, other) = (Pin::for_test(&a), Pin::for_test(&b));
            prop_assert_eq!(pin.equals_in_constant_time(&other), a == b);
            prop_assert!(pin.equals_in_constant_time(&Pin::for_test(&a)));
        }

        #[test]
        fn a_prefix_is_another_pin(a in "[0-9]{5,16}") {
            let shorter = Pin::for_test(&a[..a.len() - 1]);
            prop_assert!(!Pin::for_test(&a).equals_in_constant_time(&shorter));
        }

        #[test]
        fn any_bytes_are_taken_or_refused(typed in proptest::collection::vec(any::<u8>(), 0..40)) {
            let length = PinLength::default();
            let good = (4..=6).contains(&typed.len()) && typed.iter().all(u8::is_ascii_digit);
            prop_assert_eq!(Pin::parse(&typed, &length).is_ok(), good);
        }
    }
}
