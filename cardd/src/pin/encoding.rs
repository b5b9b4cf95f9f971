//! A PIN as the card takes it: packed BCD, two digits a byte, high nibble first; an odd last
//! digit has `F` in the low nibble. No length byte, no fixed length, no ISO 9564 block
//! (LD/T 32.5 VERIFY, CHANGE PIN).

use zeroize::Zeroizing;

use super::Pin;

/// Low nibble beside an odd last digit.
const FILLER: u8 = 0x0F;

/// The bytes of one PIN, 2 to 8 of them.
#[must_use]
pub fn packed_bcd(pin: &Pin) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(byte_count(pin)));
    bytes.extend(bcd_bytes(pin));
    bytes
}

/// Two PINs with one byte between them, 5 to 17 bytes. `FF` separates without doubt: inside
/// packed BCD it cannot occur.
#[must_use]
pub fn packed_bcd_pair(first: &Pin, separator: u8, second: &Pin) -> Zeroizing<Vec<u8>> {
    // One allocation of the final size: a growing vector would leave copies behind.
    let capacity = byte_count(first) + 1 + byte_count(second);
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    bytes.extend(bcd_bytes(first));
    bytes.push(separator);
    bytes.extend(bcd_bytes(second));
    bytes
}

fn byte_count(pin: &Pin) -> usize {
    pin.digits().len().div_ceil(2)
}

fn bcd_bytes(pin: &Pin) -> impl Iterator<Item = u8> + '_ {
    pin.digits().chunks(2).map(|pair| {
        let nibble = |place| pair.get(place).copied().unwrap_or(FILLER);
        nibble(0) << 4 | nibble(1)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn even_odd_shortest_longest() {
        let packed = |digits| packed_bcd(&Pin::for_test(digits)).to_vec();
        assert_eq!(packed("1234"), [0x12, 0x34]);
        assert_eq!(packed("12345"), [0x12, 0x34, 0x5F]);
        assert_eq!(packed("123456"), [0x12, 0x34, 0x56]);
        assert_eq!(
            packed("1234567890123456"),
            [0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56]
        );
    }

    proptest! {
        #[test]
        fn the_hexadecimal_of_the_bytes_is_the_pin(digits in "[0-9]{4,16}") {
            let bytes = packed_bcd(&Pin::for_test(&digits));
            let filled = if digits.len() % 2 == 0 { digits.clone() } else { format!("{digits}f") };
            prop_assert_eq!(hex::encode(&*bytes), filled);
            prop_assert_eq!(bytes.capacity(), digits.len().div_ceil(2), "one allocation");
        }

        #[test]
        fn the_separator_is_the_only_ff(old in "[0-9]{4,16}", new in "[0-9]{4,16}") {
            let (old, new) = (Pin::for_test(&old), Pin::for_test(&new));
            let bytes = packed_bcd_pair(&old, 0xFF, &new);
            let parts: Vec<_> = bytes.split(|byte| *byte == 0xFF).collect();
            let (first, second) = (packed_bcd(&old), packed_bcd(&new));
            prop_assert_eq!(parts, [first.as_slice(), second.as_slice()]);
            prop_assert_eq!(bytes.capacity(), bytes.len(), "one allocation");
        }
    }
}
