//! UPDATE RECORD: `00/04 DC P1 P2 Lc data [MAC]` (LD/T 32.5). The data is the whole record.

use super::Card;
use super::answer::{Answer, Reply};
use super::keys::maintenance_key;
use super::record_address::{Mode, RecordAddress};
use super::secure_messaging::authenticated;
use crate::apdu::{Command, StatusWord};
use crate::files::{Content, Record};

/// CLA with secure messaging.
const SECURE: u8 = 0x04;

pub(super) fn update_record(card: &mut Card, command: &Command) -> Reply {
    let address = RecordAddress::of(command)?;
    let file = card.file_of_sfi(address.sfi)?;
    let mut content = card.content(file)?.clone();
    if matches!(content, Content::Transparent(_)) {
        return Err(StatusWord::WRONG_FILE_STRUCTURE);
    }
    card.may_write(file)?;
    let data = card.update_data(command)?;
    let current = card
        .session
        .record
        .filter(|_| card.session.ef == Some(file));
    let at = write(&mut content, address, current, data)?;
    card.commit(|state| {
        state.written_files.insert(file, content);
    })?;
    card.session.open(file);
    card.session.record = Some(at);
    Ok(Answer::Done)
}

impl Card {
    /// The data of an update: as it stands under CLA 00, without its MAC and checked under CLA 04.
    pub(super) fn update_data<'a>(&mut self, command: &'a Command) -> Result<&'a [u8], StatusWord> {
        let data = if command.cla == SECURE {
            let key = maintenance_key(self.session.application);
            let session_key = self.take_session_key(key)?;
            authenticated(command, &session_key)?
        } else {
            command.data()
        };
        if data.is_empty() {
            Err(StatusWord::WRONG_LENGTH)
        } else {
            Ok(data)
        }
    }
}

/// Writes one record and returns its position.
fn write(
    content: &mut Content,
    address: RecordAddress,
    current: Option<usize>,
    data: &[u8],
) -> Result<usize, StatusWord> {
    match content {
        Content::Linear(records) => {
            let at = address
                .position(records, current)
                .ok_or(StatusWord::RECORD_NOT_FOUND)?;
            let record = records.get_mut(at).ok_or(StatusWord::RECORD_NOT_FOUND)?;
            check_tlv(record, data)?;
            *record = Record::new(data.to_vec());
            Ok(at)
        }
        Content::Cyclic(records) => write_cyclic(records, address, data),
        Content::Transparent(_) => Err(StatusWord::WRONG_FILE_STRUCTURE),
    }
}

/// A cyclic file takes a new record as PREVIOUS: it becomes number 1, the oldest is lost (ISO
/// 7816-4 7.3.1). Any other mode writes in place.
fn write_cyclic(
    records: &mut Vec<Record>,
    address: RecordAddress,
    data: &[u8],
) -> Result<usize, StatusWord> {
    let size = records.first().map_or(0, |record| record.bytes().len());
    if data.len() != size {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let record = Record::new(data.to_vec());
    if address.mode == Mode::Previous {
        records.pop();
        records.insert(0, record);
        return Ok(0);
    }
    let at = address
        .position(records, None)
        .ok_or(StatusWord::RECORD_NOT_FOUND)?;
    let place = records.get_mut(at).ok_or(StatusWord::RECORD_NOT_FOUND)?;
    *place = record;
    Ok(at)
}

/// A record of a tagged file keeps tag and length: 6A80 for another tag, 6A84 for more bytes than
/// the record has, 6A85 where the length byte and Lc disagree.
fn check_tlv(stored: &Record, data: &[u8]) -> Result<(), StatusWord> {
    let (Some(tag), Some(length)) = (data.first(), data.get(1)) else {
        return Err(StatusWord::WRONG_TLV);
    };
    if Some(*tag) != stored.identifier() {
        Err(StatusWord::WRONG_DATA)
    } else if usize::from(*length) + 2 != data.len() {
        Err(StatusWord::WRONG_TLV)
    } else if data.len() > stored.bytes().len() {
        Err(StatusWord::NO_ROOM)
    } else if data.len() < stored.bytes().len() {
        Err(StatusWord::WRONG_TLV)
    } else {
        Ok(())
    }
}
