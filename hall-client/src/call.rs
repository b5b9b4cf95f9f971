//! One call: its deadline, and what a failure of it means for the holder's tries.

use std::{error::Error as _, time::Duration};

use tonic::{Code, Response, Status};

use crate::{
    connection::Connection,
    convert::failure,
    error::{ClientError, ContractError},
    model::AttemptSpent,
};

/// Whether a call can cost a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cost {
    /// It never does.
    Free,
    /// It may; without cardd's word nobody knows.
    Try,
}

impl Cost {
    fn if_unanswered(self) -> AttemptSpent {
        match self {
            Self::Free => AttemptSpent::No,
            Self::Try => AttemptSpent::Unknown,
        }
    }
}

impl Connection {
    /// Waits for the answer, no longer than `limit`.
    pub(crate) async fn answer<T>(
        &self,
        cost: Cost,
        limit: Duration,
        call: impl Future<Output = Result<T, Status>>,
    ) -> Result<T, ClientError> {
        match tokio::time::timeout(limit, call).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(status)) => Err(self.failed(cost, status)),
            Err(_) => Err(ClientError::Timeout {
                limit,
                attempt_spent: cost.if_unanswered(),
            }),
        }
    }

    /// As [`Connection::answer`], for calls that never cost a try, with the answer converted.
    pub(crate) async fn ask<W, T>(
        &self,
        limit: Duration,
        call: impl Future<Output = Result<Response<W>, Status>>,
        convert: impl FnOnce(W) -> Result<T, ContractError>,
    ) -> Result<T, ClientError> {
        let answer = self.answer(Cost::Free, limit, call).await?;
        convert(answer.into_inner()).map_err(contract)
    }

    /// A status that is not cardd's own comes from the transport or from another contract.
    pub(crate) fn failed(&self, cost: Cost, status: Status) -> ClientError {
        if let Some(error) = cardd_proto::detail::from_status(&status) {
            return match failure::from_wire(error) {
                Ok(failure) => ClientError::Card(failure),
                Err(cause) => ClientError::Contract {
                    attempt_spent: cost.if_unanswered(),
                    cause,
                },
            };
        }
        let transport = status.source().is_some() || status.code() == Code::Unavailable;
        if transport && status.details().is_empty() {
            return ClientError::Unreachable {
                socket: self.socket.clone(),
                attempt_spent: if never_connected(&status) {
                    AttemptSpent::No
                } else {
                    cost.if_unanswered()
                },
                cause: status.into(),
            };
        }
        ClientError::Contract {
            attempt_spent: cost.if_unanswered(),
            cause: ContractError::ForeignStatus {
                code: status.code().description().to_owned(),
                message: status.message().to_owned(),
            },
        }
    }
}

/// An answer of a call without cost that does not fit the contract.
pub(crate) fn contract(cause: ContractError) -> ClientError {
    ClientError::Contract {
        attempt_spent: AttemptSpent::No,
        cause,
    }
}

/// Whether the connection was refused, so that nothing can have been sent.
fn never_connected(status: &Status) -> bool {
    let mut cause = status.source();
    while let Some(error) = cause {
        if error.is::<tonic::ConnectError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
