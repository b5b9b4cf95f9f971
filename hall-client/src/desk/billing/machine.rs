//! What leads from one stage of a bill to the next. Pure: time comes in with each input.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::{
    bill::{Bill, Outcome, Receipt},
    screen::{Stage, Typing},
    work::{Begun, BillingDone, BillingWork},
};
use crate::{
    ClientError,
    desk::{
        entry::{Enter, For},
        machine::{Input, Machine, View},
        refusal::{Next, Refusal},
        sealed::PageSeal,
        settings::Settings,
        tray::{Lying, Stay, Tray},
        views::Views,
    },
    model::{AttemptSpent, PinState, PinStatus, Reason, Verified},
};

/// Longest wait for an answer of cardd before the page gives way; cardd's own bound is shorter.
const ANSWER: Duration = Duration::from_secs(40);
/// Bills that are done with and can still be asked for, the newest.
const PAST: usize = 64;

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
    tray: Tray,
    pub(super) lying: Lying,
    pub(super) bill: Option<Bill>,
    /// Rises with each bill.
    pub(super) number: u64,
    pub(super) stage: Stage,
    pub(super) past: VecDeque<(u64, Bill, Outcome)>,
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
            lying: Lying::LineDown,
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
    fn go(&mut self, stage: Stage, now: Instant) -> Vec<BillingWork> {
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

    fn stay(&self) -> Option<Stay> {
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

    /// On with the bill, from what lies in the reader.
    fn look(&mut self, now: Instant) -> Vec<BillingWork> {
        let stage = match self.lying.clone() {
            Lying::LineDown => Stage::Out("OUT_LINE"),
            Lying::ServiceDown => Stage::Out("OUT_SERVICE"),
            Lying::NoReader => Stage::Out("OUT_READER"),
            Lying::Nothing => Stage::Insert,
            Lying::Coming => Stage::Reading,
            Lying::Unusable(reason) => Stage::Refused {
                refusal: Refusal::of(reason),
                again: None,
            },
            Lying::Card(stay) => {
                let mut work = self.go(Stage::Reading, now);
                work.push(BillingWork::Look(stay));
                return work;
            }
        };
        self.go(stage, now)
    }

    /// Opens an entry for the card that lies there.
    fn begin(&mut self, purpose: For, now: Instant) -> Vec<BillingWork> {
        let Some(stay) = self.stay() else {
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

    fn refuse(&mut self, refusal: Refusal, purpose: For, now: Instant) -> Vec<BillingWork> {
        let stage = match refusal.reason {
            Some(Reason::PinWasBlocked | Reason::PinNowBlocked) => Stage::Locked,
            Some(Reason::IssuedPin) => Stage::MustChange,
            _ => {
                let again = matches!(refusal.next, Next::TypeAgain | Next::Wait);
                Stage::Refused {
                    refusal,
                    again: again.then_some(purpose),
                }
            }
        };
        self.go(stage, now)
    }

    fn looked(&mut self, status: PinStatus, now: Instant) -> Vec<BillingWork> {
        match status.state {
            PinState::Blocked => self.go(Stage::Locked, now),
            PinState::Issued => self.go(Stage::MustChange, now),
            PinState::NotSet => self.refuse(Refusal::of(Reason::PinNotSet), For::Verify, now),
            PinState::Own | PinState::Unknown => self.begin(For::Verify, now),
        }
    }

    fn begun(&mut self, begun: Begun, now: Instant) -> Vec<BillingWork> {
        let stage = if begun.last_attempt {
            Stage::LastTry(begun.entry)
        } else {
            typing(begun.entry, false)
        };
        self.go(stage, now)
    }

    fn verified(&mut self, verified: Verified, now: Instant) -> Vec<BillingWork> {
        let receipt = Receipt {
            ledger_sequence: verified.ledger_sequence,
            attempts_remaining: verified.attempts_remaining,
        };
        self.conclude(Outcome::Paid(receipt), now)
    }

    /// The bill is done with; it can still be asked for.
    fn conclude(&mut self, outcome: Outcome, now: Instant) -> Vec<BillingWork> {
        if let Some(bill) = &self.bill {
            let same = |past: &(u64, Bill, Outcome)| past.1.reference == bill.reference;
            self.past.retain(|past| !same(past));
            self.past
                .push_back((self.number, bill.clone(), outcome.clone()));
        }
        if self.past.len() > PAST {
            self.past.pop_front();
        }
        let rested = false;
        self.go(Stage::Over { outcome, rested }, now)
    }

    /// An outcome counts in the stage that waits for it; an entry that comes too late is voided.
    fn done(&mut self, current: bool, done: BillingDone, now: Instant) -> Vec<BillingWork> {
        match (done, &self.stage) {
            (BillingDone::Looked(looked), Stage::Reading) if current => match looked {
                Ok(status) => self.looked(status, now),
                Err(refusal) => self.refuse(refusal, For::Verify, now),
            },
            (BillingDone::Begun(begun), Stage::Reading) if current => match begun {
                Ok(begun) => self.begun(begun, now),
                Err(refusal) => self.refuse(refusal, For::Verify, now),
            },
            (BillingDone::Verified(done), Stage::Working(purpose)) if current => match done {
                Ok(verified) => self.verified(verified, now),
                Err(refusal) => {
                    let purpose = *purpose;
                    self.refuse(refusal, purpose, now)
                }
            },
            (BillingDone::Changed(done), Stage::Working(purpose)) if current => match done {
                Ok(Verified {
                    attempts_remaining: tries,
                    ..
                }) => self.go(Stage::Changed { tries }, now),
                Err(refusal) => {
                    let purpose = *purpose;
                    self.refuse(refusal, purpose, now)
                }
            },
            (BillingDone::Begun(Ok(late)), _) => vec![BillingWork::Cancel(late.entry.entry_id)],
            (
                BillingDone::Looked(_)
                | BillingDone::Begun(Err(_))
                | BillingDone::Cancelled
                | BillingDone::Verified(_)
                | BillingDone::Changed(_),
                _,
            ) => Vec::new(),
        }
    }

    fn action(&mut self, page: &str, action: Action, now: Instant) -> Vec<BillingWork> {
        match page {
            HOLDER => self.holder_acts(action, now),
            _ => self.staff_acts(page, action, now),
        }
    }

    /// The cashier and, for what opens and ends a bill, the hospital system.
    fn staff_acts(&mut self, page: &str, action: Action, now: Instant) -> Vec<BillingWork> {
        match (action, &self.stage) {
            (Action::Open(bill), Stage::Idle | Stage::Over { .. }) => {
                self.bill = Some(bill);
                self.number += 1;
                self.look(now)
            }
            // What was sent to the card has its outcome first.
            (_, Stage::Working(_) | Stage::Idle) => Vec::new(),
            (Action::Finish, Stage::Over { .. }) if page == CASHIER => {
                self.bill = None;
                self.go(Stage::Idle, now)
            }
            (_, Stage::Over { .. }) => Vec::new(),
            (Action::CancelBill, _) => self.conclude(Outcome::Cancelled, now),
            (Action::SettleLater, _) if page == CASHIER => self.conclude(Outcome::SettleLater, now),
            (Action::Again, _) if page == CASHIER => self.again(now),
            _ => Vec::new(),
        }
    }

    fn holder_acts(&mut self, action: Action, now: Instant) -> Vec<BillingWork> {
        match (action, self.stage.clone()) {
            (Action::Again, _) => self.again(now),
            (Action::Change, Stage::MustChange) => self.begin(For::Change, now),
            (Action::GoOn, Stage::Changed { .. }) => self.begin(For::Verify, now),
            (Action::UseLast, Stage::LastTry(entry)) => self.go(typing(entry, true), now),
            (Action::Typed, Stage::Enter(typing)) => {
                let enter = typing.enter.typed();
                self.go(Stage::Enter(Typing { enter, ..typing }), now)
            }
            (Action::StartOver, Stage::Enter(typing)) => {
                let enter = typing.enter.again();
                self.go(Stage::Enter(Typing { enter, ..typing }), now)
            }
            (Action::Submit(seal), Stage::Enter(typing)) => self.submit(&seal, &typing, now),
            (Action::Back, Stage::Enter(typing)) => {
                self.go(Stage::Declined(typing.enter.entry.purpose), now)
            }
            (Action::Back, Stage::LastTry(entry)) => self.go(Stage::Declined(entry.purpose), now),
            (Action::Back, Stage::MustChange) => self.go(Stage::Declined(For::Change), now),
            _ => Vec::new(),
        }
    }

    fn submit(&mut self, seal: &PageSeal, typing: &Typing, now: Instant) -> Vec<BillingWork> {
        let entry = &typing.enter.entry;
        if typing.enter.step.next().is_some() {
            return Vec::new();
        }
        let last_accepted = typing.last_accepted;
        let work = match entry.purpose {
            For::Verify => BillingWork::Verify {
                sealed: seal.for_entry(&entry.entry_id),
                last_accepted,
            },
            For::Change | For::OwnPin => BillingWork::Change {
                sealed: seal.for_entry(&entry.entry_id),
                last_accepted,
            },
        };
        let mut all = self.go(Stage::Working(entry.purpose), now);
        all.push(work);
        all
    }

    fn again(&mut self, now: Instant) -> Vec<BillingWork> {
        let (Stage::Declined(purpose)
        | Stage::Refused {
            again: Some(purpose),
            ..
        }) = self.stage
        else {
            return Vec::new();
        };
        self.begin(purpose, now)
    }

    /// The time of what is shown is over.
    fn time(&mut self, now: Instant) -> Vec<BillingWork> {
        match self.stage.clone() {
            Stage::Over { outcome, .. } => {
                let rested = true;
                self.go(Stage::Over { outcome, rested }, now)
            }
            Stage::LastTry(entry)
            | Stage::Enter(Typing {
                enter: Enter { entry, .. },
                ..
            }) => self.refuse(Refusal::of(Reason::EntryTimedOut), entry.purpose, now),
            Stage::Working(purpose) => self.refuse(silent(AttemptSpent::Unknown), purpose, now),
            Stage::Reading => self.refuse(silent(AttemptSpent::No), For::Verify, now),
            Stage::Idle
            | Stage::Out(_)
            | Stage::Insert
            | Stage::MustChange
            | Stage::Changed { .. }
            | Stage::Refused { .. }
            | Stage::Declined(_)
            | Stage::Locked => Vec::new(),
        }
    }
}

fn typing(entry: crate::desk::entry::Entry, last_accepted: bool) -> Stage {
    Stage::Enter(Typing {
        enter: Enter::begin(entry),
        last_accepted,
    })
}

/// cardd did not answer within every bound.
fn silent(attempt_spent: AttemptSpent) -> Refusal {
    Refusal::from(ClientError::Timeout {
        attempt_spent,
        limit: ANSWER,
    })
}

impl Machine for Billing {
    type Action = Action;
    type Work = BillingWork;

    const PAGES: &'static [&'static str] = &[CASHIER, HOLDER, HIS];

    fn on(&mut self, input: Input<Action, BillingDone>, now: Instant) -> Vec<BillingWork> {
        let work = match input {
            Input::Line(line) => {
                self.tray.on(&line);
                let lying = self.tray.lying();
                if lying == self.lying {
                    Vec::new()
                } else {
                    self.lying = lying;
                    self.card_changed(now)
                }
            }
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
