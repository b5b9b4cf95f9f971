//! No digits anywhere: what was typed stands in no record and no answer.

use super::Books;

impl Books {
    /// Whether a text has a PIN in it that somebody typed or the issuer set, as a word of its own:
    /// numbers that merely contain the digits (times, hashes) are not it.
    pub fn no_digits(&mut self, place: &str, text: &str) {
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let found = words.any(|word| self.digits.contains(word));
        self.holds("no digits anywhere", !found, || format!("{place}: {text}"));
    }
}
