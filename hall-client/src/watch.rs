//! The stream of events. It does not hide a break: it says where to go on.

use cardd_proto::v1;
use tonic::Streaming;

use crate::{
    call::{Cost, contract},
    connection::Connection,
    convert,
    error::ClientError,
    model::{AttemptSpent, Event},
};

/// Events of one terminal, in order.
#[derive(Debug)]
pub struct Watch {
    connection: Connection,
    stream: Streaming<v1::Event>,
    position: Option<u64>,
}

/// Why a watch ended, and where to go on.
#[derive(Debug, thiserror::Error)]
#[error("the stream of events ended")]
pub struct WatchEnded {
    /// Give it to [`Terminal::watch`](crate::Terminal::watch): nothing is missed and nothing comes
    /// twice. `None` if no event came and none was named at the start.
    pub resume_after: Option<u64>,
    /// What ended it.
    #[source]
    pub cause: ClientError,
}

/// The server closed the stream in good order: it is going down.
#[derive(Debug, thiserror::Error)]
#[error("the daemon closed the stream")]
struct Closed;

impl Watch {
    pub(crate) async fn open(
        connection: &Connection,
        after: Option<u64>,
    ) -> Result<Self, ClientError> {
        let mut client = connection.readers();
        let call = client.watch_events(v1::WatchEventsRequest {
            after_position: after,
        });
        let opening = connection.answer(Cost::Free, connection.limits.answer, call);
        Ok(Self {
            stream: opening.await?.into_inner(),
            connection: connection.clone(),
            position: after,
        })
    }

    /// The last event that was handed out, or the position named at the start.
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        self.position
    }

    /// The next event; waits for it without a bound. May be dropped and called again.
    ///
    /// # Errors
    /// [`WatchEnded`]; do not call again after it.
    pub async fn next(&mut self) -> Result<Event, WatchEnded> {
        let event = match self.stream.message().await {
            Ok(Some(event)) => convert::event::event(event).map_err(contract),
            Ok(None) => Err(ClientError::Unreachable {
                socket: self.connection.socket.clone(),
                attempt_spent: AttemptSpent::No,
                cause: Closed.into(),
            }),
            Err(status) => Err(self.connection.failed(Cost::Free, status)),
        };
        let event = event.map_err(|cause| WatchEnded {
            resume_after: self.position,
            cause,
        })?;
        self.position = Some(event.position);
        Ok(event)
    }
}
