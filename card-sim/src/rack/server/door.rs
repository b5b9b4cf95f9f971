//! A listening socket with a bounded number of connections, all of which end with it.

use std::collections::BTreeMap;
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Pause after a failed accept, such as one for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A listening socket.
pub(super) struct Door {
    listener: UnixListener,
    limit: usize,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    closed: bool,
    last: u64,
    streams: BTreeMap<u64, UnixStream>,
}

impl Door {
    pub(super) fn new(listener: UnixListener, limit: usize) -> Self {
        Self {
            listener,
            limit,
            inside: Mutex::default(),
        }
    }

    /// Serves each connection on its own thread until [`Door::close`]; returns when all ended.
    /// A connection above the limit is closed at once.
    pub(super) fn serve(&self, serve: impl Fn(&UnixStream) + Sync) {
        std::thread::scope(|scope| {
            while !self.lock().closed {
                let Ok((stream, _)) = self.listener.accept() else {
                    if !self.lock().closed {
                        std::thread::sleep(ACCEPT_PAUSE);
                    }
                    continue;
                };
                let Some(number) = self.admit(&stream) else {
                    continue;
                };
                let serve = &serve;
                let served = std::thread::Builder::new().spawn_scoped(scope, move || {
                    serve(&stream);
                    self.lock().streams.remove(&number);
                });
                if let Err(e) = served {
                    tracing::warn!(error = %e, "a connection got no thread");
                    self.lock().streams.remove(&number);
                }
            }
        });
    }

    /// Ends all connections and [`Door::serve`].
    pub(super) fn close(&self) {
        let mut inside = self.lock();
        inside.closed = true;
        // Makes a blocked accept return (Linux).
        if let Err(e) = rustix::net::shutdown(&self.listener, rustix::net::Shutdown::Both) {
            tracing::warn!(error = %e, "a listening socket could not be shut down");
        }
        for stream in inside.streams.values() {
            let _ended_already = stream.shutdown(Shutdown::Both);
        }
    }

    fn admit(&self, stream: &UnixStream) -> Option<u64> {
        let mut inside = self.lock();
        if inside.closed || inside.streams.len() >= self.limit {
            return None;
        }
        let copy = stream.try_clone().ok()?;
        inside.last += 1;
        let number = inside.last;
        inside.streams.insert(number, copy);
        Some(number)
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
