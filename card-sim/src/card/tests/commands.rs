//! SELECT, READ RECORD, GET CHALLENGE, INTERNAL AUTHENTICATION and the transmission rules.

use super::rig::{SELECT_SSSE, behaviour, card, dialogue, persona, powered, send};
use crate::files::Application;
use crate::files::key::{IRK, PUK, RKSSSE, STK};
use crate::persona::Persona;
use crate::state::MemoryStore;
use crate::virtual_card::VirtualCard;

const EF05_OF_W2: &str = concat!(
    "0110420100D15600000500000012FFFFFFFF",
    "020133",
    "0304322E3030",
    "040C915600000242010042010001",
    "050420140601",
    "060420240601",
    "07095A5A30303030313235",
);

#[test]
fn select_by_name_and_by_identifier() {
    let mut card = powered(persona("w2", &[]), MemoryStore::new());
    dialogue(
        &mut card,
        &[
            ("00A4000002DF01", "6A82"), // a DF only from within the environment
            ("00A4000002EF05", "6A82"),
            ("00A40400 06 D15600000503", "610A"),
            ("00C000000A", "6F088406D156000005039000"),
            ("00A4020002DF01", "610A"),
            ("00A4000002DF07", "610A"),
            ("00A40400 06 D15600000505", "6A82"),
            ("00A4000002DF05", "6A82"),
            ("00A40000023F00", "6106"),
            ("00C0000006", "6F0483023F009000"),
            ("00A4000000", "6106"),
            ("00A40000", "6106"),
            ("00A40400 0E 315041592E5359532E4444463031", "6A82"),
        ],
    );
}

#[test]
fn malformed_select() {
    dialogue(
        &mut card("w2"),
        &[
            ("00A40002EF05", "6700"),
            ("00A4040000", "6700"),
            ("00A4000001EF", "6700"),
            ("00A4000003EF0500", "6700"),
            ("00A4010002EF05", "6A86"),
            ("00A4040206D15600000503", "6A86"),
            ("80A4000002EF05", "6E00"),
        ],
    );
}

#[test]
fn fci_names_the_suite_or_leaves_it_out() {
    let name = "840F7378312E73682EC9E7BBE1B1A3D5CF";
    let table = [
        (
            "w2",
            "611E",
            "00C000001E",
            format!("6F1C{name}A50988011E9F0C038601019000"),
        ),
        (
            "v3",
            "611E",
            "00C000001E",
            format!("6F1C{name}A50988011E9F0C038601039000"),
        ),
        (
            "no-9f0c",
            "6118",
            "00C0000018",
            format!("6F16{name}A50388011E9000"),
        ),
    ];
    for (name, waiting, get_response, fci) in table {
        let mut card = card(name);
        dialogue(
            &mut card,
            &[(SELECT_SSSE, waiting), (get_response, fci.as_str())],
        );
    }
}

#[test]
fn every_form_of_read_record() {
    let all = format!("{EF05_OF_W2}9000");
    dialogue(
        &mut card("w2"),
        &[
            ("00B2010012", "6986"), // no current EF
            ("00B2070F0B", "6A86"),
            ("00B201E804", "6A82"),
            ("00A4020002EF05", "9000"),
            ("00B2030006", "0304322E30309000"),
            ("00B2010412", "0110420100D15600000500000012FFFFFFFF9000"),
            ("00B2010400", "6C12"),
            ("00B20104", "6C12"),
            ("00B2010010", "6C12"),
            ("00B2072C0B", "07095A5A303030303132359000"),
            ("00B2052806", "0504201406019000"),
            ("00B2010540", all.as_str()),
            ("00B2060511", "06042024060107095A5A303030303132359000"),
            ("00B2060611", "07095A5A303030303132350604202406019000"),
            ("00B24E0016", "6A83"),
            ("00B2080400", "6A83"),
            ("00B2083014", "08123432303130313139383530363135303030339000"),
            ("00B2013414", "08123432303130313139383530363135303030339000"),
            ("00B20132 04", "6A83"),
            ("00B20A3003", "0A01329000"),
            ("00B2000203", "0B01019000"), // next record of any identifier
            ("00B2000303", "0A01329000"),
            ("00B2000403", "0A01329000"), // current record
            ("00B2010002FFFF", "6700"),
            ("00B2010700", "6A86"),
            ("00B2013800", "6981"),
        ],
    );
}

#[test]
fn a_directory_is_there_when_the_persona_has_one() {
    let mut plain = card("w2");
    dialogue(&mut plain, &[("00B201F403", "6A82")]);
    let mut canned = behaviour("w2", "directory = [\"610101\"]");
    dialogue(&mut canned, &[("00B201F403", "6101019000")]);
}

#[test]
fn get_challenge_has_three_lengths() {
    let mut card = card("w2");
    for (command, length) in [("0084000004", 4), ("0084000008", 8), ("0084000010", 16)] {
        assert_eq!(
            send(&mut card, command).len(),
            2 * (length + 2),
            "{command}"
        );
    }
    dialogue(
        &mut card,
        &[
            ("0084000000", "6700"),
            ("0084000009", "6700"),
            ("00840000", "6700"),
            ("00840000081122334455667788", "6700"),
            ("0084010008", "6A86"),
        ],
    );
}

#[test]
fn internal_authentication_knows_the_irk_only() {
    let input = "1112131415161718 0102030405060708";
    let mut card = card("v1");
    dialogue(
        &mut card,
        &[
            (&format!("0088000010{input}"), "6108"),
            ("00C0000008", "E41CE5B084D2A0319000"),
            (&format!("0088000011{input}01"), "6108"),
            (&format!("0088000610{input}"), "6A88"),
            (&format!("0088010010{input}"), "6A86"),
            ("00880000081112131415161718", "6700"),
            ("00A4000000", "6106"),
            (&format!("0088000010{input}"), "6A88"),
        ],
    );
}

#[test]
fn card_keys_are_those_of_the_vectors() {
    let text = include_str!("../../../vectors/social-security-card.json");
    let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
    for sample in vectors["sample_cards"].as_array().unwrap() {
        let name = sample["name"].as_str().unwrap().to_lowercase();
        let card = card(&name);
        for (key, id) in [("IRK", IRK), ("RKSSSE", RKSSSE), ("PUK", PUK), ("STK", STK)] {
            let expected = sample["card_keys"][key].as_str().unwrap();
            let got = hex::encode_upper(card.keys.get(id).unwrap().bytes());
            assert_eq!(got, expected, "{name} {key}");
        }
    }
}

#[test]
fn get_response_hands_out_once_and_keeps_on_a_wrong_length() {
    let fci = "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C038601019000";
    dialogue(
        &mut card("w2"),
        &[
            ("00C0000010", "6C1E"),
            ("00C0000000", "6C1E"),
            ("00C0000100", "6A86"),
            ("00C0000001FF", "6700"),
            ("00C000001E", fci),
            ("00C000001E", "6F00"),
            (SELECT_SSSE, "611E"),
            ("0084000004", "000000009000"), // another command throws it away
            ("00C000001E", "6F00"),
        ],
    );
}

#[test]
fn contactless_cards_answer_at_once() {
    let mut card = powered(Persona::ready("contactless").unwrap(), MemoryStore::new());
    assert!(send(&mut card, SELECT_SSSE).ends_with("8601019000"));
    dialogue(
        &mut card,
        &[
            ("00B203280006", "6700"),
            ("00B2032800", "0304322E30309000"),
            ("00B2032806", "0304322E30309000"),
            ("00B2032805", "6C06"),
            ("00B20328", "6700"),
            ("00C0000006", "6F00"),
            ("0020000003123456", "9000"),
        ],
    );
}

#[test]
fn unknown_commands() {
    dialogue(
        &mut card("w2"),
        &[
            ("00CA000000", "6D00"),
            ("84180000", "6D00"), // APPLICATION UNBLOCK
            ("FF00000000", "6E00"),
            ("0024000104", "6E00"),
            ("00", "6700"),
        ],
    );
}

#[test]
fn a_foreign_card_has_no_environment() {
    let mut card = powered(Persona::ready("foreign-card").unwrap(), MemoryStore::new());
    assert_eq!(hex::encode_upper(card.reset()), "3B6800000073C84013009000");
    dialogue(
        &mut card,
        &[(SELECT_SSSE, "6A82"), ("0020000003123456", "6A88")],
    );
    assert_eq!(
        send(&mut card, "00820006101112131415161718 0102030405060708"),
        "6A88"
    );
    assert!(card.inspect().key_attempts.is_empty());
}

#[test]
fn a_mute_card_says_nothing() {
    let mut card = powered(Persona::ready("mute").unwrap(), MemoryStore::new());
    assert_eq!(card.power_on(), Vec::<u8>::new());
    assert_eq!(send(&mut card, SELECT_SSSE), "");
}

#[test]
fn power_and_reset_are_told_apart_and_forget_the_selection() {
    let mut card = card("w2");
    assert_eq!(card.inspect().selected, Application::Ssse);
    card.reset();
    assert_eq!(card.inspect().selected, Application::Mf);
    card.power_off();
    card.power_on();
    assert_eq!((card.inspect().power_ons, card.inspect().resets), (2, 1));
}

#[test]
fn medical_commands_keep_their_order_and_ask_for_the_pin() {
    dialogue(
        &mut card("w2"),
        &[
            ("B0280000", "6985"),
            ("00A4000002DF04", "610A"),
            ("B02A0000", "6901"),
            ("B02C0000", "6901"),
            ("B0280000", "6982"),
            ("0020000003123456", "9000"),
            ("B0280000", "9403"),
            ("B02E0000", "9406"),
            ("B0260000", "6A81"),
            ("B0560000", "6A81"),
        ],
    );
}
