//! SELECT: `00 A4 P1 00 Lc data` (LD/T 32.5).

use super::Card;
use super::answer::{Answer, Reply};
use crate::apdu::{Command, StatusWord};
use crate::files::{Application, DIRECTORY_SFI, FileId, MF_ID};

/// Selects by name (P1 04) or by file identifier (P1 00 and 02; terminals use both).
pub(super) fn select(card: &mut Card, command: &Command) -> Reply {
    match (command.p1, command.p2, command.data()) {
        (0x04, 0x00, []) => Err(StatusWord::WRONG_LENGTH),
        (0x04, 0x00, name) => select_by_name(card, name),
        (0x00, 0x00, []) => enter(card, Application::Mf),
        (0x00 | 0x02, 0x00, [high, low]) => select_by_id(card, [*high, *low]),
        (0x00 | 0x02, 0x00, _) => Err(StatusWord::WRONG_LENGTH),
        _ => Err(StatusWord::WRONG_PARAMETERS),
    }
}

fn select_by_name(card: &mut Card, name: &[u8]) -> Reply {
    let named = |application: &&Application| application.name().is_some_and(|own| own == name);
    match card.files.applications().iter().find(named) {
        Some(application) => enter(card, *application),
        None => Err(StatusWord::FILE_NOT_FOUND),
    }
}

/// An EF of the current application, the MF, or a DF while the environment is current.
fn select_by_id(card: &mut Card, id: [u8; 2]) -> Reply {
    if id == MF_ID {
        return enter(card, Application::Mf);
    }
    let current = card.session.application;
    if let [0xEF, ef] = id {
        return open(
            card,
            FileId {
                application: current,
                ef,
            },
        );
    }
    let child = card
        .files
        .applications()
        .iter()
        .find(|df| df.file_id() == Some(id));
    match child {
        Some(df) if current.is_social() => enter(card, *df),
        _ => Err(StatusWord::FILE_NOT_FOUND),
    }
}

/// An EF answers a bare 9000, without FCI.
fn open(card: &mut Card, file: FileId) -> Reply {
    if card.is_closed(file.application) {
        return Err(StatusWord::APPLICATION_LOCKED);
    }
    card.files.get(file).ok_or(StatusWord::FILE_NOT_FOUND)?;
    card.session.open(file);
    card.session.record = None;
    Ok(Answer::Done)
}

fn enter(card: &mut Card, application: Application) -> Reply {
    if card.is_closed(application) {
        return Err(StatusWord::APPLICATION_LOCKED);
    }
    card.session.enter(application);
    Ok(Answer::Computed(fci(card, application)))
}

/// File control information. For the environment tag 88 names the directory EF and 9F0C the cipher
/// suite; a DF has its name only, the MF its file identifier (ISO 7816-4 5.3.3).
fn fci(card: &Card, application: Application) -> Vec<u8> {
    let Some(name) = application.name() else {
        return tlv(0x6F, &tlv(0x83, &MF_ID));
    };
    let name = tlv(0x84, &name);
    if application != Application::Ssse {
        return tlv(0x6F, &name);
    }
    let mut proprietary = tlv(0x88, &[DIRECTORY_SFI]);
    if card.persona.behaviour.fci_algorithm {
        proprietary.extend([
            0x9F,
            0x0C,
            0x03,
            0x86,
            0x01,
            card.persona.suite().identifier(),
        ]);
    }
    tlv(0x6F, &[name, tlv(0xA5, &proprietary)].concat())
}

/// A TLV object whose value is shorter than 128 bytes.
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
    [&[tag, length], value].concat()
}
