//! What holds the promises.

/// A guard. Each is left out once, to see the checker find it missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Guard {
    /// The intent is on disk before the command.
    IntentFirst,
    /// Fewer tries than the floor are not spent.
    Floor,
    /// The counter is read again right before the send.
    LookAgain,
    /// An entry that was taken is gone.
    OneEntry,
    /// Who waits and who sends decide together.
    Ticket,
    /// An entry is good for one stay of the card.
    SameStay,
    /// A command whose result is not known is not sent again.
    NoRetry,
    /// A doubt is held against the counter before anything else moves it.
    SettleFirst,
    /// The card is reset at the end of the transaction.
    Reset,
    /// A PIN that the issuer set does no business, at the prompt or at the send.
    IssuedPin,
    /// A reset of unknown result counts as done.
    UndecidedReset,
}

impl Guard {
    pub(super) const ALL: [Self; 11] = [
        Self::IntentFirst,
        Self::Floor,
        Self::LookAgain,
        Self::OneEntry,
        Self::Ticket,
        Self::SameStay,
        Self::NoRetry,
        Self::SettleFirst,
        Self::Reset,
        Self::IssuedPin,
        Self::UndecidedReset,
    ];
}
