//! What each page sees of the counter.

use super::{
    machine::{Counter, HOLDER, OPERATOR, Stage},
    screen::OperatorScreen,
};
use crate::model::PinState;

impl Counter {
    pub(super) fn show(&mut self) {
        let (operator, holder) = (self.operator_screen(), self.holder.clone());
        let idle = self.until.filter(|_| self.operator.is_some());
        self.views.show(OPERATOR, &operator, idle);
        self.views.show(HOLDER, &holder, None);
    }

    fn operator_screen(&self) -> OperatorScreen {
        let name = || self.operator.as_ref().map(|who| who.name.clone());
        let operator = name().unwrap_or_default();
        let case = self.case().map_or(0, |case| case.sequence);
        let operation = self.open.as_ref().map_or("", |open| open.operation.code());
        match &self.stage {
            Stage::SignIn(refusal) => OperatorScreen::SignIn {
                refusal: refusal.clone(),
            },
            Stage::Busy | Stage::Filing => OperatorScreen::Busy,
            Stage::Desk => match self.tray.lying().out() {
                Some(why) => OperatorScreen::OutOfOrder { why },
                None => OperatorScreen::Desk {
                    operator,
                    queue: self.queue.clone(),
                    slips: self.slips.shown(),
                },
            },
            Stage::Form(status, refusal) => OperatorScreen::Form {
                pin: status.state.code(),
                tries: match status.state {
                    PinState::Blocked => Some(0),
                    PinState::NotSet | PinState::Issued | PinState::Own | PinState::Unknown => {
                        status.attempts_remaining
                    }
                },
                slips: self.slips.shown(),
                refusal: refusal.clone(),
            },
            Stage::Approve(refusal) => OperatorScreen::Approve {
                case,
                operator,
                refusal: refusal.clone(),
            },
            Stage::Ready => OperatorScreen::Ready { case, operation },
            Stage::Operating(steps) => OperatorScreen::Operating {
                case,
                operation,
                steps: steps.clone(),
            },
            Stage::Done(filed) => OperatorScreen::Done(filed.clone()),
            Stage::Refused(refusal) => OperatorScreen::Refused {
                refusal: refusal.clone(),
            },
            Stage::Records(shelf) => OperatorScreen::Records {
                find: shelf.find.clone(),
                plain: shelf.find.is_plain(),
                found: shelf.found.clone(),
                verdict: shelf.verdict.clone(),
                busy: shelf.busy,
            },
        }
    }
}
