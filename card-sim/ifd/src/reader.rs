//! One reader: its link to the rack and the requests over it.

mod link;

use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::device_name::DeviceName;
use crate::frame::{Failure, Reply, ToRack, Verb};
use crate::presence::{Presence, SlotView};

/// How long opening and closing a channel may wait for the link thread.
const LINK_PATIENCE: Duration = Duration::from_secs(2);

/// Longest wait of one poll, whatever pcscd asks for.
const LONGEST_POLL: Duration = Duration::from_secs(600);

/// Why the card did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No card when the request came.
    NoCard,
    /// The card left while it worked: whether the command was carried out is unknown.
    Removed,
    /// The rack is gone.
    Gone,
    /// No answer in time; the channel is closed and opened anew.
    TimedOut,
    /// The rack says why.
    Failed(Failure),
    /// The answer does not belong to the question.
    Mismatch,
}

/// A reader that pcscd has opened.
#[derive(Debug)]
pub(crate) struct Reader {
    shared: Arc<Shared>,
    /// One request at a time.
    turn: Mutex<()>,
    link: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    name: DeviceName,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    view: SlotView,
    writer: Option<Arc<UnixStream>>,
    request: Request,
    last_id: u32,
    atr: Vec<u8>,
    first_try_over: bool,
    closing: bool,
    link_ended: bool,
}

/// The one request that can be under way.
#[derive(Debug)]
enum Request {
    None,
    Waiting(u32),
    Over(Result<Reply, Trouble>),
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `done` or until `patience` is over; says whether it is done.
    fn wait<'a>(
        &self,
        guard: MutexGuard<'a, State>,
        patience: Duration,
        done: impl Fn(&State) -> bool,
    ) -> (MutexGuard<'a, State>, bool) {
        let (guard, _) = self
            .changed
            .wait_timeout_while(guard, patience, |state| !done(state))
            .unwrap_or_else(PoisonError::into_inner);
        let over = done(&guard);
        (guard, over)
    }
}

impl State {
    fn new() -> Self {
        Self {
            view: SlotView::new(),
            writer: None,
            request: Request::None,
            last_id: 0,
            atr: Vec::new(),
            first_try_over: false,
            closing: false,
            link_ended: false,
        }
    }

    fn void_request(&mut self, trouble: Trouble) {
        if matches!(self.request, Request::Waiting(_)) {
            self.request = Request::Over(Err(trouble));
        }
    }

    /// Registers a request, if the slot can take one.
    fn begin(&mut self) -> Result<(u32, Arc<UnixStream>), Trouble> {
        match self.view.presence() {
            Presence::Present => {}
            Presence::Absent => return Err(Trouble::NoCard),
            Presence::Gone => return Err(Trouble::Gone),
        }
        let writer = self.writer.clone().ok_or(Trouble::Gone)?;
        self.last_id = self.last_id.checked_add(1).unwrap_or(1);
        self.request = Request::Waiting(self.last_id);
        Ok((self.last_id, writer))
    }
}

impl Reader {
    /// Opens the channel. A rack that is not there yet is no error: the link comes up with it.
    pub(crate) fn open(name: DeviceName) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            name,
            state: Mutex::new(State::new()),
            changed: Condvar::new(),
        });
        let for_link = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name(format!("rack {}", shared.name.slot()))
            .spawn(move || link::run(&for_link))?;
        let (state, _) = shared.wait(shared.lock(), LINK_PATIENCE, |state| state.first_try_over);
        drop(state);
        Ok(Self {
            shared,
            turn: Mutex::new(()),
            link: Mutex::new(Some(thread)),
        })
    }

    /// Closes the channel and ends its thread. Waits and requests return.
    pub(crate) fn close(&self) {
        let mut state = self.shared.lock();
        state.closing = true;
        if let Some(writer) = &state.writer {
            let _ended_already = writer.shutdown(std::net::Shutdown::Both);
        }
        self.shared.changed.notify_all();
        let (state, ended) = self
            .shared
            .wait(state, LINK_PATIENCE, |state| state.link_ended);
        drop(state);
        let thread = self
            .link
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // A thread that hangs in connect() to a stopped rack is left behind: closing must end.
        if let (true, Some(thread)) = (ended, thread) {
            let _panicked = thread.join();
        }
    }

    /// IFDHICCPresence.
    pub(crate) fn presence(&self) -> Presence {
        self.shared.lock().view.presence()
    }

    /// Waits for a change, a wake-up or `timeout`.
    pub(crate) fn poll(&self, timeout: Duration) {
        let mut state = self.shared.lock();
        state.view.poll_begins();
        let (mut state, _) = self.shared.wait(state, timeout.min(LONGEST_POLL), |s| {
            s.closing || s.view.poll_has_news()
        });
        state.view.poll_ends();
    }

    /// Lets the poll return once.
    pub(crate) fn wake(&self) {
        self.shared.lock().view.wake();
        self.shared.changed.notify_all();
    }

    /// The answer to the last power up or reset, empty without power.
    pub(crate) fn atr(&self) -> Vec<u8> {
        self.shared.lock().atr.clone()
    }

    /// Cold or warm reset; returns the ATR.
    pub(crate) fn power(&self, verb: Verb) -> Result<Vec<u8>, Trouble> {
        let result = self.request(verb).and_then(|reply| match reply {
            Reply::Atr(atr) => Ok(atr),
            Reply::PoweredDown => Ok(Vec::new()),
            Reply::Failed(failure) => Err(Trouble::Failed(failure)),
            Reply::Response(_) => Err(self.mismatch()),
        });
        self.shared.lock().atr = result.clone().unwrap_or_default();
        result
    }

    /// One command APDU; returns the response APDU.
    pub(crate) fn transmit(&self, command: crate::Wiped) -> Result<crate::Wiped, Trouble> {
        match self.request(Verb::Transmit(command))? {
            Reply::Response(response) => Ok(response),
            Reply::Failed(failure) => Err(Trouble::Failed(failure)),
            Reply::Atr(_) | Reply::PoweredDown => Err(self.mismatch()),
        }
    }

    fn request(&self, verb: Verb) -> Result<Reply, Trouble> {
        let deadline = Instant::now() + self.shared.name.answer_timeout();
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let (id, writer) = self.shared.lock().begin()?;
        if (ToRack::Request { id, verb }).write(&mut &*writer).is_err() {
            self.drop_link();
            self.shared.lock().void_request(Trouble::Gone);
        }
        let patience = deadline.saturating_duration_since(Instant::now());
        let (mut state, _) = self.shared.wait(self.shared.lock(), patience, |s| {
            !matches!(s.request, Request::Waiting(_))
        });
        match std::mem::replace(&mut state.request, Request::None) {
            Request::Over(result) => result,
            Request::Waiting(_) | Request::None => {
                drop(state);
                self.drop_link();
                Err(Trouble::TimedOut)
            }
        }
    }

    fn mismatch(&self) -> Trouble {
        self.drop_link();
        Trouble::Mismatch
    }

    /// Closes the socket; the link thread notices and connects anew.
    fn drop_link(&self) {
        if let Some(writer) = &self.shared.lock().writer {
            let _ended_already = writer.shutdown(std::net::Shutdown::Both);
        }
    }
}
