use proptest::prelude::*;

use super::*;
use crate::pin::{BirthDate, NewPin};

fn broken(rules: &Rules, pin: &str) -> Option<WeakRule> {
    rules.first_broken(&Pin::for_test(pin), &HolderFacts::default())
}

fn from_file(text: &str) -> Result<Rules, toml::de::Error> {
    toml::from_str(text)
}

/// Share of the PINs of a length that the card-independent rules refuse, in per mille, counted
/// on every `step`-th of them. A `step` that divides 999999 would meet too many repeats.
fn refused_per_mille(length: usize, step: usize) -> usize {
    let rules = Rules::default();
    let space = 10_usize.pow(u32::try_from(length).unwrap());
    let counted = (0..space).step_by(step);
    let refused = counted
        .clone()
        .filter(|n| broken(&rules, &format!("{n:0length$}")).is_some());
    refused.count() * 1000 / counted.count()
}

#[test]
fn about_a_tenth_of_the_four_digit_pins_is_refused() {
    let share = refused_per_mille(4, 1);
    assert!((80..=150).contains(&share), "{share} per mille");
}

#[test]
fn about_one_in_twenty_four_of_the_six_digit_pins_is_refused() {
    let share = refused_per_mille(6, 31);
    assert!((30..=60).contains(&share), "{share} per mille");
}

#[test]
fn an_empty_file_is_the_default() {
    assert_eq!(from_file("").unwrap(), Rules::default());
}

#[test]
fn what_the_file_names_is_in_force_and_the_rest_keeps_its_default() {
    let rules = from_file(
        r#"
        issued = ["888888"]
        issued_derived = ["id-number-last-six", "birth-date-six-digits"]
        also_common = ["8317"]
        refuse.year = false
        "#,
    )
    .unwrap();
    assert_eq!(broken(&rules, "888888"), Some(WeakRule::Issued));
    assert_eq!(broken(&rules, "8317"), Some(WeakRule::Common));
    assert_eq!(broken(&rules, "1986"), None);
    assert_eq!(broken(&rules, "2580"), Some(WeakRule::Keypad));
    assert_eq!(
        broken(&rules, "1234"),
        Some(WeakRule::Run),
        "not issued here"
    );
}

#[test]
fn a_rule_file_with_a_slip_is_refused() {
    assert!(from_file("isued = []").is_err());
    assert!(from_file("refuse.yaer = false").is_err());
    assert!(from_file(r#"issued = ["12a4"]"#).is_err());
    assert!(from_file(r#"issued = ["123"]"#).is_err());
    assert!(from_file(r#"issued = ["12345678901234567"]"#).is_err());
    assert!(from_file(r#"issued_derived = ["shoe-size"]"#).is_err());
}

#[test]
fn each_switch_lifts_its_own_rule() {
    for (switch, pin) in [
        ("repeat", "7878"),
        ("run", "8765"),
        ("keypad", "2580"),
        ("year", "1986"),
        ("calendar_day", "0715"),
        ("common", "1314"),
    ] {
        let rules = from_file(&format!("refuse.{switch} = false")).unwrap();
        assert!(broken(&Rules::default(), pin).is_some(), "{pin}");
        assert_eq!(broken(&rules, pin), None, "{switch} lifted for {pin}");
    }
}

#[test]
fn switches_of_the_rules_about_the_holder() {
    let facts = HolderFacts {
        birth_date: None,
        citizen_number: Some("420101198506150003".to_owned().into()),
        card_number: Some("ZZ0074129".to_owned().into()),
    };
    let with = |text: &str, pin: &str| {
        from_file(text)
            .unwrap()
            .first_broken(&Pin::for_test(pin), &facts)
    };
    assert_eq!(with("", "061585"), Some(WeakRule::BirthDate));
    assert_eq!(with("refuse.birth_date = false", "061585"), None);
    assert_eq!(with("", "011985"), Some(WeakRule::IdNumber));
    assert_eq!(with("refuse.id_number = false", "011985"), None);
    assert_eq!(with("", "4129"), Some(WeakRule::CardNumber));
    assert_eq!(with("refuse.card_number = false", "4129"), None);
}

#[test]
fn the_issued_pin_is_known_fixed_and_derived() {
    let facts = HolderFacts {
        citizen_number: Some("420101198506150003".to_owned().into()),
        ..HolderFacts::default()
    };
    let issued = |rules: &Rules, pin: &str| rules.is_issued(&Pin::for_test(pin), &facts);
    let wuhan = Rules::default();
    assert!(issued(&wuhan, "1234") && issued(&wuhan, "123456"));
    assert!(!issued(&wuhan, "12345") && !issued(&wuhan, "150003"));
    let derived = Rules {
        issued_derived: vec![DerivedPin::IdNumberLastSix],
        ..Rules::default()
    };
    assert!(issued(&derived, "150003") && issued(&derived, "1234"));
    assert!(!derived.is_issued(&Pin::for_test("150003"), &HolderFacts::default()));
}

proptest! {
    /// Whatever the digits and the holder's data: the check ends, and what passes is neither
    /// issued, nor the old PIN, nor part of the numbers.
    #[test]
    fn what_passes_is_clean(
        new in "[0-9]{4,16}",
        old in "[0-9]{4,16}",
        citizen_number in ".{0,20}",
        card_number in "[0-9A-Z]{0,12}",
        birth_date in any::<[u8; 8]>(),
    ) {
        let facts = HolderFacts {
            birth_date: BirthDate::from_digits(&birth_date.map(|digit| digit % 10)),
            citizen_number: Some(citizen_number.clone().into()),
            card_number: Some(card_number.clone().into()),
        };
        let (rules, again, old_pin) = (Rules::default(), Pin::for_test(&new), Pin::for_test(&old));
        if let Ok(passed) = NewPin::check(Pin::for_test(&new), &again, &old_pin, &facts, &rules) {
            prop_assert!(!rules.is_issued(passed.as_pin(), &facts));
            prop_assert_ne!(&new, &old);
            prop_assert!(!citizen_number.contains(&new) && !card_number.contains(&new));
        }
    }
}
