//! Made-up holders, and how they use what a wallet tells.

use cardd_rules::{BirthDate, Digits, HolderFacts, RuleSet, Rules, writings_of_length};

/// Holders that figures are averaged over.
pub(super) const HOLDERS: u32 = 420;

/// How many holders take a PIN from their own data: assumptions, to be replaced by whoever knows
/// better. The one published estimate for four digits is that a thief who goes by the birth date
/// succeeds with one wallet in eleven to eighteen, by whether weak PINs are refused (Bonneau,
/// Preibusch, Anderson, Financial Cryptography 2012). Of ID numbers nothing is known to us.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habits {
    /// Share of holders who take the own birth date.
    pub birth_date: f64,
    /// Share of holders who take the end of the own ID number.
    pub id_number: f64,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            birth_date: 0.08,
            id_number: 0.02,
        }
    }
}

impl Habits {
    /// The share that chooses by the frequencies.
    pub(super) fn others(self) -> f64 {
        1.0 - self.birth_date - self.id_number
    }
}

/// One holder: what the wallet tells, and which PINs that touches.
pub(super) struct Holder {
    /// What the wallet tells.
    #[cfg(test)]
    pub(super) facts: HolderFacts,
    /// PINs from the own data, with the share of such holders who take each. Together 1, or less
    /// where the data give no PIN of the length.
    pub(super) own: Vec<(Vec<u8>, f64)>,
    /// Every PIN that a rule about the holder's data refuses, with the rules that do.
    pub(super) refused: Vec<(Vec<u8>, RuleSet)>,
}

impl Holder {
    /// The holder of that number, with PINs of that length.
    pub(super) fn new(number: u32, length: usize, habits: Habits, rules: &Rules) -> Option<Self> {
        let (facts, born, id) = data(number)?;
        let writings = writings_of_length(&born, length);
        let written = || writings.iter().map(|writing| writing.to_vec());
        let ends_with = id.windows(length).last().map(<[u8]>::to_vec);
        let mut own = Vec::new();
        for (pin, share) in by_habit(written()) {
            own.push((pin, share * habits.birth_date));
        }
        own.extend(ends_with.map(|pin| (pin, habits.id_number)));
        let touched = written().chain(id.windows(length).map(<[u8]>::to_vec));
        let refused = distinct(touched)
            .into_iter()
            .map(|pin| {
                let broken = rules.broken_by_facts(Digits::new(&pin), &facts);
                (pin, broken)
            })
            .filter(|(_, broken)| !broken.is_empty())
            .collect();
        Some(Self {
            #[cfg(test)]
            facts,
            own: joined(own),
            refused,
        })
    }
}

/// Birth date and ID number of a made-up holder of Wuhan, born in one of the years 1940 to 2009. The
/// number's check character is not computed.
fn data(number: u32) -> Option<(HolderFacts, BirthDate, Vec<u8>)> {
    let (year, month, day) = (
        1940 + number * 37 % 70,
        1 + number % 12,
        1 + number * 11 % 28,
    );
    let (place, check) = (number * 73 % 1000, number % 10);
    let id = format!("420101{year:04}{month:02}{day:02}{place:03}{check}");
    let digits: Vec<u8> = id.bytes().map(|digit| digit - b'0').collect();
    let born = BirthDate::from_digits(digits.get(6..14)?)?;
    let facts = HolderFacts {
        birth_date: Some(born.clone()),
        citizen_number: Some(id.into()),
        card_number: None,
    };
    Some((facts, born, digits))
}

/// How the own birth date is written: half of the holders in the first way of the list, which is
/// the order of the country (MMDD, YYMMDD, YYYYMMDD), the others in all other ways alike.
fn by_habit(writings: impl Iterator<Item = Vec<u8>>) -> Vec<(Vec<u8>, f64)> {
    let writings = distinct(writings);
    let others = writings.len().saturating_sub(1) as f64;
    let share = |place: usize| match place {
        _ if others == 0.0 => 1.0,
        0 => 0.5,
        _ => 0.5 / others,
    };
    let shares = (0..).map(share);
    writings.into_iter().zip(shares).collect()
}

fn distinct(pins: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for pin in pins {
        if !found.contains(&pin) {
            found.push(pin);
        }
    }
    found
}

/// The same PIN from two sources counts once, with both shares.
fn joined(own: Vec<(Vec<u8>, f64)>) -> Vec<(Vec<u8>, f64)> {
    let mut found: Vec<(Vec<u8>, f64)> = Vec::new();
    for (pin, share) in own {
        match found.iter_mut().find(|(other, _)| *other == pin) {
            Some((_, sum)) => *sum += share,
            None => found.push((pin, share)),
        }
    }
    found
}
