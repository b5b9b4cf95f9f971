use proptest::prelude::{any, prop_assert, proptest};

use super::*;
use crate::WeakRule;

const TEST_KEY: &str = include_str!("../../regions/test-key.toml");

fn key() -> SigningKey {
    SigningKey::parse(TEST_KEY).unwrap()
}

fn trust() -> Trust {
    let key = key();
    Trust {
        region: "420100".to_owned(),
        keys: vec![TrustedKey::new(key.id(), &key.public_key_hex()).unwrap()],
    }
}

fn signed(body: &str) -> Vec<u8> {
    key().sign(body).unwrap()
}

fn malformed(body: &str) -> String {
    let refused = RegionPolicy::parse(body).unwrap_err();
    let RuleFileRefused::Malformed(what) = refused else {
        panic!("{refused:?}")
    };
    what
}

/// The body of Wuhan with one text in place of another, which must be there.
fn with(old: &str, new: &str) -> String {
    assert!(WUHAN.contains(old), "{old}");
    WUHAN.replacen(old, new, 1)
}

#[test]
fn the_file_of_wuhan_is_sound_and_opens() {
    let file = signed(WUHAN);
    let opened = RuleFile::check(&file, &trust()).unwrap();
    assert_eq!(
        (opened.policy.region.as_str(), opened.policy.version),
        ("420100", 1)
    );
    assert_eq!(opened.key_id, key().id());
    assert_eq!(opened.policy.floor.kiosk, 2);
    assert!(opened.policy.text(WeakRule::Common).is_some());
    assert_eq!(opened.policy.text(WeakRule::Year), None);
    assert_eq!(body_of(&file).unwrap(), WUHAN);
}

#[test]
fn every_changed_byte_is_refused() {
    let file = signed(WUHAN);
    for place in 0..file.len() {
        // Another bit each, and the letters' case among them.
        for bit in [1 << (place % 8), 0x20] {
            let mut changed = file.clone();
            changed[place] ^= bit;
            assert!(
                RuleFile::check(&changed, &trust()).is_err(),
                "byte {place} ^ {bit:02x}"
            );
        }
    }
}

#[test]
fn a_byte_more_or_less_is_refused() {
    let file = signed(WUHAN);
    assert!(RuleFile::check(&file[..file.len() - 1], &trust()).is_err());
    assert!(RuleFile::check(&[&file[..], b"\n"].concat(), &trust()).is_err());
    assert!(RuleFile::check(b"", &trust()).is_err());
}

#[test]
fn each_refusal_has_its_own_reason() {
    use RuleFileRefused::{
        KeyUnknown, Malformed, NotARuleFile, Region, Signature, TooLarge, Version,
    };
    let open = |file: &[u8]| RuleFile::check(file, &trust()).unwrap_err();
    assert!(matches!(
        open(&vec![b'#'; MAX_FILE_BYTES + 1]),
        TooLarge { .. }
    ));
    assert!(matches!(open(WUHAN.as_bytes()), NotARuleFile(_)));
    let stranger = SigningKey::from_seed("stranger", &[7; 32]).unwrap();
    assert_eq!(
        open(&stranger.sign(WUHAN).unwrap()),
        KeyUnknown("stranger".to_owned())
    );
    let named_alike = SigningKey::from_seed(key().id(), &[7; 32]).unwrap();
    assert_eq!(open(&named_alike.sign(WUHAN).unwrap()), Signature);
    let elsewhere = with("region = \"420100\"", "region = \"420200\"");
    assert!(matches!(open(&signed(&elsewhere)), Region { .. }));
    let older = RuleFile::check_newer(&signed(WUHAN), &trust(), Some(1)).unwrap_err();
    assert_eq!(
        older,
        Version {
            found: 1,
            in_force: 1
        }
    );
    assert!(RuleFile::check_newer(&signed(WUHAN), &trust(), Some(0)).is_ok());
    // Signed by a careless program: the body is looked at all the same.
    let pair =
        ring::signature::Ed25519KeyPair::from_seed_unchecked(&std::array::from_fn::<u8, 32, _>(
            |n| n as u8,
        ))
        .unwrap();
    let careless = pair.sign(&envelope::message(key().id(), b"version = 1"));
    let file = envelope::render(key().id(), &hex::encode(careless.as_ref()), "version = 1");
    assert!(matches!(open(&file), Malformed(_)));
}

#[test]
fn what_is_wrong_is_named_by_line_or_key() {
    let at = |text: &str| {
        WUHAN
            .lines()
            .position(|line| line.starts_with(text))
            .unwrap()
            + 1
    };
    let line = at("kiosk = 2");
    assert!(malformed(&with("kiosk = 2", "kiosk = two")).starts_with(&format!("line {line} ")));
    let unknown = malformed(&with("kiosk = 2", "kisok = 2"));
    assert!(unknown.contains("kisok"), "{unknown}");
    for (old, new, key) in [
        (
            "kiosk = 2",
            "kiosk = 1",
            "floor.kiosk: 1 is not within 2 to 5",
        ),
        ("billing = 1", "billing = 0", "floor.billing"),
        ("counter = 1", "counter = 6", "floor.counter"),
        ("per_hour = 10", "per_hour = 0", "guesses.per_hour"),
        ("per_hour = 10", "per_hour = 1001", "guesses.per_hour"),
        ("version = 1", "version = 0", "version"),
        ("\"420100\"\nname", "\"42010\"\nname", "region"),
        ("name = \"武汉市\"", "name = \"\"", "name"),
        ("[texts.common]", "[texts.shoe_size]", "texts.shoe_size"),
        (
            "zh = \"这是很多人",
            "zh = \"\\n这是很多人",
            "texts.common.zh",
        ),
    ] {
        let found = malformed(&with(old, new));
        assert!(found.starts_with(key), "{found}");
    }
    let long = malformed(&with("max = 6", "max = 17"));
    assert!(long.contains("PIN length"), "{long}");
    let missing = malformed(&with("[guesses]\nper_hour = 10", ""));
    assert!(missing.contains("guesses"), "{missing}");
}

#[test]
fn a_list_that_would_refuse_too_much_is_no_list() {
    let many: Vec<_> = (0..=1000).map(|n| format!("\"{n:04}\"")).collect();
    let body = with(
        "also_common = [",
        &format!("also_common = [{}, ", many.join(", ")),
    );
    assert!(malformed(&body).starts_with("pin.rules.also_common"));
}

#[test]
fn what_no_terminal_takes_is_not_signed() {
    assert!(key().sign("version = 1").is_err());
    assert!(
        key()
            .sign(&format!("{WUHAN}#{}", "-".repeat(MAX_FILE_BYTES)))
            .is_err()
    );
}

#[test]
fn a_key_file_holds_a_key_and_nothing_else() {
    let seed = std::array::from_fn(|n| n as u8);
    let again = SigningKey::parse(&SigningKey::file(key().id(), &seed)).unwrap();
    assert_eq!(again.public_key_hex(), key().public_key_hex());
    assert_eq!(
        format!("{again:?}"),
        "SigningKey(\"test-key-everybody-has\", ..)"
    );
    for (text, error) in [
        ("id = \"a\"", SigningKeyError::NotAKeyFile),
        ("id = \"a\"\nseed = \"00\"", SigningKeyError::Bytes),
        ("id = \"A b\"\nseed = \"00\"", SigningKeyError::Bytes),
    ] {
        assert_eq!(SigningKey::parse(text).unwrap_err(), error);
    }
    assert_eq!(
        SigningKey::from_seed("A b", &seed).unwrap_err(),
        SigningKeyError::Id
    );
    assert_eq!(
        TrustedKey::new("a", "00").unwrap_err(),
        SigningKeyError::Bytes
    );
}

/// RFC 8032, section 7.1, test 1: the key pair is the standard's.
#[test]
fn the_public_key_is_that_of_rfc_8032() {
    let mut seed = [0; 32];
    let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    hex::decode_to_slice(secret, &mut seed).unwrap();
    assert_eq!(
        SigningKey::from_seed("rfc8032", &seed)
            .unwrap()
            .public_key_hex(),
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    );
}

proptest! {
    #[test]
    fn any_bytes_are_refused_and_nothing_breaks(file in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(RuleFile::check(&file, &trust()).is_err());
        let headed = [b"cardd-rules/1\nkey a\ned25519 ", &file[..]].concat();
        prop_assert!(RuleFile::check(&headed, &trust()).is_err());
    }
}
