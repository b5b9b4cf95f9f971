//! PIN status and the outcomes of PIN work.

use cardd_proto::v1;

use super::present;
use crate::{
    error::ContractError,
    model::{Doubt, PinState, PinStatus, Verified},
};

pub(crate) fn status(status: Option<v1::PinStatus>) -> Result<PinStatus, ContractError> {
    let status = present(status, "PinStatus")?;
    let doubt = status.in_doubt.then(|| Doubt::from_wire(status.doubt));
    Ok(PinStatus {
        state: PinState::from_wire(status.state)?,
        attempts_remaining: status.attempts_remaining,
        doubt: doubt.transpose()?,
    })
}

pub(crate) fn verified(answer: &v1::VerifyPinResponse) -> Verified {
    Verified {
        attempts_remaining: answer.attempts_remaining,
        ledger_sequence: answer.ledger_sequence,
    }
}

pub(crate) fn changed(answer: v1::ChangePinResponse) -> Verified {
    Verified {
        attempts_remaining: answer.attempts_remaining,
        ledger_sequence: answer.ledger_sequence,
    }
}
