//! How often each PIN is chosen where nothing is refused.

use std::collections::HashSet;

/// Most PINs of a file: all of six digits.
const MOST_PINS: usize = 1_000_000;

/// PINs with the share of holders who choose each, the most common first; together 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Frequencies {
    pins: Vec<(Vec<u8>, f64)>,
}

/// Why a text is no list of frequencies. Lines count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrequencyError {
    /// The first column is no PIN.
    #[error("line {line}: a PIN of 4 to 16 digits is expected")]
    NotAPin {
        /// The line.
        line: usize,
    },
    /// The second column is no count.
    #[error("line {line}: a count is expected, a number from 0 on")]
    NotACount {
        /// The line.
        line: usize,
    },
    /// One column where the lines before have two, or the other way round.
    #[error("line {line}: some lines have counts and some have not")]
    Mixed {
        /// The line.
        line: usize,
    },
    /// The PIN stands twice.
    #[error("line {line}: this PIN stands above already")]
    Twice {
        /// The line.
        line: usize,
    },
    /// More PINs than there are of six digits.
    #[error("more than {MOST_PINS} PINs")]
    TooMany,
    /// Nobody chose anything.
    #[error("no PIN with a count above 0")]
    Empty,
}

impl Frequencies {
    /// Reads a text of one PIN a line: with a count behind it (a space, tab, comma or semicolon
    /// between), or in the order of their ranks, the most common first. Ranks become shares by
    /// Zipf's law, 1 / rank. Empty lines and lines that begin with `#` are skipped.
    ///
    /// # Errors
    /// [`FrequencyError`] names the line.
    pub fn parse(text: &str) -> Result<Self, FrequencyError> {
        let mut counts: Vec<(Vec<u8>, Option<f64>)> = Vec::new();
        let mut seen = HashSet::new();
        for (line, text) in (1..).zip(text.lines()) {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let (pin, count) = entry(text, line)?;
            if counts
                .first()
                .is_some_and(|first| first.1.is_some() != count.is_some())
            {
                return Err(FrequencyError::Mixed { line });
            }
            if !seen.insert(pin.clone()) {
                return Err(FrequencyError::Twice { line });
            }
            if counts.len() == MOST_PINS {
                return Err(FrequencyError::TooMany);
            }
            counts.push((pin, count));
        }
        let by_rank = |(rank, (pin, count)): (u32, (Vec<u8>, Option<f64>))| {
            (pin, count.unwrap_or(1.0 / f64::from(rank)))
        };
        Self::of_counts((1..).zip(counts).map(by_rank))
    }

    /// From counts; those of 0 are left out.
    ///
    /// # Errors
    /// [`FrequencyError::Empty`].
    pub fn of_counts(
        counts: impl IntoIterator<Item = (Vec<u8>, f64)>,
    ) -> Result<Self, FrequencyError> {
        let mut pins: Vec<_> = counts
            .into_iter()
            .filter(|(_, count)| *count > 0.0)
            .collect();
        let total: f64 = pins.iter().map(|(_, count)| count).sum();
        if pins.is_empty() {
            return Err(FrequencyError::Empty);
        }
        for (_, count) in &mut pins {
            *count /= total;
        }
        pins.sort_by(|(a_pin, a), (b_pin, b)| b.total_cmp(a).then_with(|| a_pin.cmp(b_pin)));
        Ok(Self { pins })
    }

    /// PINs with their shares, the most common first; digits as values.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], f64)> {
        self.pins
            .iter()
            .map(|(pin, share)| (pin.as_slice(), *share))
    }

    /// How many different PINs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pins.len()
    }

    /// Never: there is always one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pins.is_empty()
    }

    /// Number of digits that most holders have.
    #[must_use]
    pub fn usual_length(&self) -> usize {
        let share_of = |len: usize| -> f64 {
            let alike = self.iter().filter(|(pin, _)| pin.len() == len);
            alike.map(|(_, share)| share).sum()
        };
        let longer = |a: &usize, b: &usize| share_of(*a).total_cmp(&share_of(*b));
        (4..=16).max_by(longer).unwrap_or(4)
    }
}

fn entry(text: &str, line: usize) -> Result<(Vec<u8>, Option<f64>), FrequencyError> {
    let mut columns = text
        .split([' ', '\t', ',', ';'])
        .filter(|column| !column.is_empty());
    let pin = columns.next().unwrap_or_default();
    if !(4..=16).contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(FrequencyError::NotAPin { line });
    }
    let count = columns.next().map(|column| column.parse::<f64>());
    let count = count
        .transpose()
        .map_err(|_| FrequencyError::NotACount { line })?;
    if columns.next().is_some() || count.is_some_and(|count| !count.is_finite() || count < 0.0) {
        return Err(FrequencyError::NotACount { line });
    }
    Ok((pin.bytes().map(|digit| digit - b'0').collect(), count))
}
