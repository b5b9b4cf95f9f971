//! PINs that are easy to guess because of how their digits follow one another.
//!
//! Every function takes the digits as values 0 to 9.

/// One block again and again (1111, 1212, 123123), every digit doubled (1122), the same from
/// both ends (1221), or hardly any different digits: one that stands apart at either end of a
/// repeat (1112, 8666), and in longer PINs no more than two at all.
pub(super) fn is_repeat(digits: &[u8]) -> bool {
    is_periodic(digits)
        || digits.iter().eq(digits.iter().rev())
        || is_made_of_pairs(digits)
        || digits
            .split_first()
            .is_some_and(|(_, rest)| is_uniform(rest))
        || digits
            .split_last()
            .is_some_and(|(_, rest)| is_uniform(rest))
        || (digits.len() > 4 && count_of_different(digits) <= 2)
}

/// Every digit one or two above the last, or one or two below it; 0 follows 9 (7890, 2468, 4321).
pub(super) fn is_run(digits: &[u8]) -> bool {
    [1, 2, 8, 9].into_iter().any(|step| {
        digits
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if (a + step) % 10 == *b))
    })
}

/// A path over the keypad from key to neighbouring key without coming back to one (2580, 1478,
/// 1254), its four corners or the four keys between them in any order (1397, 2486), or straight
/// lines of three keys one after the other (147258, 159357).
pub(super) fn is_keypad_figure(digits: &[u8]) -> bool {
    is_path(digits) || is_cross(digits) || is_made_of_lines(digits)
}

/// A year that someone alive may have been born in, or a year soon to come: 1900 to 2039.
pub(super) fn is_year(digits: &[u8]) -> bool {
    matches!(digits, [1, 9, _, _] | [2, 0, 0..=3, _])
}

/// A day of the calendar as it is written in China: MMDD, YYMMDD, YYYYMMDD with a year as in
/// [`is_year`]. Day before month is left out: it is no local habit and would refuse half as many
/// four-digit PINs again.
pub(super) fn is_date(digits: &[u8]) -> bool {
    match digits {
        [m1, m2, d1, d2] | [_, _, m1, m2, d1, d2] => is_day(*m1, *m2, *d1, *d2),
        [year @ .., m1, m2, d1, d2] => is_year(year) && is_day(*m1, *m2, *d1, *d2),
        _ => false,
    }
}

fn is_day(m1: u8, m2: u8, d1: u8, d2: u8) -> bool {
    let longest = match m1 * 10 + m2 {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    (1..=longest).contains(&(d1 * 10 + d2))
}

fn is_uniform(digits: &[u8]) -> bool {
    digits
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a == b))
}

fn is_periodic(digits: &[u8]) -> bool {
    (1..=digits.len() / 2)
        .filter(|period| digits.len().is_multiple_of(*period))
        .any(|period| {
            digits
                .iter()
                .zip(digits.iter().skip(period))
                .all(|(a, b)| a == b)
        })
}

fn is_made_of_pairs(digits: &[u8]) -> bool {
    digits.len().is_multiple_of(2) && digits.chunks(2).all(is_uniform)
}

fn count_of_different(digits: &[u8]) -> usize {
    (0..=9).filter(|digit| digits.contains(digit)).count()
}

/// Row and column of a key; 0 stands below 8.
fn key(digit: u8) -> (u8, u8) {
    match digit {
        0 => (3, 1),
        other => ((other - 1) / 3, (other - 1) % 3),
    }
}

fn is_path(digits: &[u8]) -> bool {
    let neighbours = |a: u8, b: u8| {
        let ((row_a, column_a), (row_b, column_b)) = (key(a), key(b));
        row_a.abs_diff(row_b) + column_a.abs_diff(column_b) == 1
    };
    count_of_different(digits) == digits.len()
        && digits
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if neighbours(*a, *b)))
}

fn is_cross(digits: &[u8]) -> bool {
    let is_all_of =
        |keys: [u8; 4]| digits.len() == 4 && keys.iter().all(|key| digits.contains(key));
    is_all_of([1, 3, 7, 9]) || is_all_of([2, 4, 6, 8])
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

fn is_made_of_lines(digits: &[u8]) -> bool {
    let is_line = |part: &[u8]| {
        LINES
            .iter()
            .any(|line| part.iter().eq(line) || part.iter().eq(line.iter().rev()))
    };
    digits.len().is_multiple_of(3) && digits.chunks(3).all(is_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<u8> {
        text.bytes().map(|character| character - b'0').collect()
    }

    fn check(rule: fn(&[u8]) -> bool, broken_by: &[&str], kept_by: &[&str]) {
        for text in broken_by {
            assert!(rule(&values(text)), "{text} breaks the rule");
        }
        for text in kept_by {
            assert!(!rule(&values(text)), "{text} keeps the rule");
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
