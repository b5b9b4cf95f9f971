//! Replays every dialogue under `tests/dialogues` against a fresh card.
//!
//! A dialogue is a text of lines: `card NAME` (a ready persona, powered), `random HEX…` (what GET
//! CHALLENGE hands out), `> HEX` (command), `< HEX` (answer), `pin N` and `key NAME N` (tries left),
//! `power-cycle`, `# remark`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::path::Path;

use card_sim::randomness::ScriptedRng;
use card_sim::state::MemoryStore;
use card_sim::virtual_card::VirtualCard;
use card_sim::{Card, Persona};

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

/// The rest of the only line that starts with `word`.
fn setting<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(word))
}

fn replay(name: &str, text: &str) -> usize {
    let random = setting(text, "random ").map_or_else(Vec::new, bytes);
    let persona = Persona::ready(setting(text, "card ").unwrap()).unwrap();
    let mut card = Card::new(persona, MemoryStore::new(), ScriptedRng::new(random)).unwrap();
    card.power_on();
    let mut answer = None;
    let mut answers = 0;
    for (number, line) in (1..).zip(text.lines()) {
        let place = format!("{name}:{number}: {line}");
        match line.split_once(' ').unwrap_or((line, "")) {
            (">", command) => answer = Some(card.execute(&bytes(command))),
            ("<", expected) => {
                let answer = answer.take().map(hex::encode_upper);
                assert_eq!(answer, Some(expected.replace(' ', "")), "{place}");
                answers += 1;
            }
            ("pin", left) => {
                assert_eq!(
                    card.inspect().pin_attempts.left().to_string(),
                    left,
                    "{place}"
                );
            }
            ("key", rest) => {
                let (key, left) = rest.split_once(' ').unwrap();
                let counters = card.inspect().key_attempts;
                assert_eq!(
                    counters[&key.parse().unwrap()].left().to_string(),
                    left,
                    "{place}"
                );
            }
            ("power-cycle", _) => {
                card.power_off();
                card.power_on();
            }
            ("#" | "card" | "random", _) => {}
            _ => panic!("{place}: not a dialogue line"),
        }
    }
    answers
}

#[test]
fn every_dialogue_replays() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues");
    let mut dialogues = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let answers = replay(&name, &fs::read_to_string(&path).unwrap());
        assert!(answers > 0, "{name} has no answer to compare");
        dialogues += 1;
    }
    assert_eq!(dialogues, 19);
}
