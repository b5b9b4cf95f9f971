//! Figures worked out by hand, and those of the documents.

use cardd_rules::{
    Digits, HolderFacts, Refuse, RuleSet, Rules, WeakRule,
    region::{RegionPolicy, WUHAN},
};

use super::{holders::Holder, model::name_of, *};

/// Rules of which none is in force until it is switched on.
fn nothing() -> Rules {
    Rules {
        issued: Vec::new(),
        refuse: Refuse {
            birth_date: false,
            id_number: false,
            card_number: false,
            repeat: false,
            run: false,
            keypad: false,
            year: false,
            calendar_day: false,
            day_first: false,
            common: false,
        },
        ..Rules::default()
    }
}

const NOBODY: Habits = Habits {
    birth_date: 0.0,
    id_number: 0.0,
};

fn close(found: [f64; GUESSES.len()], expected: [f64; GUESSES.len()]) {
    for (found_one, expected_one) in found.iter().zip(expected) {
        assert!(
            (found_one - expected_one).abs() < 1e-9,
            "{found:?}, not {expected:?}"
        );
    }
}

/// 8317 is had by four in ten, 1111 by three, 1234 by two, 9052 by one. Those with 1111 draw again
/// among ten sevenths of the rest: 8317 gets 4/7, 1234 gets 2/7, 9052 gets 1/7.
#[test]
fn four_pins_worked_out_by_hand() {
    let frequencies =
        Frequencies::parse("8317 40\n1111,30\n1234\t20\n\n# rare\n9052 ; 10\n").unwrap();
    let mut rules = nothing();
    rules.refuse.repeat = true;
    let measured = measure(&frequencies, &rules, NOBODY);
    let names: Vec<_> = measured.rows.iter().map(|row| name_of(row.rules)).collect();
    assert_eq!(
        names,
        ["none", "repeat", "repeat"],
        "one rule alone is all of them"
    );
    let [without, with, all] = &measured.rows[..] else {
        panic!()
    };
    assert_eq!(with, all);
    close(without.stranger, [0.4, 0.9, 1.0, 1.0, 1.0, 1.0]);
    close(without.wallet, without.stranger);
    close(with.stranger, [4.0 / 7.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
    close(with.wallet, with.stranger);
    assert!((with.holders_refused - 0.3).abs() < 1e-9);
    assert!((with.space_refused - 0.046).abs() < 1e-9, "460 of 10000");
}

/// Half take the own birth date, half of those as MMDD; the others all take 8000, which is nobody's
/// birth date. Refused the birth date, they have nothing but 8000 to draw.
#[test]
fn a_wallet_tells_the_birth_date_until_it_is_refused() {
    let frequencies = Frequencies::parse("8000 1").unwrap();
    let mut rules = nothing();
    rules.refuse.birth_date = true;
    let habits = Habits {
        birth_date: 0.5,
        id_number: 0.0,
    };
    let [without, with, _] = &measure(&frequencies, &rules, habits).rows[..] else {
        panic!()
    };
    assert!((without.stranger[0] - 0.5).abs() < 1e-9);
    assert!(without.stranger[1] < 0.52, "{:?}", without.stranger);
    assert!((without.wallet[0] - 0.5).abs() < 1e-9);
    assert!(without.wallet[1] > 0.75 && (without.wallet[5] - 1.0).abs() < 1e-9);
    close(with.stranger, [1.0; 6]);
    close(with.wallet, [1.0; 6]);
    assert!((with.holders_refused - 0.5).abs() < 1e-9);
}

#[test]
fn ranks_are_shares_by_their_place() {
    let ranked: Vec<_> = Frequencies::parse("8317\n9052\n2746")
        .unwrap()
        .iter()
        .map(|(_, share)| share)
        .collect();
    let sum = 1.0 + 1.0 / 2.0 + 1.0 / 3.0;
    for (rank, share) in (1..).zip(ranked) {
        assert!((share - 1.0 / f64::from(rank) / sum).abs() < 1e-9);
    }
}

#[test]
fn a_text_with_a_slip_is_named_by_its_line() {
    use FrequencyError::{Empty, Mixed, NotACount, NotAPin, Twice};
    for (text, error) in [
        ("", Empty),
        ("# nothing", Empty),
        ("8317 0", Empty),
        ("8317 1\n831 1", NotAPin { line: 2 }),
        ("83a7 1", NotAPin { line: 1 }),
        ("8317 many", NotACount { line: 1 }),
        ("8317 -1", NotACount { line: 1 }),
        ("8317 NaN", NotACount { line: 1 }),
        ("8317 1 2", NotACount { line: 1 }),
        ("8317 1\n9052", Mixed { line: 2 }),
        ("8317 1\n\n8317 2", Twice { line: 3 }),
    ] {
        assert_eq!(Frequencies::parse(text).unwrap_err(), error, "{text:?}");
    }
}

/// The PINs that a holder's data refuse are found without looking at the whole space.
#[test]
fn no_pin_that_touches_a_holder_is_missed() {
    let rules = Rules::default();
    for number in [0, 7, 213] {
        let holder = Holder::new(number, 4, Habits::default(), &rules).unwrap();
        let facts = holder.facts.clone();
        for pin in 0..10_000_u32 {
            let pin: Vec<u8> = format!("{pin:04}")
                .bytes()
                .map(|digit| digit - b'0')
                .collect();
            let broken = rules.broken_by_facts(Digits::new(&pin), &facts);
            let known = holder.refused.iter().find(|(refused, _)| *refused == pin);
            let known = known.map_or(RuleSet::NONE, |(_, broken)| *broken);
            // What is issued to all is found by the digits alone.
            assert_eq!(without_issued(broken), without_issued(known), "{pin:?}");
        }
    }
    assert!(
        !rules
            .broken_by_facts(Digits::new(&[1, 2, 3, 4]), &HolderFacts::default())
            .is_empty()
    );
}

fn without_issued(rules: RuleSet) -> RuleSet {
    rules
        .iter()
        .filter(|rule| *rule != WeakRule::Issued)
        .collect()
}

/// README.md shows what the command prints.
#[test]
fn the_figures_of_the_readme_are_those_of_the_command() {
    let policy = RegionPolicy::parse(WUHAN).unwrap();
    let frequencies = population::synthetic(population::SEED, population::HOLDERS, 4).unwrap();
    let measured = measure(&frequencies, &policy.pin.rules, Habits::default());
    let percent = |share: f64| format!("{:.1}%", share * 100.0);
    let line = |row: &Row, thief: &str, shares: [f64; GUESSES.len()]| {
        let first = [name_of(row.rules).to_owned(), percent(row.space_refused)];
        let then = [percent(row.holders_refused), thief.to_owned()];
        let cells = first.into_iter().chain(then).chain(shares.map(percent));
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    let rows = measured.rows.iter().flat_map(|row| {
        [
            line(row, "knows nothing", row.stranger),
            line(row, "holds the wallet", row.wallet),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let readme = include_str!("../../../README.md").lines();
    let shown: Vec<_> = readme
        .filter(|line| {
            line.contains(" | knows nothing | ") || line.contains(" | holds the wallet | ")
        })
        .collect();
    assert_eq!(shown.len(), 7);
    for line in shown {
        assert!(
            rows.iter().any(|row| row == line),
            "{line}, not one of {rows:#?}"
        );
    }
}

#[test]
fn the_same_seed_makes_the_same_population() {
    let [one, again] = [1, 1].map(|seed| population::synthetic(seed, 2000, 4).unwrap());
    assert_eq!(one, again);
    assert_ne!(one, population::synthetic(2, 2000, 4).unwrap());
    for digits in [4, 5, 6] {
        let drawn = population::synthetic(1, 500, digits).unwrap();
        assert!(drawn.iter().all(|(pin, _)| pin.len() == digits));
        assert_eq!(drawn.usual_length(), digits);
    }
}

/// More guesses find no fewer, more knowledge finds no fewer, and a picture says what it shows.
#[test]
fn figures_rise_with_guesses_and_with_knowledge() {
    let frequencies = population::synthetic(3, 20_000, 4).unwrap();
    let measured = measure(&frequencies, &Rules::default(), Habits::default());
    for row in &measured.rows {
        for thief in [row.stranger, row.wallet] {
            assert!(thief.windows(2).all(|pair| pair[0] <= pair[1]), "{row:?}");
            assert!(thief[5] <= 1.0 + 1e-9, "{row:?}");
        }
        let knows_more = row
            .wallet
            .iter()
            .zip(row.stranger)
            .all(|(w, s)| *w >= s - 1e-9);
        assert!(knows_more, "{row:?}");
    }
    let drawn = picture::draw(&measured, true);
    assert!(drawn.contains("synthetic") && drawn.ends_with("</svg>\n"));
    assert_eq!(drawn.matches("<polyline").count(), 2 * measured.rows.len());
    assert!(!picture::draw(&measured, false).contains("synthetic"));
}
