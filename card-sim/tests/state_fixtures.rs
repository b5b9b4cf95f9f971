//! State files of earlier versions still load. `tests/fixtures/card-state/vN/PERSONA.WHAT.json` was
//! written by the first version with format N; files are added, never changed.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

use card_sim::card::PinCondition;
use card_sim::randomness::ScriptedRng;
use card_sim::state::{CardState, FileStore, MemoryStore, StateStore};
use card_sim::virtual_card::VirtualCard;
use card_sim::{Card, Persona};

const SELECT_SSSE: &str = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/card-state/v1")
}

/// The card of a fixture; what it does from here on is not written back.
fn card(fixture: &str) -> Card {
    let persona = fixture.split('.').next().unwrap();
    let state = FileStore::new(folder().join(fixture))
        .load()
        .unwrap()
        .unwrap();
    let mut store = MemoryStore::new();
    store.save(&state).unwrap();
    let persona = Persona::ready(persona).unwrap();
    let mut card = Card::new(persona, store, ScriptedRng::default()).unwrap();
    card.power_on();
    card
}

fn send(card: &mut Card, command: &str) -> String {
    hex::encode_upper(card.execute(&hex::decode(command).unwrap()))
}

#[test]
fn every_state_file_loads_and_is_written_back_unchanged() {
    let mut files = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let state = CardState::from_json(&text).unwrap();
        assert_eq!(
            state.to_json().unwrap().as_str(),
            text,
            "{}",
            path.display()
        );
        card(path.file_name().unwrap().to_str().unwrap());
        files += 1;
    }
    assert_eq!(files, 6);
}

#[test]
fn pins_and_counters_are_those_that_were_saved() {
    let table = [
        ("w1.pin-changed.json", "4321", 5, PinCondition::Set),
        ("w2.tries-spent.json", "123456", 4, PinCondition::Set),
        ("pin-empty.still-empty.json", "", 5, PinCondition::Empty),
    ];
    for (fixture, pin, left, condition) in table {
        let card = card(fixture);
        assert!(card.pin_is(pin), "{fixture}");
        assert_eq!(card.inspect().pin_attempts.left(), left, "{fixture}");
        assert_eq!(card.inspect().pin, condition, "{fixture}");
    }
}

#[test]
fn blocks_stay() {
    let mut environment = card("v1.environment-blocked.json");
    assert_eq!(send(&mut environment, SELECT_SSSE), "9303");
    let mut whole = card("v3.card-blocked.json");
    assert_eq!(send(&mut whole, SELECT_SSSE), "6A81");
}

#[test]
fn written_files_stay() {
    let mut card = card("contactless.record-written.json");
    send(&mut card, SELECT_SSSE);
    assert_eq!(send(&mut card, "00B2052806"), "0504202006019000");
}
