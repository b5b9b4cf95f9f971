//! What the holder may touch, and what comes of it.

use std::time::Instant;

use serde::Deserialize;

use super::{
    machine::Kiosk,
    screen::{Home, Screen},
    work::KioskWork,
};
use crate::desk::{
    entry::{Enter, Step},
    sealed::PageSeal,
    tray::Stay,
};

/// How often the time of one stay may be prolonged (WCAG 2.2, 2.2.1).
const PROLONGATIONS: u8 = 10;

/// What the page may ask for.
#[derive(Debug, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(crate) enum Action {
    /// Change the PIN.
    Change,
    /// The PIN of this step is typed; the page keeps it.
    Typed,
    /// The page lost what was typed (it was loaded again): from the first PIN on.
    StartOver,
    /// What this entry is for is typed and sealed: the new PIN to be judged, or all three.
    Submit(PageSeal),
    /// Type again after a refusal.
    Again,
    /// Back to the card, nothing is changed.
    Back,
    /// The holder is done.
    Finish,
    /// The holder needs more time.
    MoreTime,
    /// Read the card that still lies there.
    Restart,
}

impl Kiosk {
    pub(super) fn action(&mut self, action: Action, now: Instant) -> Vec<KioskWork> {
        match (action, &self.screen) {
            (
                Action::Change,
                Screen::Home(Home {
                    closed_by: None, ..
                }),
            )
            | (Action::Again, Screen::Refused { again: true, .. }) => self.begin_change(now),
            (Action::Typed, Screen::Enter(typing)) if typing.enter.step == Step::Old => {
                let typing = typing.clone();
                self.typed(typing);
                Vec::new()
            }
            (Action::StartOver, Screen::Enter(_)) => {
                let left = self.cancel();
                let begin = self.begin_change(now);
                left.into_iter().chain(begin).collect()
            }
            (Action::Submit(seal), Screen::Enter(typing)) => {
                let Enter { step, entry } = &typing.enter;
                let (step, id) = (*step, entry.entry_id);
                self.submitted(step, &seal, id, now)
            }
            (Action::Back, Screen::Enter(_)) => {
                let left = self.cancel();
                let look = self.read(KioskWork::Look, now);
                left.into_iter().chain(look).collect()
            }
            (
                Action::Restart,
                Screen::TakeCard
                | Screen::Refused {
                    look_again: true, ..
                },
            ) => self.read(KioskWork::Look, now),
            (
                Action::Finish,
                Screen::Home(_)
                | Screen::Changed { .. }
                | Screen::Locked(_)
                | Screen::Refused { .. },
            ) => self.rest(now),
            (Action::MoreTime, Screen::Home(_) | Screen::Locked(_) | Screen::Refused { .. }) => {
                self.prolong(now);
                Vec::new()
            }
            (
                Action::Change
                | Action::Typed
                | Action::StartOver
                | Action::Submit(_)
                | Action::Again
                | Action::Back
                | Action::Finish
                | Action::MoreTime
                | Action::Restart,
                _,
            ) => Vec::new(),
        }
    }

    /// Asks cardd something about the card that lies there.
    pub(super) fn read(&mut self, ask: fn(Stay) -> KioskWork, now: Instant) -> Vec<KioskWork> {
        let Some(stay) = self.stay() else {
            return self.rest(now);
        };
        self.show(Screen::Reading, now);
        vec![ask(stay)]
    }

    fn prolong(&mut self, now: Instant) {
        if self.prolonged < PROLONGATIONS {
            self.prolonged += 1;
            let screen = self.screen.clone();
            self.show(screen, now);
        }
    }
}
