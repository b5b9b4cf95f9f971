//! What came of what was asked of cardd, and what is shown then.

use std::time::Instant;

use super::{
    machine::Kiosk,
    screen::{Home, Locked, Screen},
    work::{KioskDone, KioskWork, Looked},
};
use crate::{
    desk::{
        refusal::{Next, Refusal},
        slip::Slip,
    },
    model::{Doubt, PinState, Reason},
};

/// Tries that must be left for an unattended desk to go on. cardd holds it to that; the page says so
/// before anybody types.
const FLOOR: u32 = 2;

impl Kiosk {
    pub(super) fn refuse(&mut self, refusal: Refusal, now: Instant) {
        if matches!(
            refusal.reason,
            Some(Reason::PinWasBlocked | Reason::PinNowBlocked)
        ) {
            return self.locked(now);
        }
        let again = refusal.next == Next::TypeAgain && self.stay().is_some();
        let look_again = refusal.next == Next::Wait && self.stay().is_some();
        let counter = match refusal.next {
            Next::GoToCounter | Next::GoToStaffedDesk => self.settings.counter.clone(),
            Next::TypeAgain
            | Next::ChangeFirst
            | Next::InsertAgain
            | Next::OtherCard
            | Next::Wait
            | Next::CallStaff
            | Next::CorrectRecord => None,
        };
        let screen = Screen::Refused {
            refusal,
            again,
            look_again,
            counter,
        };
        self.show(screen, now);
    }

    fn locked(&mut self, now: Instant) {
        let locked = Locked {
            slip: self.slip(),
            counter: self.settings.counter.clone(),
        };
        self.show(Screen::Locked(locked), now);
    }

    fn slip(&self) -> Option<Slip> {
        let key = self.slip_key.as_ref()?;
        key.slip(self.card_identifier_hex.as_ref()?)
    }

    fn looked(&mut self, looked: Looked, now: Instant) {
        self.card_identifier_hex = looked.card_identifier_hex;
        let pin = match looked.status.state {
            PinState::Blocked => return self.locked(now),
            PinState::NotSet => return self.refuse(Refusal::of(Reason::PinNotSet), now),
            PinState::Issued => "ISSUED",
            PinState::Own => "OWN",
            PinState::Unknown => "UNKNOWN",
        };
        let tries = looked.status.attempts_remaining;
        let closed_by = if self.kiosks_closed {
            Some(Reason::GuessBudgetSpent)
        } else {
            match tries {
                None => Some(Reason::PinStatusUnknown),
                Some(left) if left < FLOOR => Some(Reason::AttemptsAtFloor),
                Some(_) => None,
            }
        };
        let (holder, card_number, expires_on) = match looked.card {
            Some(card) => (card.holder, card.number, card.expires_on),
            None => Default::default(),
        };
        let home = Home {
            holder,
            card_number,
            expires_on,
            tries,
            pin,
            doubt: looked.status.doubt.map(Doubt::code),
            closed_by: closed_by.map(Reason::code),
        };
        self.show(Screen::Home(home), now);
    }

    /// An outcome counts on the screen that waits for it; an entry that comes too late is voided.
    pub(super) fn done(&mut self, current: bool, done: KioskDone, now: Instant) -> Vec<KioskWork> {
        match (done, &self.screen) {
            (KioskDone::Looked(looked), Screen::Reading) if current => match looked {
                Ok(looked) => self.looked(looked, now),
                Err(refusal) => self.refuse(refusal, now),
            },
            (KioskDone::Checked(checked), Screen::Checking { .. }) if current => {
                return self.checked(checked, now);
            }
            (KioskDone::Begun(begun), Screen::Reading | Screen::Checking { .. }) if current => {
                match begun {
                    Ok(entry) => self.begun(entry, now),
                    Err(refusal) => self.refuse(refusal, now),
                }
            }
            (KioskDone::Changed(changed), Screen::Working) if current => self.changed(changed, now),
            (KioskDone::Begun(Ok(late)), _) => return vec![KioskWork::Cancel(late.entry_id)],
            (
                KioskDone::Looked(_)
                | KioskDone::Begun(Err(_))
                | KioskDone::Checked(_)
                | KioskDone::Changed(_)
                | KioskDone::Cancelled,
                _,
            ) => {}
        }
        Vec::new()
    }
}
