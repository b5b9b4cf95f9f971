//! What the kiosk shows, with just the data that each screen needs. Serialised, it is the page's
//! state: names are stable between this and `hall-client/desk/kiosk/`.

use serde::Serialize;

use crate::desk::{entry::Enter, refusal::Refusal, settings::NearestCounter, slip::Slip};

/// A screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub(super) enum Screen {
    /// Nobody is there.
    Attract,
    /// The machine cannot work; it comes back by itself.
    OutOfOrder {
        /// A key of the catalogue.
        why: &'static str,
    },
    /// The card is being read.
    Reading,
    /// The card, its tries, and what can be done.
    Home(Home),
    /// The holder types.
    Enter(Typing),
    /// The new PIN is judged, or the next entry opened; what was typed is kept in the page.
    Checking {
        /// See [`Typing::flow`].
        flow: u64,
    },
    /// cardd works on the card.
    Working,
    /// The PIN was changed.
    Changed {
        /// Tries left.
        tries: Option<u32>,
    },
    /// The PIN is locked.
    Locked(Locked),
    /// It did not work.
    Refused {
        /// What, why, and what next.
        refusal: Refusal,
        /// Whether the holder may type again at this machine.
        again: bool,
        /// Whether the card can be read again: it waits here, and nothing was wrong with it.
        look_again: bool,
        /// Where to go, where a counter is configured.
        counter: Option<NearestCounter>,
    },
    /// All is said; the card is still there.
    TakeCard,
}

/// The card and its PIN.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Home {
    /// Whose card; `None` where it is readable only with the issuer's key, or not at all.
    pub(super) holder: Option<MaskedHolder>,
    /// 卡号, masked.
    pub(super) card_number: String,
    /// `YYYY-MM-DD`, may be empty.
    pub(super) expires_on: String,
    /// Tries left.
    pub(super) tries: Option<u32>,
    /// Whether the PIN is known to be the issued one (`ISSUED`), known to be the holder's own
    /// (`OWN`), or neither (`UNKNOWN`).
    pub(super) pin: &'static str,
    /// An earlier operation whose result is not known, by its code.
    pub(super) doubt: Option<&'static str>,
    /// Why the PIN cannot be changed here, as a reason's code; `None`: it can.
    pub(super) closed_by: Option<&'static str>,
}

/// Personal data, masked: the page never has more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct MaskedHolder {
    /// 姓名.
    pub(super) name: String,
    /// 社会保障号码.
    pub(super) citizen_number: String,
}

/// What the page needs to let the holder type, over the two entries of one change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Typing {
    /// Which PIN, sealed to what.
    #[serde(flatten)]
    pub(super) enter: Enter,
    /// The entry is for the new PIN alone, which is judged before it is typed again.
    pub(super) judging: bool,
    /// Names this change: what was typed for another is forgotten.
    pub(super) flow: u64,
    /// What is against the new PIN that was typed before.
    pub(super) notice: Option<Refusal>,
}

/// What a holder with a locked card needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Locked {
    /// For the counter, where the agency has a key for slips.
    pub(super) slip: Option<Slip>,
    /// Where to go, where a counter is configured.
    pub(super) counter: Option<NearestCounter>,
}
