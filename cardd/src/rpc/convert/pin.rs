//! PIN status and prompts.

use cardd_proto::v1;

use crate::{pin::PinStatus, terminal::Prompt};

pub(in crate::rpc) fn pin_status(status: PinStatus, in_doubt: bool) -> v1::PinStatus {
    let state = match status {
        PinStatus::NotSet => v1::PinState::NotSet,
        PinStatus::Issued { .. } => v1::PinState::Issued,
        PinStatus::Own { .. } => v1::PinState::Own,
        PinStatus::Blocked => v1::PinState::Blocked,
        PinStatus::Unknown { .. } => v1::PinState::Unknown,
    };
    v1::PinStatus {
        state: state.into(),
        attempts_remaining: status.attempts_remaining().map(u32::from),
        in_doubt,
    }
}

pub(in crate::rpc) fn prompt(prompt: &Prompt) -> v1::BeginEntryResponse {
    v1::BeginEntryResponse {
        entry_id: prompt.entry_id.to_vec(),
        public_key: prompt.public_key.to_vec(),
        status: Some(pin_status(prompt.status, prompt.in_doubt)),
        last_attempt: prompt.last_attempt,
        min_digits: prompt.length.min().into(),
        max_digits: prompt.length.max().into(),
        expires_in_ms: prompt.expires_in_ms,
    }
}
