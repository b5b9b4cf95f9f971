//! VERIFY and CHANGE PIN (LD/T 32.5, 32.7).

use super::rig::{behaviour, card, changed, counted, dialogue, send, tries};
use crate::card::{Card, PinCondition};

#[test]
fn verify_counts_and_restores() {
    counted(
        &mut card("w2"),
        &[
            ("0020000000", "63C6", 6, 6),
            ("00200000", "63C6", 6, 6),
            ("0020000003 111111", "63C5", 6, 5),
            ("0020000002 1234", "63C4", 5, 4), // another length is a failed compare
            ("0020000004 123456FF", "63C3", 4, 3),
            ("0020000003 123456", "9000", 3, 6),
        ],
    );
}

#[test]
fn malformed_verify_costs_nothing() {
    counted(
        &mut card("w2"),
        &[
            ("0020000001 12", "6700", 6, 6),
            ("0020000009 123456789012345678", "6700", 6, 6),
            ("0020000006 123456", "6700", 6, 6),
            ("0020000103 123456", "6A86", 6, 6),
            ("0020010003 123456", "6A86", 6, 6),
            ("8020000003 123456", "6E00", 6, 6),
        ],
    );
}

#[test]
fn the_last_try_locks_for_good() {
    let mut card = card("w2");
    for answer in ["63C5", "63C4", "63C3", "63C2", "63C1", "63C0"] {
        assert_eq!(send(&mut card, "0020000003 111111"), answer);
    }
    assert_eq!(card.inspect().pin, PinCondition::Blocked);
    counted(
        &mut card,
        &[
            ("0020000003 123456", "6983", 0, 0),
            ("0020000000", "6983", 0, 0),
            ("805E010007 123456FF654321", "6983", 0, 0),
            ("805E010004 FF654321", "6983", 0, 0),
        ],
    );
    assert!(card.pin_is("123456"));
}

#[test]
fn an_empty_pin_is_a_state_of_its_own() {
    let mut card = card("pin-empty");
    assert_eq!(card.inspect().pin, PinCondition::Empty);
    counted(
        &mut card,
        &[
            ("0020000000", "9000", 6, 6),
            ("0020000003 123456", "63C5", 6, 5),
            ("805E010007 123456FF654321", "63C4", 5, 4), // there is no old PIN
            ("805E010004 FF654321", "9000", 4, 6),
            ("0020000000", "63C6", 6, 6),
            ("0020000003 654321", "9000", 6, 6),
        ],
    );
}

#[test]
fn change_pin_in_all_its_forms() {
    counted(
        &mut card("w2"),
        &[
            ("805E010007 111111FF654321", "63C5", 6, 5),
            ("805E010007 123456FF654321", "9000", 5, 6),
            ("805E010006 654321FF1234", "9000", 6, 6),
            ("805E010006 1234FF12345F", "9000", 6, 6),
            ("805E010007 12345FFF54321F", "9000", 6, 6),
            ("805E01000C 54321FFF1234567890123456", "9000", 6, 6),
            (
                "805E010011 1234567890123456FF6543210987654321",
                "9000",
                6,
                6,
            ),
            ("805E010003 FF1234", "63C5", 6, 5), // a PIN is set: absent is wrong
            ("805E010009 6543210987654321FF", "9000", 5, 6),
            ("805E010003 FF1234", "9000", 6, 6),
            ("805E010003 1234FF", "9000", 6, 6),
        ],
    );
}

#[test]
fn malformed_change_pin_costs_nothing_and_changes_nothing() {
    let mut card = card("w2");
    counted(
        &mut card,
        &[
            ("805E010006 123456654321", "6A80", 6, 6), // no separator
            ("805E010006 123456FF12FF", "6A80", 6, 6),
            ("805E010005 123456FF12", "6A80", 6, 6),
            ("805E010006 123456FF1A34", "6A80", 6, 6),
            ("805E010003 12FF34", "6A80", 6, 6),
            ("805E010003 FFFFFF", "6A80", 6, 6),
            ("805E010002 FF12", "6700", 6, 6),
            (
                "805E010012 1234567890123456FF123456789012345678",
                "6700",
                6,
                6,
            ),
            ("805E010001 1234567890FF0987654321", "6700", 6, 6), // Lc of one hex digit
            ("805E020007 123456FF654321", "6A86", 6, 6),
            ("805E000007 65432111223344", "6D00", 6, 6), // RELOAD PIN
            ("005E010007 123456FF654321", "6E00", 6, 6),
        ],
    );
    assert!(card.pin_is("123456"));
}

#[test]
fn the_pin_right_follows_the_persona() {
    let right = |card: &Card| card.inspect().pin_right;
    let mut plain = card("w2");
    dialogue(&mut plain, &[("805E010007 123456FF123456", "9000")]);
    assert!(!right(&plain));
    dialogue(&mut plain, &[("0020000003 123456", "9000")]);
    assert!(right(&plain));
    dialogue(&mut plain, &[("0020000003 111111", "63C5")]);
    assert!(right(&plain));

    let mut granting = behaviour("w2", "change_pin_grants_right = true");
    dialogue(&mut granting, &[("805E010007 123456FF123456", "9000")]);
    assert!(right(&granting));

    let mut keeping = behaviour("w2", "wrong_pin_drops_right = false");
    dialogue(
        &mut keeping,
        &[("0020000003 123456", "9000"), ("0020000003 111111", "63C5")],
    );
    assert!(right(&keeping));

    let mut empty = card("pin-empty");
    dialogue(&mut empty, &[("0020000000", "9000")]);
    assert!(right(&empty));
    let mut strict = behaviour("pin-empty", "empty_pin_grants_right = false");
    dialogue(&mut strict, &[("0020000000", "9000")]);
    assert!(!right(&strict));
}

#[test]
fn options_of_verify() {
    let locked = "query_when_locked = \"63C0\"";
    counted(
        &mut behaviour("pin-blocked", locked),
        &[("0020000000", "63C0", 0, 0)],
    );
    let free = "wrong_length_pin = \"refused\"";
    counted(
        &mut behaviour("w2", free),
        &[("0020000002 1234", "6700", 6, 6)],
    );
    let free = "data_on_empty_pin_counts = false";
    counted(
        &mut behaviour("pin-empty", free),
        &[("0020000002 1234", "63C6", 6, 6)],
    );
    let refused = "verify_over_contactless = false";
    counted(
        &mut behaviour("w3", refused),
        &[("0020000003 123456", "6982", 6, 6)],
    );
    let reload = "reload_pin = \"6A81\"";
    counted(
        &mut behaviour("w2", reload),
        &[("805E000007 65432111223344", "6A81", 6, 6)],
    );
}

#[test]
fn a_faulty_card_lies_or_miscounts() {
    let lying = "[faults]\nquery_shows = 6\n[pin]";
    counted(
        &mut changed("w2", &[("[pin]", lying)]),
        &[
            ("0020000002 1111", "63C5", 6, 5),
            ("0020000000", "63C6", 5, 5),
        ],
    );
    let double = "[faults]\nwrong_pin_costs = 2\n[pin]";
    counted(
        &mut changed("w2", &[("[pin]", double)]),
        &[
            ("0020000002 1111", "63C4", 6, 4),
            ("805E010005 1111FF2222", "63C2", 4, 2),
            ("0020000003 123456", "9000", 2, 6),
        ],
    );
    let never = "[faults]\nwrong_pin_costs = 0\n[pin]";
    let mut never = changed("w2", &[("[pin]", never)]);
    counted(
        &mut never,
        &[
            ("0020000002 1111", "63C6", 6, 6),
            ("0020000000", "63C6", 6, 6),
        ],
    );
}

#[test]
fn the_limit_is_the_issuers() {
    let mut fifteen = changed("w2", &[("[pin]\n", "[pin]\nattempt_limit = 15\n")]);
    counted(
        &mut fifteen,
        &[
            ("0020000000", "63CF", 15, 15),
            ("0020000002 1111", "63CE", 15, 14),
        ],
    );
    let mut one = changed("w2", &[("[pin]\n", "[pin]\nattempt_limit = 1\n")]);
    counted(
        &mut one,
        &[
            ("0020000002 1111", "63C0", 1, 0),
            ("0020000003 123456", "6983", 0, 0),
        ],
    );
}

#[test]
fn there_is_no_pin_in_the_master_file() {
    let mut card = card("w2");
    dialogue(
        &mut card,
        &[("00A4000000", "6106"), ("0020000003 111111", "6A88")],
    );
    dialogue(&mut card, &[("805E010007 123456FF654321", "6A81")]);
    assert_eq!(tries(&card), 6);
}
