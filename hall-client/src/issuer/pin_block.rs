//! The PIN block of PIN CHANGE/UNBLOCK (LD/T 32.4).

use zeroize::Zeroizing;

use super::error::KeyError;
use super::issued_value::IssuedValue;
use super::suite::CipherSuite;

/// Number of BCD bytes, then two digits a byte, an odd last one with F below it; `80 00 …` where
/// that is not a whole block. PIN CHANGE/UNBLOCK has room for one block.
pub(super) fn pin_block(
    suite: CipherSuite,
    value: &IssuedValue,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let digits = value.digits().expose();
    let bcd_bytes = digits.len().div_ceil(2);
    let mut block = Zeroizing::new(vec![0; suite.block_bytes()]);
    let too_long = KeyError::IssuedValueTooLong { suite };
    let (count, rest) = block.split_first_mut().ok_or(too_long)?;
    if bcd_bytes > rest.len() {
        return Err(KeyError::IssuedValueTooLong { suite });
    }
    *count = u8::try_from(bcd_bytes).map_err(|_| KeyError::IssuedValueTooLong { suite })?;
    for (place, pair) in rest.iter_mut().zip(digits.chunks(2)) {
        *place = packed(pair);
    }
    if let Some(marker) = rest.get_mut(bcd_bytes) {
        *marker = 0x80;
    }
    Ok(block)
}

fn packed(pair: &[u8]) -> u8 {
    pair.iter()
        .map(|digit| digit & 0x0F)
        .chain([0x0F])
        .take(2)
        .fold(0, |byte, nibble| byte << 4 | nibble)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use cardd_proto::secret::Secret;

    pub(in super::super) fn issued(digits: &str) -> IssuedValue {
        IssuedValue::new(Secret::take_from(&mut digits.as_bytes().to_vec()).unwrap()).unwrap()
    }

    #[test]
    fn a_full_block_has_no_padding() {
        let block = pin_block(CipherSuite::Des, &issued("12345678901234")).unwrap();
        assert_eq!(
            block.as_slice(),
            [7, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34]
        );
        let odd = pin_block(CipherSuite::Des, &issued("1234567890123")).unwrap();
        assert_eq!(
            odd.as_slice(),
            [7, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x3F]
        );
    }

    #[test]
    fn sixteen_digits_fit_sm4_only() {
        let value = issued("1234567890123456");
        assert!(matches!(
            pin_block(CipherSuite::Des, &value),
            Err(KeyError::IssuedValueTooLong { .. })
        ));
        let block = pin_block(CipherSuite::Sm4, &value).unwrap();
        assert_eq!(
            block[..10],
            [8, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x80]
        );
        assert_eq!(block[10..], [0; 6]);
    }
}
