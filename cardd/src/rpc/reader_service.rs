//! `ReaderService`: lists, and the stream of events.

use std::sync::Arc;

use cardd_proto::v1::{self, reader_service_server::ReaderService};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::{
    rpc::{caller::Line, convert},
    terminal::{Watched, Watcher},
};

/// Messages in flight to one watcher; the watcher's own position is the real queue.
const IN_FLIGHT: usize = 16;

#[tonic::async_trait]
impl ReaderService for Line {
    async fn list_readers(
        &self,
        request: Request<v1::ListReadersRequest>,
    ) -> Result<Response<v1::ListReadersResponse>, Status> {
        let (desk, _message) = self.admit(request)?;
        let listed = self.terminal.list_readers(desk);
        let (readers, position) = listed.map_err(|error| self.refuse(&error))?;
        let readers = readers.iter().map(convert::reader).collect();
        Ok(Response::new(v1::ListReadersResponse { readers, position }))
    }

    type WatchEventsStream = ReceiverStream<Result<v1::Event, Status>>;

    async fn watch_events(
        &self,
        request: Request<v1::WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        let (desk, message) = self.admit(request)?;
        let watched = self.terminal.watch(desk, message.after_position);
        let watcher = watched.map_err(|error| self.refuse(&error))?;
        let (sender, receiver) = mpsc::channel(IN_FLIGHT);
        tokio::spawn(forward(watcher, sender));
        Ok(Response::new(ReceiverStream::new(receiver)))
    }
}

/// Ends when the desk leaves or the terminal goes.
async fn forward(mut watcher: Watcher, sender: mpsc::Sender<Result<v1::Event, Status>>) {
    loop {
        let watched = tokio::select! {
            watched = watcher.next() => watched,
            () = sender.closed() => None,
        };
        let Some(watched) = watched else { return };
        for event in messages(watched) {
            if sender.send(Ok(event)).await.is_err() {
                return;
            }
        }
    }
}

fn messages(watched: Watched) -> Vec<v1::Event> {
    match watched {
        Watched::Events(events) => events
            .into_iter()
            .map(|event| convert::event(&Arc::unwrap_or_clone(event)))
            .collect(),
        Watched::Resync {
            readers,
            position,
            time_unix_ms,
        } => {
            vec![convert::resync(&readers, position, time_unix_ms)]
        }
    }
}
