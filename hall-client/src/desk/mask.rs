//! Personal data, as far as a screen shows them: enough to see that it is one's own card.

/// What stands for a character that is not shown.
const HIDDEN: char = '＊';

/// A name with all but its last character hidden.
pub(crate) fn name(name: &str) -> String {
    let letters = name.chars().count();
    name.chars()
        .enumerate()
        .map(|(at, letter)| if at + 1 < letters { HIDDEN } else { letter })
        .collect()
}

/// A number with the first three and the last two characters shown; a short one is hidden whole.
pub(crate) fn number(number: &str) -> String {
    let length = number.chars().count();
    let shown = |at: usize| length > 7 && (at < 3 || at + 2 >= length);
    number
        .chars()
        .enumerate()
        .map(|(at, digit)| if shown(at) { digit } else { '*' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_last_character() {
        assert_eq!(name("测试丁"), "＊＊丁");
        assert_eq!(name("李明"), "＊明");
        assert_eq!(name("丁"), "丁");
        assert_eq!(name(""), "");
    }

    #[test]
    fn a_number_keeps_neither_birth_date_nor_four_digits_in_a_row() {
        assert_eq!(number("420101198506150003"), "420*************03");
        assert_eq!(number("ZZ0000125"), "ZZ0****25");
        assert_eq!(number("1234567"), "*******");
        assert_eq!(number(""), "");
    }
}
