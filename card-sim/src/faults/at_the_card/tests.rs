use super::*;
use crate::Persona;
use crate::card::Card;
use crate::faults::{Act, When};
use crate::randomness::ScriptedRng;
use crate::state::{MemoryStore, StateStore};

const SELECT: &[u8] = b"\x00\xA4\x04\x00\x0Fsx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF";
const RIGHT: [u8; 8] = [0x00, 0x20, 0x00, 0x00, 0x03, 0x12, 0x34, 0x56];
const WRONG: [u8; 8] = [0x00, 0x20, 0x00, 0x00, 0x03, 0x65, 0x43, 0x21];
const TO_OWN: [u8; 12] = [
    0x80, 0x5E, 0x01, 0x00, 0x07, 0x12, 0x34, 0x56, 0xFF, 0x83, 0x05, 0x71,
];
const QUERY: [u8; 5] = [0x00, 0x20, 0x00, 0x00, 0x00];
const NOTHING: [u8; 0] = [];

/// A card with six of six tries and the PIN 123456, and its memory.
struct Scene {
    card: Card,
    store: MemoryStore,
    memory: Memory,
}

fn card(store: &MemoryStore) -> Card {
    let persona = Persona::ready("w2").unwrap();
    let mut card = Card::new(persona, store.clone(), ScriptedRng::default()).unwrap();
    card.power_on();
    card.execute(SELECT);
    card
}

impl Scene {
    fn new() -> Self {
        let store = MemoryStore::new();
        Self {
            card: card(&store),
            store,
            memory: Memory::default(),
        }
    }

    fn with(&mut self, fault: CardFault, command: &[u8]) -> Option<Vec<u8>> {
        let done = carry_out(&mut self.card, command, Some(fault), &mut self.memory);
        done.answer.map(|answer| answer.to_vec())
    }

    fn sound(&mut self, command: &[u8]) -> Vec<u8> {
        let done = carry_out(&mut self.card, command, None, &mut self.memory);
        done.answer.unwrap().to_vec()
    }

    fn left(&self) -> u8 {
        self.card.tries().unwrap().0
    }

    /// Tries and PIN of a card that is made from the memory anew.
    fn kept(&self) -> (u8, bool) {
        let card = card(&self.store);
        (card.tries().unwrap().0, card.pin_is("123456"))
    }
}

#[test]
fn a_power_cut_keeps_what_was_committed_and_no_more() {
    let rows: [(&[u8], u8, (u8, bool)); 8] = [
        (&RIGHT, 0, (6, true)),
        (&RIGHT, 1, (5, true)),
        (&RIGHT, 2, (6, true)),
        (&WRONG, 0, (6, true)),
        (&WRONG, 1, (5, true)),
        (&TO_OWN, 0, (6, true)),
        (&TO_OWN, 1, (5, true)),
        (&TO_OWN, 2, (6, false)),
    ];
    for (command, writes, kept) in rows {
        let mut scene = Scene::new();
        // A fresh card has its state on store only once something was committed.
        scene.sound(&RIGHT);
        let answer = scene.with(CardFault::PowerCut { writes }, command);
        assert_eq!(answer, None, "{command:02X?} {writes}");
        assert_eq!(scene.kept(), kept, "{command:02X?} {writes}");
        assert_eq!(scene.left(), kept.0, "the card itself comes back like that");
        assert_eq!(scene.sound(&QUERY), [0x6A, 0x88], "nothing is selected");
        scene.sound(SELECT);
        assert_eq!(scene.sound(&WRONG)[0], 0x63, "its memory works again");
    }
}

#[test]
fn silence_comes_with_the_command_carried_out_or_not() {
    for (carried_out, left) in [(true, 5), (false, 6)] {
        let mut scene = Scene::new();
        assert_eq!(scene.with(CardFault::Mute { carried_out }, &WRONG), None);
        assert_eq!(scene.left(), left);
    }
}

#[test]
fn answers_are_spoiled_after_the_card_has_done_its_work() {
    let rows: [(CardFault, &[u8]); 6] = [
        (CardFault::Empty, &NOTHING),
        (CardFault::Cut { bytes: 0 }, &NOTHING),
        (CardFault::Cut { bytes: 1 }, &[0x63]),
        (CardFault::Padded { bytes: 2 }, &[0x00, 0x00, 0x63, 0xC5]),
        (CardFault::Status { word: 0x6F00 }, &[0x6F, 0x00]),
        (CardFault::Slow { ms: 4 }, &[0x63, 0xC5]),
    ];
    for (fault, answer) in rows {
        let mut scene = Scene::new();
        assert_eq!(
            scene.with(fault, &WRONG).as_deref(),
            Some(answer),
            "{fault:?}"
        );
        assert_eq!(scene.left(), 5, "{fault:?}");
    }
}

#[test]
fn the_answer_before_comes_again() {
    let mut scene = Scene::new();
    assert_eq!(scene.sound(&RIGHT), [0x90, 0x00]);
    assert_eq!(
        scene.with(CardFault::Repeated, &WRONG).unwrap(),
        [0x90, 0x00]
    );
    assert_eq!(scene.left(), 5);
}

#[test]
fn counters_lie_in_their_answer_and_in_memory() {
    let rows = [
        (CounterLie::Stays, 5),
        (CounterLie::Jumps(2), 2),
        (CounterLie::Jumps(99), 6),
        (CounterLie::Resets, 6),
    ];
    for (lie, left) in rows {
        let mut scene = Scene::new();
        scene.sound(&WRONG);
        let answer = scene.with(CardFault::Counter(lie), &WRONG).unwrap();
        assert_eq!(answer, [0x63, 0xC0 | left], "{lie:?}");
        assert_eq!(scene.kept().0, left, "{lie:?}");
    }
}

#[test]
fn a_reset_or_another_programs_select_drops_the_application() {
    for fault in [CardFault::Reset, CardFault::Select] {
        let mut scene = Scene::new();
        let answer = scene.with(fault, &WRONG).unwrap();
        assert_eq!(answer, [0x6A, 0x88], "{fault:?}");
        assert_eq!(scene.left(), 6, "{fault:?}");
    }
}

#[test]
fn a_card_follows_its_plan() {
    let mut plan = Plan::default();
    plan.add(When::Apdu(2), Act::Pull(PullPhase::During))
        .unwrap();
    plan.add(When::Ins(0x20), Act::Card(CardFault::Empty))
        .unwrap();
    let mut faulty = FaultyCard::new(Scene::new().card, plan);
    assert_eq!(faulty.execute(&WRONG), NOTHING, "an answer of no bytes");
    assert_eq!(faulty.execute(&WRONG), NOTHING, "pulled");
    assert_eq!(faulty.execute(&WRONG), [0x63, 0xC3]);
    assert_eq!(faulty.card().tries(), Some((3, 6)));
    assert!(Scene::new().store.load().unwrap().is_none());
}
