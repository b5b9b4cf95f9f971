//! The way to cardd: how things stand, then every event; over breaks, for as long as the desk runs.

use std::time::Duration;

use tokio::sync::mpsc;

use super::machine::Line;
use crate::{ClientError, Terminal, model::DeskKind};

/// Pause before cardd is asked again after a break.
const PAUSE: Duration = Duration::from_millis(500);

/// The socket is that of another kind of desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OtherDesk(pub(crate) DeskKind);

/// What ended one stay on the line.
enum Ended {
    /// It broke; cardd may come back.
    Broken,
    /// Nobody listens to this desk any more.
    Unheard,
    Other(OtherDesk),
}

impl From<ClientError> for Ended {
    fn from(_: ClientError) -> Self {
        Self::Broken
    }
}

impl<T> From<mpsc::error::SendError<T>> for Ended {
    fn from(_: mpsc::error::SendError<T>) -> Self {
        Self::Unheard
    }
}

/// Follows cardd until nobody listens, or until it turns out that the socket is another desk's.
pub(crate) async fn follow(
    terminal: Terminal,
    kind: DeskKind,
    to: mpsc::Sender<Line>,
) -> Result<(), OtherDesk> {
    loop {
        match follow_once(&terminal, kind, &to).await {
            Ended::Other(other) => return Err(other),
            Ended::Unheard => return Ok(()),
            Ended::Broken => {
                if to.send(Line::Down).await.is_err() {
                    return Ok(());
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn follow_once(terminal: &Terminal, kind: DeskKind, to: &mpsc::Sender<Line>) -> Ended {
    match events(terminal, kind, to).await {
        Ok(never) => match never {},
        Err(ended) => ended,
    }
}

async fn events(
    terminal: &Terminal,
    kind: DeskKind,
    to: &mpsc::Sender<Line>,
) -> Result<std::convert::Infallible, Ended> {
    let desk = terminal.status().await?.desk;
    if desk.kind != kind {
        return Err(Ended::Other(OtherDesk(desk.kind)));
    }
    // The list names the event that it ends with: nothing is missed between it and the stream. The
    // status is asked for after it, so that what changed in between is in the stream as well.
    let readers = terminal.readers().await?;
    let status = terminal.status().await?;
    let mut watch = terminal.watch(Some(readers.position)).await?;
    to.send(Line::Up {
        status: Box::new(status),
        readers: readers.list,
    })
    .await?;
    loop {
        let event = watch.next().await.map_err(|ended| ended.cause)?;
        to.send(Line::Event(event.happening)).await?;
    }
}
