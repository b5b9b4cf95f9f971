//! What holders choose under rules, and what the best thief finds.

use std::collections::{HashMap, HashSet};

use cardd_rules::{Digits, RuleSet, Rules, WeakRule};

use super::{
    Frequencies, Habits,
    holders::{HOLDERS, Holder},
};

/// Guesses that are told of.
pub const GUESSES: [usize; 6] = [1, 3, 6, 10, 30, 100];

/// The figures of one set of rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The rules that are applied.
    pub rules: RuleSet,
    /// Share of all PINs of the usual length that everybody is refused.
    pub space_refused: f64,
    /// Share of holders whose first choice is refused.
    pub holders_refused: f64,
    /// Share of holders found within each of [`GUESSES`] by a thief who knows nothing about them.
    pub stranger: [f64; GUESSES.len()],
    /// The same for one who holds the wallet: birth date and ID number are known.
    pub wallet: [f64; GUESSES.len()],
}

/// Figures without rules, with each rule alone, and with all together.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// Different PINs in the frequencies.
    pub pins: usize,
    /// Digits of the PINs that are taken from the own data.
    pub digits: usize,
    /// What was assumed.
    pub habits: Habits,
    /// Without rules, with each, with all.
    pub rows: Vec<Row>,
}

/// Measures rules against frequencies.
#[must_use]
pub fn measure(frequencies: &Frequencies, rules: &Rules, habits: Habits) -> Measurement {
    let digits = frequencies.usual_length();
    let world = World::new(frequencies, rules, habits, digits);
    let in_force = rules.in_force();
    let each = in_force.iter().map(RuleSet::only);
    let sets = std::iter::once(RuleSet::NONE).chain(each).chain([in_force]);
    Measurement {
        pins: frequencies.len(),
        digits,
        habits,
        rows: sets.map(|set| world.row(set)).collect(),
    }
}

/// One PIN of the frequencies.
struct Known<'f> {
    pin: &'f [u8],
    share: f64,
    /// Rules that refuse it to everybody.
    broken: RuleSet,
}

/// Everything but the rules that are applied.
struct World<'f> {
    known: Vec<Known<'f>>,
    place: HashMap<&'f [u8], usize>,
    holders: Vec<Holder>,
    habits: Habits,
    space: Vec<RuleSet>,
    rules: &'f Rules,
}

/// What a holder chooses under the rules: own data where allowed, and a multiple of the share of
/// every allowed PIN.
struct Choice {
    by_frequency: f64,
    refused: f64,
}

impl<'f> World<'f> {
    fn new(frequencies: &'f Frequencies, rules: &'f Rules, habits: Habits, digits: usize) -> Self {
        let broken = |pin: &[u8]| rules.broken_by_shape(Digits::new(pin));
        let known = frequencies.iter().map(|(pin, share)| Known {
            pin,
            share,
            broken: broken(pin),
        });
        let known: Vec<_> = known.collect();
        let place = known.iter().enumerate().map(|(at, known)| (known.pin, at));
        Self {
            place: place.collect(),
            holders: (0..HOLDERS)
                .filter_map(|number| Holder::new(number, digits, habits, rules))
                .collect(),
            habits,
            space: sample(digits).map(|pin| broken(&pin)).collect(),
            rules,
            known,
        }
    }

    fn row(&self, applied: RuleSet) -> Row {
        let left: f64 = self.allowed(applied).map(|known| known.share).sum();
        let choices: Vec<_> = self
            .holders
            .iter()
            .map(|holder| self.choice(holder, applied, left))
            .collect();
        let count = choices.len().max(1) as f64;
        Row {
            rules: applied,
            space_refused: share(
                self.space
                    .iter()
                    .filter(|broken| hit(**broken, applied))
                    .count(),
                self.space.len(),
            ),
            holders_refused: choices.iter().map(|choice| choice.refused).sum::<f64>() / count,
            stranger: self.stranger(applied, &choices),
            wallet: self.wallet(applied, &choices),
        }
    }

    fn allowed(&self, applied: RuleSet) -> impl Iterator<Item = &Known<'f>> {
        self.known
            .iter()
            .filter(move |known| !hit(known.broken, applied))
    }

    /// `left`: share of the frequencies that the rules leave to everybody.
    fn choice(&self, holder: &Holder, applied: RuleSet, left: f64) -> Choice {
        let taken = self.refused_to(holder, applied);
        let left = left - taken.iter().map(|known| known.share).sum::<f64>();
        let own = holder
            .own
            .iter()
            .filter(|(pin, _)| self.is_refused(holder, pin, applied));
        let own: f64 = own.map(|(_, share)| share).sum();
        let others = self.habits.others();
        let refused = own + others * (1.0 - left).max(0.0);
        let again = if left > 0.0 { refused / left } else { 0.0 };
        Choice {
            by_frequency: others + again,
            refused,
        }
    }

    /// What the rules about the own data take from the frequencies beyond what everybody is refused.
    fn refused_to(&self, holder: &Holder, applied: RuleSet) -> Vec<&Known<'f>> {
        let own = holder
            .refused
            .iter()
            .filter(|(_, broken)| hit(*broken, applied));
        own.filter_map(|(pin, _)| self.known_pin(pin))
            .filter(|known| !hit(known.broken, applied))
            .collect()
    }

    fn known_pin(&self, pin: &[u8]) -> Option<&Known<'f>> {
        self.known.get(*self.place.get(pin)?)
    }

    fn is_refused(&self, holder: &Holder, pin: &[u8], applied: RuleSet) -> bool {
        let by_shape = match self.known_pin(pin) {
            Some(known) => known.broken,
            None => self.rules.broken_by_shape(Digits::new(pin)),
        };
        let own = holder.refused.iter().find(|(refused, _)| refused == pin);
        hit(by_shape, applied) || own.is_some_and(|(_, broken)| hit(*broken, applied))
    }

    /// Orders by what holders choose on average.
    fn stranger(&self, applied: RuleSet, choices: &[Choice]) -> [f64; GUESSES.len()] {
        let count = choices.len().max(1) as f64;
        let average = choices
            .iter()
            .map(|choice| choice.by_frequency)
            .sum::<f64>()
            / count;
        let mut found: HashMap<&[u8], f64> = self
            .allowed(applied)
            .map(|known| (known.pin, known.share * average))
            .collect();
        for (holder, choice) in self.holders.iter().zip(choices) {
            for known in self.refused_to(holder, applied) {
                *found.entry(known.pin).or_default() -= known.share * choice.by_frequency / count;
            }
            for (pin, share) in &holder.own {
                if !self.is_refused(holder, pin, applied) {
                    *found.entry(pin).or_default() += share / count;
                }
            }
        }
        within(found.into_values().collect())
    }

    /// Orders by what the one holder chooses, for each holder anew.
    fn wallet(&self, applied: RuleSet, choices: &[Choice]) -> [f64; GUESSES.len()] {
        let most = GUESSES.iter().copied().max().unwrap_or(0);
        let touched = self
            .holders
            .iter()
            .map(|holder| holder.own.len() + holder.refused.len());
        let enough = most + touched.max().unwrap_or(0);
        let first: Vec<_> = self.allowed(applied).take(enough).collect();
        let mut sums = [0.0; GUESSES.len()];
        for (holder, choice) in self.holders.iter().zip(choices) {
            for (sum, share) in sums
                .iter_mut()
                .zip(self.one_wallet(holder, choice, applied, &first))
            {
                *sum += share / choices.len() as f64;
            }
        }
        sums
    }

    fn one_wallet(
        &self,
        holder: &Holder,
        choice: &Choice,
        applied: RuleSet,
        first: &[&Known<'f>],
    ) -> [f64; GUESSES.len()] {
        let own = holder
            .own
            .iter()
            .filter(|(pin, _)| !self.is_refused(holder, pin, applied));
        let own: Vec<_> = own.collect();
        let touched = holder.refused.iter().map(|(pin, _)| pin.as_slice());
        let touched: HashSet<&[u8]> = touched
            .chain(own.iter().map(|(pin, _)| pin.as_slice()))
            .collect();
        let mut found: Vec<f64> = own
            .iter()
            .map(|(pin, share)| share + self.by_frequency(pin, choice))
            .collect();
        let is_own = |pin: &[u8]| own.iter().any(|(own, _)| own == pin);
        // PINs that touch the own data and are allowed all the same.
        found.extend(
            holder
                .refused
                .iter()
                .filter(|(pin, _)| !is_own(pin) && !self.is_refused(holder, pin, applied))
                .map(|(pin, _)| self.by_frequency(pin, choice)),
        );
        let others = first.iter().filter(|known| !touched.contains(known.pin));
        found.extend(others.map(|known| known.share * choice.by_frequency));
        within(found)
    }

    fn by_frequency(&self, pin: &[u8], choice: &Choice) -> f64 {
        self.known_pin(pin)
            .map_or(0.0, |known| known.share * choice.by_frequency)
    }
}

fn hit(broken: RuleSet, applied: RuleSet) -> bool {
    !broken.intersection(applied).is_empty()
}

fn share(some: usize, all: usize) -> f64 {
    some as f64 / all.max(1) as f64
}

/// Sums of the largest, as many as each of [`GUESSES`].
fn within(mut shares: Vec<f64>) -> [f64; GUESSES.len()] {
    shares.sort_by(|a, b| b.total_cmp(a));
    GUESSES.map(|guesses| shares.iter().take(guesses).sum())
}

/// PINs of a length, evenly over the whole space: all of up to five digits, of more every so many.
/// Such a step divides no number of nines, which would meet too many repeats.
fn sample(digits: usize) -> impl Iterator<Item = Vec<u8>> {
    let space = 10_u64.saturating_pow(u32::try_from(digits).unwrap_or(u32::MAX));
    let step = match space {
        0..=100_000 => 1,
        _ => usize::try_from(space / 1_000_000 * 31).unwrap_or(usize::MAX) | 1,
    };
    (0..space).step_by(step).map(move |number| {
        let text = format!("{number:0digits$}");
        text.bytes().map(|digit| digit - b'0').collect()
    })
}

/// Name of a row for figures: `none`, `all`, or the rule's.
#[must_use]
pub fn name_of(rules: RuleSet) -> &'static str {
    let mut named = rules.iter();
    match (named.next(), named.next()) {
        (None, _) => "none",
        (Some(rule), None) => WeakRule::code(rule),
        (Some(_), Some(_)) => "all",
    }
}
