//! Somebody who watches the events of cardd, comes and goes, and outlives it: what was told, put
//! together, is what is there.

use std::{collections::BTreeMap, sync::Arc};

use cardd::{
    reader::Insertion,
    terminal::{
        ReaderView, SlotView, Watched,
        events::{Event, Happening},
    },
};

use super::Books;

const PROMISE: &str = "no event is lost or told twice";

/// As many events as a terminal of the storm keeps.
pub const BUFFER: usize = 64;

/// What somebody knows who was told everything.
#[derive(Default)]
pub struct Onlooker {
    position: Option<u64>,
    /// The life of cardd that told it.
    life: u64,
    slots: BTreeMap<String, Seen>,
}

/// What lies in a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Empty,
    Present(Insertion),
    Identified(Insertion),
    Faulted(Insertion),
}

impl Onlooker {
    /// The position of what was told last.
    pub fn position(&self) -> Option<u64> {
        self.position
    }

    fn take(&mut self, happening: &Happening) {
        let (reader, seen) = match happening {
            Happening::ReaderArrived { reader } => (reader, Seen::Empty),
            Happening::ReaderGone { reader } => {
                self.slots.remove(reader.as_str());
                return;
            }
            Happening::CardInserted { reader, insertion } => (reader, Seen::Present(*insertion)),
            Happening::CardIdentified {
                reader, insertion, ..
            } => (reader, Seen::Identified(*insertion)),
            Happening::CardFaulted {
                reader, insertion, ..
            } => (reader, Seen::Faulted(*insertion)),
            Happening::CardRemoved { reader, .. } => (reader, Seen::Empty),
            Happening::ServiceChanged { .. }
            | Happening::DoubtArose { .. }
            | Happening::DoubtResolved { .. }
            | Happening::DoubtSettled { .. }
            | Happening::GuessBudgetSpent { .. }
            | Happening::KiosksReopened { .. } => return,
        };
        self.slots.insert(reader.as_str().to_owned(), seen);
    }
}

impl Books {
    /// What was told by the `life`-th cardd.
    pub fn events_told(&mut self, told: &Watched, life: u64) {
        let (known, same_life) = (self.onlooker.position, self.onlooker.life == life);
        match told {
            Watched::Events(events) => {
                self.holds(PROMISE, same_life || known.is_none(), || {
                    format!("{known:?} of an earlier life is taken for one of this")
                });
                self.in_order(events);
            }
            Watched::Resync {
                readers, position, ..
            } => {
                let missed = known.map_or(0, |known| position.saturating_sub(known));
                let lost = !same_life || missed > BUFFER as u64;
                self.holds(PROMISE, lost, || format!("{known:?} is forgotten"));
                self.onlooker.slots = slots(readers);
                self.onlooker.position = Some(*position);
            }
        }
        self.onlooker.life = life;
    }

    fn in_order(&mut self, events: &[Arc<Event>]) {
        for event in events {
            let before = self.onlooker.position;
            let next = before.is_none_or(|before| event.position == before + 1);
            self.holds(PROMISE, next, || format!("{event:?} after {before:?}"));
            self.onlooker.take(&event.happening);
            self.onlooker.position = Some(event.position);
        }
    }

    /// What is there, as a list says that contains everything up to `position`.
    pub fn sees(&mut self, readers: &[ReaderView], position: u64) {
        let there = slots(readers);
        let agrees = there == self.onlooker.slots && self.onlooker.position == Some(position);
        if !agrees {
            let Onlooker {
                slots, position, ..
            } = &self.onlooker;
            let what = format!("told until {position:?} were {slots:?}, there are {there:?}");
            self.breaks(PROMISE, what);
        }
    }
}

fn slots(readers: &[ReaderView]) -> BTreeMap<String, Seen> {
    let seen = |slot: &SlotView| match slot {
        SlotView::Empty => Seen::Empty,
        SlotView::Present { insertion } => Seen::Present(*insertion),
        SlotView::Identified { insertion, .. } => Seen::Identified(*insertion),
        SlotView::Faulted { insertion, .. } => Seen::Faulted(*insertion),
    };
    readers
        .iter()
        .map(|view| (view.name.as_str().to_owned(), seen(&view.slot)))
        .collect()
}
