//! What pcscd is told about a slot, and when.
//!
//! pcscd asks for the presence, then polls until something changes, over and over; between the
//! two it may ask again from other threads (before each power action). It must see every removal
//! as an absence, even when the next card is in before it looks, or it would take the new card for
//! the old one. So a removal stays visible until the polling loop has come round once.

/// Answer to IFDHICCPresence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// A card is in the slot.
    Present,
    /// No card, or one whose predecessor's removal was not told yet.
    Absent,
    /// The rack was there and is gone.
    Gone,
}

/// How far the news of a removal has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Removal {
    Told,
    /// The polling loop is on its way to ask.
    BeingTold,
    Untold,
}

/// The slot as the rack reports it and as pcscd knows it.
#[derive(Debug)]
pub(crate) struct SlotView {
    linked: bool,
    card: bool,
    removal: Removal,
    /// Counts changes.
    changes: u64,
    /// Value of `changes` when the polling loop last left.
    seen: u64,
    /// A rack that never was there cannot be gone. pcscd discards a reader that fails its first
    /// check, and until its pid file is written the news that a device is gone makes it signal
    /// its whole process group.
    was_linked: bool,
    wake: bool,
}

impl SlotView {
    pub(crate) fn new() -> Self {
        Self {
            linked: false,
            card: false,
            removal: Removal::Told,
            changes: 0,
            seen: 0,
            was_linked: false,
            wake: false,
        }
    }

    pub(crate) fn link_up(&mut self) {
        self.linked = true;
        self.was_linked = true;
        self.changes += 1;
    }

    pub(crate) fn link_down(&mut self) {
        if self.card || self.removal != Removal::Told {
            self.removal = Removal::Untold;
        }
        self.card = false;
        self.linked = false;
        self.changes += 1;
    }

    pub(crate) fn inserted(&mut self) {
        self.card = true;
        self.changes += 1;
    }

    pub(crate) fn removed(&mut self) {
        if self.card {
            self.removal = Removal::Untold;
        }
        self.card = false;
        self.changes += 1;
    }

    pub(crate) fn presence(&self) -> Presence {
        if !self.linked {
            return if self.was_linked {
                Presence::Gone
            } else {
                Presence::Absent
            };
        }
        if self.card && self.removal == Removal::Told {
            Presence::Present
        } else {
            Presence::Absent
        }
    }

    /// The polling loop begins to wait.
    pub(crate) fn poll_begins(&mut self) {
        if self.removal == Removal::BeingTold {
            self.removal = Removal::Told;
            self.changes += 1;
        }
    }

    /// Whether the polling loop has a reason to return before its time is up.
    pub(crate) fn poll_has_news(&self) -> bool {
        self.wake || self.changes != self.seen
    }

    /// The polling loop returns; its next step is to ask for the presence.
    pub(crate) fn poll_ends(&mut self) {
        self.seen = self.changes;
        self.wake = false;
        if self.linked && self.removal == Removal::Untold {
            self.removal = Removal::BeingTold;
        }
    }

    /// TAG_IFD_STOP_POLLING_THREAD: pcscd wants the loop back once. It is no shutdown: pcscd calls
    /// it at every last disconnect. Kept until a poll returns, so that none is lost.
    pub(crate) fn wake(&mut self) {
        self.wake = true;
    }
}

#[cfg(test)]
mod tests;
