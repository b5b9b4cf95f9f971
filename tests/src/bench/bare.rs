//! The bare loop: what the same commands cost without cardd.
//!
//! It runs in a process of its own, as libpcsclite reads the socket of pcscd from the environment,
//! and takes its time itself: the pipe between the two processes is in no figure. One JSON object
//! a line each way; digits are those of a software card.

use std::{
    ffi::{CStr, CString},
    io::{self, BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use pcsc::{Card, Context, Disposition, Protocols, Scope, ShareMode};
use serde::{Deserialize, Serialize};

use super::{BenchError, SLOT, must, samples::Samples};
use crate::{pcscd::SOCKET_VARIABLE, stand::Stand};

/// First argument that makes the bench program the bare loop; the second is the reader.
pub const ARGUMENT: &str = "bare-loop";

/// Command APDUs in hexadecimal.
pub(super) type Commands = Vec<String>;

/// What the loop is to do.
#[derive(Debug, Serialize, Deserialize)]
enum Order {
    /// For each list: connect, begin, transmit, end, disconnect; the last one ends with a reset, as
    /// a PIN was presented. Timed as a whole.
    Transactions(Vec<Commands>),
    /// So many times the same command within one transaction, each timed, after others untimed.
    Repeat {
        before: Commands,
        command: String,
        times: usize,
    },
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
struct Done {
    nanoseconds: Vec<u64>,
    /// Status word of the last command.
    status_word: String,
}

/// The loop, as its orderer sees it. Dropping it ends it.
pub struct Bare {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Bare {
    /// Starts this program again as the bare loop at the stand's reader.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(stand: &Stand) -> Result<Self, BenchError> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([ARGUMENT, &stand.reader(SLOT)])
            .env(SOCKET_VARIABLE, stand.pcscd.socket())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let answers = child.stdout.take().ok_or_else(broken)?;
        Ok(Self {
            orders: child.stdin.take(),
            answers: BufReader::new(answers),
            child,
        })
    }

    /// Whole transactions, one after the other; answers how long they took together.
    pub(super) fn transactions(&mut self, lists: Vec<Commands>) -> Result<Duration, BenchError> {
        let done = self.order(&Order::Transactions(lists))?;
        Ok(done.nanoseconds.into_iter().map(Duration::from_nanos).sum())
    }

    /// The same command in a row.
    pub(super) fn repeat(
        &mut self,
        before: Commands,
        (command, times): (String, usize),
        status_word: &str,
    ) -> Result<Samples, BenchError> {
        let done = self.order(&Order::Repeat {
            before,
            command,
            times,
        })?;
        must("answer of the card", done.status_word.as_str(), status_word)?;
        Ok(done
            .nanoseconds
            .into_iter()
            .map(Duration::from_nanos)
            .collect())
    }

    fn order(&mut self, order: &Order) -> Result<Done, BenchError> {
        let mut line = serde_json::to_string(order)?;
        line.push('\n');
        let orders = self.orders.as_mut().ok_or_else(broken)?;
        orders.write_all(line.as_bytes())?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(serde_json::from_str(&answer)?)
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        drop(self.orders.take());
        // It ends when its orders end; if it has failed, its last answer said so.
        let _ended = self.child.wait();
    }
}

/// The loop itself: orders in, answers out, until the orders end.
///
/// # Errors
/// PC/SC fails, or the orderer is gone.
pub fn serve(
    reader: &str,
    orders: impl BufRead,
    mut answers: impl Write,
) -> Result<(), BenchError> {
    let context = Context::establish(Scope::User)?;
    let reader = CString::new(reader).map_err(io::Error::other)?;
    for order in orders.lines() {
        let done = match serde_json::from_str(&order?)? {
            Order::Transactions(lists) => transactions(&context, &reader, &lists)?,
            Order::Repeat {
                before,
                command,
                times,
            } => repeat(&context, &reader, (&before, &command, times))?,
        };
        serde_json::to_writer(&mut answers, &done)?;
        answers.write_all(b"\n")?;
        answers.flush()?;
    }
    Ok(())
}

fn transactions(context: &Context, reader: &CStr, lists: &[Commands]) -> Result<Done, BenchError> {
    let lists: Vec<Vec<Vec<u8>>> = lists.iter().map(decoded).collect::<Result<_, _>>()?;
    let mut status_word = String::new();
    let started = Instant::now();
    for (index, list) in lists.iter().enumerate() {
        let last = index + 1 == lists.len();
        let end = if last {
            Disposition::ResetCard
        } else {
            Disposition::LeaveCard
        };
        let mut card = connect(context, reader)?;
        let transaction = card.transaction()?;
        for command in list {
            status_word = transmit(&transaction, command)?;
        }
        transaction.end(end).map_err(|(_, error)| error)?;
        disconnect(card)?;
    }
    let nanoseconds = vec![nanoseconds(started.elapsed())];
    Ok(Done {
        nanoseconds,
        status_word,
    })
}

fn repeat(
    context: &Context,
    reader: &CStr,
    (before, command, times): (&Commands, &str, usize),
) -> Result<Done, BenchError> {
    let (before, command) = (
        decoded(before)?,
        hex::decode(command).map_err(io::Error::other)?,
    );
    let mut card = connect(context, reader)?;
    let transaction = card.transaction()?;
    for command in &before {
        transmit(&transaction, command)?;
    }
    let mut done = Done {
        nanoseconds: Vec::with_capacity(times),
        status_word: String::new(),
    };
    for _ in 0..times {
        let started = Instant::now();
        done.status_word = transmit(&transaction, &command)?;
        done.nanoseconds.push(nanoseconds(started.elapsed()));
    }
    transaction
        .end(Disposition::ResetCard)
        .map_err(|(_, error)| error)?;
    disconnect(card)?;
    Ok(done)
}

fn connect(context: &Context, reader: &CStr) -> Result<Card, pcsc::Error> {
    context.connect(reader, ShareMode::Shared, Protocols::ANY)
}

fn disconnect(card: Card) -> Result<(), pcsc::Error> {
    card.disconnect(Disposition::LeaveCard)
        .map_err(|(_, error)| error)
}

/// Transmits and answers the status word; a PIN that is not accepted ends the loop at once, before
/// it costs another try.
fn transmit(card: &Card, command: &[u8]) -> Result<String, BenchError> {
    let mut buffer = [0; pcsc::MAX_BUFFER_SIZE];
    let answer = card.transmit(command, &mut buffer)?;
    let status_word = hex::encode(
        answer
            .get(answer.len().saturating_sub(2)..)
            .unwrap_or_default(),
    );
    if command.starts_with(&[0x00, 0x20]) && command.len() > 5 {
        must("answer to VERIFY", status_word.as_str(), "9000")?;
    }
    Ok(status_word)
}

fn decoded(commands: &Commands) -> Result<Vec<Vec<u8>>, io::Error> {
    commands
        .iter()
        .map(|command| hex::decode(command).map_err(io::Error::other))
        .collect()
}

fn broken() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
