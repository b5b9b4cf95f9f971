//! Whether the time of a judgement tells anything about the digits.
//!
//! Two classes of PINs take turns in a drawn order: one fixed PIN, and any PIN. Welch's t of their
//! times is near 0 if the classes cannot be told apart; above [`NOTHING_SEEN`] it is a sign that
//! they can (Reparaz, Balasch, Verbauwhede, "Dude, is my code constant time?", 2017). The slowest
//! tenth is left out: it is the machine's.
//!
//! The PINs of a block are made before the first of them is judged. Made one by one, each right
//! before its own turn, what the processor still does for the last digit runs into the time of the
//! judgement, and differs by class.
//!
//! A run has two controls. A comparison that stops at the first wrong digit is told apart by a run
//! that is worth anything; two classes that are the same, any PIN and any PIN, are not.

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
/// PINs that are made at once, before the first of them is judged.
const BLOCK: usize = 250;
/// Share of the samples that counts.
const COUNTED: f64 = 0.9;

/// Welch's t, without its sign, of a fixed PIN against any PIN.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Timing {
    /// All rules of the default configuration, with a holder's data.
    pub rules_t: f64,
    /// A PIN compared with another.
    pub comparison_t: f64,
    /// A PIN of any kind compared, against a PIN of any kind: no difference to be found.
    pub same_t: f64,
    /// A comparison that stops at the first wrong digit.
    pub control_t: f64,
    /// As far as t may go without a sign of anything.
    pub nothing_seen_below: f64,
}

/// What a measurement that is long enough must not find.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Finding {
    /// The digits show in the time.
    #[error(
        "{what} takes a time that tells PINs apart: t is {t:.1}, and nothing is seen below {NOTHING_SEEN}"
    )]
    ToldApart {
        /// What was judged.
        what: &'static str,
        /// Welch's t.
        t: f64,
    },
    /// It would not have seen anything.
    #[error("the control is not told apart: t is {t:.1}, so this measurement says nothing")]
    Blind {
        /// Welch's t.
        t: f64,
    },
}

impl Timing {
    /// Holds a measurement of [`Effort::FULL`] against its bound; a shorter one says nothing.
    ///
    /// # Errors
    /// [`Finding`].
    pub fn must_tell_nothing(&self) -> Result<(), Finding> {
        let judged = [
            ("a judgement by the rules", self.rules_t),
            ("a comparison", self.comparison_t),
            ("one class of PINs against itself", self.same_t),
        ];
        // A t that is no number is no proof either.
        let tells_nothing = |t: f64| t < NOTHING_SEEN;
        if let Some((what, t)) = judged.into_iter().find(|(_, t)| !tells_nothing(*t)) {
            return Err(Finding::ToldApart { what, t });
        }
        match self.control_t {
            t if t > NOTHING_SEEN => Ok(()),
            t => Err(Finding::Blind { t }),
        }
    }
}

/// What the two classes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Classes {
    FixedAndAny,
    AnyAndAny,
}

/// A PIN that waits for its turn.
struct Candidate {
    class: usize,
    digits: [u8; FIXED.len()],
    pin: Pin,
}

/// Measures them all.
pub(super) fn of_judgements(effort: &Effort) -> Timing {
    let (rules, facts) = (Rules::default(), holder());
    let known = pin(&FIXED);
    let compare = |candidate: &Candidate| {
        black_box(candidate.pin.equals_in_constant_time(&known));
    };
    let fixed = |judge: &dyn Fn(&Candidate)| welch(effort, Classes::FixedAndAny, judge);
    Timing {
        rules_t: fixed(&|candidate| {
            black_box(rules.broken(Digits::new(&candidate.digits), &facts));
        }),
        comparison_t: fixed(&compare),
        same_t: welch(effort, Classes::AnyAndAny, compare),
        control_t: fixed(&|Candidate { digits, .. }| {
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

fn welch(effort: &Effort, classes: Classes, judge: impl Fn(&Candidate)) -> f64 {
    let mut rng = StdRng::seed_from_u64(1);
    let mut times: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..effort.timing_samples.div_ceil(BLOCK) {
        let block: [Candidate; BLOCK] = std::array::from_fn(|_| candidate(classes, &mut rng));
        let mut took = [0.0; BLOCK];
        for (candidate, took) in block.iter().zip(&mut took) {
            let begun = Instant::now();
            for _ in 0..AT_ONCE {
                judge(black_box(candidate));
            }
            *took = begun.elapsed().as_nanos() as f64;
        }
        for (Candidate { class, .. }, took) in block.iter().zip(took) {
            if let Some(times) = times.get_mut(*class) {
                times.push(took);
            }
        }
    }
    t(times)
}

fn candidate(classes: Classes, rng: &mut StdRng) -> Candidate {
    let class = usize::from(rng.random_bool(0.5));
    let any = std::array::from_fn(|_| rng.random_range(0..10));
    let digits = match classes {
        Classes::FixedAndAny if class == 0 => FIXED,
        Classes::FixedAndAny | Classes::AnyAndAny => any,
    };
    let pin = pin(&digits);
    Candidate { class, digits, pin }
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
    fn a_measurement_fails_when_a_class_is_told_apart_and_when_the_control_is_not() {
        let quiet = Timing {
            rules_t: 1.0,
            comparison_t: 4.4,
            same_t: 0.2,
            control_t: 400.0,
            nothing_seen_below: NOTHING_SEEN,
        };
        assert_eq!(quiet.must_tell_nothing(), Ok(()));
        let told =
            |timing: Timing| matches!(timing.must_tell_nothing(), Err(Finding::ToldApart { .. }));
        assert!(told(Timing {
            rules_t: 4.5,
            ..quiet
        }));
        assert!(told(Timing {
            comparison_t: 7.0,
            ..quiet
        }));
        assert!(told(Timing {
            same_t: f64::NAN,
            ..quiet
        }));
        let blind = Timing {
            control_t: 4.5,
            ..quiet
        };
        assert_eq!(blind.must_tell_nothing(), Err(Finding::Blind { t: 4.5 }));
    }

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
