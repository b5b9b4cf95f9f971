//! What leads from one stage of a bill to the next. Pure: time comes in with each input.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::{
    bill::{Bill, Cancellation},
    outcome::Past,
    screen::Stage,
    work::{BillingDone, BillingWork},
};
use crate::desk::{
    entry::For,
    machine::{Input, Machine, View},
    refusal::Refusal,
    sealed::PageSeal,
    settings::Settings,
    tray::{Lying, Tray},
    views::Views,
};

/// Longest wait for an answer of cardd before the page gives way; cardd's own bound is shorter.
pub(super) const ANSWER: Duration = Duration::from_secs(40);

pub(super) const CASHIER: &str = "cashier";
pub(super) const HOLDER: &str = "holder";
pub(super) const HIS: &str = "his";

/// What may be asked for, each by the pages that have it.
#[derive(Debug, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(crate) enum Action {
    /// Cashier, hospital: a bill.
    Open(Bill),
    /// Cashier: the patient is treated now, the bill settled another day.
    SettleLater,
    /// Cashier, hospital: the bill is taken back.
    CancelBill,
    /// Hospital: the terminal took the receipt of that bill back.
    ReceiptCancelled {
        /// The bill, by its number.
        number: u64,
        /// The terminal's word.
        cancellation: Cancellation,
    },
    /// Cashier: the outcome is read.
    Finish,
    /// Cashier, holder: type again.
    Again,
    /// Holder: change the issued PIN now.
    Change,
    /// Holder: the PIN was changed, go on to the bill.
    GoOn,
    /// Holder: use the last try.
    UseLast,
    /// Holder: the PIN of this step is typed; the page keeps it.
    Typed,
    /// Holder: the page lost what was typed.
    StartOver,
    /// Holder: all PINs of the entry are typed and sealed.
    Submit(PageSeal),
    /// Holder: does not want to type.
    Back,
}

/// The billing desk.
pub(crate) struct Billing {
    pub(super) settings: Settings,
    pub(super) tray: Tray,
    pub(super) bill: Option<Bill>,
    /// Rises with each bill.
    pub(super) number: u64,
    pub(super) stage: Stage,
    pub(super) past: VecDeque<Past>,
    turn: u64,
    pub(super) until: Option<Instant>,
    pub(super) views: Views,
}

impl Billing {
    /// A billing desk before the line's first word.
    pub(crate) fn new(settings: Settings) -> Self {
        let mut billing = Self {
            tray: Tray::new(settings.reader.clone()),
            settings,
            bill: None,
            number: 0,
            stage: Stage::Idle,
            past: VecDeque::new(),
            turn: 1,
            until: None,
            views: Views::new(Self::PAGES),
        };
        billing.show();
        billing
    }

    /// Another stage; outcomes of work for an earlier one come too late.
    pub(super) fn go(&mut self, stage: Stage, now: Instant) -> Vec<BillingWork> {
        let left = self.stage.entry().map(|entry| entry.entry_id);
        let kept = stage.entry().map(|entry| entry.entry_id);
        let sent = matches!(stage, Stage::Working(_));
        let time = match &stage {
            Stage::LastTry(entry) => Some(entry.lifetime),
            Stage::Enter(typing) => Some(typing.enter.entry.lifetime),
            Stage::Reading | Stage::Working(_) => Some(ANSWER),
            Stage::Over { rested: false, .. } => Some(self.settings.patience.result()),
            Stage::Idle
            | Stage::Out(_)
            | Stage::Insert
            | Stage::MustChange
            | Stage::Changed { .. }
            | Stage::Refused { .. }
            | Stage::Declined(_)
            | Stage::Locked
            | Stage::Over { rested: true, .. } => None,
        };
        // The lifetime of an entry goes on from where its page first showed it.
        if left.is_none() || left != kept {
            self.until = time.map(|time| now + time);
        }
        self.stage = stage;
        self.turn += 1;
        let voided = left.filter(|left| Some(*left) != kept && !sent);
        voided.into_iter().map(BillingWork::Cancel).collect()
    }

    /// On with the bill, from what lies in the reader.
    pub(super) fn look(&mut self, now: Instant) -> Vec<BillingWork> {
        let (stage, look) = match self.tray.lying() {
            Lying::LineDown => (Stage::Out("OUT_LINE"), None),
            Lying::ServiceDown => (Stage::Out("OUT_SERVICE"), None),
            Lying::NoReader => (Stage::Out("OUT_READER"), None),
            Lying::Nothing => (Stage::Insert, None),
            Lying::Coming => (Stage::Reading, None),
            Lying::Unusable(reason) => {
                let refusal = Refusal::of(*reason);
                let again = None;
                (Stage::Refused { refusal, again }, None)
            }
            Lying::Card(stay) => (Stage::Reading, Some(BillingWork::Look(stay.clone()))),
        };
        let left = self.go(stage, now);
        left.into_iter().chain(look).collect()
    }

    /// Opens an entry for the card that lies there.
    pub(super) fn begin(&mut self, purpose: For, now: Instant) -> Vec<BillingWork> {
        let Some(stay) = self.tray.lying().stay().cloned() else {
            return self.look(now);
        };
        let mut work = self.go(Stage::Reading, now);
        work.push(match purpose {
            For::Verify => BillingWork::BeginVerify(stay),
            For::Change | For::OwnPin => BillingWork::BeginChange(stay),
        });
        work
    }

    /// Something else lies there than before. Whoever waits for a result is owed it, also with the card
    /// in hand; without a bill, and after it, cards are nobody's business.
    fn card_changed(&mut self, now: Instant) -> Vec<BillingWork> {
        match self.stage {
            Stage::Idle | Stage::Working(_) | Stage::Over { .. } => Vec::new(),
            Stage::Out(_)
            | Stage::Insert
            | Stage::Reading
            | Stage::LastTry(_)
            | Stage::Enter(_)
            | Stage::MustChange
            | Stage::Changed { .. }
            | Stage::Refused { .. }
            | Stage::Declined(_)
            | Stage::Locked => self.look(now),
        }
    }
}

impl Machine for Billing {
    type Action = Action;
    type Work = BillingWork;

    const PAGES: &'static [&'static str] = &[CASHIER, HOLDER, HIS];

    fn on(&mut self, input: Input<Action, BillingDone>, now: Instant) -> Vec<BillingWork> {
        let work = match input {
            Input::Line(line) if self.tray.on(&line) => self.card_changed(now),
            Input::Line(_) => Vec::new(),
            Input::Action { page, action } => self.action(page, action, now),
            Input::Done { turn, done } => self.done(turn == self.turn, done, now),
            Input::Time if self.until.is_some_and(|until| now >= until) => self.time(now),
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
