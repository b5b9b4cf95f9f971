//! READ RECORD: `00 B2 P1 P2 Le` (LD/T 32.5). Returns tag, length and value together.

use super::Card;
use super::answer::{Answer, Reply};
use super::record_address::{Mode, RecordAddress};
use crate::apdu::{Command, StatusWord};
use crate::files::{Content, Record};

/// Most bytes one response APDU with a short Le can carry.
const LONGEST_RESPONSE: usize = 256;

pub(super) fn read_record(card: &mut Card, command: &Command) -> Reply {
    if !command.data().is_empty() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let address = RecordAddress::of(command)?;
    let file = card.file_of_sfi(address.sfi)?;
    let records = match card.content(file)? {
        Content::Linear(records) | Content::Cyclic(records) => records,
        Content::Transparent(_) => return Err(StatusWord::WRONG_FILE_STRUCTURE),
    };
    card.may_read(file)?;
    let current = card
        .session
        .record
        .filter(|_| card.session.ef == Some(file));
    let (data, pointer) = match address.mode {
        Mode::FromNumber | Mode::ToNumber => (several(address, records)?, current),
        Mode::First | Mode::Last | Mode::Next | Mode::Previous | Mode::Number => {
            let (data, at) = one(address, records, current)?;
            (data, Some(at))
        }
    };
    card.session.open(file);
    card.session.record = pointer;
    Ok(Answer::Read(data))
}

fn one(
    address: RecordAddress,
    records: &[Record],
    current: Option<usize>,
) -> Result<(Vec<u8>, usize), StatusWord> {
    let at = address
        .position(records, current)
        .ok_or(StatusWord::RECORD_NOT_FOUND)?;
    let record = records.get(at).ok_or(StatusWord::RECORD_NOT_FOUND)?;
    Ok((record.bytes().to_vec(), at))
}

/// Whole records one after another, as many as one response can carry.
fn several(address: RecordAddress, records: &[Record]) -> Result<Vec<u8>, StatusWord> {
    let range = address
        .numbered(records)
        .ok_or(StatusWord::RECORD_NOT_FOUND)?;
    let mut chosen: Vec<&Record> = records.iter().skip(range.start).collect();
    if address.mode == Mode::ToNumber {
        chosen.reverse();
    }
    let mut data = Vec::new();
    for record in chosen {
        if data.len() + record.bytes().len() > LONGEST_RESPONSE {
            break;
        }
        data.extend_from_slice(record.bytes());
    }
    Ok(data)
}
