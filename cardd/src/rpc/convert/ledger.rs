//! Ledger records.

use cardd_proto::v1;

use crate::ledger::Record;

pub(in crate::rpc) fn record(record: &Record) -> v1::LedgerRecord {
    v1::LedgerRecord {
        sequence: record.sequence,
        time_unix_ms: record.time_unix_ms,
        body_json: record.body_json.clone(),
        previous_hash: record.previous_hash.0.to_vec(),
        hash: record.hash.0.to_vec(),
        mac: record.mac.map_or_else(Vec::new, |mac| mac.0.to_vec()),
    }
}
