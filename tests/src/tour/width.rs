//! Columns of a terminal: a Chinese character takes two.

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Wide are CJK and full-width forms (Unicode Standard Annex #11); the texts here hold no others.
fn columns(character: char) -> usize {
    if ('\u{2E80}'..='\u{FFEF}').contains(&character) {
        2
    } else {
        1
    }
}

/// The text with spaces up to so many columns; a longer one gets one space.
pub(super) fn padded(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text)).max(1);
    format!("{text}{}", " ".repeat(missing))
}

/// Lines of at most so many columns, broken at spaces, or anywhere between Chinese characters but
/// before a full-width mark.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in pieces(text) {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && width(line) + width(piece.trim_end()) > columns {
            line.truncate(line.trim_end().len());
            lines.push(piece.to_owned());
        } else {
            line.push_str(piece);
        }
    }
    lines
}

/// What must stay together: a word with the space after it, a Chinese character with its mark.
fn pieces(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, character) in text.char_indices() {
        let breaks = before.is_some_and(|before| before == ' ' || columns(before) == 2)
            && character != ' '
            && !MARKS.contains(&character);
        if breaks {
            found.extend(text.get(start..at));
            start = at;
        }
        before = Some(character);
    }
    found.extend(text.get(start..));
    found
}

const MARKS: [char; 6] = ['，', '。', '；', '：', '、', '）'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_character_takes_two_columns() {
        assert_eq!(width("PIN 密码。"), 4 + 6);
        assert_eq!(padded("密码", 6), "密码  ");
        assert_eq!(padded("密码", 3), "密码 ");
    }

    #[test]
    fn english_breaks_at_spaces() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("unbreakable", 4), ["unbreakable"]);
        assert_eq!(wrapped("", 4), [""]);
    }

    #[test]
    fn a_mark_stays_with_its_character() {
        assert_eq!(wrapped("密码错误，再试。", 8), ["密码错", "误，再", "试。"]);
    }
}
