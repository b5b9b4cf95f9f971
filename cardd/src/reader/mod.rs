//! Readers: slots, events, transactions.
//!
//! The only module that talks to PC/SC. One thread, the *monitor*, waits for events of all
//! readers; each reader has a *line*, a thread with a context of its own that runs one job after
//! the other, and a *keeper* that answers jobs the line cannot reach in time. PC/SC serialises
//! calls of one context, so none is ever shared.
//!
//! What is asked of PC/SC stands in [`service`]: traits that the real service implements, and that
//! a test can implement to hand in a world of its own, together with the time.
//!
//! Invariants:
//! - A job runs inside one exclusive transaction, on the stay of the card it was accepted for, or
//!   it is told why not; it is run exactly once.
//! - The first transaction of a stay resets the card before the job sees it.
//! - Whatever PC/SC says, an error never claims that a command had no effect if it may have.
//! - A context that failed once is thrown away.
//! - News of a reader is what two answers in a row agree on: other threads' older ones may come between.
//! - A reader that comes back is served when the line it had before has let go, or a bound has passed.
//! - A card without an answer to reset gets its power anew a few times before anybody is told.

mod agreed;
mod atr;
mod channel;
mod crew;
mod event;
mod fault;
mod framing;
mod gate;
mod handover;
mod keeper;
mod line;
mod look;
mod monitor;
mod name;
mod pcsc_lite;
mod queue;
mod readers;
mod roster;
pub mod service;
mod settings;
mod silence;
mod slot;
mod staff;
mod steps;
mod watch;
mod work;

pub use event::ReaderEvent;
pub use look::{Look, LookError, look};
pub use name::{Insertion, ReaderName};
pub use pcsc_lite::load_client;
pub use readers::{ReaderSnapshot, Readers, ShutdownReport, StartError};
pub use settings::ReaderSettings;
pub use slot::{Fault, Notice, Rest, Slot, SlotEvent};
pub use steps::Steps;
pub use work::{AccessError, CardDisposition, CardWork, SubmitError};
