//! READ RECORD of EF05 and EF06 (LD/T 32.5).

use zeroize::Zeroizing;

use crate::apdu::{Command, StatusWord};
use crate::card::exchange::{Repeatable, exchange};
use crate::card::{CardChannel, CardError, CardFile, Damage};

/// What the card holds under a tag.
pub(super) enum Record {
    /// Tag, length, value as read, found to agree with one another.
    Present(Zeroizing<Vec<u8>>),
    /// There is no such record.
    Absent,
    /// It is not to be read without a right that nobody has presented.
    Protected,
}

impl Record {
    /// The value; empty where there is none.
    pub(super) fn value(&self) -> &[u8] {
        match self {
            Self::Present(bytes) => bytes.get(2..).unwrap_or_default(),
            Self::Absent | Self::Protected => &[],
        }
    }
}

/// Reads one record by its tag, which is its record identifier in every layout of the file.
/// `length_bytes` is the length of the value that the standard states, the Le of the command;
/// a card that differs is read all the same.
pub(super) fn read_record(
    channel: &mut dyn CardChannel,
    file: CardFile,
    tag: u8,
    length_bytes: u8,
) -> Result<Record, CardError> {
    let damaged = |damage| CardError::Damaged { file, tag, damage };
    let answer = exchange(channel, &by_tag(file, tag, length_bytes))?;
    match answer.status_word {
        StatusWord::OK if agrees(tag, &answer.data) => Ok(Record::Present(answer.data)),
        StatusWord::OK => Err(damaged(Damage::Malformed)),
        StatusWord::RECORD_NOT_FOUND => Ok(Record::Absent),
        StatusWord::SECURITY_NOT_SATISFIED => Ok(Record::Protected),
        StatusWord::FILE_NOT_FOUND => Err(damaged(Damage::FileMissing)),
        StatusWord::APPLICATION_BLOCKED => Err(CardError::Blocked),
        other => Err(CardError::Refused(other)),
    }
}

/// P1 is the record identifier, P2 the short file identifier with mode 0, "first with this
/// identifier". Tag and length are part of what is read.
fn by_tag(file: CardFile, tag: u8, length_bytes: u8) -> Repeatable {
    let short_file_identifier: u8 = match file {
        CardFile::Ef05 => 0x05,
        CardFile::Ef06 => 0x06,
    };
    let p2 = short_file_identifier << 3;
    Repeatable::new(Command::new(0x00, 0xB2, tag, p2).with_le(length_bytes.saturating_add(2)))
}

fn agrees(tag: u8, bytes: &[u8]) -> bool {
    match bytes {
        [stated_tag, length, value @ ..] => {
            *stated_tag == tag && usize::from(*length) == value.len()
        }
        [] | [_] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::script::Script;

    fn read(dialogue: &str) -> Result<Option<Vec<u8>>, CardError> {
        let mut script = Script::parse(dialogue);
        let record = read_record(&mut script, CardFile::Ef05, 0x03, 4);
        script.assert_done();
        record.map(|record| match record {
            Record::Present(_) => Some(record.value().to_vec()),
            Record::Absent | Record::Protected => None,
        })
    }

    #[test]
    fn a_record_is_its_value() {
        let read = read("> 00B2032806 < 0304322E3030 9000");
        assert_eq!(read, Ok(Some(b"2.00".to_vec())));
    }

    #[test]
    fn a_record_of_another_length_is_read_all_the_same() {
        let read = read("> 00B2032806 < 6C05 > 00B2032805 < 0303322E30 9000");
        assert_eq!(read, Ok(Some(b"2.0".to_vec())));
    }

    #[test]
    fn a_record_that_contradicts_itself_is_damaged() {
        let damaged = Err(CardError::Damaged {
            file: CardFile::Ef05,
            tag: 0x03,
            damage: Damage::Malformed,
        });
        for bytes in ["0404322E3030", "0303322E3030", "0305322E3030", "03", ""] {
            let dialogue = format!("> 00B2032806 < {bytes} 9000");
            assert_eq!(read(&dialogue), damaged, "{bytes}");
        }
    }

    #[test]
    fn meaning_of_every_listed_refusal() {
        let missing = CardError::Damaged {
            file: CardFile::Ef05,
            tag: 0x03,
            damage: Damage::FileMissing,
        };
        let refused = |sw2| Err(CardError::Refused(StatusWord::new(0x69, sw2)));
        for (answer, outcome) in [
            ("6A83", Ok(None)),
            ("6982", Ok(None)),
            ("6A82", Err(missing)),
            ("9303", Err(CardError::Blocked)),
            ("6981", refused(0x81)),
            ("6986", refused(0x86)),
        ] {
            let read = read(&format!("> 00B2032806 < {answer}"));
            assert_eq!(read, outcome, "{answer}");
        }
    }
}
