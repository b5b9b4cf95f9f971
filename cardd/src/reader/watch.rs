//! What changed between two looks at a reader: pure.

use pcsc::State;

/// What one look at a reader showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) presence: Presence,
    /// PC/SC's count of insertions and removals in this reader, 16 bits that wrap. Two looks that
    /// both show a card show the same stay of it only if the count is the same.
    pub(super) event_count: u16,
    /// Another program has the card open, or the one program that has it open wants it alone.
    pub(super) in_use: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Empty,
    Card,
    /// A card that gave no answer to reset.
    MuteCard,
}

impl Look {
    /// Reads the state that PC/SC reports; `None` for a reader that cannot be used.
    pub(super) fn read(state: State, event_count: u16) -> Option<Self> {
        if state.intersects(State::UNKNOWN | State::UNAVAILABLE) {
            return None;
        }
        let presence = if !state.contains(State::PRESENT) {
            Presence::Empty
        } else if state.contains(State::MUTE) {
            Presence::MuteCard
        } else {
            Presence::Card
        };
        Some(Self {
            presence,
            event_count,
            in_use: state.intersects(State::INUSE | State::EXCLUSIVE),
        })
    }
}

/// One step from the earlier look to the later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    ReaderArrived,
    ReaderGone,
    Card(CardChange),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CardChange {
    /// A card came; a new stay begins.
    Came { mute: bool, event_count: u16 },
    /// The card that was there fell silent; the stay goes on.
    FellMute,
    /// The card left; its stay is over.
    Left,
}

/// The steps between two looks at one reader, in order. `None` is a reader that cannot be used.
pub(super) fn changes(before: Option<Look>, after: Option<Look>) -> Vec<Change> {
    match (before, after) {
        (None, None) => Vec::new(),
        (None, Some(after)) => [Some(Change::ReaderArrived), came(after)]
            .into_iter()
            .flatten()
            .collect(),
        (Some(before), None) => [left(before), Some(Change::ReaderGone)]
            .into_iter()
            .flatten()
            .collect(),
        (Some(before), Some(after)) => card_changes(before, after),
    }
}

fn card_changes(before: Look, after: Look) -> Vec<Change> {
    let same_stay = before.event_count == after.event_count;
    match (before.presence, after.presence) {
        (Presence::Card, Presence::Card) | (Presence::MuteCard, Presence::MuteCard)
            if same_stay =>
        {
            Vec::new()
        }
        (Presence::Card, Presence::MuteCard) if same_stay => {
            vec![Change::Card(CardChange::FellMute)]
        }
        // A mute card that begins to answer is as good as a new one: nothing was known of it.
        (Presence::Empty | Presence::Card | Presence::MuteCard, _) => {
            [left(before), came(after)].into_iter().flatten().collect()
        }
    }
}

fn left(before: Look) -> Option<Change> {
    match before.presence {
        Presence::Empty => None,
        Presence::Card | Presence::MuteCard => Some(Change::Card(CardChange::Left)),
    }
}

fn came(after: Look) -> Option<Change> {
    let event_count = after.event_count;
    match after.presence {
        Presence::Empty => None,
        Presence::Card => Some(Change::Card(CardChange::Came {
            mute: false,
            event_count,
        })),
        Presence::MuteCard => Some(Change::Card(CardChange::Came {
            mute: true,
            event_count,
        })),
    }
}

#[cfg(test)]
mod tests;
