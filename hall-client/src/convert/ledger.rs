//! Ledger records.

use cardd_proto::v1;

use super::exact;
use crate::{error::ContractError, model::LedgerRecord};

pub(crate) fn record(record: v1::LedgerRecord) -> Result<LedgerRecord, ContractError> {
    Ok(LedgerRecord {
        sequence: record.sequence,
        time_unix_ms: record.time_unix_ms,
        body_json: record.body_json,
        previous_hash: exact(&record.previous_hash, "LedgerRecord.previous_hash")?,
        hash: exact(&record.hash, "LedgerRecord.hash")?,
        mac: match record.mac.as_slice() {
            [] => None,
            mac => Some(exact(mac, "LedgerRecord.mac")?),
        },
    })
}
