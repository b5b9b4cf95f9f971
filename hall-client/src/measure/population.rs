//! A made-up population: what holders might choose, drawn from a seed. It is synthetic. No PIN of
//! a living person is in it, and its habits are assumptions, not findings.

use std::collections::HashMap;

use rand::{RngExt as _, SeedableRng as _, rngs::Xoshiro256PlusPlus};

use super::{Frequencies, FrequencyError};

/// Seed of the figures in README.md.
pub const SEED: u64 = 20_150_501;

/// Holders of that population.
pub const HOLDERS: u32 = 200_000;

/// Of a hundred holders, so many choose in each way; the rest take any digits.
const A_DAY: u32 = 20;
const A_YEAR: u32 = A_DAY + 5;
const A_FAVOURITE: u32 = A_YEAR + 15;
const A_REPEAT: u32 = A_FAVOURITE + 8;
const A_PATH: u32 = A_REPEAT + 5;

/// Starts of PINs that many take, the most common first: runs, words in numbers, lucky digits.
const FAVOURITES: [&str; 16] = [
    "123456", "888888", "666666", "131420", "520131", "168168", "521521", "112233", "147258",
    "100200", "258025", "520520", "654321", "789456", "159357", "110120",
];

/// Keys that touch, for a finger that wanders.
const NEIGHBOURS: [&[u8]; 10] = [
    &[8],
    &[2, 4],
    &[1, 3, 5],
    &[2, 6],
    &[1, 5, 7],
    &[2, 4, 6, 8],
    &[3, 5, 9],
    &[4, 8],
    &[5, 7, 9, 0],
    &[6, 8],
];

/// Draws what `holders` holders choose, PINs of `digits` digits (4 to 6). The same seed gives the
/// same population for ever: the generator is named, not the library's default.
///
/// # Errors
/// [`FrequencyError::Empty`] of no holders.
pub fn synthetic(seed: u64, holders: u32, digits: usize) -> Result<Frequencies, FrequencyError> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut counts: HashMap<Vec<u8>, f64> = HashMap::new();
    for _ in 0..holders {
        *counts.entry(choice(&mut rng, digits)).or_default() += 1.0;
    }
    Frequencies::of_counts(counts)
}

fn choice(rng: &mut Xoshiro256PlusPlus, digits: usize) -> Vec<u8> {
    let year = rng.random_range(1950..2016);
    let (month, day) = (rng.random_range(1..13), rng.random_range(1..29));
    let text = match rng.random_range(0..100) {
        0..A_DAY if digits == 4 => format!("{month:02}{day:02}"),
        0..A_DAY => format!("{:02}{month:02}{day:02}", year % 100),
        A_DAY..A_YEAR => format!("{year}{month:02}"),
        A_YEAR..A_FAVOURITE => favourite(rng).to_owned(),
        A_FAVOURITE..A_REPEAT => repeat(rng),
        A_REPEAT..A_PATH => path(rng),
        _ => format!("{:06}", rng.random_range(0..1_000_000)),
    };
    text.bytes()
        .take(digits)
        .map(|digit| digit - b'0')
        .collect()
}

/// The lower of three draws: the first of the list is taken most often, the last hardly ever.
fn favourite(rng: &mut Xoshiro256PlusPlus) -> &'static str {
    let draws = [0; 3].map(|_| rng.random_range(0..FAVOURITES.len()));
    let lowest = draws.into_iter().min().and_then(|at| FAVOURITES.get(at));
    lowest.copied().unwrap_or_default()
}

fn repeat(rng: &mut Xoshiro256PlusPlus) -> String {
    let [a, b] = [0, 0].map(|_| rng.random_range(0..10));
    match rng.random_range(0..3) {
        0 => format!("{a}").repeat(6),
        1 => format!("{a}{b}").repeat(3),
        _ => format!("{a}{a}{b}{b}{a}{a}"),
    }
}

fn path(rng: &mut Xoshiro256PlusPlus) -> String {
    let mut key = rng.random_range(0..10_u8);
    let mut text = String::new();
    for _ in 0..6 {
        text.push(char::from(b'0' + key));
        let near = NEIGHBOURS
            .get(usize::from(key))
            .copied()
            .unwrap_or_default();
        let at = rng.random_range(0..near.len().max(1));
        key = near.get(at).copied().unwrap_or(key);
    }
    text
}
