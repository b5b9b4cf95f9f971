//! What a past record is looked for by.

use serde::{Deserialize, Serialize};
use time::{Date, format_description::well_known::Iso8601};

use crate::model::LedgerRecord;

/// Characters of a hash that are enough to find it.
const HASH: std::ops::RangeInclusive<usize> = 8..=64;
/// A day without leap seconds, as the ledger's clock has it.
pub(super) const DAY_MS: u64 = 86_400_000;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "what", rename_all = "snake_case")]
pub(crate) enum Find {
    /// From this record on.
    Number(u64),
    /// Records of a day, `YYYY-MM-DD`, UTC.
    Day(String),
    /// The record whose hash begins so, hexadecimal.
    Hash(String),
}

/// What a record is held against.
pub(super) enum Wanted {
    From(u64),
    Day(std::ops::Range<u64>),
    Hash(String),
}

impl Find {
    /// `None`: it is no day, or no hash.
    pub(super) fn wanted(&self) -> Option<Wanted> {
        match self {
            Self::Number(number) => Some(Wanted::From(*number)),
            Self::Day(day) => {
                let day = Date::parse(day, &Iso8601::DATE).ok()?;
                let begin = day.midnight().assume_utc().unix_timestamp();
                let begin = u64::try_from(begin).ok()? * 1000;
                Some(Wanted::Day(begin..begin + DAY_MS))
            }
            Self::Hash(hash) => {
                let hash = hash.trim().to_ascii_lowercase();
                let hexadecimal = hash.bytes().all(|letter| letter.is_ascii_hexdigit());
                (hexadecimal && HASH.contains(&hash.len())).then_some(Wanted::Hash(hash))
            }
        }
    }

    /// Whether it can be looked for at all.
    pub(in super::super) fn is_plain(&self) -> bool {
        self.wanted().is_some()
    }
}

impl Wanted {
    pub(super) fn is(&self, record: &LedgerRecord) -> bool {
        match self {
            Self::From(number) => record.sequence >= *number,
            Self::Day(day) => day.contains(&record.time_unix_ms),
            Self::Hash(hash) => hex::encode(record.hash).starts_with(hash),
        }
    }

    /// The record after which it is looked for.
    pub(super) const fn after(&self) -> u64 {
        match self {
            Self::From(number) => number.saturating_sub(1),
            Self::Day(_) | Self::Hash(_) => 0,
        }
    }
}
