//! Past records: found by number, day or hash, and the whole chain checked, as the ledger of the terminal
//! has them.

mod check;
mod find;

use serde::Serialize;

use super::screen::Line;
use crate::{ClientError, Terminal, evidence::EvidenceRecord, model::LedgerRecord};

pub(crate) use check::Verdict;
pub(super) use check::check;
pub(crate) use find::Find;

/// Records of one page.
const SHOWN: usize = 20;
/// Records asked for at once; cardd gives no more.
const PORTION: u32 = 1000;

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Found {
    /// Records in order.
    pub(super) lines: Vec<Line>,
    /// There are more of them.
    pub(super) more: bool,
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
mod tests;
