//! Values of the records: `an` is characters, left-aligned and filled with `00`; `cn` is packed
//! BCD, left-aligned and filled with `F` (人社信息函〔2012〕37号). Card writers fill with `20` and `FF` too.

use encoding_rs::GBK;
use time::{Date, Month};
use zeroize::Zeroizing;

use crate::pin::{BirthDate, PersonalText};

/// The value without its filling. No GBK character ends in a byte that fills.
pub(super) fn trimmed(value: &[u8]) -> &[u8] {
    let filling = |byte: &u8| matches!(byte, 0x00 | 0x20 | 0xFF);
    let end = value.iter().rposition(|byte| !filling(byte));
    end.and_then(|last| value.get(..=last)).unwrap_or_default()
}

/// GBK text without its filling. Bytes that are no character show as U+FFFD: a name that cannot
/// be read in full is no reason to turn a holder away.
pub(super) fn gbk(value: &[u8]) -> String {
    let bytes = trimmed(value);
    let mut decoder = GBK.new_decoder_without_bom_handling();
    // Room for the longest text, so that the names of people are not left behind by a move.
    let longest = decoder.max_utf8_buffer_length(bytes.len());
    let mut text = String::with_capacity(longest.unwrap_or_default());
    let (_finished, _read, _replaced) = decoder.decode_to_string(bytes, &mut text, true);
    text
}

/// [`gbk`] about a person.
pub(super) fn personal(value: &[u8]) -> PersonalText {
    gbk(value).into()
}

/// The digits of a `cn` value about a person, up to its filling.
pub(super) fn personal_digits(value: &[u8]) -> PersonalText {
    let mut text = String::with_capacity(value.len() * 2);
    text.extend(nibbles(value).map_while(|nibble| char::from_digit(u32::from(nibble), 10)));
    text.into()
}

/// A `cn` date YYYYMMDD; `None` if it is no day of the calendar.
pub(super) fn date(value: &[u8]) -> Option<Date> {
    let [y1, y2, month, day] = value else {
        return None;
    };
    let year = i32::from(number(*y1)?) * 100 + i32::from(number(*y2)?);
    let month = Month::try_from(number(*month)?).ok()?;
    Date::from_calendar_date(year, month, number(*day)?).ok()
}

/// [`date`] of a person's birth.
pub(super) fn birth_date(value: &[u8]) -> Option<BirthDate> {
    let mut digits = Zeroizing::new(Vec::with_capacity(value.len() * 2));
    digits.extend(nibbles(value));
    BirthDate::from_digits(&digits)
}

fn nibbles(value: &[u8]) -> impl Iterator<Item = u8> + '_ {
    value.iter().flat_map(|byte| [byte >> 4, byte & 0x0F])
}

/// Two digits of packed BCD.
fn number(byte: u8) -> Option<u8> {
    let (tens, ones) = (byte >> 4, byte & 0x0F);
    (tens <= 9 && ones <= 9).then_some(tens * 10 + ones)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date as day;

    use super::*;

    #[test]
    fn every_filling_is_trimmed() {
        for filled in [
            &b"2.00"[..],
            b"2.00\0\0",
            b"2.00  ",
            b"2.00\xFF\xFF",
            b"2.00 \0\xFF",
        ] {
            assert_eq!(gbk(filled), "2.00");
        }
        assert_eq!(gbk(&[0; 4]), "");
        assert_eq!(gbk(&[]), "");
    }

    #[test]
    fn names_are_gbk() {
        assert_eq!(gbk(b"\xB2\xE2\xCA\xD4\xBC\xD7\0\0"), "测试甲");
        assert_eq!(gbk(b"\xB2\xE2\xCA\0"), "测\u{FFFD}");
    }

    #[test]
    fn dates_are_days_of_the_calendar() {
        assert_eq!(date(&[0x20, 0x12, 0x02, 0x29]), Some(day!(2012 - 02 - 29)));
        for none in [
            &[0x20, 0x13, 0x02, 0x29][..],
            &[0x20, 0x1A, 0x02, 0x09],
            &[0x20, 0x13, 0x00, 0x01],
            &[0xFF; 4],
            &[0x20, 0x13, 0x02],
            &[],
        ] {
            assert_eq!(date(none), None, "{none:02X?}");
            assert!(birth_date(none).is_none(), "{none:02X?}");
        }
        let born = birth_date(&[0x19, 0x90, 0x01, 0x31]).unwrap();
        assert_eq!((born.year(), born.month(), born.day()), (1990, 1, 31));
    }

    #[test]
    fn digits_end_where_the_filling_starts() {
        assert_eq!(personal_digits(&[0x42, 0x01, 0x01]).expose(), "420101");
        assert_eq!(personal_digits(&[0x42, 0x01, 0xFF]).expose(), "4201");
        assert_eq!(personal_digits(&[0x42, 0x1F]).expose(), "421");
        assert_eq!(personal_digits(&[]).expose(), "");
    }

    proptest! {
        #[test]
        fn no_text_is_cut_off(value in proptest::collection::vec(any::<u8>(), 0..255)) {
            let (whole, _) = GBK.decode_without_bom_handling(trimmed(&value));
            prop_assert_eq!(gbk(&value), whole);
        }
    }
}
