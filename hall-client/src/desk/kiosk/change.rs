//! The change of a PIN, over its two entries: the new PIN is judged in one, the change is the other.

use std::time::Instant;

use cardd_proto::entry::ENTRY_ID_BYTES;

use super::{
    machine::Kiosk,
    screen::{Screen, Typing},
    work::KioskWork,
};
use crate::{
    desk::{
        entry::{Enter, Entry, Step},
        refusal::Refusal,
        sealed::PageSeal,
        tray::Stay,
    },
    model::{Reason, Verified},
};

/// One change of a PIN: a new PIN that is judged, then the change itself, each in its own entry.
pub(super) struct Flow {
    number: u64,
    /// What is typed first into the next entry.
    next: Step,
    notice: Option<Refusal>,
}

impl Flow {
    /// A change that begins in this turn.
    pub(super) const fn new(turn: u64) -> Self {
        Self {
            number: turn,
            next: Step::Old,
            notice: None,
        }
    }
}

impl Kiosk {
    pub(super) fn begun(&mut self, entry: Entry, now: Instant) {
        let typing = Typing {
            enter: Enter {
                step: self.flow.next,
                entry,
            },
            judging: self.flow.next != Step::Again,
            flow: self.flow.number,
            notice: self.flow.notice.take(),
        };
        self.show(Screen::Enter(typing), now);
    }

    /// From the first PIN on.
    pub(super) fn begin_change(&mut self, now: Instant) -> Vec<KioskWork> {
        self.flow = Flow::new(self.turn);
        self.read(KioskWork::BeginCheck, now)
    }

    /// On to the next entry of this change; what was typed stays in the page.
    fn go_on(&mut self, next: Step, ask: fn(Stay) -> KioskWork, now: Instant) -> Vec<KioskWork> {
        let Some(stay) = self.stay() else {
            return self.rest(now);
        };
        self.flow.next = next;
        let flow = self.flow.number;
        self.show(Screen::Checking { flow }, now);
        vec![ask(stay)]
    }

    /// A new PIN that breaks a rule is typed anew; one that passed is typed again. Where there are no
    /// judgements left, the change judges.
    pub(super) fn checked(&mut self, checked: Result<(), Refusal>, now: Instant) -> Vec<KioskWork> {
        match checked {
            Ok(()) => self.go_on(Step::Again, KioskWork::Begin, now),
            Err(refusal) if refusal.reason == Some(Reason::TooManyEntries) => {
                self.go_on(Step::Again, KioskWork::Begin, now)
            }
            Err(refusal) if refusal.is_about_the_new_pin() => {
                self.flow.notice = Some(refusal);
                self.go_on(Step::New, KioskWork::BeginCheck, now)
            }
            Err(refusal) => {
                self.refuse(refusal, now);
                Vec::new()
            }
        }
    }

    pub(super) fn changed(&mut self, result: Result<Verified, Refusal>, now: Instant) {
        match result {
            Ok(verified) => {
                let tries = verified.attempts_remaining;
                self.show(Screen::Changed { tries }, now);
            }
            Err(refusal) => self.refuse(refusal, now),
        }
    }

    /// The new PIN, sealed to the same entry; its time goes on.
    pub(super) fn typed(&mut self, typing: Typing) {
        self.screen = Screen::Enter(Typing {
            enter: typing.enter.typed(),
            ..typing
        });
        self.turn += 1;
    }

    /// The new PIN is judged; then all three go to the card.
    pub(super) fn submitted(
        &mut self,
        step: Step,
        seal: &PageSeal,
        entry_id: [u8; ENTRY_ID_BYTES],
        now: Instant,
    ) -> Vec<KioskWork> {
        match step {
            Step::New => {
                let flow = self.flow.number;
                self.show(Screen::Checking { flow }, now);
                vec![KioskWork::Check(seal.for_entry(&entry_id))]
            }
            Step::Again => {
                self.show(Screen::Working, now);
                vec![KioskWork::Change(seal.for_entry(&entry_id))]
            }
            Step::Pin | Step::Old => Vec::new(),
        }
    }
}
