//! PIN CHANGE/UNBLOCK in all its forms (LD/T 32.5).

use super::rig::{
    SELECT_SSSE, authenticate, behaviour, card, changed, dialogue, enciphered, key_tries, secured,
    send, tries,
};
use crate::card::{Card, PinCondition};
use crate::crypto::{Suite, pin_block};
use crate::files::key::{PUK, STK};
use crate::pin::Pin;

const KEEP: [u8; 4] = [0x84, 0x24, 0x00, 0x00];
const REPLACE: [u8; 4] = [0x84, 0x24, 0x00, 0x01];

fn block(card: &Card, digits: &str) -> Vec<u8> {
    pin_block(card.persona().suite(), &Pin::from_digits(digits).unwrap())
        .unwrap()
        .to_vec()
}

fn lock_pin(card: &mut Card) {
    while tries(card) > 0 {
        send(card, "0020000002 9999");
    }
}

/// The command with a MAC that cannot be right, after a fresh challenge.
fn wrong_mac(card: &mut Card) -> String {
    send(card, "0084000008");
    send(card, "8424000004 DEADBEEF")
}

#[test]
fn unblock_keeps_the_pin_and_reload_sets_a_new_one() {
    for name in ["w1", "w2", "v3", "w3"] {
        let mut card = card(name);
        let old = if name == "w1" { "1234" } else { "123456" };
        lock_pin(&mut card);
        assert_eq!(authenticate(&mut card, PUK), "9000");
        assert_eq!(secured(&mut card, KEEP, STK, &[]), "9000");
        assert_eq!((tries(&card), card.pin_is(old)), (6, true), "{name}");
        lock_pin(&mut card);
        let new = block(&card, "98765");
        assert_eq!(enciphered(&mut card, REPLACE, STK, &new), "9000");
        assert_eq!((tries(&card), card.pin_is("98765")), (6, true), "{name}");
        lock_pin(&mut card);
        assert_eq!(secured(&mut card, REPLACE, STK, &[]), "9000");
        assert_eq!(
            (tries(&card), card.inspect().pin),
            (6, PinCondition::Empty),
            "{name}"
        );
    }
}

#[test]
fn without_the_puk_nothing_happens() {
    let mut card = card("pin-blocked");
    assert_eq!(secured(&mut card, KEEP, STK, &[]), "6982");
    assert_eq!((tries(&card), key_tries(&card, PUK)), (0, 3));
    assert_eq!(authenticate(&mut card, PUK), "9000");
    send(&mut card, "00A4000000");
    send(&mut card, SELECT_SSSE);
    assert_eq!(secured(&mut card, KEEP, STK, &[]), "6982");
    assert_eq!(tries(&card), 0);
}

#[test]
fn the_challenge_must_be_fresh() {
    let mut card = card("pin-blocked");
    assert_eq!(authenticate(&mut card, PUK), "9000");
    dialogue(&mut card, &[("8424000004 00000000", "6984")]);
    assert_eq!((tries(&card), key_tries(&card, PUK)), (0, 3));
}

#[test]
fn wrong_macs_lock_the_puk_and_take_the_right_away() {
    let mut card = card("pin-blocked");
    assert_eq!(authenticate(&mut card, PUK), "9000");
    for left in [2, 1, 0] {
        assert_eq!(wrong_mac(&mut card), "6988");
        assert_eq!(key_tries(&card, PUK), left);
    }
    assert_eq!(secured(&mut card, KEEP, STK, &[]), "6982");
    assert_eq!(authenticate(&mut card, PUK), "6983");
    assert_eq!(tries(&card), 0);
}

#[test]
fn success_gives_the_puk_its_tries_back() {
    let mut card = card("pin-blocked");
    assert_eq!(authenticate(&mut card, PUK), "9000");
    assert_eq!(wrong_mac(&mut card), "6988");
    assert_eq!(key_tries(&card, PUK), 2);
    assert_eq!(secured(&mut card, KEEP, STK, &[]), "9000");
    assert_eq!((key_tries(&card, PUK), tries(&card)), (3, 6));
}

#[test]
fn wrong_macs_are_free_where_the_persona_says_so() {
    let mut card = behaviour("pin-blocked", "failed_unblock_counts = false");
    assert_eq!(authenticate(&mut card, PUK), "9000");
    for _ in 0..5 {
        assert_eq!(wrong_mac(&mut card), "6988");
        assert_eq!(key_tries(&card, PUK), 3);
    }
}

#[test]
fn a_locked_puk_is_the_end_of_unblocking() {
    let mut card = card("puk-blocked");
    assert_eq!((tries(&card), key_tries(&card, PUK)), (0, 0));
    assert_eq!(authenticate(&mut card, PUK), "6983");
    assert_eq!(secured(&mut card, KEEP, STK, &[]), "6982");
    assert_eq!((tries(&card), key_tries(&card, PUK)), (0, 0));
}

#[test]
fn malformed_forms() {
    let mut des = card("pin-blocked");
    assert_eq!(authenticate(&mut des, PUK), "9000");
    let sm4_length = format!("8424000114{}", "00".repeat(20));
    let with_pin_part = format!("842400000C{}", "00".repeat(12));
    dialogue(
        &mut des,
        &[
            (&sm4_length, "6700"),
            (&with_pin_part, "6700"),
            ("8424000003 000000", "6700"),
            ("84240000", "6700"),
            ("8424000204 00000000", "6A86"),
            ("8424010004 00000000", "6A86"),
        ],
    );
    let empty_pin = [0x00, 0x80, 0, 0, 0, 0, 0, 0];
    assert_eq!(enciphered(&mut des, REPLACE, STK, &empty_pin), "6A80");
    assert_eq!((tries(&des), key_tries(&des, PUK)), (0, 3));
    assert!(des.pin_is("123456"));
    assert_eq!(des.persona().suite(), Suite::Des);
}

#[test]
fn the_pin_right_after_a_reset_follows_the_persona() {
    let table = [
        ("unchanged", false, false),
        ("set", false, true),
        ("dropped", true, false),
    ];
    for (setting, before, after) in table {
        let mut card = behaviour("w2", &format!("right_after_reset = \"{setting}\""));
        if before {
            send(&mut card, "0020000003 123456");
        }
        assert_eq!(card.inspect().pin_right, before);
        assert_eq!(authenticate(&mut card, PUK), "9000");
        assert_eq!(secured(&mut card, KEEP, STK, &[]), "9000");
        assert_eq!(card.inspect().pin_right, after, "{setting}");
    }
}

#[test]
fn other_roots_make_other_keys() {
    let roots = "[keys.roots]\npuk = \"0F0E0D0C0B0A09080706050403020100\"\n[pin]";
    let mut other = changed("v1", &[("[pin]", roots)]);
    let vector = "0082000610 F5EFE0FEA6EA27E2 0102030405060708";
    send(&mut other, "0084000008");
    assert_eq!(send(&mut other, vector), "63C2");
    assert_eq!(authenticate(&mut other, PUK), "9000");
}
