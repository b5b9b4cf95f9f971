//! The whole chain checked, a portion at a time.

use serde::Serialize;

use super::PORTION;
use crate::{
    ClientError, Terminal,
    evidence::{
        EvidenceRecord, Fault, Start,
        verify::{Bad, Place, verify},
    },
    model::LedgerRecord,
};

/// What the check of the whole chain said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Verdict {
    /// Records that are whole, from the oldest that the terminal has.
    pub(in super::super) records: u64,
    /// The first that is not, and why: a key of the catalogue.
    pub(in super::super) bad: Option<(u64, &'static str)>,
}

/// Checks the whole chain, as `hall ledger verify` does; the MACs are for who has the terminal's first key.
pub(in super::super) async fn check(terminal: &Terminal) -> Result<Verdict, ClientError> {
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
pub(super) struct Walk {
    place: Option<Place>,
    records: u64,
    bad: Option<Bad>,
}

impl Walk {
    fn at(&self) -> u64 {
        self.place.map_or(0, |place| place.sequence)
    }

    pub(super) fn take(&mut self, portion: Vec<LedgerRecord>) -> Result<(), ()> {
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

    pub(super) fn verdict(self, head: u64) -> Verdict {
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
