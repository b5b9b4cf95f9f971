//! The terminal's status.

use cardd_proto::v1;

use super::present;
use crate::{
    error::ContractError,
    model::{Desk, DeskKind, LedgerState, ServiceState, TerminalStatus},
};

pub(crate) fn status(answer: v1::GetStatusResponse) -> Result<TerminalStatus, ContractError> {
    let desk = present(answer.desk, "GetStatusResponse.desk")?;
    Ok(TerminalStatus {
        version: answer.version,
        terminal_id: answer.terminal_id,
        started_unix_ms: answer.started_unix_ms,
        desk: Desk {
            kind: DeskKind::from_wire(desk.kind)?,
            name: desk.name,
        },
        pcsc: ServiceState::from_wire(answer.pcsc)?,
        ledger: LedgerState::from_wire(answer.ledger)?,
        old_ledger_head_hex: Some(answer.old_ledger_head_hex).filter(|head| !head.is_empty()),
        ledger_head_sequence: answer.ledger_head_sequence,
        ledger_unacknowledged: answer.ledger_unacknowledged,
        ledger_unacknowledged_limit: answer.ledger_unacknowledged_limit,
        ledger_enrolled: answer.ledger_enrolled,
        readers: answer.readers,
        open_entries: answer.open_entries,
    })
}
