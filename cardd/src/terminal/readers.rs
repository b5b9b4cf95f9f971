//! Readers and cards as desks see them: lists, and events with a resumable position.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::{
    card::CardIdentity,
    policy::{Desk, Operation, decide},
    reader::{Insertion, ReaderEvent, ReaderName, ReaderSnapshot, Slot},
    terminal::{
        CardFault, KnownCard, Terminal, TerminalError,
        events::{Happening, Since},
        identify::Identify,
    },
};

/// One reader for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderView {
    /// Its name.
    pub name: ReaderName,
    /// What lies in it.
    pub slot: SlotView,
}

/// What lies in a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotView {
    /// No card.
    Empty,
    /// A card that is being identified.
    Present {
        /// Its stay.
        insertion: Insertion,
    },
    /// A card that can be used.
    Identified {
        /// Its stay.
        insertion: Insertion,
        /// What it is.
        card: CardIdentity,
        /// Whether a job is under way.
        busy: bool,
    },
    /// A card that cannot be used.
    Faulted {
        /// Its stay.
        insertion: Insertion,
        /// Why.
        fault: CardFault,
    },
}

impl Terminal {
    /// All readers, and the position of the last event that the list is sure to contain.
    ///
    /// # Errors
    /// [`TerminalError::Denied`].
    pub fn list_readers(&self, desk: &Desk) -> Result<(Vec<ReaderView>, u64), TerminalError> {
        decide(desk, Operation::ListReaders)?;
        Ok(self.state())
    }

    /// A watcher of the events after `after`; without it, of those from now on.
    ///
    /// # Errors
    /// [`TerminalError::Denied`], [`TerminalError::TooManyWatchers`].
    pub fn watch(
        self: &Arc<Self>,
        desk: &Desk,
        after: Option<u64>,
    ) -> Result<Watcher, TerminalError> {
        decide(desk, Operation::WatchEvents)?;
        let place = Arc::clone(&self.watchers)
            .try_acquire_owned()
            .map_err(|_| TerminalError::TooManyWatchers)?;
        let (signal, now) = {
            let events = self.events();
            (events.subscribe(), events.position())
        };
        Ok(Watcher {
            terminal: Arc::clone(self),
            position: after.unwrap_or(now),
            signal,
            closing: self.closing.subscribe(),
            _place: place,
        })
    }

    /// Takes in one event of the readers: the table of cards, the entries and the watchers follow.
    pub fn on_reader_event(self: &Arc<Self>, event: ReaderEvent) {
        match event {
            ReaderEvent::ServiceUp => self.announce(Happening::ServiceChanged { up: true }),
            ReaderEvent::ServiceDown => self.announce(Happening::ServiceChanged { up: false }),
            ReaderEvent::ReaderArrived { reader } => {
                self.announce(Happening::ReaderArrived { reader });
            }
            ReaderEvent::ReaderGone { reader } => self.announce(Happening::ReaderGone { reader }),
            ReaderEvent::CardInserted { reader, insertion } => {
                self.announce(Happening::CardInserted {
                    reader: reader.clone(),
                    insertion,
                });
                self.look(&reader, insertion);
            }
            ReaderEvent::CardUnreadable { reader, insertion } => {
                self.faulted(&reader, insertion, CardFault::Unreadable);
            }
            ReaderEvent::CardRemoved { reader, insertion } => {
                self.cards.forget(&reader);
                self.entries().void(insertion);
                self.announce(Happening::CardRemoved { reader, insertion });
            }
        }
    }

    /// Has the card of an insertion identified, and open doubts about it settled.
    pub(super) fn look(self: &Arc<Self>, reader: &ReaderName, insertion: Insertion) {
        let work = Identify {
            terminal: Arc::clone(self),
            reader: reader.clone(),
            insertion,
        };
        if let Err(error) = self
            .readers
            .submit(reader.as_str(), Some(insertion), Box::new(work))
        {
            tracing::info!(%reader, %insertion, %error, "card not identified");
        }
    }

    pub(super) fn identified(
        &self,
        reader: &ReaderName,
        insertion: Insertion,
        known: Arc<KnownCard>,
    ) {
        let card = known.identity.clone();
        self.cards.know(reader.clone(), insertion, known);
        self.readers.identified(reader.as_str(), insertion);
        self.announce(Happening::CardIdentified {
            reader: reader.clone(),
            insertion,
            card,
        });
    }

    pub(super) fn faulted(&self, reader: &ReaderName, insertion: Insertion, fault: CardFault) {
        self.cards.fault(reader.clone(), insertion, fault);
        self.readers.faulted(reader.as_str(), insertion);
        self.announce(Happening::CardFaulted {
            reader: reader.clone(),
            insertion,
            fault,
        });
    }

    pub(super) fn announce(&self, happening: Happening) {
        tracing::info!(?happening);
        self.events().push(self.clock.unix_ms(), happening);
    }

    /// A slot together with what is known of its card. A slot that is ahead of what is known shows
    /// as present: its event is on the way.
    fn view(&self, reader: ReaderSnapshot) -> ReaderView {
        let slot = match reader.slot.insertion() {
            None => SlotView::Empty,
            Some(insertion) => match self.cards.get(reader.reader.as_str(), insertion) {
                None => SlotView::Present { insertion },
                Some(Err(fault)) => SlotView::Faulted { insertion, fault },
                Some(Ok(known)) => SlotView::Identified {
                    insertion,
                    card: known.identity.clone(),
                    busy: matches!(reader.slot, Slot::Busy { .. }),
                },
            },
        };
        ReaderView {
            name: reader.reader,
            slot,
        }
    }

    /// The position is taken first: an event that falls between is told twice, never lost.
    fn state(&self) -> (Vec<ReaderView>, u64) {
        let position = self.events().position();
        let views = self
            .readers
            .list()
            .into_iter()
            .map(|reader| self.view(reader))
            .collect();
        (views, position)
    }
}

/// What a watcher gets next.
#[derive(Debug, Clone)]
pub enum Watched {
    /// The events after its position, in order.
    Events(Vec<Arc<crate::terminal::events::Event>>),
    /// Its position was lost: the whole state, and the position to go on from.
    Resync {
        /// All readers.
        readers: Vec<ReaderView>,
        /// Position of the state.
        position: u64,
        /// Wall clock of the state, milliseconds since 1970.
        time_unix_ms: u64,
    },
}

/// One desk's place in the stream of events. It holds a position and no queue: a slow desk costs
/// nothing, and one that falls behind the buffer starts over from the state.
pub struct Watcher {
    terminal: Arc<Terminal>,
    position: u64,
    signal: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

impl Watcher {
    /// Waits for what comes next. `None` when the terminal closes.
    pub async fn next(&mut self) -> Option<Watched> {
        loop {
            let since = self.terminal.events().since(self.position);
            match since {
                Since::Lost { .. } => return Some(self.start_over()),
                Since::Events(events) => {
                    if let Some(newest) = events.last() {
                        self.position = newest.position;
                        return Some(Watched::Events(events));
                    }
                }
            }
            tokio::select! {
                changed = self.signal.changed() => changed.ok()?,
                _ = self.closing.wait_for(|closing| *closing) => return None,
            }
        }
    }

    fn start_over(&mut self) -> Watched {
        let (readers, position) = self.terminal.state();
        self.position = position;
        Watched::Resync {
            readers,
            position,
            time_unix_ms: self.terminal.clock.unix_ms(),
        }
    }
}
