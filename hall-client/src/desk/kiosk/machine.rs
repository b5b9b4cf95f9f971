//! What leads from one screen to the next. Pure: time comes in with each input.

use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{
    change::Flow,
    screen::{Home, Locked, Screen},
    work::{KioskDone, KioskWork, Looked},
};
use crate::{
    desk::{
        entry::{Enter, Step},
        machine::{Input, Line, Machine, View},
        refusal::{Next, Refusal},
        sealed::PageSeal,
        settings::Settings,
        slip::{Slip, SlipKey},
        tray::{Lying, Stay, Tray},
    },
    model::{Doubt, Happening, PinState, Reason},
};

/// Longest wait for an answer of cardd before the screen gives way; cardd's own bound is shorter.
const ANSWER: Duration = Duration::from_secs(40);
/// How often the time of one stay may be prolonged (WCAG 2.2, 2.2.1).
const PROLONGATIONS: u8 = 10;
/// Tries that must be left for an unattended desk to go on. cardd holds it to that; the page says so
/// before anybody types.
const FLOOR: u32 = 2;

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

/// The kiosk.
pub(crate) struct Kiosk {
    settings: Settings,
    tray: Tray,
    lying: Lying,
    kiosks_closed: bool,
    pub(super) screen: Screen,
    pub(super) turn: u64,
    until: Option<Instant>,
    prolonged: u8,
    pub(super) flow: Flow,
    slip_key: Option<SlipKey>,
    /// 卡识别码 of the card that lies there, once read.
    card_identifier_hex: Option<String>,
}

impl Kiosk {
    /// A kiosk before the line's first word.
    pub(crate) fn new(settings: Settings, slip_key: Option<SlipKey>) -> Self {
        Self {
            tray: Tray::new(settings.reader.clone()),
            settings,
            lying: Lying::LineDown,
            kiosks_closed: false,
            screen: Screen::OutOfOrder { why: "OUT_LINE" },
            turn: 1,
            until: None,
            prolonged: 0,
            flow: Flow::new(0),
            slip_key,
            card_identifier_hex: None,
        }
    }

    /// Shows a screen; what was touched before it counts no more.
    pub(super) fn show(&mut self, screen: Screen, now: Instant) {
        let patience = self.settings.patience;
        let time = match &screen {
            Screen::Attract | Screen::OutOfOrder { .. } | Screen::TakeCard => None,
            Screen::Reading | Screen::Checking { .. } | Screen::Working => Some(ANSWER),
            Screen::Home(_) => Some(patience.choice()),
            Screen::Enter(typing) => Some(typing.enter.entry.lifetime),
            Screen::Changed { .. } => Some(patience.result()),
            Screen::Locked(_) | Screen::Refused { .. } => Some(patience.advice()),
        };
        self.screen = screen;
        self.turn += 1;
        self.until = time.map(|time| now + time);
    }

    fn line(&mut self, line: &Line, now: Instant) -> Vec<KioskWork> {
        match line {
            Line::Up { status, .. } => self.kiosks_closed = status.guess_budget.kiosks_closed,
            Line::Event(Happening::GuessBudgetSpent { .. }) => self.kiosks_closed = true,
            Line::Event(Happening::KiosksReopened { .. }) => self.kiosks_closed = false,
            Line::Event(_) | Line::Down => {}
        }
        self.tray.on(line);
        let lying = self.tray.lying();
        if lying == self.lying {
            return Vec::new();
        }
        self.lying = lying;
        self.card_changed(now)
    }

    /// Something else lies there than before.
    fn card_changed(&mut self, now: Instant) -> Vec<KioskWork> {
        let left = self.cancel();
        self.prolonged = 0;
        self.card_identifier_hex = None;
        match self.lying.clone() {
            // The holder is owed the result, also with the card in hand.
            _ if self.screen == Screen::Working => return Vec::new(),
            Lying::LineDown => self.show(Screen::OutOfOrder { why: "OUT_LINE" }, now),
            Lying::ServiceDown => self.show(Screen::OutOfOrder { why: "OUT_SERVICE" }, now),
            Lying::NoReader => self.show(Screen::OutOfOrder { why: "OUT_READER" }, now),
            Lying::Nothing => self.show(Screen::Attract, now),
            Lying::Coming => self.show(Screen::Reading, now),
            Lying::Unusable(reason) => self.refuse(Refusal::of(reason), now),
            Lying::Card(stay) => {
                self.show(Screen::Reading, now);
                return left.into_iter().chain([KioskWork::Look(stay)]).collect();
            }
        }
        left.into_iter().collect()
    }

    /// Voids the entry that the page shows, if it shows one.
    pub(super) fn cancel(&self) -> Option<KioskWork> {
        match &self.screen {
            Screen::Enter(typing) => Some(KioskWork::Cancel(typing.enter.entry.entry_id)),
            Screen::Attract
            | Screen::OutOfOrder { .. }
            | Screen::Reading
            | Screen::Home(_)
            | Screen::Checking { .. }
            | Screen::Working
            | Screen::Changed { .. }
            | Screen::Locked(_)
            | Screen::Refused { .. }
            | Screen::TakeCard => None,
        }
    }

    pub(super) fn stay(&self) -> Option<Stay> {
        match &self.lying {
            Lying::Card(stay) => Some(stay.clone()),
            Lying::LineDown
            | Lying::ServiceDown
            | Lying::NoReader
            | Lying::Nothing
            | Lying::Coming
            | Lying::Unusable(_) => None,
        }
    }

    /// Everything is said: what is shown no longer speaks of a holder.
    pub(super) fn rest(&mut self, now: Instant) -> Vec<KioskWork> {
        let left = self.cancel();
        let screen = match self.lying {
            Lying::LineDown => Screen::OutOfOrder { why: "OUT_LINE" },
            Lying::ServiceDown => Screen::OutOfOrder { why: "OUT_SERVICE" },
            Lying::NoReader => Screen::OutOfOrder { why: "OUT_READER" },
            Lying::Nothing => Screen::Attract,
            Lying::Coming | Lying::Card(_) | Lying::Unusable(_) => Screen::TakeCard,
        };
        self.show(screen, now);
        left.into_iter().collect()
    }

    pub(super) fn refuse(&mut self, refusal: Refusal, now: Instant) {
        if matches!(
            refusal.reason,
            Some(Reason::PinWasBlocked | Reason::PinNowBlocked)
        ) {
            return self.locked(now);
        }
        let again = refusal.next == Next::TypeAgain && self.stay().is_some();
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
    fn done(&mut self, current: bool, done: KioskDone, now: Instant) -> Vec<KioskWork> {
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

    fn action(&mut self, action: Action, now: Instant) -> Vec<KioskWork> {
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
            (Action::Restart, Screen::TakeCard) => self.read(KioskWork::Look, now),
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

impl Machine for Kiosk {
    type Action = Action;
    type Work = KioskWork;

    const PAGES: &'static [&'static str] = &["kiosk"];

    fn on(&mut self, input: Input<Action, KioskDone>, now: Instant) -> Vec<KioskWork> {
        match input {
            Input::Line(line) => self.line(&line, now),
            Input::Action { action, .. } => self.action(action, now),
            Input::Done { turn, done } => self.done(turn == self.turn, done, now),
            Input::Time if self.until.is_some_and(|until| now >= until) => self.rest(now),
            Input::Time => Vec::new(),
        }
    }

    fn turn(&self) -> u64 {
        self.turn
    }

    fn view(&self, _page: &str) -> View {
        View::new(self.turn, &self.screen, self.until)
    }
}
