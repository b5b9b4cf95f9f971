use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::files::{Application, Content, KeyId};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../vectors/social-security-card.json")).unwrap()
}

fn records(persona: &Persona, ef: u8) -> Vec<String> {
    let files = persona.files();
    let file = FileId {
        application: Application::Ssse,
        ef,
    };
    match &files.get(file).unwrap().content {
        Content::Linear(records) => records
            .iter()
            .map(|r| hex::encode_upper(r.bytes()))
            .collect(),
        Content::Cyclic(_) | Content::Transparent(_) => panic!("{ef:02X} has no tagged records"),
    }
}

#[test]
fn the_five_sample_cards_are_those_of_the_vectors() {
    for sample in vectors()["sample_cards"].as_array().unwrap() {
        let name = sample["name"].as_str().unwrap().to_lowercase();
        let persona = Persona::ready(&name).unwrap();
        let atr = hex::encode_upper(persona.reset.answer());
        assert_eq!(Value::from(atr), sample["atr"], "{name}");
        assert_eq!(
            Value::from(records(&persona, 0x05)),
            sample["ef05"],
            "{name}"
        );
        assert_eq!(
            Value::from(records(&persona, 0x06)),
            sample["ef06"],
            "{name}"
        );
    }
}

#[test]
fn every_ready_persona_is_readable_and_named_after_its_file() {
    for (name, _) in READY {
        assert_eq!(Persona::ready(name).unwrap().name, name);
    }
    assert!(matches!(
        Persona::ready("nobody"),
        Err(PersonaError::Unknown(_))
    ));
}

#[test]
fn ready_personas_are_distinct_but_for_the_vector_pair() {
    let personas = READY.map(|(name, _)| Persona::ready(name).unwrap());
    let serials: BTreeSet<_> = personas.iter().map(|p| p.reset.historical_bytes).collect();
    let numbers: BTreeSet<_> = personas
        .iter()
        .map(|p| p.issuer.card_number.clone())
        .collect();
    let people: BTreeSet<_> = personas
        .iter()
        .map(|p| p.holder.citizen_number.clone())
        .collect();
    assert_eq!(serials.len(), READY.len() - 1);
    assert_eq!(numbers.len(), READY.len());
    assert_eq!(people.len(), READY.len());
}

/// GB 11643: weighted sum of 17 digits modulo 11 picks the check character.
fn citizen_check(number: &str) -> char {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = number.chars().map(|c| c.to_digit(10).unwrap_or(0));
    let sum: u32 = digits
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    "10X98765432".chars().nth(sum as usize % 11).unwrap()
}

/// 人社信息函〔2012〕37号: check character of the card number.
fn card_check(number: &str) -> char {
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let values = number.chars().map(|c| c.to_digit(36).unwrap());
    let sum: u32 = values
        .zip(weights)
        .map(|(value, weight)| value * weight)
        .sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap(),
    }
}

#[test]
fn no_ready_persona_is_a_real_person() {
    for (name, _) in READY {
        let number = Persona::ready(name).unwrap().holder.citizen_number;
        assert_eq!(&number[14..17], "000", "{name}");
        assert_eq!(
            number.chars().last(),
            Some(citizen_check(&number)),
            "{name}"
        );
    }
}

#[test]
fn only_one_ready_persona_has_a_wrong_check_character() {
    let wrong = READY
        .map(|(name, _)| Persona::ready(name).unwrap())
        .into_iter()
        .filter(|p| {
            let number = &p.issuer.card_number;
            !number.ends_with(card_check(number))
        });
    let names: Vec<_> = wrong.map(|p| p.name).collect();
    assert_eq!(names, ["wrong-check-character"]);
}

#[test]
fn fault_profiles_show_on_the_card() {
    let ready = |name| Persona::ready(name).unwrap();
    assert_eq!(records(&ready("damaged-file"), 0x05)[0], "01104201");
    assert_eq!(records(&ready("empty-version"), 0x05)[2], "030400000000");
    assert!(records(&ready("name-padded-20"), 0x06)[1].ends_with("2020"));
    assert!(records(&ready("name-padded-ff"), 0x06)[2].ends_with("FFFF"));
    assert!(!records(&ready("missing-tag-4e"), 0x06)[2].starts_with("4E"));
    assert_eq!(ready("mute").reset.answer(), Vec::<u8>::new());
    assert_eq!(
        ready("foreign-card").files().applications(),
        [Application::Mf]
    );
}

#[test]
fn settings_that_fit_no_card_are_refused() {
    let w2 = READY.iter().find(|(name, _)| *name == "w2").unwrap().1;
    let table = [
        ("digits = \"123456\"", "digits = \"123\""),
        (
            "digits = \"123456\"",
            "digits = \"123456\"\nattempts_left = 7",
        ),
        (
            "digits = \"123456\"",
            "digits = \"123456\"\nattempt_limit = 16",
        ),
        ("digits = \"123456\"", "digit = \"123456\""),
        ("version = \"2.00\"", "version = \"2.000\""),
        ("name = \"测试丁\"", "name = \"🂡\""),
        (
            "[pin]",
            "[[record]]\nfile = \"SSSE/EF05\"\nnumber = 8\nbytes = \"00\"\n[pin]",
        ),
        ("[pin]", "[keys]\npuk_attempt_limit = 0\n[pin]"),
    ];
    for (from, to) in table {
        assert!(w2.contains(from), "{from}");
        assert!(Persona::from_toml(&w2.replace(from, to)).is_err(), "{to}");
    }
}

const ALL_SETTINGS: &str = include_str!("../../personas/all-settings.toml");

/// The text with only the settings that have no default.
fn without_defaults() -> String {
    let required = [
        "name",
        "description",
        "generation",
        "historical_bytes",
        "card_identifier",
        "version",
        "institution",
        "issued_on",
        "expires_on",
        "card_number",
        "citizen_number",
        "sex",
        "birthplace",
        "birth_date",
    ];
    let tables = ["[reset]", "[issuer]", "[holder]"];
    let kept = ALL_SETTINGS.lines().filter(|line| {
        let setting = line.split(" = ").next().unwrap_or_default();
        required.contains(&setting) || tables.contains(line)
    });
    kept.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_defaults_written_down_are_the_defaults() {
    let full = Persona::from_toml(ALL_SETTINGS).unwrap();
    let bare = Persona::from_toml(&without_defaults()).unwrap();
    assert_eq!(
        format!("{:?}", full.behaviour),
        format!("{:?}", bare.behaviour)
    );
    assert_eq!(full.faults.wrong_pin_costs, bare.faults.wrong_pin_costs);
    assert_eq!(format!("{:?}", full.reset), format!("{:?}", bare.reset));
    assert_eq!(format!("{:?}", full.issuer), format!("{:?}", bare.issuer));
    assert_eq!(format!("{:?}", full.holder), format!("{:?}", bare.holder));
    assert_eq!(full.pin.counter().unwrap(), bare.pin.counter().unwrap());
    assert!(bare.pin.digits.is_none() && bare.social_environment && bare.records.is_empty());
    let keys = [0x00, 0x02, 0x04, 0x05, 0x06, 0x0A].map(KeyId::global);
    let df04 = KeyId {
        application: Application::Df04,
        kid: 0x84,
    };
    for key in keys.into_iter().chain([df04]) {
        let root = |persona: &Persona| persona.keys.roots.get(Suite::Sm4, key).unwrap();
        assert_eq!(root(&full).bytes(), root(&bare).bytes(), "{key}");
        assert_eq!(
            full.keys.counter(key).unwrap(),
            bare.keys.counter(key).unwrap(),
            "{key}"
        );
    }
}

#[test]
fn every_setting_is_written_down() {
    let fields = |source: &str| -> Vec<String> {
        let public = source
            .lines()
            .filter_map(|line| line.strip_prefix("    pub "));
        let named = public.filter_map(|field| field.split_once(": "));
        named
            .map(|(name, _)| name.to_owned())
            .filter(|name| !name.contains(' '))
            .collect()
    };
    let sources = [
        include_str!("atr.rs"),
        include_str!("behaviour.rs"),
        include_str!("faults.rs"),
        include_str!("holder.rs"),
        include_str!("issuer.rs"),
        include_str!("keys.rs"),
        include_str!("pin.rs"),
    ];
    for field in sources.into_iter().flat_map(fields) {
        let written = ALL_SETTINGS
            .lines()
            .any(|line| line.starts_with(&format!("{field} = ")));
        let table = ALL_SETTINGS.contains(&format!(".{field}]"));
        assert!(written || table, "{field}");
    }
}

#[test]
fn an_error_names_the_line_and_repeats_no_digit() {
    let w2 = READY.iter().find(|(name, _)| *name == "w2").unwrap().1;
    let line = 1 + w2
        .lines()
        .position(|line| line.starts_with("digits"))
        .unwrap();
    for bad in [
        "digits = \"12345x\"",
        "digits = 12345",
        "digits = [\"12345\"]",
    ] {
        let error = Persona::from_toml(&w2.replace("digits = \"123456\"", bad)).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string);
        let text = format!("{error}: {source:?}");
        assert!(text.contains(&format!("line {line}")), "{text}");
        assert!(!text.contains("12345"), "{text}");
    }
}

#[test]
fn debug_shows_neither_pin_nor_roots() {
    let text = format!("{:?}", Persona::ready("w2").unwrap());
    assert!(text.contains("Pin(..)") && text.contains("RootKey(..)"));
    assert!(!text.contains("123456"));
}
