//! The thread that keeps a reader linked to its rack.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use super::{Request, Shared, State, Trouble};
use crate::frame::{FrameError, Received, ToRack, ToReader, read_to_reader};

/// Pause between two attempts to reach a rack that is gone. A refused connect to a Unix socket
/// costs microseconds, so a short pause is cheap.
const RETRY: Duration = Duration::from_millis(50);

/// How long the rack may take to answer hello, and to take a frame.
const HANDSHAKE: Duration = Duration::from_secs(2);

/// Connects, listens, connects again, until the channel closes.
pub(super) fn run(shared: &Arc<Shared>) {
    loop {
        let stream = connect(shared);
        let mut state = shared.lock();
        if state.closing {
            break;
        }
        if let Some(stream) = stream {
            // `first_try_over` waits for the frame after the welcome: how the slot stands.
            state.writer = Some(Arc::clone(&stream));
            state.view.link_up();
            shared.changed.notify_all();
            drop(state);
            listen(shared, &stream);
            state = shared.lock();
            link_lost(&mut state);
        }
        state.first_try_over = true;
        shared.changed.notify_all();
        let (state, closing) = shared.wait(state, RETRY, |state| state.closing);
        drop(state);
        if closing {
            break;
        }
    }
    shared.lock().link_ended = true;
    shared.changed.notify_all();
}

fn link_lost(state: &mut State) {
    state.writer = None;
    state.atr.clear();
    state.view.link_down();
    state.void_request(Trouble::Gone);
}

fn connect(shared: &Shared) -> Option<Arc<UnixStream>> {
    let stream = UnixStream::connect(shared.name.socket()).ok()?;
    stream.set_read_timeout(Some(HANDSHAKE)).ok()?;
    stream.set_write_timeout(Some(HANDSHAKE)).ok()?;
    let hello = ToRack::Hello {
        slot: shared.name.slot().to_owned(),
    };
    hello.write(&mut &stream).ok()?;
    match read_to_reader(&mut &stream) {
        Ok(Received::Frame(ToReader::Welcome)) => {
            // From here on silence is normal: the rack speaks when something happens. Requests
            // have their own deadline, and closing shuts the socket down.
            stream.set_read_timeout(None).ok()?;
            Some(Arc::new(stream))
        }
        Ok(_) | Err(_) => None,
    }
}

/// Takes frames until the link ends or a frame is malformed.
fn listen(shared: &Shared, stream: &UnixStream) {
    while let Some(frame) = next(read_to_reader(&mut &*stream)) {
        let mut state = shared.lock();
        if !take(&mut state, frame) {
            break;
        }
        state.first_try_over = true;
        shared.changed.notify_all();
    }
    let _ended_already = stream.shutdown(std::net::Shutdown::Both);
}

fn next(received: Result<Received<ToReader>, FrameError>) -> Option<ToReader> {
    match received {
        Ok(Received::Frame(frame)) => Some(frame),
        Ok(Received::Closed | Received::OtherVersion(_)) | Err(_) => None,
    }
}

/// Says whether the frame fits here.
fn take(state: &mut State, frame: ToReader) -> bool {
    match frame {
        ToReader::Inserted => state.view.inserted(),
        ToReader::Removed => {
            state.atr.clear();
            state.view.removed();
            state.void_request(Trouble::Removed);
        }
        ToReader::Reply { id, reply } => return take_reply(state, id, reply),
        ToReader::Welcome | ToReader::Refused(_) => return false,
    }
    true
}

fn take_reply(state: &mut State, id: u32, reply: crate::frame::Reply) -> bool {
    match state.request {
        Request::Waiting(waiting) if waiting == id => {
            state.request = Request::Over(Ok(reply));
            true
        }
        // A void request may still be answered; a number never given out may not.
        Request::Waiting(_) | Request::Over(_) | Request::None => id <= state.last_id,
    }
}
