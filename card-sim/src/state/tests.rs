use super::*;
use crate::card::Card;
use crate::persona::Persona;
use crate::virtual_card::VirtualCard;
use rand::SeedableRng;
use rand::rngs::StdRng;

const SELECT_SSSE: &str = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF";

fn card(store: impl StateStore + 'static) -> Card {
    let persona = Persona::ready("w2").unwrap();
    let mut card = Card::new(persona, store, StdRng::seed_from_u64(1)).unwrap();
    card.power_on();
    card.execute(&hex::decode(SELECT_SSSE).unwrap());
    card
}

fn send(card: &mut Card, command: &str) -> String {
    hex::encode_upper(card.execute(&hex::decode(command).unwrap()))
}

#[test]
fn a_spent_try_is_there_after_the_card_is_built_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = FileStore::new(directory.path().join("w2.json"));
    let mut first = card(store.clone());
    assert_eq!(first.inspect().pin_attempts.left(), 6);
    assert_eq!(send(&mut first, "0020000003111111"), "63C5");
    let mut second = card(store);
    assert_eq!(second.inspect().pin_attempts.left(), 5);
    assert_eq!(send(&mut second, "805E010007123456FF654321"), "9000");
    assert_eq!(second.inspect().pin_attempts.left(), 6);
    assert!(second.pin_is("654321"));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_state_survives_the_round_trip_through_text() {
    let store = MemoryStore::new();
    send(&mut card(store.clone()), "0020000003111111");
    let state = store.load().unwrap().unwrap();
    let text = state.to_json().unwrap();
    let again = CardState::from_json(&text).unwrap();
    assert_eq!(again.to_json().unwrap().as_str(), text.as_str());
    assert_eq!(again.pin_attempts.left(), 5);
}

#[test]
fn texts_that_are_no_state_are_refused() {
    let store = MemoryStore::new();
    send(&mut card(store.clone()), "0020000003111111");
    let text = store.load().unwrap().unwrap().to_json().unwrap();
    let damaged = [
        String::new(),
        text.replace("\"left\": 5", "\"left\": 7"),
        text.replace("\"card_blocked\"", "\"card_locked\""),
        text.replace("\"pin\": \"123456\"", "\"pin\": \"12x456\""),
        text.get(..text.len() / 2).unwrap().to_owned(),
    ];
    for damaged in damaged {
        assert!(CardState::from_json(&damaged).is_err(), "{damaged}");
    }
    let newer = text.replace("\"format_version\": 1", "\"format_version\": 2");
    assert!(matches!(
        CardState::from_json(&newer),
        Err(StateError::Version(2))
    ));
}

#[test]
fn the_state_of_another_card_is_refused() {
    let store = MemoryStore::new();
    send(&mut card(store.clone()), "0020000003111111");
    let other = Card::new(
        Persona::ready("w1").unwrap(),
        store,
        StdRng::seed_from_u64(1),
    );
    let error = other.err().unwrap().to_string();
    assert!(
        error.contains("ZZ0000125") && error.contains("ZZ0000117"),
        "{error}"
    );
}

#[test]
fn debug_shows_no_pin() {
    let store = MemoryStore::new();
    send(&mut card(store.clone()), "0020000003111111");
    assert!(!format!("{:?}", store.load().unwrap()).contains("123456"));
}

#[cfg(unix)]
#[test]
fn the_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("w2.json");
    send(&mut card(FileStore::new(&path)), "0020000003111111");
    assert_eq!(
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}
