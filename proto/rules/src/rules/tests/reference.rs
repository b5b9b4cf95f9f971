//! The rules once more, slow and by other means: texts, sets and lists instead of comparisons.

use std::collections::BTreeSet;

use crate::{HolderFacts, RuleSet, WeakRule};

/// The rules of [`crate::Rules::default`] that a PIN breaks.
pub(super) fn broken(pin: &str, facts: &HolderFacts) -> RuleSet {
    let id = facts
        .citizen_number
        .as_ref()
        .map(|n| n.expose().replace(['X', 'x'], "0"));
    let card = facts
        .card_number
        .as_ref()
        .map(|n| n.expose().replace(['X', 'x'], "0"));
    let rows = [
        (WeakRule::Issued, ["1234", "123456"].contains(&pin)),
        (
            WeakRule::BirthDate,
            births(facts).any(|born| date_writings(&born).contains(pin)),
        ),
        (
            WeakRule::IdNumber,
            id.is_some_and(|number| number.contains(pin)),
        ),
        (
            WeakRule::CardNumber,
            card.is_some_and(|number| number.contains(pin)),
        ),
        (WeakRule::Repeat, repeats(pin)),
        (WeakRule::Run, runs(pin)),
        (WeakRule::Keypad, keypad(pin)),
        (
            WeakRule::Year,
            pin.len() == 4 && (1900..2040).contains(&value(pin)),
        ),
        (WeakRule::Date, calendar(pin)),
        (WeakRule::Common, common(pin)),
    ];
    rows.into_iter()
        .filter(|(_, broken)| *broken)
        .map(|(rule, _)| rule)
        .collect()
}

fn value(text: &str) -> u32 {
    text.parse().unwrap()
}

fn births(facts: &HolderFacts) -> impl Iterator<Item = String> {
    let stated = facts
        .birth_date
        .as_ref()
        .map(|date| format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()));
    let number = facts.citizen_number.as_ref().map(|n| n.expose().to_owned());
    let inside = number
        .filter(|n| n.len() == 18 && n.is_ascii())
        .map(|n| n[6..14].to_owned());
    let is_day = |text: &String| {
        text.bytes().all(|b| b.is_ascii_digit())
            && day_exists(value(&text[..4]), value(&text[4..6]), value(&text[6..]))
    };
    stated.into_iter().chain(inside.filter(is_day))
}

fn day_exists(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let longest = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    day >= 1 && day <= longest
}

/// Every writing of YYYYMMDD.
fn date_writings(born: &str) -> BTreeSet<String> {
    let years = [&born[..4], &born[2..4]];
    let both = |part: &str| [part.to_owned(), value(part).to_string()];
    let (months, days) = (both(&born[4..6]), both(&born[6..]));
    let mut all = BTreeSet::new();
    for y in years {
        all.insert(y.to_owned());
        for m in &months {
            all.extend([format!("{y}{m}"), format!("{m}{y}")]);
            for d in &days {
                all.extend([
                    format!("{y}{m}{d}"),
                    format!("{d}{m}{y}"),
                    format!("{m}{d}{y}"),
                    format!("{m}{d}"),
                    format!("{d}{m}"),
                ]);
            }
        }
    }
    all
}

fn repeats(pin: &str) -> bool {
    let n = pin.len();
    let block = (1..n).any(|len| pin[..len].repeat(n / len) == pin && n.is_multiple_of(len));
    let mirrored = pin.chars().rev().collect::<String>() == pin;
    let of = |text: &str| text.chars().collect::<BTreeSet<_>>().len();
    let pairs = n.is_multiple_of(2) && (0..n).step_by(2).all(|at| of(&pin[at..at + 2]) == 1);
    block
        || mirrored
        || pairs
        || of(&pin[1..]) == 1
        || of(&pin[..n - 1]) == 1
        || (n > 4 && of(pin) <= 2)
}

fn runs(pin: &str) -> bool {
    ["0123456789", "02468", "13579"].iter().any(|round| {
        let around = round.repeat(4);
        let back: String = around.chars().rev().collect();
        around.contains(pin) || back.contains(pin)
    })
}

const PAD: [&str; 4] = ["123", "456", "789", "x0x"];

fn place(key: char) -> (i32, i32) {
    let row = PAD.iter().position(|row| row.contains(key)).unwrap();
    let column = PAD[row].find(key).unwrap();
    (i32::try_from(row).unwrap(), i32::try_from(column).unwrap())
}

fn keypad(pin: &str) -> bool {
    let keys: Vec<char> = pin.chars().collect();
    let set: BTreeSet<char> = keys.iter().copied().collect();
    let near = |pair: &[char]| {
        let (a, b) = (place(pair[0]), place(pair[1]));
        (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2) == 1
    };
    let path = set.len() == keys.len() && keys.windows(2).all(near);
    let sorted: String = set.into_iter().collect();
    let cross = keys.len() == 4 && ["1379", "2468"].contains(&sorted.as_str());
    let straight = |three: &[char]| {
        let (a, b, c) = (place(three[0]), place(three[1]), place(three[2]));
        let on_pad = three.iter().all(|key| *key != '0');
        on_pad && a != b && (b.0 - a.0, b.1 - a.1) == (c.0 - b.0, c.1 - b.1)
    };
    let lines = keys.len().is_multiple_of(3) && keys.chunks(3).all(straight);
    path || cross || lines
}

/// MMDD, YYMMDD, YYYYMMDD; 29 February counts in any year.
fn calendar(pin: &str) -> bool {
    let (year, day) = match pin.len() {
        4 | 6 => ("2000", &pin[pin.len() - 4..]),
        8 => (&pin[..4], &pin[4..]),
        _ => return false,
    };
    (1900..2040).contains(&value(year)) && day_exists(2000, value(&day[..2]), value(&day[2..]))
}

fn common(pin: &str) -> bool {
    let whole = [
        "201314", "520131", "521314", "131420", "100200", "112358", "110120", "123400",
    ];
    let parts = ["520", "521", "1314", "168", "666", "888", "5201314"];
    let close = |part: &&str| {
        let rest = pin.replacen(*part, "", 1);
        rest.len() <= 1 && rest != pin
    };
    whole.contains(&pin) || parts.iter().any(close)
}
