//! Past records: found by number, day or hash, and the whole chain checked, as the ledger of the terminal
//! has them.

use serde::{Deserialize, Serialize};
use time::{Date, format_description::well_known::Iso8601};

use super::screen::Line;
use crate::{
    ClientError, Terminal,
    evidence::{
        EvidenceRecord, Fault, Start,
        verify::{Bad, Place, verify},
    },
    model::LedgerRecord,
};

/// Records of one page.
const SHOWN: usize = 20;
/// Records asked for at once; cardd gives no more.
const PORTION: u32 = 1000;
/// Characters of a hash that are enough to find it.
const HASH: std::ops::RangeInclusive<usize> = 8..=64;
const DAY_MS: u64 = 86_400_000;

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

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Found {
    /// Records in order.
    pub(super) lines: Vec<Line>,
    /// There are more of them.
    pub(super) more: bool,
}

/// What the check of the whole chain said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Verdict {
    /// Records that are whole, from the oldest that the terminal has.
    pub(super) records: u64,
    /// The first that is not, and why: a key of the catalogue.
    pub(super) bad: Option<(u64, &'static str)>,
}

/// What a record is held against.
enum Wanted {
    From(u64),
    Day(std::ops::Range<u64>),
    Hash(String),
}

impl Find {
    /// `None`: it is no day, or no hash.
    fn wanted(&self) -> Option<Wanted> {
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
    pub(super) fn is_plain(&self) -> bool {
        self.wanted().is_some()
    }
}

impl Wanted {
    fn is(&self, record: &LedgerRecord) -> bool {
        match self {
            Self::From(number) => record.sequence >= *number,
            Self::Day(day) => day.contains(&record.time_unix_ms),
            Self::Hash(hash) => hex::encode(record.hash).starts_with(hash),
        }
    }

    /// The record after which it is looked for.
    const fn after(&self) -> u64 {
        match self {
            Self::From(number) => number.saturating_sub(1),
            Self::Day(_) | Self::Hash(_) => 0,
        }
    }
}

/// Looks through the ledger. Clocks can be set back: a day is looked for in all of it.
pub(super) async fn find(terminal: &Terminal, find: &Find) -> Result<Found, ClientError> {
    let Some(wanted) = find.wanted() else {
        return Ok(Found {
            lines: Vec::new(),
            more: false,
        });
    };
    let head = terminal.status().await?.ledger_head_sequence;
    let (mut after, mut found) = (wanted.after(), Vec::new());
    while after < head && found.len() <= SHOWN {
        let portion = terminal.ledger_records(after, PORTION).await?;
        let Some(last) = portion.last() else { break };
        after = last.sequence;
        found.extend(portion.into_iter().filter(|record| wanted.is(record)));
    }
    let more = found.len() > SHOWN;
    found.truncate(SHOWN);
    Ok(Found {
        lines: lines(&found),
        more,
    })
}

/// Checks the whole chain, as `hall ledger verify` does; the MACs are for who has the terminal's first key.
pub(super) async fn check(terminal: &Terminal) -> Result<Verdict, ClientError> {
    let head = terminal.status().await?.ledger_head_sequence;
    let mut walk = Walk::default();
    while walk.at() < head {
        let portion = terminal.ledger_records(walk.at(), PORTION).await?;
        if portion.is_empty() {
            break;
        }
        if walk.take(portion).is_err() {
            break;
        }
    }
    Ok(walk.verdict(head))
}

/// The check of a chain, a portion at a time.
#[derive(Default)]
struct Walk {
    place: Option<Place>,
    records: u64,
    bad: Option<Bad>,
}

impl Walk {
    fn at(&self) -> u64 {
        self.place.map_or(0, |place| place.sequence)
    }

    fn take(&mut self, portion: Vec<LedgerRecord>) -> Result<(), ()> {
        let bare = |record| EvidenceRecord {
            mac: None,
            ..EvidenceRecord::from(record)
        };
        let records: Vec<_> = portion.into_iter().map(bare).collect();
        let Some(first) = records.first() else {
            return Ok(());
        };
        // Records that the hall acknowledged may be gone: the oldest there is begins the chain.
        let place = self.place.unwrap_or(Place {
            sequence: first.sequence.saturating_sub(1),
            hash: first.previous_hash,
        });
        match verify(&Start { place, key: None }, &records, None) {
            Ok(verified) => {
                self.records += verified.records;
                self.place = Some(verified.checkpoint.place);
                Ok(())
            }
            Err(bad) => {
                self.records += bad.sequence.saturating_sub(place.sequence + 1);
                self.bad = Some(bad);
                Err(())
            }
        }
    }

    fn verdict(self, head: u64) -> Verdict {
        let at = self.at();
        let cut_off = (at < head).then_some((at + 1, "FAULT_CUT_OFF"));
        let bad = self.bad.map(|bad| (bad.sequence, fault(bad.fault)));
        Verdict {
            records: self.records,
            bad: bad.or(cut_off),
        }
    }
}

const fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::Sequence { .. } => "FAULT_SEQUENCE",
        Fault::Link => "FAULT_LINK",
        Fault::Content => "FAULT_CONTENT",
        Fault::CutOff => "FAULT_CUT_OFF",
        // Without a key no MAC is looked at.
        Fault::MacMissing | Fault::Mac | Fault::EndSeal => "FAULT_MAC",
    }
}

/// Records in order, each held against its own hash and the one before it.
pub(super) fn lines(records: &[LedgerRecord]) -> Vec<Line> {
    let mut before: Option<(u64, [u8; 32])> = None;
    let line = |record: &LedgerRecord| {
        let computed = EvidenceRecord::from(record.clone()).computed_hash();
        let next = before.filter(|(sequence, _)| sequence + 1 == record.sequence);
        let follows = next.is_none_or(|(_, hash)| hash == record.previous_hash);
        before = Some((record.sequence, record.hash));
        Line {
            sequence: record.sequence,
            time_unix_ms: record.time_unix_ms,
            body: record.body_json.clone(),
            hash: hex::encode(record.hash),
            whole: follows && computed == record.hash,
        }
    };
    records.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: u64) -> Vec<LedgerRecord> {
        let mut previous_hash = [0; 32];
        let record = |sequence| {
            let mut record = LedgerRecord {
                sequence,
                time_unix_ms: sequence * DAY_MS,
                body_json: format!("{{\"n\":{sequence}}}"),
                previous_hash,
                hash: [0; 32],
                mac: Some([7; 32]),
            };
            record.hash = EvidenceRecord::from(record.clone()).computed_hash();
            previous_hash = record.hash;
            record
        };
        (1..=length).map(record).collect()
    }

    fn verdict(portions: [&[LedgerRecord]; 2], head: u64) -> Verdict {
        let mut walk = Walk::default();
        for portion in portions {
            if walk.take(portion.to_vec()).is_err() {
                break;
            }
        }
        walk.verdict(head)
    }

    #[test]
    fn a_whole_chain_is_whole_from_its_oldest_record_on() {
        let all = chain(6);
        let (first, second) = all.split_at(3);
        let whole = Verdict {
            records: 6,
            bad: None,
        };
        assert_eq!(verdict([first, second], 6), whole);
        let kept = Verdict {
            records: 5,
            bad: None,
        };
        assert_eq!(verdict([&first[1..], second], 6), kept);
    }

    #[test]
    fn the_first_bad_record_is_named() {
        let bad = |change: fn(&mut Vec<LedgerRecord>)| {
            let mut all = chain(6);
            change(&mut all);
            let (first, second) = all.split_at(2);
            verdict([first, second], 6).bad
        };
        assert_eq!(
            bad(|all| all[3].body_json.push(' ')),
            Some((4, "FAULT_CONTENT"))
        );
        assert_eq!(
            bad(|all| all[3].previous_hash[0] ^= 1),
            Some((4, "FAULT_LINK"))
        );
        assert_eq!(bad(|all| drop(all.remove(3))), Some((4, "FAULT_SEQUENCE")));
        assert_eq!(bad(|all| all.truncate(4)), Some((5, "FAULT_CUT_OFF")));
        assert_eq!(bad(|_| {}), None);
    }

    #[test]
    fn records_are_found_by_number_day_and_hash() {
        let all = chain(6);
        let found = |find: Find| -> Vec<u64> {
            let wanted = find.wanted().unwrap();
            let found = all.iter().filter(|record| wanted.is(record));
            found.map(|record| record.sequence).collect()
        };
        assert_eq!(found(Find::Number(5)), [5, 6]);
        assert_eq!(found(Find::Day("1970-01-04".to_owned())), [3]);
        let hash = hex::encode(all[1].hash);
        assert_eq!(found(Find::Hash(hash[..8].to_uppercase())), [2]);
        assert_eq!(found(Find::Hash(hash)), [2]);
    }

    #[test]
    fn what_cannot_be_looked_for_is_told_apart() {
        for wrong in ["1970-13-01", "", "yesterday", "1969-12-31"] {
            assert!(!Find::Day(wrong.to_owned()).is_plain(), "{wrong}");
        }
        for wrong in ["", "1234567", "123456789g", &"0".repeat(65)] {
            assert!(!Find::Hash(wrong.to_owned()).is_plain(), "{wrong}");
        }
        assert!(Find::Number(0).is_plain());
    }

    #[test]
    fn a_changed_record_is_seen_in_its_line_and_a_gap_is_none() {
        let whole = |records: &[LedgerRecord]| -> Vec<bool> {
            lines(records).iter().map(|line| line.whole).collect()
        };
        assert_eq!(whole(&chain(3)), [true, true, true]);
        let mut changed = chain(3);
        changed[1].body_json.push(' ');
        assert_eq!(whole(&changed), [true, false, true]);
        let mut gap = chain(3);
        gap.remove(1);
        assert_eq!(whole(&gap), [true, true]);
        let mut moved = chain(3);
        moved[2].previous_hash = [0; 32];
        moved[2].hash = EvidenceRecord::from(moved[2].clone()).computed_hash();
        assert_eq!(whole(&moved), [true, true, false]);
    }
}
