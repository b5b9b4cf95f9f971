//! What each page sees of a bill: the whole for the holder, one word for the others.

use super::{
    bill::Outcome,
    machine::{Billing, CASHIER, HIS, HOLDER},
    screen::{CashierScreen, HolderScreen, Stage, Standing, Typing},
};
use crate::desk::{refusal::Next, views::Views};

impl Billing {
    /// Shows every page what there is now.
    pub(super) fn show(&mut self) {
        let mut views = std::mem::replace(&mut self.views, Views::new(&[]));
        views.show(CASHIER, &self.cashier(), None);
        views.show(HOLDER, &self.holder(), self.until);
        views.show(HIS, &self.standings(), None);
        self.views = views;
    }

    const fn out(&self) -> Option<&'static str> {
        self.tray.lying().out()
    }

    fn cashier(&self) -> CashierScreen<'_> {
        let (Some(bill), Some(state)) = (&self.bill, self.stage.state()) else {
            return match self.out() {
                Some(why) => CashierScreen::OutOfOrder { why },
                None => CashierScreen::Bill,
            };
        };
        if let Stage::Over { outcome, .. } = &self.stage {
            return CashierScreen::Over {
                bill,
                state,
                record: outcome.record(),
            };
        }
        let why = self.out().filter(|_| matches!(self.stage, Stage::Out(_)));
        let (refusal, again) = if let Stage::Refused { refusal, again } = &self.stage {
            (Some(refusal), again.is_some())
        } else {
            (None, matches!(self.stage, Stage::Declined(_)))
        };
        CashierScreen::Work {
            bill,
            state,
            tries: self.stage.tries(),
            why,
            refusal,
            again,
        }
    }

    fn holder(&self) -> HolderScreen<'_> {
        let counter = self.settings.counter.as_ref();
        let Some(bill) = &self.bill else {
            return match self.out() {
                Some(why) => HolderScreen::OutOfOrder { why },
                None => HolderScreen::Welcome,
            };
        };
        match &self.stage {
            Stage::Idle => HolderScreen::Welcome,
            Stage::Out(why) => HolderScreen::OutOfOrder { why },
            Stage::Insert => HolderScreen::Insert(bill),
            Stage::Reading => HolderScreen::Reading(bill),
            Stage::LastTry(_) => HolderScreen::LastTry(bill),
            Stage::Enter(Typing { enter, .. }) => HolderScreen::Enter { bill, enter },
            Stage::Working(_) => HolderScreen::Working(bill),
            Stage::MustChange => HolderScreen::MustChange(bill),
            Stage::Changed { tries } => HolderScreen::Changed {
                bill,
                tries: *tries,
            },
            Stage::Refused { refusal, again } => HolderScreen::Refused {
                bill,
                refusal,
                again: again.is_some(),
                counter: counter.filter(|_| refusal.next == Next::GoToCounter),
            },
            Stage::Declined(_) => HolderScreen::Declined,
            Stage::Locked => HolderScreen::Locked { counter },
            Stage::Over { rested: true, .. } if self.tray.lying().is_there() => {
                HolderScreen::TakeCard
            }
            Stage::Over { rested: true, .. } => HolderScreen::Welcome,
            Stage::Over { outcome, .. } => match outcome {
                Outcome::Paid(_) => HolderScreen::Paid(bill),
                Outcome::SettleLater => HolderScreen::SettleLater { counter },
                Outcome::Cancelled | Outcome::ReceiptCancelled(_) => HolderScreen::Cancelled,
            },
        }
    }

    /// All bills that can be asked for, the oldest first.
    fn standings(&self) -> Vec<Standing<'_>> {
        let now = self.bill.iter().zip(self.stage.state());
        let now = now.map(|(bill, state)| Standing {
            bill,
            number: self.number,
            state,
            concluded: false,
            attempts_remaining: self.stage.tries(),
            receipt: None,
            cancellation: None,
        });
        let over = matches!(self.stage, Stage::Over { .. });
        let past = self.past.iter().filter_map(|past| {
            let stage = Stage::Over {
                outcome: past.outcome.clone(),
                rested: true,
            };
            Some(Standing {
                bill: &past.bill,
                number: past.number,
                state: stage.state()?,
                concluded: true,
                attempts_remaining: stage.tries(),
                receipt: past.outcome.receipt(),
                cancellation: past.outcome.cancellation(),
            })
        });
        past.chain(now.filter(|_| !over)).collect()
    }
}
