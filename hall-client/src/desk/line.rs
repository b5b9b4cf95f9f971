//! The way to cardd: how things stand, then every event; over breaks, for as long as the desk runs.

use std::time::Duration;

use tokio::sync::mpsc;

use super::machine::Line;
use crate::{
    ClientError, Terminal,
    model::{DeskKind, Readers, TerminalStatus},
};

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
    let (readers, status) = standing(terminal).await?;
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

/// What is asked before the stream of events.
trait Asked {
    fn readers(&self) -> impl Future<Output = Result<Readers, ClientError>> + Send;
    fn status(&self) -> impl Future<Output = Result<TerminalStatus, ClientError>> + Send;
}

impl Asked for Terminal {
    async fn readers(&self) -> Result<Readers, ClientError> {
        Self::readers(self).await
    }

    async fn status(&self) -> Result<TerminalStatus, ClientError> {
        Self::status(self).await
    }
}

/// How things stand. The list names the event that it ends with: nothing is missed between it and the
/// stream. The status is asked for after it, so that what changed before is in it, and what changes later
/// is in the stream.
async fn standing(asked: &impl Asked) -> Result<(Readers, TerminalStatus), ClientError> {
    let readers = asked.readers().await?;
    let status = asked.status().await?;
    Ok((readers, status))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::{desk::testing::status, model::ServiceState};

    /// A terminal whose PC/SC service comes up as event 7, right before whatever is asked secondly.
    struct ComesUp(AtomicU64);

    impl ComesUp {
        fn position(&self) -> u64 {
            6 + self.0.fetch_add(1, Ordering::Relaxed).min(1)
        }
    }

    impl Asked for ComesUp {
        async fn readers(&self) -> Result<Readers, ClientError> {
            Ok(Readers {
                list: Vec::new(),
                position: self.position(),
            })
        }

        async fn status(&self) -> Result<TerminalStatus, ClientError> {
            let pcsc = if self.position() < 7 {
                ServiceState::Down
            } else {
                ServiceState::Up
            };
            Ok(TerminalStatus {
                pcsc,
                ..status(DeskKind::Kiosk)
            })
        }
    }

    #[tokio::test]
    async fn a_service_that_comes_up_meanwhile_is_in_the_status_or_in_the_stream() {
        let (readers, status) = standing(&ComesUp(AtomicU64::new(0))).await.unwrap();
        let in_the_stream = readers.position < 7;
        assert!(status.pcsc == ServiceState::Up || in_the_stream);
        // Asked for in the other order, the status is from before and the stream from after.
        assert_eq!((status.pcsc, readers.position), (ServiceState::Up, 6));
    }
}
