//! The terminal's status.

use cardd_proto::v1;

use super::{policy, present};
use crate::{
    error::ContractError,
    model::{
        Desk, DeskKind, GuessBudget, LedgerState, ProtectedPart, Protection, ProtectionState,
        ServiceState, SuspectCard, SuspectCards, TerminalStatus,
    },
};

pub(crate) fn status(answer: v1::GetStatusResponse) -> Result<TerminalStatus, ContractError> {
    let desk = present(answer.desk, "GetStatusResponse.desk")?;
    let budget = present(answer.guess_budget, "GetStatusResponse.guess_budget")?;
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
        guess_budget: GuessBudget {
            limit_per_hour: budget.limit_per_hour,
            spent: budget.spent,
            kiosks_closed: budget.kiosks_closed,
        },
        rules: policy::in_force(answer.rules)?,
        protection: answer
            .protection
            .into_iter()
            .map(protection)
            .collect::<Result<_, _>>()?,
    })
}

fn protection(protection: v1::Protection) -> Result<Protection, ContractError> {
    Ok(Protection {
        part: ProtectedPart::from_wire(protection.part)?,
        state: ProtectionState::from_wire(protection.state)?,
        detail: protection.detail,
    })
}

pub(crate) fn suspects(answer: v1::ListSuspectCardsResponse) -> SuspectCards {
    let suspect = |card: v1::SuspectCard| SuspectCard {
        card_ref: card.card_ref,
        tries_lost: card.tries_lost,
        first_unix_ms: card.first_unix_ms,
        last_unix_ms: card.last_unix_ms,
    };
    SuspectCards {
        list: answer.cards.into_iter().map(suspect).collect(),
        more: answer.more,
    }
}
