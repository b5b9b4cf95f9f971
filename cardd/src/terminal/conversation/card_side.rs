//! The card's end of the line to the hall, for the card's own thread: it waits there, and for no
//! longer than anything can still come.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use cardd_proto::v1::SealedEntry;
use tokio::sync::mpsc;

use super::{FromHall, ToHall};
use crate::{
    card::{Authentication, IssuerMessage},
    reader::{AccessError, Insertion, ReaderName},
    terminal::{Terminal, TerminalError, clock::within, doors::Choice},
};

/// The card's end.
pub(in crate::terminal) struct Conversation {
    terminal: Arc<Terminal>,
    stay: (ReaderName, Insertion),
    to_hall: mpsc::Sender<ToHall>,
    from_hall: mpsc::Receiver<FromHall>,
}

impl Conversation {
    pub(super) fn new(
        terminal: Arc<Terminal>,
        stay: (ReaderName, Insertion),
        to_hall: mpsc::Sender<ToHall>,
        from_hall: mpsc::Receiver<FromHall>,
    ) -> Self {
        Self {
            terminal,
            stay,
            to_hall,
            from_hall,
        }
    }

    /// Says something.
    pub(in crate::terminal) fn tell(&self, message: ToHall) -> Result<(), TerminalError> {
        self.to_hall
            .blocking_send(message)
            .map_err(|_| TerminalError::HallSilent)
    }

    /// Waits for the answer, no longer than hall and card are there. A terminal that goes down lets
    /// a hall that answers come to its end.
    fn hear(&mut self) -> Result<FromHall, TerminalError> {
        let (reader, insertion) = &self.stay;
        let terminal = &self.terminal;
        let heard = async {
            tokio::select! {
                biased;
                heard = self.from_hall.recv() => heard.ok_or(TerminalError::HallSilent),
                () = terminal.card_leaves(reader, *insertion) => Err(gone()),
            }
        };
        let patience = terminal.settings.issuer.hall_patience;
        wait_here(terminal, patience, heard).unwrap_or(Err(TerminalError::HallSilent))
    }

    pub(in crate::terminal) fn hear_read_key(&mut self) -> Result<Authentication, TerminalError> {
        match self.hear()? {
            FromHall::ReadKey(authentication) => Ok(authentication),
            FromHall::UnblockKey(_) | FromHall::Message { .. } => Err(OUT_OF_TURN),
        }
    }

    pub(in crate::terminal) fn hear_unblock_key(
        &mut self,
    ) -> Result<Authentication, TerminalError> {
        match self.hear()? {
            FromHall::UnblockKey(authentication) => Ok(authentication),
            FromHall::ReadKey(_) | FromHall::Message { .. } => Err(OUT_OF_TURN),
        }
    }

    pub(in crate::terminal) fn hear_message(
        &mut self,
    ) -> Result<(IssuerMessage, Option<SealedEntry>), TerminalError> {
        match self.hear()? {
            FromHall::Message {
                message,
                issued_pin,
            } => Ok((message, issued_pin)),
            FromHall::ReadKey(_) | FromHall::UnblockKey(_) => Err(OUT_OF_TURN),
        }
    }

    /// Waits for what the holder chooses at the counter, until `end` and no longer than the hall,
    /// the card and the terminal are there. A choice that is there counts.
    pub(in crate::terminal) fn hear_choice(
        &mut self,
        chosen: &mut mpsc::Receiver<Choice>,
        end: Instant,
    ) -> Result<Choice, TerminalError> {
        let (reader, insertion) = &self.stay;
        let terminal = &self.terminal;
        let heard = async {
            tokio::select! {
                biased;
                choice = chosen.recv() => choice.ok_or(TerminalError::NoHolderPinWanted),
                () = terminal.card_leaves(reader, *insertion) => Err(gone()),
                () = terminal.closes() => Err(TerminalError::ShuttingDown),
                // It has nothing more to say: it left, or speaks out of turn.
                _ = self.from_hall.recv() => Err(TerminalError::HallSilent),
            }
        };
        let left = end.saturating_duration_since(terminal.clock.now());
        wait_here(terminal, left, heard).unwrap_or(Err(TerminalError::EntryTimedOut))
    }
}

impl Terminal {
    /// Ends when the card of a stay has left.
    async fn card_leaves(&self, reader: &ReaderName, insertion: Insertion) {
        let mut events = self.changes();
        while self.cards.get(reader.as_str(), insertion).is_some() {
            if events.changed().await.is_err() {
                return;
            }
        }
    }

    /// Ends when the terminal begins to go down.
    async fn closes(&self) {
        // An error means that the terminal is gone.
        drop(self.closing.subscribe().wait_for(|closing| *closing).await);
    }
}

fn gone() -> TerminalError {
    AccessError::CardRemoved.into()
}

/// Blocks the card's own thread; `None` if nothing came within the bound.
fn wait_here<T>(terminal: &Terminal, bound: Duration, what: impl Future<Output = T>) -> Option<T> {
    pollster::block_on(within(&*terminal.clock, bound, what))
}

const OUT_OF_TURN: TerminalError = TerminalError::Malformed("an answer to another question");
