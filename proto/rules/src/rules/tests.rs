mod reference;

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::{Refuse, Rules};
use crate::{BirthDate, DerivedPin, Digits, HolderFacts, WeakRule, writings::digit_values};

fn broken(rules: &Rules, pin: &str) -> Option<WeakRule> {
    rules.first_broken(Digits::new(&digit_values(pin)), &HolderFacts::default())
}

fn from_file(text: &str) -> Result<Rules, toml::de::Error> {
    toml::from_str(text)
}

/// Every PIN of a length, as values.
fn space(length: u32) -> impl Iterator<Item = Vec<u8>> {
    let digits = move |n: u32| {
        (0..length)
            .rev()
            .map(move |place| (n / 10_u32.pow(place) % 10) as u8)
    };
    (0..10_u32.pow(length)).map(move |n| digits(n).collect())
}

/// How many PINs of a length each rule refuses to everybody, and how many all of them together.
fn refused(rules: &Rules, length: u32) -> (Vec<(&'static str, usize)>, usize) {
    let mut each: Vec<_> = WeakRule::ALL.iter().map(|rule| (*rule, 0)).collect();
    let mut together = 0;
    for pin in space(length) {
        let broken = rules.broken_by_shape(Digits::new(&pin));
        together += usize::from(!broken.is_empty());
        for (rule, count) in &mut each {
            *count += usize::from(broken.contains(*rule));
        }
    }
    let named = each.into_iter().map(|(rule, count)| (rule.code(), count));
    (named.filter(|(_, count)| *count > 0).collect(), together)
}

/// The figures of the documents: README.md, cardd.toml, and the rule file of Wuhan.
#[test]
fn about_a_tenth_of_the_four_digit_pins_is_refused_to_everybody() {
    let (each, together) = refused(&Rules::default(), 4);
    let expected = [
        ("issued", 1),
        ("repeat", 460),
        ("run", 40),
        ("keypad", 138),
        ("year", 140),
        ("date", 366),
        ("common", 99),
    ];
    assert_eq!(each, expected);
    assert_eq!(together, 1155, "some PINs break several rules");
}

/// Days written with the day first take as much again as all other dates: off unless wanted.
#[test]
fn days_with_the_day_first_take_half_as_many_dates_again() {
    let mut rules = Rules::default();
    assert!(!rules.refuse.day_first);
    rules.refuse.day_first = true;
    let (each, together) = refused(&rules, 4);
    assert!(each.contains(&("date", 588)), "{each:?}");
    assert_eq!(together, 1348);
}

/// What the holder's own data take beyond that.
#[test]
fn a_holder_is_refused_a_dozen_pins_more() {
    let facts = HolderFacts {
        birth_date: None,
        citizen_number: Some("420101198506150003".to_owned().into()),
        card_number: Some("ZZ0074129".to_owned().into()),
    };
    let rules = Rules::default();
    let mut counts = [0_usize; 2];
    for pin in space(4) {
        let pin = Digits::new(&pin);
        counts[0] += usize::from(!rules.broken_by_facts(pin, &facts).is_empty());
        counts[1] += usize::from(!rules.broken(pin, &facts).is_empty());
    }
    assert_eq!(
        counts,
        [22, 1155 + 12],
        "ten of them are refused to everybody"
    );
}

/// One in twenty-four; counted on every 31st of them. A step that divides 999999 would meet too
/// many repeats.
#[test]
fn of_the_six_digit_pins_a_smaller_part_is_refused() {
    let rules = Rules::default();
    let some = space(6).step_by(31);
    let refused = some.filter(|pin| !rules.broken_by_shape(Digits::new(pin)).is_empty());
    assert_eq!(refused.count() * 1000 / (1_000_000 / 31), 41);
}

#[test]
fn every_four_digit_pin_is_judged_as_by_the_slow_reference() {
    let facts = HolderFacts {
        birth_date: BirthDate::from_digits(&[1, 9, 8, 5, 0, 6, 1, 7]),
        citizen_number: Some("42010119900102023X".to_owned().into()),
        card_number: Some("ZZ0074129".to_owned().into()),
    };
    for pin in space(4) {
        let text: String = pin.iter().map(u8::to_string).collect();
        let found = Rules::default().broken(Digits::new(&pin), &facts);
        assert_eq!(found, reference::broken(&text, &facts), "{text}");
    }
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
            .first_broken(Digits::new(&digit_values(pin)), &facts)
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
    let issued =
        |rules: &Rules, pin: &str| rules.is_issued(Digits::new(&digit_values(pin)), &facts);
    let wuhan = Rules::default();
    assert!(issued(&wuhan, "1234") && issued(&wuhan, "123456"));
    assert!(!issued(&wuhan, "12345") && !issued(&wuhan, "150003"));
    let derived = Rules {
        issued_derived: vec![DerivedPin::IdNumberLastSix],
        ..Rules::default()
    };
    assert!(issued(&derived, "150003") && issued(&derived, "1234"));
    assert!(!derived.is_issued(Digits::new(&[1, 5, 0, 0, 0, 3]), &HolderFacts::default()));
}

proptest! {
    /// The rules say what the slow reference says, whatever the digits and the holder's data.
    #[test]
    fn the_rules_equal_a_slow_reference(
        pin in "[0-9]{4,8}",
        citizen_number in "4201[0-9]{2}(19[3-9][0-9]|20[01][0-9])(0[0-9]|1[0-3])[0-3][0-9][0-9]{3}[0-9X]",
        card_number in "[0-9A-Z]{0,12}",
        birth_date in any::<[u8; 8]>(),
        own in 0_usize..18,
    ) {
        let facts = HolderFacts {
            birth_date: BirthDate::from_digits(&birth_date.map(|digit| digit % 10)),
            citizen_number: Some(citizen_number.clone().into()),
            card_number: Some(card_number.into()),
        };
        let part = citizen_number.replace('X', "0");
        for pin in [pin.as_str(), part.get(own..own + 4).unwrap_or("8317"), part.get(own..own + 6).unwrap_or("831729")] {
            let found = Rules::default().broken(Digits::new(&digit_values(pin)), &facts);
            prop_assert_eq!(found, reference::broken(pin, &facts), "{}", pin);
        }
    }

    /// No set of rules refuses everything: whoever the holder is, most PINs of each length are left.
    #[test]
    fn no_set_of_rules_refuses_everything(
        switches in any::<[bool; 10]>(),
        citizen_number in "[0-9]{17}[0-9X]",
        card_number in "[0-9]{12}",
        start in 0_u32..10_000,
    ) {
        let [birth_date, id_number, card, repeat, run, keypad, year, calendar_day, day_first, common] = switches;
        let refuse = Refuse {
            birth_date, id_number, card_number: card, repeat, run, keypad, year, calendar_day, day_first, common,
        };
        let rules = Rules { refuse, ..Rules::default() };
        let facts = HolderFacts {
            birth_date: None,
            citizen_number: Some(citizen_number.into()),
            card_number: Some(card_number.into()),
        };
        // Steps of a number prime to ten thousand meet a hundred PINs from all over the space.
        let looked_at = (0..100).map(|n| format!("{:04}", (start + n * 7919) % 10_000));
        let left = looked_at.filter(|pin| rules.broken(Digits::new(&digit_values(pin)), &facts).is_empty());
        prop_assert!(left.count() >= 50);
    }
}
