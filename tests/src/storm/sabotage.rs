//! Terminals that are broken on purpose, around cardd's code, to see whether the storm notices.
//!
//! What can be broken in what cardd is handed (PC/SC, settings, desks, the disk) is broken here.
//! What stands inside cardd's code is broken in a copy of its source.

use pcsc::Error;

use super::command::Effect;

/// What is broken around cardd.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wrapper {
    /// Nothing.
    #[default]
    Sound,
    /// A missing answer is made a success.
    InventsSuccess,
    /// The reset after a PIN does not take place.
    SkipsReset,
    /// One card put in the place of another is not seen.
    HidesSwaps,
    /// Records of the last operation at a card are not on disk when cardd dies.
    LosesFlushes,
    /// The region's issued PINs are not configured.
    KnowsNoIssuedPin,
    /// The guess budget is out of reach.
    CountsNoBudget,
    /// The kiosk is configured as a staffed desk.
    StaffsTheKiosk,
    /// A record is changed on its way to the hall.
    ForgesRecords,
    /// The hall is handed a record again that it has.
    DeliversTwice,
    /// The last event that a watcher is told is lost on its way.
    LosesEvents,
}

impl Wrapper {
    /// Everything that can be broken around cardd, with the promise that must notice it.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::InventsSuccess, "the answer agrees with the card"),
        (Self::SkipsReset, "no card is left verified"),
        (Self::HidesSwaps, "the same card"),
        (
            Self::LosesFlushes,
            "intent before every command with an effect",
        ),
        (Self::KnowsNoIssuedPin, "no business with an issued PIN"),
        (Self::CountsNoBudget, "the budget"),
        (Self::StaffsTheKiosk, "whoever may not, cannot"),
        (Self::ForgesRecords, "the chain verifies"),
        (Self::DeliversTwice, "the hall has each record once"),
        (Self::LosesEvents, "no event is lost or told twice"),
    ];

    /// What is broken, in words.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Sound => "nothing",
            Self::InventsSuccess => "PC/SC answers 9000 where the card gave no answer",
            Self::SkipsReset => "the reset after a PIN does not take place",
            Self::HidesSwaps => "a card that was swapped is taken for the one before",
            Self::LosesFlushes => "records of the last operation are not on disk when cardd dies",
            Self::KnowsNoIssuedPin => "no issued PIN is configured",
            Self::CountsNoBudget => "the guess budget is out of reach",
            Self::StaffsTheKiosk => "the kiosk is treated as a staffed desk",
            Self::ForgesRecords => "a record is changed before the hall gets it",
            Self::DeliversTwice => "the hall is handed a record again that it has",
            Self::LosesEvents => "an event is lost on its way to who watches",
        }
    }

    pub(super) fn hides_swaps(self) -> bool {
        self == Self::HidesSwaps
    }

    pub(super) fn skips_reset(self) -> bool {
        self == Self::SkipsReset
    }

    /// The answer that cardd gets.
    pub(super) fn answer(
        self,
        effect: Option<Effect>,
        answer: Result<Vec<u8>, Error>,
    ) -> Result<Vec<u8>, Error> {
        match answer {
            Err(Error::NotTransacted) if self == Self::InventsSuccess && effect.is_some() => {
                Ok(vec![0x90, 0x00])
            }
            other => other,
        }
    }
}
