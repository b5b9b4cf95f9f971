//! EXTERNAL AUTHENTICATION, key counters, and how long rights and challenges last (LD/T 32.5, 32.7).

use super::rig::{
    SELECT_SSSE, authenticate, authenticate_wrongly, behaviour, card, changed, dialogue, key_tries,
    send,
};
use crate::files::key::{BK, PUK, RKSSSE, UKSSSE};
use crate::files::{Application, KeyId};
use crate::virtual_card::VirtualCard;

const READ_HOLDER: &str = "00B2083014";
const DF04_RK1: KeyId = KeyId {
    application: Application::Df04,
    kid: 0x84,
};

#[test]
fn wrong_data_counts_and_right_data_restores() {
    let mut card = card("w2");
    let steps = [
        (false, "63C2", 3, 2),
        (false, "63C1", 2, 1),
        (true, "9000", 1, 3),
    ];
    for (right, answer, before, after) in steps {
        assert_eq!(key_tries(&card, PUK), before);
        let got = if right {
            authenticate(&mut card, PUK)
        } else {
            authenticate_wrongly(&mut card, PUK)
        };
        assert_eq!(got, answer);
        assert_eq!(key_tries(&card, PUK), after);
    }
}

#[test]
fn a_key_without_tries_is_locked_even_for_right_data() {
    let mut card = card("w2");
    for answer in ["63C2", "63C1", "63C0", "6983"] {
        assert_eq!(authenticate_wrongly(&mut card, RKSSSE), answer);
    }
    assert_eq!(authenticate(&mut card, RKSSSE), "6983");
    assert_eq!(key_tries(&card, RKSSSE), 0);
    assert_eq!((key_tries(&card, PUK), key_tries(&card, BK)), (3, 3));
}

#[test]
fn each_key_counts_for_itself() {
    for key in [UKSSSE, BK, PUK, RKSSSE] {
        let mut card = card("v3");
        assert_eq!(authenticate_wrongly(&mut card, key), "63C2");
        assert_eq!(key_tries(&card, key), 2);
        assert_eq!(authenticate(&mut card, key), "9000");
        let counters = card.inspect().key_attempts;
        assert!(
            counters
                .values()
                .all(|counter| counter.left() == counter.limit())
        );
    }
}

#[test]
fn refusals_before_the_compare_cost_nothing() {
    let zeros = "00".repeat(16);
    let mut card = card("w2");
    let lines = [
        (format!("0082000610{zeros}"), "6984"), // no challenge
        (format!("0082000010{zeros}"), "6A88"), // IRK is for internal authentication
        (format!("0082000210{zeros}"), "6A88"), // STK as well
        (format!("0082007F10{zeros}"), "6A88"),
        (format!("0082008410{zeros}"), "6A88"), // a DF key, but no DF is selected
        (format!("0082010610{zeros}"), "6A86"),
        ("00820006080000000000000000".to_owned(), "6700"),
        (format!("0082000611{zeros}00"), "6700"),
    ];
    for (command, answer) in lines {
        assert_eq!(send(&mut card, &command), answer, "{command}");
        assert_eq!(key_tries(&card, PUK), 3);
    }
}

#[test]
fn a_challenge_works_once() {
    let mut card = card("w2");
    assert_eq!(authenticate_wrongly(&mut card, PUK), "63C2");
    let again = format!("0082000610{}", "00".repeat(16));
    assert_eq!(send(&mut card, &again), "6984");
    assert_eq!(key_tries(&card, PUK), 2);
}

#[test]
fn a_challenge_dies_with_another_application() {
    let again = format!("0082000610{}", "00".repeat(16));
    let mut card = card("w2");
    dialogue(
        &mut card,
        &[
            ("0084000008", "00000000000000009000"),
            (SELECT_SSSE, "611E"),
            ("00A4000002DF01", "610A"),
            (&again, "6984"),
        ],
    );
}

#[test]
fn a_challenge_lives_as_long_as_the_persona_says() {
    let again = format!("0082000610{}", "00".repeat(16));
    let between = [
        ("0084000008", "00000000000000009000"),
        ("0020000000", "63C6"),
    ];
    let mut kept = card("w2");
    dialogue(&mut kept, &between);
    assert_eq!(send(&mut kept, &again), "63C2");
    let mut brief = behaviour("w2", "challenge_life = \"next_command\"");
    dialogue(&mut brief, &between);
    assert_eq!(send(&mut brief, &again), "6984");
    assert_eq!(authenticate(&mut brief, PUK), "9000");
}

#[test]
fn a_challenge_longer_than_a_des_block_is_no_use() {
    let command = format!("0082000610{}", "00".repeat(16));
    for (name, answer) in [("w2", "6984"), ("v3", "63C2")] {
        let mut card = card(name);
        send(&mut card, "0084000010");
        assert_eq!(send(&mut card, &command), answer, "{name}");
    }
}

#[test]
fn the_holder_of_a_third_generation_card_is_behind_rkssse() {
    let mut card = card("v3");
    dialogue(
        &mut card,
        &[
            ("00A4020002EF06", "9000"),
            (READ_HOLDER, "6982"),
            ("00B2083014", "6982"),
        ],
    );
    assert_eq!(authenticate(&mut card, RKSSSE), "9000");
    let holder = "08123432303130313139393030313032303030359000";
    dialogue(
        &mut card,
        &[("00A4020002EF06", "9000"), (READ_HOLDER, holder)],
    );
    dialogue(&mut card, &[(SELECT_SSSE, "611E"), ("00B2083014", holder)]);
    dialogue(
        &mut card,
        &[("00A4000002DF01", "610A"), (SELECT_SSSE, "611E")],
    );
    dialogue(&mut card, &[("00B2083014", "6982")]);
    let setting = [("[pin]", "[behaviour]\nholder_refusal = \"6A82\"\n[pin]")];
    dialogue(&mut changed("v3", &setting), &[("00B2083014", "6A82")]);
}

#[test]
fn key_rights_fall_at_power_off_and_reset() {
    let mut card = card("v3");
    assert_eq!(authenticate(&mut card, RKSSSE), "9000");
    card.reset();
    dialogue(&mut card, &[(SELECT_SSSE, "611E"), ("00B2083014", "6982")]);
    assert_eq!(authenticate(&mut card, RKSSSE), "9000");
    card.power_off();
    card.power_on();
    dialogue(&mut card, &[(SELECT_SSSE, "611E"), ("00B2083014", "6982")]);
}

#[test]
fn the_pin_right_survives_selection_and_ends_with_power() {
    let mut card = card("w2");

    dialogue(
        &mut card,
        &[("00A4000002DF04", "610A"), ("00B2012C0A", "6982")],
    );
    dialogue(
        &mut card,
        &[
            ("0020000003123456", "9000"),
            ("00B2012C0A", "810800000000000000009000"),
        ],
    );
    dialogue(
        &mut card,
        &[("00A4000002DF01", "610A"), ("00B2012C04", "200200009000")],
    );
    dialogue(
        &mut card,
        &[(SELECT_SSSE, "611E"), ("00A4000002DF01", "610A")],
    );
    dialogue(&mut card, &[("00B2012C04", "200200009000")]);
    card.power_off();
    card.power_on();
    dialogue(
        &mut card,
        &[
            (SELECT_SSSE, "611E"),
            ("00A4000002DF01", "610A"),
            ("00B2012C04", "6982"),
        ],
    );
}

#[test]
fn pin_or_key_pin_and_key_and_pin_alone() {
    let mut card = card("w2");
    send(&mut card, "00A4000002DF04");
    let (either, both, pin_only) = ("00B2012C0A", "00B2013403", "00B201441C");
    let either_read = "810800000000000000009000";
    dialogue(
        &mut card,
        &[(either, "6982"), (both, "6982"), (pin_only, "6982")],
    );
    assert_eq!(authenticate(&mut card, DF04_RK1), "9000");
    dialogue(
        &mut card,
        &[(either, either_read), (both, "6982"), (pin_only, "6982")],
    );
    dialogue(
        &mut card,
        &[("0020000003123456", "9000"), (both, "9001009000")],
    );
    let empty_transaction = format!("{}9000", "00".repeat(0x1C));
    dialogue(&mut card, &[(pin_only, &empty_transaction)]);
    send(&mut card, "00A4000002DF04");
    dialogue(&mut card, &[(both, "9001009000")]); // the same DF again keeps its rights
    send(&mut card, "00A4000002DF03");
    send(&mut card, "00A4000002DF04");
    dialogue(&mut card, &[(either, either_read), (both, "6982")]);
}
