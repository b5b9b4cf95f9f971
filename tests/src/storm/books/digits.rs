//! No digits anywhere: what was typed stands in no record and no answer.

use super::Books;

impl Books {
    /// Whether a text has a PIN in it that somebody typed or the issuer set, as a word of its own:
    /// numbers that merely contain the digits (times, hashes) are not it.
    /// So is a status word of the card, which four digits of its data pass for when an answer is cut.
    pub fn no_digits(&mut self, place: &str, text: &str) {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let mut before = "";
        let found = words.into_iter().any(|word| {
            let status_word = matches!(std::mem::replace(&mut before, word), "SW" | "with");
            !status_word && self.digits.contains(word)
        });
        self.holds("no digits anywhere", !found, || format!("{place}: {text}"));
    }
}
