//! The contacts of a slot: which card they touch and whether it has power.

/// State of the contacts; `C` is the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contacts<C> {
    /// No card.
    Empty,
    /// A card without power.
    Unpowered(C),
    /// A card with power, after its answer to reset.
    Powered(C),
}

/// What can happen to the contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<C> {
    /// A card is pushed in.
    Insert(C),
    /// The card is pulled out.
    Pull,
    /// The reader applies power.
    PowerUp,
    /// The reader removes power, or goes away.
    PowerDown,
    /// The reader resets the card; a cold reset if it had no power.
    Reset,
}

/// What is to be done with a card after an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect<C> {
    /// Nothing.
    None,
    /// A card is in now; tell the reader.
    Arrived,
    /// The card is out; tell the reader, and take its power if it had any.
    Left {
        /// The card that is out.
        card: C,
        /// Whether it still had power.
        powered: bool,
    },
    /// Call `power_on` and pass the ATR on.
    PowerOn(C),
    /// Call `reset` and pass the ATR on.
    Reset(C),
    /// Call `power_off`.
    PowerOff(C),
    /// The event does not fit the state; nothing changed.
    Refused(Refused),
}

/// Why an event does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// A card is in already.
    Occupied,
    /// No card is in.
    NoCard,
}

impl<C: Clone> Contacts<C> {
    /// The state after `event`, and what is to be done.
    #[must_use]
    pub fn on(self, event: Event<C>) -> (Self, Effect<C>) {
        match (self, event) {
            (Self::Empty, Event::Insert(card)) => (Self::Unpowered(card), Effect::Arrived),
            (state, Event::Insert(_)) => (state, Effect::Refused(Refused::Occupied)),
            (Self::Empty, Event::Pull | Event::PowerUp | Event::Reset) => {
                (Self::Empty, Effect::Refused(Refused::NoCard))
            }
            (Self::Empty, Event::PowerDown) => (Self::Empty, Effect::None),
            (Self::Unpowered(card), Event::Pull) => (
                Self::Empty,
                Effect::Left {
                    card,
                    powered: false,
                },
            ),
            (Self::Powered(card), Event::Pull) => (
                Self::Empty,
                Effect::Left {
                    card,
                    powered: true,
                },
            ),
            (Self::Unpowered(card), Event::PowerUp | Event::Reset) => {
                (Self::Powered(card.clone()), Effect::PowerOn(card))
            }
            // A reader that powers up a card under power makes a cold reset of it.
            (Self::Powered(card), Event::PowerUp) => {
                (Self::Powered(card.clone()), Effect::PowerOn(card))
            }
            (Self::Powered(card), Event::Reset) => {
                (Self::Powered(card.clone()), Effect::Reset(card))
            }
            (Self::Unpowered(card), Event::PowerDown) => (Self::Unpowered(card), Effect::None),
            (Self::Powered(card), Event::PowerDown) => {
                (Self::Unpowered(card.clone()), Effect::PowerOff(card))
            }
        }
    }

    /// The card, with or without power.
    pub fn card(&self) -> Option<&C> {
        match self {
            Self::Empty => None,
            Self::Unpowered(card) | Self::Powered(card) => Some(card),
        }
    }

    /// Whether a card is under power.
    pub fn is_powered(&self) -> bool {
        matches!(self, Self::Powered(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type State = Contacts<u8>;

    fn all_events() -> [Event<u8>; 5] {
        [
            Event::Insert(2),
            Event::Pull,
            Event::PowerUp,
            Event::PowerDown,
            Event::Reset,
        ]
    }

    #[test]
    fn every_state_and_event() {
        use Effect::{Arrived, Left, None, PowerOff, PowerOn, Refused as No};
        let (empty, off, on) = (State::Empty, State::Unpowered(1), State::Powered(1));
        let table = [
            (
                empty.clone(),
                [
                    (State::Unpowered(2), Arrived),
                    (empty.clone(), No(Refused::NoCard)),
                    (empty.clone(), No(Refused::NoCard)),
                    (empty.clone(), None),
                    (empty.clone(), No(Refused::NoCard)),
                ],
            ),
            (
                off.clone(),
                [
                    (off.clone(), No(Refused::Occupied)),
                    (
                        empty.clone(),
                        Left {
                            card: 1,
                            powered: false,
                        },
                    ),
                    (on.clone(), PowerOn(1)),
                    (off.clone(), None),
                    (on.clone(), PowerOn(1)),
                ],
            ),
            (
                on.clone(),
                [
                    (on.clone(), No(Refused::Occupied)),
                    (
                        empty,
                        Left {
                            card: 1,
                            powered: true,
                        },
                    ),
                    (on.clone(), PowerOn(1)),
                    (off, PowerOff(1)),
                    (on.clone(), Effect::Reset(1)),
                ],
            ),
        ];
        for (state, outcomes) in table {
            for (event, expected) in all_events().into_iter().zip(outcomes) {
                let label = format!("{state:?} on {event:?}");
                assert_eq!(state.clone().on(event), expected, "{label}");
            }
        }
    }

    #[test]
    fn card_and_power_are_told_apart() {
        assert_eq!(State::Empty.card(), None);
        assert_eq!(State::Unpowered(7).card(), Some(&7));
        assert_eq!(State::Powered(7).card(), Some(&7));
        assert!(State::Powered(7).is_powered());
        assert!(!State::Unpowered(7).is_powered());
        assert!(!State::Empty.is_powered());
    }
}
