//! [`CardError`] in and out of a gRPC status.
//!
//! It travels as the only detail of a `google.rpc.Status` in the trailer
//! `grpc-status-details-bin`, where every gRPC library looks for it.

use prost::Message as _;
use tonic::Status;

use crate::{
    reason, rpc_status,
    v1::{CardError, Reason},
};

const TYPE_URL: &str = "type.googleapis.com/cardd.v1.CardError";

/// The status that carries this error; its message is the English text.
#[must_use]
pub fn to_status(error: &CardError) -> Status {
    let code = reason::code(error.reason());
    let envelope = rpc_status::Status {
        code: code as i32,
        message: error.message_en.clone(),
        details: vec![prost_types::Any {
            type_url: TYPE_URL.to_owned(),
            value: error.encode_to_vec(),
        }],
    };
    Status::with_details(
        code,
        error.message_en.clone(),
        envelope.encode_to_vec().into(),
    )
}

/// The error that a status carries; `None` where it comes from something other than cardd.
#[must_use]
pub fn from_status(status: &Status) -> Option<CardError> {
    let envelope = rpc_status::Status::decode(status.details()).ok()?;
    let detail = envelope
        .details
        .into_iter()
        .find(|detail| detail.type_url == TYPE_URL)?;
    let error = CardError::decode(detail.value.as_slice()).ok()?;
    (error.reason() != Reason::Unspecified).then_some(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::AttemptSpent;

    #[test]
    fn an_error_survives_the_wire() {
        let error = CardError {
            reason: Reason::PinWrong.into(),
            attempts_remaining: Some(2),
            attempt_spent: AttemptSpent::Yes.into(),
            status_word: Some(0x63C2),
            incident_id: "i-1".to_owned(),
            message_en: "wrong PIN, 2 tries left".to_owned(),
            ..CardError::default()
        };
        let status = to_status(&error);
        assert_eq!(status.code(), tonic::Code::FailedPrecondition);
        assert_eq!(from_status(&status), Some(error));
    }

    #[test]
    fn a_foreign_status_is_none() {
        assert_eq!(from_status(&Status::unavailable("proxy")), None);
        let garbage = Status::with_details(tonic::Code::Unknown, "x", vec![0xFF; 9].into());
        assert_eq!(from_status(&garbage), None);
    }
}
