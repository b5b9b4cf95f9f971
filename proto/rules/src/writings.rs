//! The ways in which a birth date or a number is written as digits.

use subtle::Choice;
use zeroize::Zeroizing;

use crate::{BirthDate, Digits, digits::any};

/// The longest writing of a date: YYYYMMDD.
const LONGEST: usize = 8;

/// The parts of a date in a writing, in their order.
#[derive(Clone, Copy)]
enum Part {
    Year,
    Month,
    Day,
}

/// Orders in use: the whole date, year and month, month and day, the year alone.
const ORDERS: [&[Part]; 8] = [
    &[Part::Year, Part::Month, Part::Day],
    &[Part::Day, Part::Month, Part::Year],
    &[Part::Month, Part::Day, Part::Year],
    &[Part::Year, Part::Month],
    &[Part::Month, Part::Year],
    &[Part::Month, Part::Day],
    &[Part::Day, Part::Month],
    &[Part::Year],
];

/// Whether the PIN is a writing of the date: every order of [`ORDERS`], the year with two or four
/// digits, month and day with or without their leading zero. Lunar dates (农历) are left out: a
/// day has another one every year, and no card carries the holder's.
pub(crate) fn is_writing_of(pin: Digits<'_>, date: &BirthDate) -> Choice {
    let orders = ORDERS.into_iter();
    let ways = orders.flat_map(|order| Short::all().map(move |short| (order, short)));
    any(ways.map(|(order, short)| {
        let (block, len) = written(order, short, date);
        pin.is(block.get(..len).unwrap_or_default())
    }))
}

/// Every writing of the date that has `len` digits, some of them twice.
pub fn writings_of_length(date: &BirthDate, len: usize) -> Vec<Zeroizing<Vec<u8>>> {
    let orders = ORDERS.into_iter();
    let ways = orders.flat_map(|order| Short::all().map(move |short| (order, short)));
    let written = ways.map(|(order, short)| written(order, short, date));
    written
        .filter(|(_, found)| *found == len)
        .map(|(block, found)| Zeroizing::new(block.get(..found).unwrap_or_default().to_vec()))
        .collect()
}

/// One writing, and how many digits it has.
fn written(order: &[Part], short: Short, date: &BirthDate) -> (Zeroizing<[u8; LONGEST]>, usize) {
    let mut block = Zeroizing::new([0; LONGEST]);
    let mut len = 0;
    let digits = order.iter().flat_map(|part| short.digits_of(*part, date));
    for (place, digit) in block.iter_mut().zip(digits) {
        *place = *digit;
        len += 1;
    }
    (block, len)
}

/// Whether the PIN is a run of neighbouring digits of the number, read forwards. `X` counts as 0,
/// which is what people type for it; other letters part the runs. Read backwards it is no usual
/// writing, and a holder would not understand the refusal.
pub(crate) fn is_part_of(pin: Digits<'_>, number: &str) -> Choice {
    let values = digit_values(number);
    let windows = values.windows(pin.values().len().max(1));
    any(windows.map(|window| pin.is(window)))
}

/// The digits of a number as values; `X` as 0, any other character as a value no digit has.
pub(crate) fn digit_values(number: &str) -> Zeroizing<Vec<u8>> {
    let mut values = Zeroizing::new(Vec::with_capacity(number.len()));
    values.extend(number.bytes().map(|character| match character {
        b'0'..=b'9' => character - b'0',
        b'X' | b'x' => 0,
        _ => NO_DIGIT,
    }));
    values
}

/// Equal to no digit of a PIN.
const NO_DIGIT: u8 = 0xFE;

/// Which parts of a date are written short.
#[derive(Clone, Copy)]
struct Short {
    year: bool,
    month: bool,
    day: bool,
}

impl Short {
    /// Every combination.
    fn all() -> impl Iterator<Item = Self> {
        (0..8).map(|bits| Self {
            year: bits & 1 != 0,
            month: bits & 2 != 0,
            day: bits & 4 != 0,
        })
    }

    /// The digits of one part. A month or day from 10 on has no short form.
    fn digits_of(self, part: Part, date: &BirthDate) -> &[u8] {
        let [year, month, day] = date.parts();
        match part {
            Part::Year if self.year => year.get(2..).unwrap_or(year),
            Part::Year => year,
            Part::Month if self.month => month.strip_prefix(&[0]).unwrap_or(month),
            Part::Month => month,
            Part::Day if self.day => day.strip_prefix(&[0]).unwrap_or(day),
            Part::Day => day,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_written(pin: &str, date: [u8; 8]) -> bool {
        let date = BirthDate::from_digits(&date).unwrap();
        is_writing_of(Digits::new(&digit_values(pin)), &date).into()
    }

    fn is_part(pin: &str, number: &str) -> bool {
        is_part_of(Digits::new(&digit_values(pin)), number).into()
    }

    #[test]
    fn every_usual_writing_of_a_birth_date() {
        let born = [1, 9, 8, 5, 0, 6, 1, 7];
        for writing in [
            "0617", "1706", "8506", "0685", "1985", "850617", "170685", "061785", "198506",
            "061985", "19850617", "17061985", "06171985", "85617", "19856", "1985617",
        ] {
            assert!(is_written(writing, born), "{writing}");
        }
        for other in ["0618", "7160", "5891", "850618", "1906", "1717", "617850"] {
            assert!(!is_written(other, born), "{other}");
        }
    }

    #[test]
    fn leading_zeros_may_be_left_out() {
        let born = [1, 9, 9, 0, 0, 1, 0, 2];
        for writing in [
            "9012", "2190", "199012", "90012", "90102", "0102", "900102", "19900102",
        ] {
            assert!(is_written(writing, born), "{writing}");
        }
        assert!(!is_written("9011", born));
    }

    #[test]
    fn parts_of_a_number() {
        let id = "42010119900101023X";
        for pin in ["4201", "420101", "0230", "1023", "19900101", "010230"] {
            assert!(is_part(pin, id), "{pin}");
        }
        for pin in ["1024", "3201", "10242", "0000"] {
            assert!(!is_part(pin, id), "{pin}");
        }
        assert!(is_part("0000", "ZZ0000125"));
        assert!(!is_part("0001", "00Z01"), "a letter parts the digits");
        assert!(!is_part("1234", "123"));
        assert!(!is_part("1234", ""));
    }

    proptest! {
        #[test]
        fn every_window_is_part_and_nothing_else(number in "[0-9]{18}", pin in "[0-9]{4,6}") {
            prop_assert_eq!(is_part(&pin, &number), number.contains(&pin));
            prop_assert!(is_part(&number[7..11], &number));
        }
    }
}
