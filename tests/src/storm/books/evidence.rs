//! The hall's side: the first key of the chain, and the offline check of everything that is on
//! record, by the hall's own verifier.

use std::sync::Arc;

use cardd::{
    ledger::{Ledger, Record},
    policy::Desk,
    terminal::Terminal,
};
use cardd_proto::enrolment::EnrolmentKey;
use hall_client::evidence::{
    keys::ChainKey,
    record::EvidenceRecord,
    verify::{Start, verify},
};
use rand::rngs::StdRng;

use super::Books;
use crate::storm::sabotage::Wrapper;

impl Books {
    /// The hall takes the first key over.
    pub fn enrol(&mut self, terminal: &Arc<Terminal>, hall: &Desk, rng: &mut StdRng) -> Option<()> {
        let key = EnrolmentKey::generate(rng);
        let sealed = terminal.enrol(hall, &key.public_key()).ok()?;
        let first = key.open(&sealed).ok()?;
        let genesis = ChainKey::new(sealed.first_sequence, first);
        terminal
            .confirm_enrolment(hall, genesis.enrolment_proof())
            .ok()?;
        self.genesis = Some(genesis);
        Some(())
    }

    /// Checks the records that came since, from where the check before ended.
    pub(super) fn goes_on(&mut self, records: &[Record]) {
        let start = match (&self.checkpoint, &self.genesis) {
            (Some(checkpoint), _) => Start::after(checkpoint),
            (None, Some(genesis)) => Start::genesis(genesis.clone()),
            (None, None) => return,
        };
        let records: Vec<_> = records.iter().map(evidence).collect();
        match verify(&start, &records, None) {
            Ok(whole) => self.checkpoint = Some(whole.checkpoint),
            Err(bad) => self.breaks("the chain verifies", bad.to_string()),
        }
        self.retained.seen.extend(records);
    }

    /// Checks the whole chain offline: what left the ledger, as it was then, and what is kept.
    pub fn verify(&mut self, ledger: &Ledger, wrapper: Wrapper) {
        let base = ledger.base().map(|base| base.sequence);
        let kept = base.and_then(|base| Ok((base, ledger.records(base, 100_000)?)));
        let (Some(genesis), Ok((base, kept))) = (self.genesis.clone(), kept) else {
            self.breaks("the chain verifies", "there is no chain".to_owned());
            return;
        };
        let left = self.retained.seen.iter();
        let left = left.take_while(|record| record.sequence <= base).cloned();
        let mut records: Vec<EvidenceRecord> = left.chain(kept.iter().map(evidence)).collect();
        if wrapper == Wrapper::ForgesRecords
            && let Some(record) = records.last_mut()
        {
            record.body = record.body.replace("unix_ms", "unix_mz");
            record.hash = record.computed_hash();
        }
        if let Err(bad) = verify(&Start::genesis(genesis), &records, None) {
            self.breaks("the chain verifies", bad.to_string());
        }
    }
}

/// A record as the hall has it.
pub(super) fn evidence(record: &Record) -> EvidenceRecord {
    EvidenceRecord {
        sequence: record.sequence,
        previous_hash: record.previous_hash.0,
        hash: record.hash.0,
        mac: record.mac.map(|mac| mac.0),
        body: record.body_json.clone(),
    }
}
