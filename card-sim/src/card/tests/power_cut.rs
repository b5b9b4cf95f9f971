//! Power cut at every write: the card comes back with the old or the new state, never with a try
//! given back (LD/T 32.7).

use super::rig::{SELECT_SSSE, authenticate, persona, powered, secured, send, tries};
use crate::card::{Card, PinCondition};
use crate::files::key::{PUK, STK};
use crate::state::{CardState, MemoryStore, StateError, StateStore};

/// Saves `left` times, then fails for ever.
struct Failing {
    memory: MemoryStore,
    left: usize,
}

impl StateStore for Failing {
    fn load(&self) -> Result<Option<CardState>, StateError> {
        self.memory.load()
    }

    fn save(&mut self, state: &CardState) -> Result<(), StateError> {
        let source = || std::io::Error::other("power cut");
        let error = || StateError::Io {
            action: "written",
            path: "w2".into(),
            source: source(),
        };
        self.left = self.left.checked_sub(1).ok_or_else(error)?;
        self.memory.save(state)
    }
}

/// A card whose memory takes `writes` writes, and the memory.
fn failing(name: &str, writes: usize) -> (Card, MemoryStore) {
    let memory = MemoryStore::new();
    let store = Failing {
        memory: memory.clone(),
        left: writes,
    };
    let mut card = powered(persona(name, &[]), store);
    send(&mut card, SELECT_SSSE);
    (card, memory)
}

/// The card after the power cut.
fn again(name: &str, memory: MemoryStore) -> Card {
    powered(persona(name, &[]), memory)
}

#[test]
fn verify_compares_nothing_before_the_try_is_durable() {
    for pin in ["123456", "111111"] {
        let (mut card, memory) = failing("w2", 0);
        assert_eq!(send(&mut card, &format!("0020000003{pin}")), "6581");
        assert!(!card.inspect().pin_right);
        assert_eq!(tries(&again("w2", memory)), 6);
    }
}

#[test]
fn a_cut_between_compare_and_restore_costs_the_try() {
    let (mut card, memory) = failing("w2", 1);
    assert_eq!(send(&mut card, "0020000003123456"), "6581");
    assert!(!card.inspect().pin_right);
    assert_eq!(tries(&again("w2", memory)), 5);
}

#[test]
fn change_pin_is_done_or_not_done() {
    let outcomes = [
        (0, "6581", "123456", 6),
        (1, "6581", "123456", 5),
        (2, "9000", "654321", 6),
    ];
    for (writes, answer, pin, left) in outcomes {
        let (mut card, memory) = failing("w2", writes);
        assert_eq!(
            send(&mut card, "805E010007 123456FF654321"),
            answer,
            "{writes}"
        );
        let card = again("w2", memory);
        assert_eq!((card.pin_is(pin), tries(&card)), (true, left), "{writes}");
    }
}

#[test]
fn unblocking_is_done_or_not_done() {
    // Two writes for the PUK, two for the MAC, one for the PIN.
    for writes in 0..=5 {
        let (mut card, memory) = failing("pin-blocked", writes);
        authenticate(&mut card, PUK);
        let answer = secured(&mut card, [0x84, 0x24, 0x00, 0x00], STK, &[]);
        let card = again("pin-blocked", memory);
        let expected = if answer == "9000" {
            PinCondition::Set
        } else {
            PinCondition::Blocked
        };
        assert_eq!(card.inspect().pin, expected, "{writes}");
        assert_eq!(answer == "9000", writes == 5, "{writes}");
    }
}
