//! What the operators may ask for, and what comes of it.

use std::sync::Arc;

use super::{
    agency::Papers,
    application::Application,
    archive::Find,
    machine::{Action, Counter, Open, Shelf, Stage},
    screen::HolderScreen,
    work::CounterWork,
};
use crate::{
    desk::refusal::Refusal,
    model::{PinStatus, Reason},
};

impl Counter {
    pub(super) fn operator_acts(&mut self, action: Action) -> Vec<CounterWork> {
        match (action, &self.stage) {
            (Action::SignIn { papers }, Stage::SignIn(_)) => {
                self.go(Stage::Busy);
                vec![CounterWork::SignIn(Arc::clone(&self.agency), papers)]
            }
            (_, Stage::SignIn(_) | Stage::Busy | Stage::Operating(_) | Stage::Filing) => Vec::new(),
            (Action::SignOut, _) => {
                self.operator = None;
                self.desk()
            }
            (Action::Slip { reference }, Stage::Desk | Stage::Form(..)) => {
                self.slips.bring(&reference);
                Vec::new()
            }
            (Action::Apply(filled), Stage::Form(status, _)) => {
                let status = *status;
                self.apply(&filled, status)
            }
            (Action::Approve { papers }, Stage::Approve(_)) => self.approve(papers),
            (Action::Start, Stage::Ready) => self.start(),
            (Action::Finish, _) => self.desk(),
            (Action::Records { find }, Stage::Desk | Stage::Records(_)) => self.records(find),
            (Action::Check, Stage::Records(shelf)) => {
                let shelf = shelf.clone();
                self.check(shelf)
            }
            _ => Vec::new(),
        }
    }

    fn apply(&mut self, application: &Application, status: PinStatus) -> Vec<CounterWork> {
        let stay = self.tray.lying().stay().cloned();
        let (Some(who), Some(stay)) = (&self.operator, stay) else {
            return self.desk();
        };
        let Some(filled) = application.filled() else {
            let refusal = Refusal::of(Reason::EvidenceIncomplete);
            self.go(Stage::Form(status, Some(refusal)));
            return Vec::new();
        };
        let terminal = who.terminal.clone();
        self.open = Some(Open {
            case: None,
            operation: filled.operation,
            reason: filled.reason,
            agent: filled.by_agent(),
            second: None,
            status,
        });
        self.go(Stage::Busy);
        vec![CounterWork::Open(terminal, stay, filled)]
    }

    fn approve(&mut self, papers: Papers) -> Vec<CounterWork> {
        let Some(case) = self.case().map(|case| case.sequence) else {
            return self.desk();
        };
        self.go(Stage::Busy);
        vec![CounterWork::Approve(Arc::clone(&self.agency), papers, case)]
    }

    fn start(&mut self) -> Vec<CounterWork> {
        let granted = self.open.as_ref().and_then(|open| {
            let grant = open.case.as_ref()?.grant.clone();
            Some((grant, open.operation))
        });
        let Some((grant, operation)) = granted else {
            return self.desk();
        };
        self.holder = HolderScreen::Wait;
        self.go(Stage::Operating(Vec::new()));
        let agency = Arc::clone(&self.agency);
        vec![CounterWork::Operate(agency, grant, operation)]
    }

    fn records(&mut self, find: Find) -> Vec<CounterWork> {
        let busy = find.is_plain();
        let shelf = Shelf {
            find: find.clone(),
            found: None,
            verdict: None,
            busy,
        };
        self.go(Stage::Records(shelf));
        let who = self.operator.as_ref().filter(|_| busy);
        let look = who.map(|who| CounterWork::Find(who.terminal.clone(), find));
        look.into_iter().collect()
    }

    fn check(&mut self, shelf: Shelf) -> Vec<CounterWork> {
        let verdict = None;
        let busy = true;
        self.go(Stage::Records(Shelf {
            verdict,
            busy,
            ..shelf
        }));
        let who = self.operator.as_ref();
        let check = who.map(|who| CounterWork::Check(who.terminal.clone()));
        check.into_iter().collect()
    }
}
