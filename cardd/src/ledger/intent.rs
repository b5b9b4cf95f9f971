//! The proof that an attempt is on disk before the card sees it.

/// A durable record that a command is about to be sent that can cost a try or change the card.
///
/// Made only by `Ledger::begin`, after its record is flushed; every such command demands it.
/// `Ledger::close` consumes it. Dropped unclosed, its record stands as *in doubt* and is resolved
/// at the card's next sight.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an intent that is not closed stands as in doubt"]
pub struct Intent {
    sequence: u64,
}

impl Intent {
    pub(super) fn new(sequence: u64) -> Self {
        Self { sequence }
    }

    /// Sequence number of the record that holds it.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// An intent without a record, for tests of what demands one.
    #[cfg(test)]
    pub(crate) fn for_test() -> Self {
        Self::new(0)
    }
}
