//! What came of what was asked of cardd and of the issuer, and where the counter stands then.

use super::{
    machine::{Counter, Shelf, Stage},
    screen::{Filed, HolderScreen, Paper, Waiting},
    work::{CounterDone, CounterWork, Progress, Told},
};
use crate::{
    Case, Operated, Step,
    desk::refusal::Refusal,
    model::{IssuerOperation, SuspectCard},
};

impl Counter {
    /// An outcome counts in the stage that waits for it. A transaction, and the holder's choice within it,
    /// go on over several turns.
    pub(super) fn done(&mut self, current: bool, done: CounterDone) -> Vec<CounterWork> {
        match (done, &self.stage) {
            (CounterDone::Told(told, progress), Stage::Operating(_)) => {
                return self.told(told, progress);
            }
            (CounterDone::HolderBegun(begun), _) => self.holder_begun(begun),
            (CounterDone::HolderSet(set), _) => self.holder_set(set),
            (done, Stage::Busy | Stage::Filing) if current => return self.answered(done),
            (done, Stage::Desk | Stage::Records(_)) if current => self.listed(done),
            _ => {}
        }
        Vec::new()
    }

    /// What the operator waited for.
    fn answered(&mut self, done: CounterDone) -> Vec<CounterWork> {
        match done {
            CounterDone::SignedIn(Ok(who)) => {
                self.operator = Some(who);
                return self.desk();
            }
            CounterDone::SignedIn(Err(refusal)) => self.go(Stage::SignIn(Some(refusal))),
            CounterDone::Looked(Ok(looked)) => {
                self.slips.card(looked.slip);
                self.go(Stage::Form(looked.status, None));
            }
            CounterDone::Opened(opened) => self.opened(opened),
            CounterDone::Approved(approved) => self.approved(approved),
            CounterDone::Record(Ok(paper)) => self.filed(paper),
            CounterDone::Looked(Err(refusal)) | CounterDone::Record(Err(refusal)) => {
                self.go(Stage::Refused(refusal));
            }
            CounterDone::Queue(_)
            | CounterDone::Told(..)
            | CounterDone::HolderBegun(_)
            | CounterDone::HolderSet(_)
            | CounterDone::Found(_)
            | CounterDone::Checked(_) => {}
        }
        Vec::new()
    }

    /// What goes on a page that can be touched meanwhile.
    fn listed(&mut self, done: CounterDone) {
        match done {
            CounterDone::Queue(Ok(cards)) => {
                let waiting = |card: SuspectCard| Waiting {
                    card_ref: card.card_ref,
                    tries_lost: card.tries_lost,
                    last_unix_ms: card.last_unix_ms,
                };
                self.queue = cards.list.into_iter().map(waiting).collect();
            }
            CounterDone::Found(Ok(found)) => self.shelve(|shelf| shelf.found = Some(found)),
            CounterDone::Checked(Ok(verdict)) => self.shelve(|shelf| shelf.verdict = Some(verdict)),
            CounterDone::Queue(Err(refusal))
            | CounterDone::Found(Err(refusal))
            | CounterDone::Checked(Err(refusal)) => self.go(Stage::Refused(refusal)),
            CounterDone::SignedIn(_)
            | CounterDone::Looked(_)
            | CounterDone::Opened(_)
            | CounterDone::Approved(_)
            | CounterDone::Told(..)
            | CounterDone::HolderBegun(_)
            | CounterDone::HolderSet(_)
            | CounterDone::Record(_) => {}
        }
    }

    fn opened(&mut self, opened: Result<Case, Refusal>) {
        let Some(open) = &mut self.open else { return };
        let stage = match opened {
            Ok(case) => {
                let second = case.needs_second_operator;
                open.case = Some(case);
                if second {
                    Stage::Approve(None)
                } else {
                    Stage::Ready
                }
            }
            Err(refusal) => Stage::Form(open.status, Some(refusal)),
        };
        self.go(stage);
    }

    fn approved(&mut self, approved: Result<String, Refusal>) {
        match (approved, &mut self.open) {
            (Ok(name), Some(open)) => {
                open.second = Some(name);
                self.go(Stage::Ready);
            }
            (Err(refusal), _) => self.go(Stage::Approve(Some(refusal))),
            (Ok(_), None) => self.go(Stage::Desk),
        }
    }

    fn told(&mut self, told: Told, progress: Progress) -> Vec<CounterWork> {
        match told {
            Told::Step(step) => {
                let mut work = vec![CounterWork::Follow(progress)];
                if let Stage::Operating(steps) = &mut self.stage {
                    steps.push(step_key(step));
                }
                if step == Step::HolderPinWanted {
                    let begin = self.holder_line();
                    work.extend(begin.map(|(line, case)| CounterWork::BeginHolder(line, case)));
                }
                work
            }
            Told::Ended(Ok(operated)) => self.operated(operated),
            Told::Ended(Err(refusal)) => {
                self.holder = HolderScreen::Refused {
                    refusal: refusal.clone(),
                    again: false,
                };
                self.go(Stage::Refused(refusal));
                Vec::new()
            }
        }
    }

    /// The record for the file is read back from the ledger.
    fn operated(&mut self, operated: Operated) -> Vec<CounterWork> {
        let Some(who) = &self.operator else {
            return self.desk();
        };
        let terminal = who.terminal.clone();
        self.holder = match self.open.as_ref().map(|open| open.operation) {
            Some(IssuerOperation::Unblock) => HolderScreen::Unlocked,
            Some(IssuerOperation::Reload) if operated.holder_pin_set => HolderScreen::Set,
            Some(IssuerOperation::Reload) | None => HolderScreen::Welcome,
        };
        self.go(Stage::Filing);
        vec![CounterWork::Record(terminal, operated)]
    }

    /// What was found goes on the page that asked for it; it can be touched meanwhile.
    fn shelve(&mut self, put: impl FnOnce(&mut Shelf)) {
        if let Stage::Records(shelf) = &mut self.stage {
            shelf.busy = false;
            put(shelf);
        }
    }

    fn filed(&mut self, paper: Paper) {
        let (Some(open), Some(who)) = (&self.open, &self.operator) else {
            return self.go(Stage::Desk);
        };
        let filed = Filed {
            case: open.case.as_ref().map_or(0, |case| case.sequence),
            operation: open.operation.code(),
            reason: open.reason.code(),
            agent: open.agent,
            operator: who.name.clone(),
            second: open.second.clone(),
            paper,
        };
        self.slips.served();
        self.go(Stage::Done(filed));
    }
}

const fn step_key(step: Step) -> &'static str {
    match step {
        Step::Opened => "STEP_OPENED",
        Step::ReadKeyAnswered => "STEP_READ_KEY",
        Step::UnblockKeyAnswered => "STEP_UNBLOCK_KEY",
        Step::MessageGiven => "STEP_MESSAGE",
        Step::HolderPinWanted => "STEP_HOLDER",
    }
}
