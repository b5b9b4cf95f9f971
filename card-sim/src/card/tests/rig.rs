//! A card in memory with scripted random numbers, and the issuer's half of the cryptography.

use crate::card::Card;
use crate::crypto::SessionKey;
use crate::files::KeyId;
use crate::persona::Persona;
use crate::randomness::ScriptedRng;
use crate::state::{MemoryStore, StateStore};
use crate::virtual_card::VirtualCard;

pub(super) const SELECT_SSSE: &str = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF";

/// A powered card in the MF.
pub(super) fn powered(persona: Persona, store: impl StateStore + 'static) -> Card {
    let mut card = Card::new(persona, store, ScriptedRng::default()).unwrap();
    card.power_on();
    card
}

/// A ready persona, fresh, with the environment selected.
pub(super) fn card(name: &str) -> Card {
    changed(name, &[])
}

/// A ready persona with parts of its text replaced, with the environment selected.
pub(super) fn changed(name: &str, replacements: &[(&str, &str)]) -> Card {
    let mut card = powered(persona(name, replacements), MemoryStore::new());
    send(&mut card, SELECT_SSSE);
    card
}

pub(super) fn persona(name: &str, replacements: &[(&str, &str)]) -> Persona {
    let ready = crate::persona::READY
        .iter()
        .find(|(ready, _)| *ready == name);
    let mut text = ready.unwrap().1.to_owned();
    for (from, to) in replacements {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    Persona::from_toml(&text).unwrap()
}

/// Settings for `[behaviour]`, as a replacement of the `[pin]` line.
pub(super) fn behaviour(name: &str, setting: &str) -> Card {
    changed(
        name,
        &[("[pin]", &format!("[behaviour]\n{setting}\n[pin]"))],
    )
}

/// Sends a command in hexadecimal; blanks are for the reader.
pub(super) fn send(card: &mut Card, command: &str) -> String {
    let bytes = hex::decode(command.replace(' ', "")).unwrap();
    hex::encode_upper(card.execute(&bytes))
}

/// Sends each command and compares its answer.
pub(super) fn dialogue(card: &mut Card, lines: &[(&str, &str)]) {
    for (command, expected) in lines {
        assert_eq!(send(card, command), *expected, "{command}");
    }
}

/// Sends each command, compares its answer and the PIN tries left before and after.
pub(super) fn counted(card: &mut Card, lines: &[(&str, &str, u8, u8)]) {
    for (command, expected, before, after) in lines {
        assert_eq!(tries(card), *before, "before {command}");
        assert_eq!(send(card, command), *expected, "{command}");
        assert_eq!(tries(card), *after, "after {command}");
    }
}

pub(super) fn tries(card: &Card) -> u8 {
    card.inspect().pin_attempts.left()
}

pub(super) fn key_tries(card: &Card, key: KeyId) -> u8 {
    card.inspect().key_attempts.get(&key).unwrap().left()
}

/// The issuer's session key for a fresh challenge of the card.
fn issuer_key(card: &mut Card, key: KeyId) -> SessionKey {
    let challenge = card.execute(&[0x00, 0x84, 0x00, 0x00, 0x08]);
    let key = card.keys.get(key).unwrap();
    SessionKey::derive(card.persona.suite(), key, &challenge[..8]).unwrap()
}

/// EXTERNAL AUTHENTICATION with the right key.
pub(super) fn authenticate(card: &mut Card, key: KeyId) -> String {
    let auth = issuer_key(card, key).authenticate([7; 8]);
    let command = [&[0x00, 0x82, 0x00, key.kid, 0x10], &auth[..], &[7; 8]].concat();
    hex::encode_upper(card.execute(&command))
}

/// EXTERNAL AUTHENTICATION with wrong data for a fresh challenge.
pub(super) fn authenticate_wrongly(card: &mut Card, key: KeyId) -> String {
    send(card, "0084000008");
    let command = [&[0x00, 0x82, 0x00, key.kid, 0x10][..], &[0xEE; 8], &[7; 8]].concat();
    hex::encode_upper(card.execute(&command))
}

/// A command with the right MAC under `key` and a fresh challenge.
pub(super) fn secured(card: &mut Card, header: [u8; 4], key: KeyId, data: &[u8]) -> String {
    let session_key = issuer_key(card, key);
    finish(card, header, &session_key, data)
}

/// As `secured`, with the data enciphered.
pub(super) fn enciphered(card: &mut Card, header: [u8; 4], key: KeyId, plain: &[u8]) -> String {
    let session_key = issuer_key(card, key);
    let data = session_key.encipher(plain).unwrap();
    finish(card, header, &session_key, &data)
}

fn finish(card: &mut Card, header: [u8; 4], session_key: &SessionKey, data: &[u8]) -> String {
    let lc = u8::try_from(data.len() + 4).unwrap();
    let message = [&header[..], &[lc], data].concat();
    let command = [&message[..], &session_key.mac(&message)].concat();
    hex::encode_upper(card.execute(&command))
}
