//! PINs that are easy to guess because of how their digits follow one another.
//!
//! Every function takes the digits as values 0 to 9, and runs the same instructions for all PINs of
//! a length: loops and branches follow the length and the tables below, never a digit.

use subtle::{Choice, ConstantTimeEq, ConstantTimeGreater, ConstantTimeLess};

use crate::digits::{all, any};

/// One block again and again (1111, 1212, 123123), every digit doubled (1122), the same from
/// both ends (1221), or hardly any different digits: one that stands apart at either end of a
/// repeat (1112, 8666), and in longer PINs no more than two at all.
pub(crate) fn is_repeat(digits: &[u8]) -> Choice {
    let rest = digits.get(1..).unwrap_or_default();
    let start = digits.split_last().map_or(rest, |(_, start)| start);
    let long = Choice::from(u8::from(digits.len() > 4));
    is_periodic(digits)
        | all(digits.iter().zip(digits.iter().rev()).map(equal))
        | is_made_of_pairs(digits)
        | is_uniform(rest)
        | is_uniform(start)
        | (long & !count_of_different(digits).ct_gt(&2))
}

/// Every digit one or two above the last, or one or two below it; 0 follows 9 (7890, 2468, 4321).
pub(crate) fn is_run(digits: &[u8]) -> Choice {
    let steps_by = |step: u8| {
        let follows = move |(a, b): (&u8, &u8)| (a + step).ct_eq(b) | (a + step).ct_eq(&(b + 10));
        all(digits.iter().zip(digits.iter().skip(1)).map(follows))
    };
    any([1, 2, 8, 9].map(steps_by))
}

/// A path over the keypad from key to neighbouring key without coming back to one (2580, 1478,
/// 1254), its four corners or the four keys between them in any order (1397, 2486), or straight
/// lines of three keys one after the other (147258, 159357).
pub(crate) fn is_keypad_figure(digits: &[u8]) -> Choice {
    is_path(digits) | is_cross(digits) | is_made_of_lines(digits)
}

/// A year that someone alive may have been born in, or a year soon to come: 1900 to 2039.
pub(crate) fn is_year(digits: &[u8]) -> Choice {
    let [a, b, decade, _] = digits else {
        return Choice::from(0);
    };
    let past = a.ct_eq(&1) & b.ct_eq(&9);
    past | (a.ct_eq(&2) & b.ct_eq(&0) & decade.ct_lt(&4))
}

/// A day of the calendar as it is written in China: MMDD, YYMMDD, YYYYMMDD with a year as in
/// [`is_year`].
pub(crate) fn is_date(digits: &[u8]) -> Choice {
    match digits {
        [m1, m2, d1, d2] | [_, _, m1, m2, d1, d2] => is_day([m1, m2], [d1, d2]),
        [year @ .., m1, m2, d1, d2] => is_year(year) & is_day([m1, m2], [d1, d2]),
        _ => Choice::from(0),
    }
}

/// A day of the calendar with the day first: DDMM, DDMMYY, DDMMYYYY. No local habit; refusing it
/// as well takes half as many four-digit PINs again.
pub(crate) fn is_day_first_date(digits: &[u8]) -> Choice {
    match digits {
        [d1, d2, m1, m2] | [d1, d2, m1, m2, _, _] => is_day([m1, m2], [d1, d2]),
        [d1, d2, m1, m2, year @ ..] => is_year(year) & is_day([m1, m2], [d1, d2]),
        _ => Choice::from(0),
    }
}

/// Months with their longest length in days.
const MONTHS: [(u8, u8); 12] = [
    (1, 31),
    (2, 29),
    (3, 31),
    (4, 30),
    (5, 31),
    (6, 30),
    (7, 31),
    (8, 31),
    (9, 30),
    (10, 31),
    (11, 30),
    (12, 31),
];

fn is_day(month: [&u8; 2], day: [&u8; 2]) -> Choice {
    let number = |[tens, ones]: [&u8; 2]| tens * 10 + ones;
    let (month, day) = (number(month), number(day));
    let in_month =
        |(known, longest): (u8, u8)| month.ct_eq(&known) & day.ct_gt(&0) & !day.ct_gt(&longest);
    any(MONTHS.map(in_month))
}

fn equal((a, b): (&u8, &u8)) -> Choice {
    a.ct_eq(b)
}

fn is_uniform(digits: &[u8]) -> Choice {
    all(digits.iter().zip(digits.iter().skip(1)).map(equal))
}

fn is_periodic(digits: &[u8]) -> Choice {
    let periods = (1..=digits.len() / 2).filter(|period| digits.len().is_multiple_of(*period));
    any(periods.map(|period| all(digits.iter().zip(digits.iter().skip(period)).map(equal))))
}

fn is_made_of_pairs(digits: &[u8]) -> Choice {
    let even = Choice::from(u8::from(digits.len().is_multiple_of(2)));
    even & all(digits.chunks(2).map(is_uniform))
}

fn count_of_different(digits: &[u8]) -> u8 {
    let is_there = |digit: u8| contains(digits, digit).unwrap_u8();
    (0..=9).map(is_there).sum()
}

fn contains(digits: &[u8], digit: u8) -> Choice {
    any(digits.iter().map(|other| other.ct_eq(&digit)))
}

/// Keys that touch, above or beside one another; 0 stands below 8.
const NEIGHBOURS: [(u8, u8); 13] = [
    (1, 2),
    (2, 3),
    (4, 5),
    (5, 6),
    (7, 8),
    (8, 9),
    (1, 4),
    (4, 7),
    (2, 5),
    (5, 8),
    (8, 0),
    (3, 6),
    (6, 9),
];

fn is_path(digits: &[u8]) -> Choice {
    let touch = |(a, b): (&u8, &u8)| {
        let are = |(one, other): (u8, u8)| {
            (a.ct_eq(&one) & b.ct_eq(&other)) | (a.ct_eq(&other) & b.ct_eq(&one))
        };
        any(NEIGHBOURS.map(are))
    };
    let mut others = digits;
    let mut comes_back = Choice::from(0);
    while let [key, rest @ ..] = others {
        comes_back |= contains(rest, *key);
        others = rest;
    }
    !comes_back & all(digits.iter().zip(digits.iter().skip(1)).map(touch))
}

fn is_cross(digits: &[u8]) -> Choice {
    let is_all_of = |keys: [u8; 4]| {
        let four = Choice::from(u8::from(digits.len() == 4));
        four & all(keys.map(|key| contains(digits, key)))
    };
    is_all_of([1, 3, 7, 9]) | is_all_of([2, 4, 6, 8])
}

/// Rows, columns and diagonals of three keys; each counts in both directions.
const LINES: [[u8; 3]; 8] = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
    [1, 4, 7],
    [2, 5, 8],
    [3, 6, 9],
    [1, 5, 9],
    [3, 5, 7],
];

fn is_made_of_lines(digits: &[u8]) -> Choice {
    let is_line = |part: &[u8]| {
        let is_one = |line: [u8; 3]| {
            let backwards = [line[2], line[1], line[0]];
            part.ct_eq(&line) | part.ct_eq(&backwards)
        };
        any(LINES.map(is_one))
    };
    let threes = Choice::from(u8::from(digits.len().is_multiple_of(3)));
    threes & all(digits.chunks(3).map(is_line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<u8> {
        text.bytes().map(|character| character - b'0').collect()
    }

    fn check(rule: fn(&[u8]) -> Choice, broken_by: &[&str], kept_by: &[&str]) {
        for text in broken_by {
            assert!(bool::from(rule(&values(text))), "{text} breaks the rule");
        }
        for text in kept_by {
            assert!(!bool::from(rule(&values(text))), "{text} keeps the rule");
        }
    }

    #[test]
    fn repeats() {
        let broken_by = [
            "1111", "1212", "1122", "1221", "1112", "8666", "888888", "123123", "121212", "112233",
            "123321", "111222", "111112", "100100", "110110", "12121",
        ];
        let kept_by = [
            "1213",
            "1123",
            "8317",
            "8838",
            "831729",
            "112234",
            "5512345124",
        ];
        check(is_repeat, &broken_by, &kept_by);
    }

    #[test]
    fn runs() {
        check(
            is_run,
            &[
                "1234", "4321", "7890", "0987", "8901", "2468", "9753", "123456", "654321", "56789",
            ],
            &["1235", "1243", "1324", "8317", "123457"],
        );
    }

    #[test]
    fn keypad_figures() {
        check(
            is_keypad_figure,
            &[
                "2580", "0852", "1478", "1254", "1397", "2486", "147258", "159357", "123654",
            ],
            &["8317", "1590", "2588", "1398", "147259", "14725"],
        );
    }

    #[test]
    fn years() {
        check(
            is_year,
            &["1900", "1985", "2000", "2039"],
            &["1899", "2040", "2100", "19850", "9019"],
        );
    }

    #[test]
    fn dates() {
        check(
            is_date,
            &["0229", "1231", "0520", "990630", "850101", "19850101"],
            &[
                "0230", "0431", "1301", "0100", "0132", "3112", "851301", "18850101", "85010",
            ],
        );
    }
}
