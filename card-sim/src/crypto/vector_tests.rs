//! Every published vector of the two suites.

use serde_json::Value;

use super::blocks::{des, sm4};
use super::diversification::diversify;
use super::*;
use crate::pin::Pin;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../vectors/social-security-card.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

fn key(value: &Value) -> Key {
    let bytes = bytes(value);
    match bytes.len() {
        8 => Key::Single(bytes.try_into().unwrap()),
        _ => Key::Double(bytes.try_into().unwrap()),
    }
}

fn session_key(suite: Suite, value: &Value) -> SessionKey {
    match suite {
        Suite::Des => SessionKey::Des(array(value)),
        Suite::Sm4 => SessionKey::Sm4(array(value)),
    }
}

/// Runs `check` on every entry of `section` in both suites and says how many there were.
fn each(section: &str, check: impl Fn(Suite, &Value)) -> usize {
    let vectors = vectors();
    let suites = [(Suite::Des, "DES"), (Suite::Sm4, "SM4")];
    let entries = suites.iter().flat_map(|(suite, name)| {
        let entries = vectors["suites"][name][section].as_array().unwrap();
        entries.iter().map(move |entry| (*suite, entry))
    });
    entries
        .inspect(|(suite, entry)| check(*suite, entry))
        .count()
}

#[test]
fn known_answers_of_the_ciphers() {
    let vectors = vectors();
    let tests = vectors["known_answer_tests"].as_array().unwrap();
    for test in tests {
        let got = match test["algorithm"].as_str().unwrap() {
            "SM4-ECB" => sm4(&array(&test["key"]), array(&test["plaintext"])).to_vec(),
            _ => des(&array(&test["key"]), array(&test["plaintext"])).to_vec(),
        };
        assert_eq!(got, bytes(&test["ciphertext"]), "{test}");
    }
    assert_eq!(tests.len(), 2);
}

#[test]
fn factors_come_from_city_code_and_historical_bytes() {
    let inputs = &vectors()["inputs"];
    let city: [u8; 6] = inputs["city_code"]
        .as_str()
        .unwrap()
        .as_bytes()
        .try_into()
        .unwrap();
    let factors = Factors::new(city, array(&inputs["L3_card"]));
    assert_eq!(factors.province, array(&inputs["L1_province"]));
    assert_eq!(factors.city, array(&inputs["L2_city"]));
}

#[test]
fn diversification_level_by_level() {
    let factors = Factors::new(*b"420100", array(&vectors()["inputs"]["L3_card"]));
    let count = each("diversification", |suite, entry| {
        let province = diversify(suite, &key(&entry["root"]), factors.province);
        let city = diversify(suite, &province, factors.city);
        let card = diversify(suite, &city, factors.card);
        assert_eq!(province.bytes(), bytes(&entry["after_L1"]), "{entry}");
        assert_eq!(city.bytes(), bytes(&entry["after_L2"]), "{entry}");
        assert_eq!(card.bytes(), bytes(&entry["after_L3_card_key"]), "{entry}");
        let at_once = card_key(suite, &key(&entry["root"]), &factors);
        assert_eq!(at_once.bytes(), card.bytes(), "{entry}");
    });
    assert_eq!(count, 8);
}

#[test]
fn session_keys() {
    let count = each("session_keys", |suite, entry| {
        let derived = SessionKey::derive(suite, &key(&entry["card_key"]), &bytes(&entry["random"]));
        assert_eq!(
            derived.unwrap().bytes(),
            bytes(&entry["session_key"]),
            "{entry}"
        );
    });
    assert_eq!(count, 11);
}

#[test]
fn no_session_key_from_a_random_longer_than_a_block() {
    let key = Key::Double([0; 16]);
    assert!(SessionKey::derive(Suite::Des, &key, &[0; 16]).is_none());
    assert!(SessionKey::derive(Suite::Sm4, &key, &[0; 17]).is_none());
}

#[test]
fn authentication_data() {
    let count = each("authentication", |suite, entry| {
        let expected = entry.get("auth_data").unwrap_or(&entry["response"]);
        let session_key = session_key(suite, &entry["session_key"]);
        let got = session_key.authenticate(array(&entry["original"]));
        assert_eq!(got.to_vec(), bytes(expected), "{entry}");
    });
    assert_eq!(count, 6);
}

#[test]
fn pin_blocks_there_and_back() {
    let count = each("pin_blocks", |suite, entry| {
        let pin = Pin::from_digits(entry["pin"].as_str().unwrap()).unwrap();
        let session_key = session_key(suite, &entry["session_key"]);
        let block = pin_block(suite, &pin).unwrap();
        assert_eq!(block.as_slice(), bytes(&entry["block"]), "{entry}");
        let enciphered = session_key.encipher(&block).unwrap();
        assert_eq!(enciphered, bytes(&entry["encrypted"]), "{entry}");
        let plain = session_key.decipher(&enciphered).unwrap();
        assert!(
            open_pin_block(suite, &plain).unwrap().matches(pin.bcd()),
            "{entry}"
        );
    });
    assert_eq!(count, 10);
}

#[test]
fn macs_of_issuer_commands() {
    let vectors = vectors();
    let count = each("apdus", |suite, entry| {
        let name = if suite == Suite::Des { "DES" } else { "SM4" };
        let session_key = session_key(
            suite,
            &vectors["suites"][name]["pin_blocks"][0]["session_key"],
        );
        let mac = session_key.mac(&bytes(&entry["mac_input"]));
        assert_eq!(mac.to_vec(), bytes(&entry["mac"]), "{entry}");
        let command = [bytes(&entry["mac_input"]), mac.to_vec()].concat();
        assert_eq!(command, bytes(&entry["command"]), "{entry}");
    });
    assert_eq!(count, 18);
}

#[test]
fn malformed_pin_blocks_are_refused() {
    let table = [
        (Suite::Des, ""),
        (Suite::Des, "0012348000000000"), // no digits
        (Suite::Des, "0412348000000000"), // length beyond the digits
        (Suite::Des, "0212340000000000"), // padding without 80
        (Suite::Des, "0212348000000001"), // padding with another byte
        (Suite::Des, "021A348000000000"), // no digit
        (Suite::Des, "0812345678901234"), // longer than the block
        (Suite::Sm4, "0212348000000000"), // half a block
    ];
    for (suite, block) in table {
        assert!(
            open_pin_block(suite, &hex::decode(block).unwrap()).is_err(),
            "{block}"
        );
    }
}

#[test]
fn fourteen_digits_fill_a_des_block_and_sixteen_do_not_fit() {
    let fourteen = Pin::from_digits("12345678901234").unwrap();
    let sixteen = Pin::from_digits("1234567890123456").unwrap();
    assert_eq!(pin_block(Suite::Des, &fourteen).unwrap()[0], 0x07);
    assert!(open_pin_block(Suite::Des, &pin_block(Suite::Des, &fourteen).unwrap()).is_ok());
    assert_eq!(pin_block(Suite::Des, &sixteen).unwrap_err(), PinBlockError);
    assert_eq!(pin_block(Suite::Sm4, &sixteen).unwrap()[9], 0x80);
}

#[test]
fn debug_shows_no_key() {
    let key = Key::Double([0xA5; 16]);
    let session_key = SessionKey::derive(Suite::Sm4, &key, &[1; 8]).unwrap();
    assert_eq!(format!("{key:?} {session_key:?}"), "Key(..) SessionKey(..)");
}
