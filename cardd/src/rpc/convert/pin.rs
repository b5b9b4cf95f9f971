//! PIN status and prompts.

use cardd_proto::{text, v1};

use crate::{ledger::Operation, pin::PinStatus, terminal::Prompt};

pub(in crate::rpc) fn pin_status(status: PinStatus, in_doubt: Option<Operation>) -> v1::PinStatus {
    let state = match status {
        PinStatus::NotSet => v1::PinState::NotSet,
        PinStatus::Issued { .. } => v1::PinState::Issued,
        PinStatus::Own { .. } => v1::PinState::Own,
        PinStatus::Blocked => v1::PinState::Blocked,
        PinStatus::Unknown { .. } => v1::PinState::Unknown,
    };
    let (doubt_zh, doubt_en) = in_doubt
        .map(|operation| text::of_doubt(doubt(operation)))
        .map(|text| (text.zh.to_owned(), text.en.to_owned()))
        .unwrap_or_default();
    v1::PinStatus {
        state: state.into(),
        attempts_remaining: status.attempts_remaining().map(u32::from),
        in_doubt: in_doubt.is_some(),
        doubt: in_doubt.map(doubt).unwrap_or_default().into(),
        doubt_zh,
        doubt_en,
    }
}

pub(in crate::rpc) fn doubt(operation: Operation) -> v1::Doubt {
    match operation {
        Operation::Verify => v1::Doubt::Verify,
        Operation::Change { .. } => v1::Doubt::Change,
        Operation::Unblock { .. } => v1::Doubt::Unblock,
        Operation::Reload { .. } => v1::Doubt::Reset,
    }
}

pub(in crate::rpc) fn prompt(prompt: &Prompt) -> v1::BeginEntryResponse {
    v1::BeginEntryResponse {
        entry_id: prompt.entry_id.to_vec(),
        public_key: prompt.public_key.to_vec(),
        status: Some(pin_status(prompt.status, prompt.doubt)),
        last_attempt: prompt.last_attempt,
        min_digits: prompt.length.min().into(),
        max_digits: prompt.length.max().into(),
        expires_in_ms: prompt.expires_in_ms,
    }
}
