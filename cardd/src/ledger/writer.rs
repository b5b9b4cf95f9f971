//! The callers' end of the one thread that writes.

use std::{
    fmt,
    fs::{File, TryLockError},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

use super::{
    Body, Clock, LedgerError, LedgerSettings, LedgerState,
    card_ref::TerminalKey,
    live_chain::LiveChain,
    opening::{Home, Terms},
    retention::Retention,
    scribe::{Published, Request, Scribe},
    store::{self, StoreError},
};

/// Requests that may wait; more are refused.
const QUEUE: usize = 256;

/// Longest wait for an answer. A disk that takes longer is as good as none.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// Longest wait for the first answer: every kept record is read and checked.
const OPEN_LIMIT: Duration = Duration::from_secs(120);

/// Longest wait for the thread's end.
const END_LIMIT: Duration = Duration::from_secs(10);

/// The callers' end.
pub(super) struct Writer {
    requests: Option<SyncSender<Request>>,
    state: Published,
    now: Clock,
    ended: Mutex<Receiver<()>>,
}

impl Writer {
    /// Opens the ledger on a thread of its own; returns when it is open.
    pub(super) fn start(settings: LedgerSettings) -> Result<(TerminalKey, Self), LedgerError> {
        let home = Home::new(settings.dir);
        super::make_home(home.dir())?;
        let lock = lock(&home)?;
        let key = store::read_or_make_key(&home.key_file(), || (settings.random)()).map_err(
            StoreError::machine("cannot read or make the terminal's key"),
        )?;
        let (requests, asked) = sync_channel(QUEUE);
        let (opened, opening) = sync_channel(1);
        let (end, ended) = sync_channel(1);
        let now = Arc::clone(&settings.now);
        let terms = Terms {
            retention: Retention {
                records: settings.retention_records,
                unacknowledged_limit: settings.unacknowledged_limit,
            },
            now: settings.now,
            random: settings.random,
        };
        thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || {
                match Scribe::open(home, terms) {
                    Ok(scribe) if opened.send(Ok(scribe.published())).is_ok() => {
                        scribe.run(&asked);
                        drop(lock);
                    }
                    // Nobody waits for the opening any more.
                    Ok(_) => {}
                    Err(error) => {
                        drop(lock);
                        drop(opened.send(Err(error)));
                    }
                }
                // Nobody may wait for the end.
                let _ = end.send(());
            })
            .map_err(StoreError::machine("cannot start a thread"))?;
        let state = opening
            .recv_timeout(OPEN_LIMIT)
            .map_err(|_| no_answer())??;
        let key = TerminalKey::new(key);
        Ok((
            key,
            Self {
                requests: Some(requests),
                state,
                now,
                ended: Mutex::new(ended),
            },
        ))
    }

    /// Appends a record; it is on disk at return.
    pub(super) fn write(&self, body: Body) -> Result<u64, LedgerError> {
        // No buffer: an answer is either taken or known by the thread not to be.
        let (answer, answered) = sync_channel(0);
        self.ask(Request::Write { body, answer })?;
        answered
            .recv_timeout(ANSWER_LIMIT)
            .map_err(|_| self.stuck())?
    }

    /// Looks at the chain as it was acknowledged last.
    pub(super) fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&LiveChain) -> T + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (answer, answered) = sync_channel(1);
        self.ask(Request::Read(Box::new(move |chain| {
            // The caller may have given up.
            let _ = answer.send(look(chain));
        })))?;
        answered
            .recv_timeout(ANSWER_LIMIT)
            .map_err(|_| self.stuck())
    }

    /// Changes what is no record.
    pub(super) fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut LiveChain) -> T + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (answer, answered) = sync_channel(1);
        self.ask(Request::Change(Box::new(move |chain| {
            let changed = change(chain);
            // The caller may have given up.
            Box::new(move || drop(answer.send(changed)))
        })))?;
        answered
            .recv_timeout(ANSWER_LIMIT)
            .map_err(|_| self.stuck())
    }

    pub(super) fn state(&self) -> LedgerState {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn ask(&self, request: Request) -> Result<(), LedgerError> {
        let requests = self.requests.as_ref().ok_or_else(no_answer)?;
        requests.try_send(request).map_err(|refused| match refused {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => self.stuck(),
        })
    }

    fn stuck(&self) -> LedgerError {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.failed((self.now)().unix_ms, NO_ANSWER);
        no_answer()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.requests = None;
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        // A thread that hangs in a disk is left to it.
        let _ = ended.recv_timeout(END_LIMIT);
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

const NO_ANSWER: &str = "the store does not answer";

fn no_answer() -> LedgerError {
    LedgerError::Unavailable {
        why: NO_ANSWER.to_owned(),
    }
}

/// The lock that keeps a second process out; held while the returned file is open.
fn lock(home: &Home) -> Result<File, LedgerError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(home.lock_file())
        .map_err(StoreError::machine("cannot open the lock file"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LedgerError::InUse {
            dir: home.dir().to_owned(),
        }),
        Err(TryLockError::Error(source)) => {
            Err(StoreError::machine("cannot lock the ledger")(source).into())
        }
    }
}
