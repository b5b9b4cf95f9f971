//! A reader of our own IFD handler at the other end of a Unix socket.
//!
//! Two threads per connection: one reads frames, so that the end of the reader is noticed even
//! while the card works or is held; the other carries the requests out, one after the other.

use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ifdcardsim::frame::{Failure, Received, Refusal, Reply, ToRack, ToReader, Verb, read_to_rack};

use super::slot::{Answer, Reader, Slot};

/// How long a reader may take to say hello, and to take a frame.
const PATIENCE: Duration = Duration::from_secs(2);

/// Requests that may wait: a reader has one under way, and one more after an answer became void.
const QUEUE: usize = 4;

/// Writes frames, one at a time.
struct FrameWriter(Mutex<UnixStream>);

impl FrameWriter {
    fn write(&self, frame: &ToReader) -> io::Result<()> {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = frame.write(&mut *stream);
        match &written {
            Err(e) if e.kind() != io::ErrorKind::InvalidInput => {
                // Half a frame may be out: nothing more can be said on this socket.
                let _ended_already = stream.shutdown(Shutdown::Both);
            }
            Ok(()) | Err(_) => {}
        }
        written
    }
}

impl Reader for FrameWriter {
    fn card_changed(&self, present: bool) {
        let frame = if present {
            ToReader::Inserted
        } else {
            ToReader::Removed
        };
        // A write that fails has shut the socket down, and the reading side ends the link.
        let _link_ends = self.write(&frame);
    }
}

/// Serves one connection until it ends.
///
/// # Errors
/// The socket's.
pub(super) fn serve(
    stream: &UnixStream,
    find: impl Fn(&str) -> Option<Arc<Slot>>,
) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let writer = Arc::new(FrameWriter(Mutex::new(stream.try_clone()?)));
    let slot = match read_to_rack(&mut &*stream) {
        Ok(Received::Frame(ToRack::Hello { slot })) => find(&slot).ok_or(Refusal::UnknownSlot),
        Ok(Received::OtherVersion(_)) => Err(Refusal::Version),
        Ok(Received::Closed | Received::Frame(ToRack::Request { .. })) | Err(_) => return Ok(()),
    };
    match slot {
        Ok(slot) => attach(stream, writer, &slot),
        Err(reason) => writer.write(&ToReader::Refused(reason)),
    }
}

/// Sends the welcome before the first news of the slot.
struct WelcomeFirst(Arc<FrameWriter>, std::sync::Once);

impl Reader for WelcomeFirst {
    fn card_changed(&self, present: bool) {
        self.1.call_once(|| {
            let _link_ends = self.0.write(&ToReader::Welcome);
        });
        self.0.card_changed(present);
    }
}

fn attach(stream: &UnixStream, writer: Arc<FrameWriter>, slot: &Arc<Slot>) -> io::Result<()> {
    let reader = WelcomeFirst(Arc::clone(&writer), std::sync::Once::new());
    let Ok(link) = slot.attach(Arc::new(reader)) else {
        return writer.write(&ToReader::Refused(Refusal::Taken));
    };
    let (requests, queue) = sync_channel(QUEUE);
    let carried = std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .name(format!("card {}", slot.name()))
            .spawn_scoped(scope, move || carry_out(&queue, slot, &writer));
        let read = worker.and_then(|_| read_requests(stream, &requests));
        // Ends a command that is held or under way, then the worker.
        slot.power_down();
        drop(requests);
        read
    });
    slot.detach(link);
    let _ended_already = stream.shutdown(Shutdown::Both);
    carried
}

fn read_requests(stream: &UnixStream, requests: &SyncSender<(u32, Verb)>) -> io::Result<()> {
    // A reader is silent while nobody uses its card; the rack's end shuts the socket down.
    stream.set_read_timeout(None)?;
    loop {
        match read_to_rack(&mut &*stream) {
            Ok(Received::Frame(ToRack::Request { id, verb })) => {
                if requests.try_send((id, verb)).is_err() {
                    return Err(io::Error::other(
                        "the reader sent more requests than it may",
                    ));
                }
            }
            Ok(Received::Closed) => return Ok(()),
            Ok(Received::Frame(ToRack::Hello { .. }) | Received::OtherVersion(_)) => {
                return Err(io::Error::other("the reader said hello twice"));
            }
            Err(e) => return Err(io::Error::other(e)),
        }
    }
}

fn carry_out(queue: &Receiver<(u32, Verb)>, slot: &Slot, writer: &FrameWriter) {
    while let Ok((id, verb)) = queue.recv() {
        let answer = match verb {
            Verb::Transmit(command) => {
                let answer = slot.transmit(&command);
                if reply(writer, id, response_frame(&answer)).is_ok() {
                    slot.answered(&answer);
                }
                continue;
            }
            Verb::PowerUp => slot.power_up().map(Reply::Atr),
            Verb::Reset => slot.reset().map(Reply::Atr),
            Verb::PowerDown => {
                slot.power_down();
                Ok(Reply::PoweredDown)
            }
        };
        // A failed write has shut the socket down; the queue ends with it.
        let _link_ends = reply(writer, id, answer.unwrap_or_else(Reply::Failed));
    }
}

fn response_frame(answer: &Answer) -> Reply {
    match &answer.response {
        Ok(response) => Reply::Response(ifdcardsim::Wiped::new(response.to_vec())),
        Err(failure) => Reply::Failed(*failure),
    }
}

fn reply(writer: &FrameWriter, id: u32, reply: Reply) -> io::Result<()> {
    let frame = ToReader::Reply { id, reply };
    let written = writer.write(&frame);
    match written {
        // An answer too long for any reader is a card fault, not a broken link.
        Err(e) if e.kind() == io::ErrorKind::InvalidInput => writer.write(&ToReader::Reply {
            id,
            reply: Reply::Failed(Failure::Mute),
        }),
        other => other,
    }
}
