//! Whether the time of a judgement tells anything about the digits.
//!
//! Two classes of PINs take turns in a drawn order: one fixed PIN, and any PIN. Welch's t of their
//! times is near 0 if the classes cannot be told apart; above [`NOTHING_SEEN`] it is a sign that
//! they can (Reparaz, Balasch, Verbauwhede, "Dude, is my code constant time?", 2017). The slowest
//! tenth is left out: it is the machine's. A comparison that stops at the first wrong digit is the
//! control, which a run that is worth anything tells apart.

use std::{hint::black_box, time::Instant};

use cardd::pin::{HolderFacts, Pin, PinLength, Rules};
use cardd_rules::Digits;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde::Serialize;

use super::effort::Effort;

/// Below it, nothing is seen.
pub const NOTHING_SEEN: f64 = 4.5;

/// Digits of the fixed class.
const FIXED: [u8; 6] = [8, 3, 1, 7, 2, 9];
/// Judgements in each sample: one alone is shorter than the clock can tell.
const AT_ONCE: u32 = 64;
/// Share of the samples that counts.
const COUNTED: f64 = 0.9;

/// Welch's t, without its sign, of a fixed PIN against any PIN.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Timing {
    /// All rules of the default configuration, with a holder's data.
    pub rules_t: f64,
    /// A PIN compared with another.
    pub comparison_t: f64,
    /// A comparison that stops at the first wrong digit.
    pub control_t: f64,
    /// As far as t may go without a sign of anything.
    pub nothing_seen_below: f64,
}

/// Measures all three.
pub(super) fn of_judgements(effort: &Effort) -> Timing {
    let (rules, facts) = (Rules::default(), holder());
    let known = pin(&FIXED);
    Timing {
        rules_t: welch(effort, |digits, _| {
            black_box(rules.broken(Digits::new(digits), &facts));
        }),
        comparison_t: welch(effort, |_, pin| {
            black_box(pin.equals_in_constant_time(&known));
        }),
        control_t: welch(effort, |digits, _| {
            black_box(digits.iter().zip(black_box(&FIXED)).all(|(a, b)| a == b));
        }),
        nothing_seen_below: NOTHING_SEEN,
    }
}

fn holder() -> HolderFacts {
    HolderFacts {
        birth_date: None,
        citizen_number: Some("420101198506150003".to_owned().into()),
        card_number: Some("ZZ0074129".to_owned().into()),
    }
}

fn pin(digits: &[u8]) -> Pin {
    let typed: Vec<u8> = digits.iter().map(|digit| digit + b'0').collect();
    match PinLength::new(6, 6).map(|length| Pin::parse(&typed, &length)) {
        Ok(Ok(pin)) => pin,
        Ok(Err(error)) => panic!("{error}"),
        Err(error) => panic!("{error}"),
    }
}

fn welch(effort: &Effort, judge: impl Fn(&[u8; 6], &Pin)) -> f64 {
    let mut rng = StdRng::seed_from_u64(1);
    let mut times: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..effort.timing_samples {
        let class = usize::from(rng.random_bool(0.5));
        let any: [u8; 6] = std::array::from_fn(|_| rng.random_range(0..10));
        let digits = if class == 0 { FIXED } else { any };
        let pin = pin(&digits);
        let begun = Instant::now();
        for _ in 0..AT_ONCE {
            judge(black_box(&digits), black_box(&pin));
        }
        let time = begun.elapsed().as_nanos() as f64;
        if let Some(times) = times.get_mut(class) {
            times.push(time);
        }
    }
    t(times)
}

fn t(times: [Vec<f64>; 2]) -> f64 {
    let mut all: Vec<f64> = times.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    let counted = (all.len() as f64 * COUNTED) as usize;
    let bound = all
        .get(counted.saturating_sub(1))
        .copied()
        .unwrap_or(f64::MAX);
    let [a, b] = times.map(|times| moments(times.into_iter().filter(|time| *time <= bound)));
    ((a.mean - b.mean) / (a.variance / a.count + b.variance / b.count).sqrt()).abs()
}

struct Moments {
    count: f64,
    mean: f64,
    variance: f64,
}

fn moments(times: impl Iterator<Item = f64>) -> Moments {
    let times: Vec<f64> = times.collect();
    let count = times.len() as f64;
    let mean = times.iter().sum::<f64>() / count;
    let squares = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>();
    Moments {
        count,
        mean,
        variance: squares / (count - 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_of_two_small_classes_worked_out_by_hand() {
        // Means 2 and 6, variances 1 and 1, three samples each: 4 / sqrt(2 / 3). A seventh of all,
        // the slowest, is left out.
        let found = t([vec![1.0, 2.0, 3.0], vec![5.0, 6.0, 7.0, 1000.0]]);
        assert!(
            (found - 4.0 / (2.0_f64 / 3.0).sqrt()).abs() < 1e-9,
            "{found}"
        );
    }
}
