//! UPDATE BINARY: `00/04 D6 P1 P2 Lc data [MAC]` (LD/T 32.5).

use super::Card;
use super::answer::{Answer, Reply};
use super::read_binary::BinaryAddress;
use crate::apdu::{Command, StatusWord};
use crate::files::Content;

pub(super) fn update_binary(card: &mut Card, command: &Command) -> Reply {
    let address = BinaryAddress::of(command)?;
    let file = card.file_of_sfi(address.sfi)?;
    let Content::Transparent(bytes) = card.content(file)? else {
        return Err(StatusWord::WRONG_FILE_STRUCTURE);
    };
    let mut bytes = bytes.clone();
    card.may_write(file)?;
    let data = card.update_data(command)?;
    if address.offset >= bytes.len() {
        return Err(StatusWord::WRONG_OFFSET);
    }
    let end = address.offset + data.len();
    let place = bytes
        .get_mut(address.offset..end)
        .ok_or(StatusWord::NO_ROOM)?;
    place.copy_from_slice(data);
    card.commit(|state| {
        state
            .written_files
            .insert(file, Content::Transparent(bytes));
    })?;
    card.session.open(file);
    Ok(Answer::Done)
}
