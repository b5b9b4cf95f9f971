//! Every published vector of the two suites, step by step and through the whole backend.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::*;
use crate::issuer::authentication::{AuthenticationData, CardAnswer};
use crate::issuer::pin_block::{pin_block, tests::issued};
use crate::issuer::secure_messaging::{authentication_data, protected};

const SUITES: [(CipherSuite, &str); 2] = [(CipherSuite::Des, "DES"), (CipherSuite::Sm4, "SM4")];

/// The roots of the vectors; `STK` of the DES suite has 8 bytes.
const ROOTS: [(&str, &str); 4] = [
    ("irk", "000102030405060708090A0B0C0D0E0F"),
    ("puk", "101112131415161718191A1B1C1D1E1F"),
    ("stk", "202122232425262728292A2B2C2D2E2F"),
    ("rkssse", "303132333435363738393A3B3C3D3E3F"),
];

fn vectors() -> Value {
    let text = include_str!("../../../../card-sim/vectors/social-security-card.json");
    serde_json::from_str(text).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn eight(value: &Value) -> [u8; 8] {
    bytes(value).try_into().unwrap()
}

fn kind(value: &Value) -> KeyKind {
    match value.as_str().unwrap() {
        "IRK" => KeyKind::InternalAuthentication,
        "PUK" => KeyKind::PinUnblock,
        "STK" => KeyKind::Maintenance,
        _ => KeyKind::ReadSsse,
    }
}

/// Runs `check` on each entry of `section` in both suites and says how many there were.
fn each(section: &str, check: impl Fn(CipherSuite, &Value)) -> usize {
    let vectors = vectors();
    let mut count = 0;
    for (suite, name) in SUITES {
        for entry in vectors["suites"][name][section].as_array().unwrap() {
            check(suite, entry);
            count += 1;
        }
    }
    count
}

fn factors() -> CardFactors {
    let inputs = &vectors()["inputs"];
    let city = inputs["city_code"].as_str().unwrap().parse().unwrap();
    CardFactors::new(city, &bytes(&inputs["historical_bytes"])).unwrap()
}

fn challenge(value: &Value) -> Challenge {
    Challenge::new(&bytes(value)).unwrap()
}

fn roots_text(level: &str) -> String {
    let mut text = "profile = \"simulation\"\n".to_owned();
    for suite in ["des", "sm4"] {
        for (kind, root) in ROOTS {
            let key = if (suite, kind) == ("des", "stk") {
                &root[..16]
            } else {
                root
            };
            text += &format!(
                "[[root]]\nkind = \"{kind}\"\nsuite = \"{suite}\"\nlevel = \"{level}\"\nkey = \"{key}\"\n"
            );
        }
    }
    text
}

fn opened(text: &str, mode: u32, profile: Profile) -> Result<SoftwareKeys, KeyError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    std::fs::set_permissions(file.path(), PermissionsExt::from_mode(mode)).unwrap();
    SoftwareKeys::open(file.path(), profile)
}

fn keys() -> SoftwareKeys {
    opened(&roots_text("national"), 0o600, Profile::Simulation).unwrap()
}

/// A key is what it makes of a block: no key has a way out.
fn same_key(suite: CipherSuite, key: &SoftwareKey, expected: &Value) {
    let expected = SoftwareKey::new(suite, &bytes(expected)).unwrap();
    let probe = [0x5A; 16];
    assert_eq!(key.encrypted(&probe), expected.encrypted(&probe));
    assert_eq!(key.key_bytes(), expected.key_bytes());
}

#[test]
fn known_answers_of_the_ciphers() {
    let vectors = vectors();
    for test in vectors["known_answer_tests"].as_array().unwrap() {
        let sm4 = test["algorithm"].as_str().unwrap() == "SM4-ECB";
        let suite = if sm4 {
            CipherSuite::Sm4
        } else {
            CipherSuite::Des
        };
        let key = SoftwareKey::new(suite, &bytes(&test["key"])).unwrap();
        let got = key.encrypted(&bytes(&test["plaintext"]));
        assert_eq!(*got, bytes(&test["ciphertext"]), "{test}");
    }
}

#[test]
fn factors_of_the_vectors() {
    let inputs = &vectors()["inputs"];
    assert_eq!(factors().province(), eight(&inputs["L1_province"]));
    assert_eq!(factors().city(), eight(&inputs["L2_city"]));
    assert_eq!(factors().card(), eight(&inputs["L3_card"]));
}

#[test]
fn diversification_level_by_level() {
    let keys = keys();
    let count = each("diversification", |suite, entry| {
        let mut key = SoftwareKey::new(suite, &bytes(&entry["root"])).unwrap();
        let steps = [
            (factors().province(), "after_L1"),
            (factors().city(), "after_L2"),
            (factors().card(), "after_L3_card_key"),
        ];
        for (factor, name) in steps {
            let input = diversification_input(factor, key.key_bytes());
            assert_eq!(
                *key.encrypted(&input),
                bytes(&entry[name]),
                "{name} {entry}"
            );
            key = diversified(&key, suite, factor).unwrap();
        }
        let card_key = keys
            .card_key(kind(&entry["key"]), suite, &factors())
            .unwrap();
        same_key(suite, &card_key, &entry["after_L3_card_key"]);
    });
    assert_eq!(count, 8);
}

#[test]
fn roots_of_provinces_and_cities_join_the_path_lower() {
    let count = each("diversification", |suite, entry| {
        for (level, name) in [("provincial", "after_L1"), ("city", "after_L2")] {
            let text = format!(
                "profile = \"simulation\"\n[[root]]\nkind = \"{}\"\nsuite = \"{}\"\nlevel = \"{level}\"\nkey = {}\n",
                entry["key"].as_str().unwrap().to_lowercase(),
                suite.to_string().to_lowercase(),
                entry[name],
            );
            let keys = opened(&text, 0o600, Profile::Simulation).unwrap();
            let card_key = keys
                .card_key(kind(&entry["key"]), suite, &factors())
                .unwrap();
            same_key(suite, &card_key, &entry["after_L3_card_key"]);
        }
    });
    assert_eq!(count, 8);
}

#[test]
fn session_keys() {
    let count = each("session_keys", |suite, entry| {
        let block = challenge(&entry["random"]).block(suite).unwrap();
        let card_key = SoftwareKey::new(suite, &bytes(&entry["card_key"])).unwrap();
        assert_eq!(
            *card_key.encrypted(&block),
            bytes(&entry["session_key"]),
            "{entry}"
        );
        let key = session_key(&card_key, suite, &block).unwrap();
        same_key(suite, &key, &entry["session_key"]);
    });
    assert_eq!(count, 11);
}

#[test]
fn authentication_data_of_both_directions() {
    let keys = keys();
    let inputs = &vectors()["inputs"];
    let factor = challenge(&inputs["auth_factor"]);
    let count = each("authentication", |suite, entry| {
        let kind = kind(&entry["key"]);
        let original = eight(&entry["original"]);
        let expected = entry.get("auth_data").unwrap_or(&entry["response"]);
        let key = SoftwareKey::new(suite, &bytes(&entry["session_key"])).unwrap();
        let data = authentication_data(suite, &key, original).unwrap();
        assert_eq!(data.0, eight(expected), "{entry}");
        if kind == KeyKind::InternalAuthentication {
            let judge = |answer| {
                let answer = AuthenticationData(answer);
                keys.internal_authentication(suite, &factors(), &factor, original, &answer)
            };
            assert_eq!(judge(data.0).unwrap(), CardAnswer::Genuine);
            assert_eq!(judge([0; 8]).unwrap(), CardAnswer::Foreign);
        } else {
            let data = keys.external_authentication(kind, suite, &factors(), &factor, original);
            assert_eq!(data.unwrap().0, eight(expected), "{entry}");
        }
    });
    assert_eq!(count, 6);
}

#[test]
fn pin_blocks() {
    let count = each("pin_blocks", |suite, entry| {
        let block = pin_block(suite, &issued(entry["pin"].as_str().unwrap())).unwrap();
        assert_eq!(*block, bytes(&entry["block"]), "{entry}");
        let key = SoftwareKey::new(suite, &bytes(&entry["session_key"])).unwrap();
        assert_eq!(
            key.encipher(&block).unwrap(),
            bytes(&entry["encrypted"]),
            "{entry}"
        );
    });
    assert_eq!(count, 10);
}

#[test]
fn macs_of_all_commands() {
    let keys = keys();
    let stk_challenge = challenge(&vectors()["inputs"]["stk_challenge"]);
    let count = each("apdus", |suite, entry| {
        let kind = KeyKind::Maintenance;
        let key = keys
            .session_key(kind, suite, &factors(), &stk_challenge)
            .unwrap();
        let input = bytes(&entry["mac_input"]);
        let header = *input.first_chunk().unwrap();
        let message = protected(suite, key.as_ref(), header, &input[5..]).unwrap();
        assert_eq!(message.as_bytes(), bytes(&entry["command"]), "{entry}");
    });
    assert_eq!(count, 18);
}

#[test]
fn whole_commands_of_unblock_and_reload() {
    let keys = keys();
    let stk_challenge = challenge(&vectors()["inputs"]["stk_challenge"]);
    each("apdus", |suite, entry| {
        let new_pin = entry["new_pin"].as_str().filter(|pin| !pin.is_empty());
        let unblock = entry["name"] == "PIN CHANGE/UNBLOCK, unblock only";
        let message = match new_pin {
            Some(pin) => keys.reload_message(suite, &factors(), &stk_challenge, &issued(pin)),
            None if unblock => keys.unblock_message(suite, &factors(), &stk_challenge),
            None => return,
        };
        assert_eq!(
            message.unwrap().as_bytes(),
            bytes(&entry["command"]),
            "{entry}"
        );
    });
}

#[test]
fn nothing_answers_in_the_place_of_a_card() {
    for kind in [KeyKind::InternalAuthentication, KeyKind::Maintenance] {
        let factor = Challenge::new(&[1; 8]).unwrap();
        let data =
            keys().external_authentication(kind, CipherSuite::Des, &factors(), &factor, [0; 8]);
        assert!(matches!(
            data,
            Err(KeyError::NotForExternalAuthentication { kind: told }) if told == kind
        ));
    }
}

#[test]
fn software_keys_do_not_start_in_production() {
    let text = roots_text("national");
    let by_the_hall = opened(&text, 0o600, Profile::Production);
    assert!(matches!(by_the_hall, Err(KeyError::SoftwareInProduction)));
    let text = text.replace("simulation", "production");
    let by_the_file = opened(&text, 0o600, Profile::Simulation);
    assert!(matches!(by_the_file, Err(KeyError::SoftwareInProduction)));
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let found = opened(&roots_text("national"), 0o644, Profile::Simulation);
    assert!(matches!(
        found,
        Err(KeyError::NotPrivate { mode: 0o644, .. })
    ));
}

#[test]
fn roots_of_the_wrong_length_twice_or_missing() {
    let text = roots_text("national");
    let short = text.replacen("0C0D0E0F", "", 1);
    let found = opened(&short, 0o600, Profile::Simulation);
    assert!(matches!(
        found,
        Err(KeyError::RootLength {
            bytes: 12,
            expected: 16,
            ..
        })
    ));
    let twice = text.replacen("\"irk\"", "\"puk\"", 1);
    let found = opened(&twice, 0o600, Profile::Simulation);
    assert!(matches!(
        found,
        Err(KeyError::RootTwice {
            kind: KeyKind::PinUnblock,
            suite: CipherSuite::Des
        })
    ));
    let none = opened(
        "profile = \"simulation\"\nroot = []",
        0o600,
        Profile::Simulation,
    )
    .unwrap();
    let kind = KeyKind::PinUnblock;
    let found = none.session_key(
        kind,
        CipherSuite::Sm4,
        &factors(),
        &Challenge::new(&[1; 8]).unwrap(),
    );
    assert!(matches!(
        found.err(),
        Some(KeyError::RootMissing {
            suite: CipherSuite::Sm4,
            ..
        })
    ));
}

#[test]
fn errors_and_debug_show_no_key() {
    let text = roots_text("national").replacen("0E0F\"", "0E0Z\"", 1);
    let error = opened(&text, 0o600, Profile::Simulation).unwrap_err();
    assert!(
        matches!(error, KeyError::Syntax { line: 6, .. }),
        "{error:?}"
    );
    let shown = format!("{error} {error:?} {:?}", keys());
    assert!(!shown.contains("0102"), "{shown}");
}
