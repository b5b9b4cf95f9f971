//! What leads from one screen of the counter to the next. Pure: time comes in with each input.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::{
    agency::{Agency, Operator, Papers},
    application::Application,
    archive::{Find, Found, Verdict},
    screen::{Filed, HolderScreen, Waiting},
    slips::Slips,
    work::{CounterDone, CounterWork},
};
use crate::{
    Case,
    desk::{
        machine::{Input, Machine, View},
        refusal::Refusal,
        sealed::PageSeal,
        settings::Settings,
        tray::{Lying, Tray},
        views::Views,
    },
    model::{CaseReason, IssuerOperation, PinStatus, Reason},
};

pub(super) const OPERATOR: &str = "operator";
pub(super) const HOLDER: &str = "holder";
/// An operator who does nothing for so long is signed out.
const IDLE: Duration = Duration::from_secs(600);

/// What may be asked for.
#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(crate) enum Action {
    /// Operator: certificate and key.
    SignIn { papers: Papers },
    /// Operator: leaves the desk.
    SignOut,
    /// Operator: a slip that somebody brought.
    Slip { reference: String },
    /// Operator: documents and reason.
    Apply(Application),
    /// The second operator: certificate and key.
    Approve { papers: Papers },
    /// Operator: the issuer may begin.
    Start,
    /// Operator: back to the desk; a case that is not begun expires.
    Finish,
    /// Operator: past records.
    Records { find: Find },
    /// Operator: the whole chain is to be checked.
    Check,
    /// Holder: the PIN of this step is typed; the page keeps it.
    Typed,
    /// Holder: the page lost what was typed.
    StartOver,
    /// Holder: all PINs are typed and sealed.
    Submit(PageSeal),
    /// Holder: type again after a refusal.
    Again,
    /// Holder: from the first PIN on.
    Back,
}

/// What the operator's page is about.
pub(super) enum Stage {
    SignIn(Option<Refusal>),
    Busy,
    Desk,
    Form(PinStatus, Option<Refusal>),
    Approve(Option<Refusal>),
    Ready,
    Operating(Vec<&'static str>),
    /// The operation is over, and its record is read back.
    Filing,
    Done(Filed),
    Refused(Refusal),
    Records(Shelf),
}

/// Past records on the page.
#[derive(Clone)]
pub(super) struct Shelf {
    pub(super) find: Find,
    /// `None`: still looked for, or the question is none.
    pub(super) found: Option<Found>,
    /// What the check of the whole chain said, if it was asked for.
    pub(super) verdict: Option<Verdict>,
    /// Something is looked for, or the chain is checked.
    pub(super) busy: bool,
}

/// A case under way.
pub(super) struct Open {
    pub(super) case: Option<Case>,
    pub(super) operation: IssuerOperation,
    pub(super) reason: CaseReason,
    pub(super) agent: bool,
    pub(super) second: Option<String>,
    pub(super) status: PinStatus,
}

/// The agency counter.
pub(crate) struct Counter {
    pub(super) agency: Arc<Agency>,
    pub(super) tray: Tray,
    pub(super) operator: Option<Operator>,
    pub(super) queue: Vec<Waiting>,
    pub(super) slips: Slips,
    pub(super) stage: Stage,
    pub(super) open: Option<Open>,
    pub(super) holder: HolderScreen,
    turn: u64,
    pub(super) until: Option<Instant>,
    pub(super) views: Views,
}

impl Counter {
    /// A counter where nobody is signed in.
    pub(crate) fn new(settings: &Settings, agency: Agency) -> Self {
        let mut counter = Self {
            agency: Arc::new(agency),
            tray: Tray::new(settings.reader.clone()),
            operator: None,
            queue: Vec::new(),
            slips: Slips::default(),
            stage: Stage::SignIn(None),
            open: None,
            holder: HolderScreen::Welcome,
            turn: 1,
            until: None,
            views: Views::new(Self::PAGES),
        };
        counter.show();
        counter
    }

    pub(super) fn go(&mut self, stage: Stage) {
        self.stage = stage;
        self.turn += 1;
    }

    /// To the desk, or on with the card that lies there.
    pub(super) fn desk(&mut self) -> Vec<CounterWork> {
        self.open = None;
        self.holder = HolderScreen::Welcome;
        self.slips.card(None);
        let Some(terminal) = self.operator.as_ref().map(|who| who.terminal.clone()) else {
            self.go(Stage::SignIn(None));
            return Vec::new();
        };
        let (stage, work) = match self.tray.lying() {
            Lying::Card(stay) => {
                let agency = Arc::clone(&self.agency);
                let look = CounterWork::Look(agency, terminal, stay.clone());
                (Stage::Busy, Some(look))
            }
            Lying::Unusable(reason) => (Stage::Refused(Refusal::of(*reason)), None),
            Lying::LineDown
            | Lying::ServiceDown
            | Lying::NoReader
            | Lying::Nothing
            | Lying::Coming => (Stage::Desk, Some(CounterWork::Queue(terminal))),
        };
        self.go(stage);
        work.into_iter().collect()
    }

    /// A card that came or went. What is with the card has its outcome first; a case whose card went is
    /// void, and its record stays on the screen until it is read.
    fn card_changed(&mut self) -> Vec<CounterWork> {
        match &self.stage {
            Stage::Desk | Stage::Form(..) | Stage::Busy if self.operator.is_some() => self.desk(),
            Stage::Approve(_) | Stage::Ready => {
                self.go(Stage::Refused(Refusal::of(Reason::CardRemoved)));
                Vec::new()
            }
            Stage::Operating(_) => {
                self.holders_card_went();
                Vec::new()
            }
            Stage::Desk
            | Stage::Form(..)
            | Stage::Busy
            | Stage::SignIn(_)
            | Stage::Filing
            | Stage::Done(_)
            | Stage::Refused(_)
            | Stage::Records(_) => Vec::new(),
        }
    }

    pub(super) fn case(&self) -> Option<&Case> {
        self.open.as_ref()?.case.as_ref()
    }

    /// Nobody did anything for long. A transaction with the card ends by cardd's own bounds.
    fn idle(&mut self) -> Vec<CounterWork> {
        if matches!(self.stage, Stage::Operating(_)) {
            return Vec::new();
        }
        self.operator = None;
        self.desk()
    }
}

impl Machine for Counter {
    type Action = Action;
    type Work = CounterWork;

    const PAGES: &'static [&'static str] = &[OPERATOR, HOLDER];

    fn on(&mut self, input: Input<Action, CounterDone>, now: Instant) -> Vec<CounterWork> {
        let work = match input {
            Input::Line(line) if self.tray.on(&line) => self.card_changed(),
            Input::Line(_) => Vec::new(),
            Input::Action { page, action } => {
                self.until = Some(now + IDLE);
                if page == HOLDER {
                    self.holder_acts(&action)
                } else {
                    self.operator_acts(action)
                }
            }
            Input::Done { turn, done } => self.done(turn == self.turn, done),
            Input::Time if self.until.is_some_and(|until| now >= until) => {
                self.until = None;
                self.idle()
            }
            Input::Time => Vec::new(),
        };
        self.show();
        work
    }

    fn turn(&self) -> u64 {
        self.turn
    }

    fn view(&self, page: &str) -> View {
        self.views.of(page)
    }
}
