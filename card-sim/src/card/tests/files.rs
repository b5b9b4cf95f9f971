//! READ BINARY, UPDATE BINARY and UPDATE RECORD, plain and with MAC (LD/T 32.5).

use super::rig::{SELECT_SSSE, authenticate, card, dialogue, persona, powered, secured, send};
use crate::card::Card;
use crate::files::key::{IRK, RKSSSE, STK, UKSSSE};
use crate::files::{Application, KeyId};
use crate::state::MemoryStore;

const DF04_UK2: KeyId = KeyId {
    application: Application::Df04,
    kid: 0x86,
};

fn with_right(name: &str, key: KeyId) -> Card {
    let mut card = card(name);
    assert_eq!(authenticate(&mut card, key), "9000");
    card
}

#[test]
fn a_record_is_written_with_ukssse_and_survives() {
    let store = MemoryStore::new();
    let mut first = powered(persona("w2", &[]), store.clone());
    send(&mut first, SELECT_SSSE);
    let update = "00DC0528 06 050420200601";
    dialogue(&mut first, &[(update, "6982")]);
    assert_eq!(authenticate(&mut first, UKSSSE), "9000");
    dialogue(
        &mut first,
        &[(update, "9000"), ("00B2052806", "0504202006019000")],
    );
    let mut second = powered(persona("w2", &[]), store);
    send(&mut second, SELECT_SSSE);
    dialogue(
        &mut second,
        &[
            ("00B2052806", "0504202006019000"),
            ("00B2062806", "0604202406019000"),
        ],
    );
}

#[test]
fn records_keep_their_tag_and_length() {
    dialogue(
        &mut with_right("w2", UKSSSE),
        &[
            ("00DC0528 06 060420200601", "6A80"),
            ("00DC0528 06 050520200601", "6A85"),
            ("00DC0528 07 05052020060101", "6A84"),
            ("00DC0528 05 0503202006", "6A85"),
            ("00DC0528 01 05", "6A85"),
            ("00DC0528", "6700"),
            ("00DC082C 06 050420200601", "6A83"),
            ("00DC052D 06 050420200601", "6A83"),
            ("00DC0500 06 050420200601", "6986"),
            ("00DC0138 06 050420200601", "6981"),
            ("00DC0150 06 050420200601", "6A82"),
            ("00B2052806", "0504201406019000"),
        ],
    );
}

#[test]
fn an_update_with_mac_needs_right_challenge_and_mac() {
    let header = [0x04, 0xDC, 0x05, 0x28];
    let record = [0x05, 0x04, 0x20, 0x20, 0x06, 0x01];
    for name in ["w2", "v3"] {
        let mut card = card(name);
        assert_eq!(secured(&mut card, header, STK, &record), "6982");
        assert_eq!(authenticate(&mut card, UKSSSE), "9000");
        dialogue(&mut card, &[("04DC0528 0A 050420200601 00000000", "6984")]);
        send(&mut card, "0084000008");
        dialogue(&mut card, &[("04DC0528 0A 050420200601 00000000", "6988")]);
        assert_eq!(send(&mut card, "00B2052805"), "6C06");
        assert_eq!(secured(&mut card, header, STK, &record), "9000");
        dialogue(&mut card, &[("00B2052806", "0504202006019000")]);
    }
}

#[test]
fn a_cyclic_file_shows_the_newest_first() {
    let mut card = card("w2");
    send(&mut card, "00A4000002DF04");
    assert_eq!(authenticate(&mut card, DF04_UK2), "9000");
    dialogue(&mut card, &[("0020000003 123456", "9000")]);
    for kind in 1..=9 {
        let update = format!("00DC00AB 03 00{kind:02X}31");
        dialogue(&mut card, &[(&update, "9000")]);
    }
    dialogue(
        &mut card,
        &[
            ("00B201AC03", "0009319000"),
            ("00B208AC03", "0002319000"),
            ("00B209AC03", "6A83"),
            ("00DC01AC 03 00FF32", "9000"),
            ("00B201AC03", "00FF329000"),
            ("00DC00AB 02 00FF", "6700"),
            ("00DC0043 03 000131", "6982"), // the log is written by transactions only
        ],
    );
}

#[test]
fn binary_files_are_read_by_offset() {
    let mut card = card("w2");
    dialogue(&mut card, &[("00B0870004", "6982")]);
    assert_eq!(authenticate(&mut card, RKSSSE), "9000");
    let page = format!("{}9000", "00".repeat(256));
    dialogue(
        &mut card,
        &[
            ("00B0000004", "6986"),
            ("00B0870004", "000000009000"),
            ("00B0000000", &page), // SFI 07 is the current EF now
            ("00B002FF01", "009000"),
            ("00B002FF02", "6C01"),
            ("00B0030001", "6B00"),
            ("00B0850001", "6981"),
            ("00B09F0001", "6A86"),
            ("00B0800001", "6A86"),
            ("00B0890001", "6A82"),
            ("00B0870001FF", "6700"),
        ],
    );
}

#[test]
fn binary_files_are_written_with_their_key() {
    let mut card = with_right("w2", UKSSSE);
    assert_eq!(authenticate(&mut card, RKSSSE), "9000");
    dialogue(
        &mut card,
        &[
            ("00D68810 02 CAFE", "9000"),
            ("00B0881002", "CAFE9000"),
            ("00D61000 01 FF", "6B00"),
            ("00D60FFF 02 FFFF", "6A84"),
            ("00D685 00 01 FF", "6981"),
            ("00D68800", "6700"),
        ],
    );
    assert_eq!(
        secured(&mut card, [0x04, 0xD6, 0x88, 0x10], STK, &[0xBE, 0xEF]),
        "9000"
    );
    dialogue(&mut card, &[("00B0881002", "BEEF9000")]);
}

#[test]
fn every_access_condition_names_a_key_the_card_has() {
    for name in ["w1", "w2", "v3"] {
        let card = card(name);
        for key in card.inspect().key_attempts.keys() {
            assert!(card.keys.get(*key).is_some(), "{name} {key}");
        }
        assert!(card.keys.get(IRK).is_some(), "{name}");
    }
}

#[test]
fn a_file_that_fits_no_response_is_read_in_whole_records() {
    let mut card = card("w2");
    send(&mut card, "00A4000002DF02");
    dialogue(&mut card, &[("0020000003 123456", "9000")]);
    // 42 and 41 (5 bytes each), twice 43 (6E each): the next record would pass 256 bytes.
    assert_eq!(send(&mut card, "00B2012D00"), "6CE6");
    assert_eq!(send(&mut card, "00B2012DE6").len(), 2 * (0xE6 + 2));
}
