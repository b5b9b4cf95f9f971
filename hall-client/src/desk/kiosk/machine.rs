//! What leads from one screen to the next. Pure: time comes in with each input.

use std::time::{Duration, Instant};

use super::{
    acts::Action,
    change::Flow,
    screen::Screen,
    work::{KioskDone, KioskWork},
};
use crate::{
    desk::{
        machine::{Input, Line, Machine, View},
        refusal::Refusal,
        settings::Settings,
        slip::SlipKey,
        tray::{Lying, Stay, Tray},
    },
    model::Happening,
};

/// Longest wait for an answer of cardd before the screen gives way; cardd's own bound is shorter.
const ANSWER: Duration = Duration::from_secs(40);

/// The kiosk.
pub(crate) struct Kiosk {
    pub(super) settings: Settings,
    tray: Tray,
    pub(super) kiosks_closed: bool,
    pub(super) screen: Screen,
    pub(super) turn: u64,
    until: Option<Instant>,
    pub(super) prolonged: u8,
    pub(super) flow: Flow,
    pub(super) slip_key: Option<SlipKey>,
    /// 卡识别码 of the card that lies there, once read.
    pub(super) card_identifier_hex: Option<String>,
}

impl Kiosk {
    /// A kiosk before the line's first word.
    pub(crate) fn new(settings: Settings, slip_key: Option<SlipKey>) -> Self {
        Self {
            tray: Tray::new(settings.reader.clone()),
            settings,
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
        if self.tray.on(line) {
            self.card_changed(now)
        } else {
            Vec::new()
        }
    }

    /// Something else lies there than before.
    fn card_changed(&mut self, now: Instant) -> Vec<KioskWork> {
        let left = self.cancel();
        self.prolonged = 0;
        self.card_identifier_hex = None;
        if self.screen == Screen::Working {
            // The holder is owed the result, also with the card in hand.
            return Vec::new();
        }
        let look = self.stay().map(KioskWork::Look);
        match self.tray.lying() {
            Lying::Unusable(reason) => self.refuse(Refusal::of(*reason), now),
            Lying::Card(_) | Lying::Coming => self.show(Screen::Reading, now),
            Lying::LineDown | Lying::ServiceDown | Lying::NoReader | Lying::Nothing => {
                self.show(self.nobody(), now);
            }
        }
        left.into_iter().chain(look).collect()
    }

    /// What a machine shows that nobody stands before.
    fn nobody(&self) -> Screen {
        let out = self.tray.lying().out();
        out.map_or(Screen::Attract, |why| Screen::OutOfOrder { why })
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
        self.tray.lying().stay().cloned()
    }

    /// Everything is said: what is shown no longer speaks of a holder.
    pub(super) fn rest(&mut self, now: Instant) -> Vec<KioskWork> {
        let left = self.cancel();
        let screen = if self.tray.lying().is_there() {
            Screen::TakeCard
        } else {
            self.nobody()
        };
        self.show(screen, now);
        left.into_iter().collect()
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
