//! Which card lies in this desk's reader, from the line's word. Pure.

use std::collections::BTreeMap;

use super::machine::Line;
use crate::model::{Happening, Insertion, Reader, Reason, ServiceState, Slot};

/// One stay of a card in a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stay {
    /// PC/SC name of the reader.
    pub(crate) reader: String,
    /// The card's stay.
    pub(crate) insertion: Insertion,
}

/// What lies before the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lying {
    /// cardd does not answer.
    LineDown,
    /// The PC/SC service does not answer cardd.
    ServiceDown,
    /// There is no reader.
    NoReader,
    /// No card.
    Nothing,
    /// A card that is being identified.
    Coming,
    /// A social security card.
    Card(Stay),
    /// Something that is of no use until it is seen to.
    Unusable(Reason),
}

impl Lying {
    /// The card that can be worked with.
    pub(crate) fn stay(&self) -> Option<&Stay> {
        match self {
            Self::Card(stay) => Some(stay),
            Self::LineDown
            | Self::ServiceDown
            | Self::NoReader
            | Self::Nothing
            | Self::Coming
            | Self::Unusable(_) => None,
        }
    }

    /// Why this desk cannot work at all, as a key of the catalogue; `None`: it can.
    pub(crate) const fn out(&self) -> Option<&'static str> {
        match self {
            Self::LineDown => Some("OUT_LINE"),
            Self::ServiceDown => Some("OUT_SERVICE"),
            Self::NoReader => Some("OUT_READER"),
            Self::Nothing | Self::Coming | Self::Card(_) | Self::Unusable(_) => None,
        }
    }

    /// Whether something is in the slot that its holder has to take.
    pub(crate) const fn is_there(&self) -> bool {
        matches!(self, Self::Card(_) | Self::Coming | Self::Unusable(_))
    }
}

/// The readers of a desk.
#[derive(Debug)]
pub(crate) struct Tray {
    /// The one that counts; `None`: any, the first by name that holds a card.
    only: Option<String>,
    line_up: bool,
    service_up: bool,
    readers: BTreeMap<String, Slot>,
    lying: Lying,
}

impl Tray {
    /// A tray before the line's first word.
    pub(crate) fn new(only: Option<String>) -> Self {
        Self {
            only,
            line_up: false,
            service_up: false,
            readers: BTreeMap::new(),
            lying: Lying::LineDown,
        }
    }

    /// Takes the line's word; answers whether something else lies there than before.
    pub(crate) fn on(&mut self, line: &Line) -> bool {
        match line {
            Line::Down => self.line_up = false,
            Line::Up { status, readers } => {
                self.line_up = true;
                self.service_up = status.pcsc == ServiceState::Up;
                self.all(readers);
            }
            Line::Event(happening) => self.happened(happening),
        }
        let lying = self.look();
        let changed = lying != self.lying;
        self.lying = lying;
        changed
    }

    fn happened(&mut self, happening: &Happening) {
        match happening {
            Happening::Resync { readers } => self.all(readers),
            Happening::ServiceChanged { up } => self.service_up = *up,
            Happening::ReaderArrived { reader } | Happening::CardRemoved { reader, .. } => {
                self.put(reader, Slot::Empty);
            }
            Happening::ReaderGone { reader } => {
                self.readers.remove(reader);
            }
            Happening::CardInserted { reader, insertion } => {
                let insertion = *insertion;
                self.put(reader, Slot::Present { insertion });
            }
            Happening::CardIdentified {
                reader,
                insertion,
                card,
            } => {
                let (insertion, card) = (*insertion, card.clone());
                self.put(reader, Slot::Identified { insertion, card });
            }
            Happening::CardFaulted {
                reader,
                insertion,
                fault,
            } => {
                let (insertion, fault) = (Some(*insertion), *fault);
                self.put(reader, Slot::Faulted { insertion, fault });
            }
            Happening::DoubtArose { .. }
            | Happening::DoubtResolved { .. }
            | Happening::DoubtSettled { .. }
            | Happening::GuessBudgetSpent { .. }
            | Happening::KiosksReopened { .. } => {}
        }
    }

    fn all(&mut self, readers: &[Reader]) {
        self.readers = BTreeMap::new();
        for reader in readers {
            self.put(&reader.name, reader.slot.clone());
        }
    }

    fn put(&mut self, reader: &str, slot: Slot) {
        if self.only.as_ref().is_none_or(|only| only == reader) {
            self.readers.insert(reader.to_owned(), slot);
        }
    }

    /// What lies there now.
    pub(crate) const fn lying(&self) -> &Lying {
        &self.lying
    }

    fn look(&self) -> Lying {
        if !self.line_up {
            return Lying::LineDown;
        }
        if !self.service_up {
            return Lying::ServiceDown;
        }
        let occupied = |(_, slot): &(&String, &Slot)| !matches!(slot, Slot::Empty);
        match self.readers.iter().find(occupied) {
            Some((reader, slot)) => seen(reader, slot),
            None if self.readers.is_empty() => Lying::NoReader,
            None => Lying::Nothing,
        }
    }
}

fn seen(reader: &str, slot: &Slot) -> Lying {
    let card = |insertion: &Insertion| {
        Lying::Card(Stay {
            reader: reader.to_owned(),
            insertion: *insertion,
        })
    };
    match slot {
        Slot::Empty => Lying::Nothing,
        Slot::Present { .. } | Slot::Busy { card: None, .. } => Lying::Coming,
        Slot::Identified { insertion, .. } => card(insertion),
        Slot::Busy {
            insertion,
            card: Some(_),
        } => card(insertion),
        Slot::Faulted { fault, .. } => Lying::Unusable(*fault),
    }
}
