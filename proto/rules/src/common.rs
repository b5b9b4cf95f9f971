//! Values that many people choose and no shape explains.

use subtle::{Choice, ConstantTimeEq};

use crate::digits::any;

/// Numbers that sound like words in Chinese: 520, 521 "I love you", 1314 "a whole life", 168 "all
/// the way to wealth"; and the lucky triples 666, 888.
const PARTS: [&[u8]; 7] = [
    &[5, 2, 0],
    &[5, 2, 1],
    &[1, 3, 1, 4],
    &[1, 6, 8],
    &[6, 6, 6],
    &[8, 8, 8],
    &[5, 2, 0, 1, 3, 1, 4],
];

/// Two such words together, emergency numbers together, round figures, a series from school.
const VALUES: [&[u8]; 8] = [
    &[2, 0, 1, 3, 1, 4],
    &[5, 2, 0, 1, 3, 1],
    &[5, 2, 1, 3, 1, 4],
    &[1, 3, 1, 4, 2, 0],
    &[1, 0, 0, 2, 0, 0],
    &[1, 1, 2, 3, 5, 8],
    &[1, 1, 0, 1, 2, 0],
    &[1, 2, 3, 4, 0, 0],
];

/// Whether the digits are a commonly chosen value, or one of the [`PARTS`] with no more than one
/// digit beside it.
pub(crate) fn is_common(digits: &[u8]) -> Choice {
    let holds = |part: &[u8]| {
        let short = Choice::from(u8::from(digits.len() <= part.len() + 1));
        short & any(digits.windows(part.len()).map(|window| window.ct_eq(part)))
    };
    any(VALUES.map(|value| digits.ct_eq(value))) | any(PARTS.map(holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_numbers() {
        for common in [
            &[1, 3, 1, 4][..],
            &[5, 2, 0, 7],
            &[0, 5, 2, 0],
            &[8, 1, 6, 8],
            &[2, 8, 8, 8],
        ] {
            assert!(bool::from(is_common(common)), "{common:?}");
        }
        assert!(bool::from(is_common(&[5, 2, 0, 1, 3, 1, 4])));
        assert!(bool::from(is_common(&[2, 0, 1, 3, 1, 4])));
    }

    #[test]
    fn a_part_does_not_spoil_a_long_pin() {
        for free in [&[8, 3, 1, 7][..], &[5, 2, 0, 8, 3], &[8, 3, 1, 6, 8, 7]] {
            assert!(!bool::from(is_common(free)), "{free:?}");
        }
    }
}
