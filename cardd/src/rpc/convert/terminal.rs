//! The terminal itself.

use cardd_proto::v1;

use crate::{
    ledger::{CardRef, LedgerState},
    policy::{Desk, DeskKind, Suspect},
    rpc::convert::rules_in_force,
    sandbox::{Part, Protection},
    terminal::{BudgetStatus, TerminalStatus},
};

pub(in crate::rpc) fn terminal_status(
    status: &TerminalStatus,
    asking: &Desk,
) -> v1::GetStatusResponse {
    let pcsc = if status.service_up {
        v1::ServiceState::Up
    } else {
        v1::ServiceState::Down
    };
    v1::GetStatusResponse {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        terminal_id: status.terminal_id.clone(),
        started_unix_ms: status.started_unix_ms,
        desk: Some(desk(asking)),
        pcsc: pcsc.into(),
        ledger: ledger_state(&status.ledger).into(),
        ledger_head_sequence: status.ledger_head_sequence,
        old_ledger_head_hex: old_head(&status.ledger),
        ledger_unacknowledged: status.ledger_backlog.records,
        ledger_unacknowledged_limit: status.ledger_backlog.limit.unwrap_or(0),
        ledger_enrolled: status.ledger_enrolled,
        readers: u32::try_from(status.readers).unwrap_or(u32::MAX),
        open_entries: u32::try_from(status.open_entries).unwrap_or(u32::MAX),
        guess_budget: Some(guess_budget(status.guess_budget)),
        protection: protection(&status.protection),
        rules: Some(rules_in_force(&status.rules)),
    }
}

fn protection(protection: &Protection) -> Vec<v1::Protection> {
    use v1::ProtectedPart::{Files, Memory, SystemCalls, User};
    let parts = [
        (User, &protection.user),
        (Memory, &protection.memory),
        (Files, &protection.files),
        (SystemCalls, &protection.system_calls),
    ];
    let message = |(part, state): (v1::ProtectedPart, &Part)| {
        let (state, detail) = match state {
            Part::InForce => (v1::ProtectionState::InForce, ""),
            Part::Partly { why } => (v1::ProtectionState::Partly, why.as_str()),
            Part::Missing { why } => (v1::ProtectionState::Missing, why.as_str()),
            Part::Off => (v1::ProtectionState::Off, ""),
        };
        v1::Protection {
            part: part.into(),
            state: state.into(),
            detail: detail.to_owned(),
        }
    };
    parts.map(message).to_vec()
}

fn guess_budget(budget: BudgetStatus) -> v1::GuessBudget {
    v1::GuessBudget {
        limit_per_hour: budget.limit_per_hour,
        spent: budget.spent,
        kiosks_closed: budget.kiosks_closed,
    }
}

pub(in crate::rpc) fn suspect(suspect: &Suspect<CardRef>) -> v1::SuspectCard {
    v1::SuspectCard {
        card_ref: suspect.card.as_str().to_owned(),
        tries_lost: suspect.tries_lost,
        first_unix_ms: suspect.first_unix_ms,
        last_unix_ms: suspect.last_unix_ms,
    }
}

fn desk(desk: &Desk) -> v1::Desk {
    let kind = match desk.kind {
        DeskKind::Billing => v1::DeskKind::Billing,
        DeskKind::Kiosk => v1::DeskKind::Kiosk,
        DeskKind::Counter => v1::DeskKind::Counter,
        DeskKind::Hall => v1::DeskKind::Hall,
        DeskKind::Auditor => v1::DeskKind::Auditor,
    };
    v1::Desk {
        name: desk.name.clone(),
        kind: kind.into(),
    }
}

fn ledger_state(state: &LedgerState) -> v1::LedgerState {
    match state {
        LedgerState::Ready => v1::LedgerState::Ready,
        LedgerState::AwaitingConfirmation { .. } => v1::LedgerState::AwaitingConfirmation,
        LedgerState::Full => v1::LedgerState::Full,
        LedgerState::Unavailable { .. } => v1::LedgerState::Unavailable,
    }
}

fn old_head(state: &LedgerState) -> String {
    match state {
        LedgerState::AwaitingConfirmation { old_head } => old_head.to_string(),
        LedgerState::Ready | LedgerState::Full | LedgerState::Unavailable { .. } => String::new(),
    }
}
