//! Answer to reset (ISO 7816-3, 8.2).

/// The historical bytes of an answer to reset, as many as are really there.
pub(super) fn historical_bytes(atr: &[u8]) -> &[u8] {
    let Some((_ts, rest)) = atr.split_first() else {
        return &[];
    };
    let Some((&t0, rest)) = rest.split_first() else {
        return &[];
    };
    let historical = skip_interface_bytes(t0, rest);
    let count = usize::from(t0 & 0x0F).min(historical.len());
    historical.get(..count).unwrap_or_default()
}

/// T0 and each TDi announce in their high nibble which of TA, TB, TC, TD follow.
fn skip_interface_bytes(t0: u8, mut rest: &[u8]) -> &[u8] {
    let mut announced = t0;
    loop {
        let before_td = (announced >> 4 & 0x07).count_ones() as usize;
        rest = rest.get(before_td..).unwrap_or_default();
        if announced & 0x80 == 0 {
            return rest;
        }
        let Some((&td, after)) = rest.split_first() else {
            return &[];
        };
        (announced, rest) = (td, after);
    }
}

#[cfg(test)]
mod tests {
    use super::historical_bytes;

    #[test]
    fn interface_bytes_are_skipped_and_the_check_byte_left_out() {
        let table: [(&[u8], &[u8]); 7] = [
            (&[0x3B, 0x02, 0x14, 0x50], &[0x14, 0x50]),
            (
                &[
                    0x3B, 0x6D, 0x00, 0x00, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
                ],
                &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
            ),
            (
                &[
                    0x3B, 0xF2, 0x11, 0x22, 0x33, 0x81, 0x11, 0xAA, 0xA1, 0xA2, 0x99,
                ],
                &[0xA1, 0xA2],
            ),
            (&[0x3B, 0x80, 0x80, 0x01, 0x01], &[]),
            (&[0x3B, 0x05, 1, 2], &[1, 2]),
            (&[0x3B], &[]),
            (&[0x3B, 0x91, 0x11], &[]),
        ];
        for (atr, expected) in table {
            assert_eq!(historical_bytes(atr), expected, "{atr:02X?}");
        }
    }
}
