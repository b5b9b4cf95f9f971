//! Typed client of a rack's control socket.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::control::{
    Answer, CardView, MAX_LINE, MAX_WAIT_MS, Outcome, PullAt, Refusal, Request, Until,
};
use super::plan::{HoldPhase, Order, Plan, When};
use super::runtime_dir::control_socket;
use super::slot::SlotView;
use super::wire::{Exchange, KEPT};

/// How long the rack may take to answer anything but a wait.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longest answer line: a full trace.
const MAX_ANSWER: u64 = (KEPT * 1024 + MAX_LINE) as u64;

/// Why a rack did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No rack listens there.
    #[error("no rack answers at {0}; is \"card-sim rack serve\" running?")]
    NoRack(PathBuf, #[source] io::Error),
    /// The connection failed.
    #[error("the connection to the rack failed")]
    Io(#[from] io::Error),
    /// The rack closed the connection.
    #[error("the rack closed the connection")]
    Closed,
    /// The rack answered something else.
    #[error("the rack's answer is not understood")]
    Answer(#[source] Option<serde_json::Error>),
    /// The rack refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// A connection to a rack.
#[derive(Debug)]
pub struct Client {
    lines: BufReader<UnixStream>,
}

impl Client {
    /// Connects to the rack that serves the directory `dir`.
    ///
    /// # Errors
    /// [`ClientError::NoRack`].
    pub fn connect(dir: &Path) -> Result<Self, ClientError> {
        let socket = control_socket(dir);
        let stream = UnixStream::connect(&socket).map_err(|e| ClientError::NoRack(socket, e))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            lines: BufReader::new(stream),
        })
    }

    /// Sends a request and takes its one answer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn ask(&mut self, request: &Request) -> Result<Outcome, ClientError> {
        self.send(request)?;
        match self.answer()? {
            Answer::Ok(outcome) => Ok(outcome),
            Answer::Error(refusal) => Err(refusal.into()),
        }
    }

    /// All slots.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn list(&mut self) -> Result<Vec<SlotView>, ClientError> {
        let outcome = self.ask(&Request::List)?;
        if let Outcome::Slots(slots) = outcome {
            Ok(slots)
        } else {
            Err(ClientError::Answer(None))
        }
    }

    /// Pushes a card, or a new card of that persona, into a slot.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn insert(&mut self, slot: &str, card: &str) -> Result<SlotView, ClientError> {
        self.ask_slot(&Request::Insert {
            slot: slot.to_owned(),
            card: card.to_owned(),
        })
    }

    /// Pulls the card.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn pull(&mut self, slot: &str) -> Result<SlotView, ClientError> {
        self.ask_slot(&Request::Pull {
            slot: slot.to_owned(),
            at: None,
        })
    }

    /// Pulls the card at a command to come.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn pull_at(&mut self, slot: &str, at: PullAt) -> Result<(), ClientError> {
        self.ask_done(&Request::Pull {
            slot: slot.to_owned(),
            at: Some(at),
        })
    }

    /// Pulls the card and pushes another one in.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn swap(&mut self, slot: &str, card: &str) -> Result<SlotView, ClientError> {
        self.ask_slot(&Request::Swap {
            slot: slot.to_owned(),
            card: card.to_owned(),
        })
    }

    /// A look inside the card of that name, or the card in the slot of that name.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn inspect(&mut self, name: &str) -> Result<CardView, ClientError> {
        let outcome = self.ask(&Request::Inspect {
            name: name.to_owned(),
        })?;
        if let Outcome::Card(card) = outcome {
            Ok(card)
        } else {
            Err(ClientError::Answer(None))
        }
    }

    /// Holds a command to come until [`Client::release`].
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn hold(&mut self, slot: &str, when: When, phase: HoldPhase) -> Result<(), ClientError> {
        self.ask_done(&Request::Hold {
            slot: slot.to_owned(),
            when,
            phase,
        })
    }

    /// Adds the faults of a plan to those to come.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn fault(&mut self, slot: &str, plan: &Plan) -> Result<(), ClientError> {
        let orders: Vec<Order> = plan.orders().to_vec();
        self.ask_done(&Request::Fault {
            slot: slot.to_owned(),
            orders,
        })
    }

    /// Lets the held command go on.
    ///
    /// # Errors
    /// [`ClientError`]; refused if none is held.
    pub fn release(&mut self, slot: &str) -> Result<(), ClientError> {
        self.ask_done(&Request::Release {
            slot: slot.to_owned(),
        })
    }

    /// Forgets all faults to come.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn clear(&mut self, slot: &str) -> Result<(), ClientError> {
        self.ask_done(&Request::Clear {
            slot: slot.to_owned(),
        })
    }

    /// Waits until the slot is in that state, at most 10 minutes.
    ///
    /// # Errors
    /// [`ClientError`]; refused when it did not come within `timeout`.
    pub fn wait(
        &mut self,
        slot: &str,
        until: Until,
        timeout: Duration,
    ) -> Result<SlotView, ClientError> {
        let timeout_ms = u64::try_from(timeout.as_millis())
            .unwrap_or(MAX_WAIT_MS)
            .min(MAX_WAIT_MS);
        let patience = Duration::from_millis(timeout_ms) + PATIENCE;
        self.lines.get_ref().set_read_timeout(Some(patience))?;
        let view = self.ask_slot(&Request::Wait {
            slot: slot.to_owned(),
            until,
            timeout_ms,
        });
        self.lines.get_ref().set_read_timeout(Some(PATIENCE))?;
        view
    }

    /// The exchanges that the rack kept after number `after`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn wire(&mut self, after: u64) -> Result<Vec<Exchange>, ClientError> {
        let outcome = self.ask(&Request::Wire {
            follow: false,
            after,
        })?;
        if let Outcome::Exchanges(exchanges) = outcome {
            Ok(exchanges)
        } else {
            Err(ClientError::Answer(None))
        }
    }

    /// Passes on exchanges as they happen, until the rack stops or `take` returns `false`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn follow(
        mut self,
        after: u64,
        mut take: impl FnMut(Vec<Exchange>) -> bool,
    ) -> Result<(), ClientError> {
        self.send(&Request::Wire {
            follow: true,
            after,
        })?;
        loop {
            match self.answer() {
                Ok(Answer::Ok(Outcome::Exchanges(exchanges))) => {
                    if !take(exchanges) {
                        return Ok(());
                    }
                }
                Ok(Answer::Ok(
                    Outcome::Done | Outcome::Slot(_) | Outcome::Slots(_) | Outcome::Card(_),
                )) => return Err(ClientError::Answer(None)),
                Ok(Answer::Error(refusal)) => return Err(refusal.into()),
                Err(ClientError::Closed) => return Ok(()),
                Err(other) => return Err(other),
            }
        }
    }

    /// Ends the rack.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn stop(&mut self) -> Result<(), ClientError> {
        self.ask_done(&Request::Stop)
    }

    fn ask_slot(&mut self, request: &Request) -> Result<SlotView, ClientError> {
        let outcome = self.ask(request)?;
        if let Outcome::Slot(slot) = outcome {
            Ok(slot)
        } else {
            Err(ClientError::Answer(None))
        }
    }

    fn ask_done(&mut self, request: &Request) -> Result<(), ClientError> {
        if self.ask(request)? == Outcome::Done {
            Ok(())
        } else {
            Err(ClientError::Answer(None))
        }
    }

    fn send(&mut self, request: &Request) -> Result<(), ClientError> {
        let mut line = serde_json::to_vec(request).map_err(|e| ClientError::Answer(Some(e)))?;
        line.push(b'\n');
        Ok(self.lines.get_mut().write_all(&line)?)
    }

    /// The next line that is not empty.
    fn answer(&mut self) -> Result<Answer, ClientError> {
        loop {
            let mut line = Vec::new();
            (&mut self.lines)
                .take(MAX_ANSWER)
                .read_until(b'\n', &mut line)?;
            match line.as_slice() {
                [] => return Err(ClientError::Closed),
                b"\n" => {}
                line => {
                    return serde_json::from_slice(line).map_err(|e| ClientError::Answer(Some(e)));
                }
            }
        }
    }
}
