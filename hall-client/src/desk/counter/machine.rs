//! What leads from one screen of the counter to the next. Pure: time comes in with each input.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::{
    agency::{Agency, Operator, Papers},
    screen::{Filed, HolderScreen, Line, OperatorScreen, Paper, Waiting},
    work::{CounterDone, CounterWork, Filled, Progress, Told, number},
};
use crate::{
    Case, Documents, Step, Terminal,
    desk::{
        entry::{Enter, Entry},
        machine::{Input, Machine, View},
        refusal::Refusal,
        sealed::PageSeal,
        settings::Settings,
        tray::{Lying, Stay, Tray},
        views::Views,
    },
    model::{CaseReason, IssuerOperation, PinState, PinStatus, Reason, SuspectCard},
};

const OPERATOR: &str = "operator";
const HOLDER: &str = "holder";
/// An operator who does nothing for so long is signed out.
const IDLE: Duration = Duration::from_secs(600);
/// Slips that wait.
const SLIPS: usize = 32;

/// What may be asked for.
#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(crate) enum Action {
    /// Operator: certificate and key.
    SignIn {
        papers: Papers,
    },
    SignOut,
    /// Operator: a slip that somebody brought.
    Slip {
        reference: String,
    },
    /// Operator: documents and reason.
    Apply(Application),
    /// The second operator: certificate and key.
    Approve {
        papers: Papers,
    },
    /// Operator: the issuer may begin.
    Start,
    /// Operator: back to the desk; a case that is not begun expires.
    Finish,
    /// Operator: records after this one.
    Records {
        after: u64,
    },
    /// Holder.
    Typed,
    StartOver,
    Submit(PageSeal),
    Again,
    Back,
}

/// The checklist: nothing of it may be left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Application {
    operation: Wanted,
    reason: Why,
    holder_number: String,
    holder_original_seen: bool,
    agent: bool,
    agent_number: String,
    agent_original_seen: bool,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Wanted {
    Unblock,
    Reload,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Why {
    Blocked,
    Forgotten,
    NeverKnown,
}

/// What the operator's page is about.
enum Stage {
    SignIn(Option<Refusal>),
    Busy,
    Desk,
    Form(PinStatus, Option<Refusal>),
    Approve(Option<Refusal>),
    Ready,
    Operating(Vec<&'static str>),
    Done(Filed),
    Refused(Refusal),
    Records(u64, Vec<Line>),
}

/// A case under way.
struct Open {
    case: Option<Case>,
    operation: IssuerOperation,
    reason: CaseReason,
    agent: bool,
    second: Option<String>,
    status: PinStatus,
}

/// The agency counter.
pub(crate) struct Counter {
    agency: Arc<Agency>,
    tray: Tray,
    lying: Lying,
    operator: Option<Operator>,
    queue: Vec<Waiting>,
    slips: VecDeque<String>,
    stage: Stage,
    open: Option<Open>,
    holder: HolderScreen,
    turn: u64,
    until: Option<Instant>,
    views: Views,
}

impl Counter {
    /// A counter where nobody is signed in.
    pub(crate) fn new(settings: &Settings, agency: Agency) -> Self {
        let mut counter = Self {
            agency: Arc::new(agency),
            tray: Tray::new(settings.reader.clone()),
            lying: Lying::LineDown,
            operator: None,
            queue: Vec::new(),
            slips: VecDeque::new(),
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

    fn go(&mut self, stage: Stage) {
        self.stage = stage;
        self.turn += 1;
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

    /// To the desk, or on with the card that lies there.
    fn desk(&mut self) -> Vec<CounterWork> {
        self.open = None;
        self.holder = HolderScreen::Welcome;
        let Some(terminal) = self.operator.as_ref().map(|who| who.terminal.clone()) else {
            self.go(Stage::SignIn(None));
            return Vec::new();
        };
        match (self.stay(), &self.lying) {
            (Some(stay), _) => {
                self.go(Stage::Busy);
                vec![CounterWork::Look(terminal, stay)]
            }
            (None, Lying::Unusable(reason)) => {
                let refusal = Refusal::of(*reason);
                self.go(Stage::Refused(refusal));
                Vec::new()
            }
            (None, _) => {
                self.go(Stage::Desk);
                vec![CounterWork::Queue(terminal)]
            }
        }
    }

    /// A card that came or went. What is with the card has its outcome first; a case whose card went is
    /// void, and its record stays on the screen until it is read.
    fn card_changed(&mut self) -> Vec<CounterWork> {
        match &self.stage {
            Stage::Desk | Stage::Form(..) | Stage::Busy => self.desk(),
            Stage::Approve(_) | Stage::Ready => {
                self.go(Stage::Refused(Refusal::of(Reason::CardRemoved)));
                Vec::new()
            }
            Stage::SignIn(_)
            | Stage::Operating(_)
            | Stage::Done(_)
            | Stage::Refused(_)
            | Stage::Records(..) => Vec::new(),
        }
    }

    fn act(&mut self, page: &str, action: Action) -> Vec<CounterWork> {
        if page == HOLDER {
            return self.holder_acts(&action);
        }
        match (action, &self.stage) {
            (Action::SignIn { papers }, Stage::SignIn(_)) => {
                self.go(Stage::Busy);
                vec![CounterWork::SignIn(Arc::clone(&self.agency), papers)]
            }
            (_, Stage::SignIn(_) | Stage::Busy | Stage::Operating(_)) => Vec::new(),
            (Action::SignOut, _) => {
                self.operator = None;
                self.desk()
            }
            (Action::Slip { reference }, Stage::Desk | Stage::Form(..)) => {
                self.slip(&reference);
                Vec::new()
            }
            (Action::Apply(filled), Stage::Form(status, _)) => {
                let status = *status;
                self.apply(filled, status)
            }
            (Action::Approve { papers }, Stage::Approve(_)) => self.approve(papers),
            (Action::Start, Stage::Ready) => self.start(),
            (Action::Finish, _) => self.desk(),
            (Action::Records { after }, Stage::Desk | Stage::Records(..)) => self.records(after),
            _ => Vec::new(),
        }
    }

    /// A slip as it is typed or scanned: sixteen characters, whatever stands around them.
    fn slip(&mut self, text: &str) {
        let bare = text
            .trim()
            .trim_start_matches("CARDD-SLIP:1:")
            .replace('-', "");
        let right = bare.len() == 16 && bare.bytes().all(|letter| letter.is_ascii_alphanumeric());
        let bare = bare.to_ascii_uppercase();
        if right && self.slips.len() < SLIPS && !self.slips.contains(&bare) {
            self.slips.push_back(bare);
        }
    }

    fn apply(&mut self, filled: Application, status: PinStatus) -> Vec<CounterWork> {
        let (Some(who), Some(stay)) = (&self.operator, self.stay()) else {
            return self.desk();
        };
        let agent_number = match filled.agent {
            true => number(&filled.agent_number),
            false => None,
        };
        let complete = filled.holder_original_seen
            && (!filled.agent || (filled.agent_original_seen && agent_number.is_some()));
        let (true, Some(holder_number)) = (complete, number(&filled.holder_number)) else {
            let refusal = Refusal::of(Reason::EvidenceIncomplete);
            self.go(Stage::Form(status, Some(refusal)));
            return Vec::new();
        };
        let operation = match filled.operation {
            Wanted::Unblock => IssuerOperation::Unblock,
            Wanted::Reload => IssuerOperation::Reload,
        };
        let reason = match filled.reason {
            Why::Blocked => CaseReason::Blocked,
            Why::Forgotten => CaseReason::Forgotten,
            Why::NeverKnown => CaseReason::NeverKnown,
        };
        let documents = Documents {
            holder_number,
            holder_original_seen: true,
            agent_original_seen: agent_number.is_some(),
            agent_number,
        };
        let terminal = who.terminal.clone();
        self.open = Some(Open {
            case: None,
            operation,
            reason,
            agent: filled.agent,
            second: None,
            status,
        });
        self.go(Stage::Busy);
        let filled = Filled {
            operation,
            reason,
            documents,
        };
        vec![CounterWork::Open(terminal, stay, filled)]
    }

    fn approve(&mut self, papers: Papers) -> Vec<CounterWork> {
        let Some(case) = self.case().map(|case| case.sequence) else {
            return self.desk();
        };
        self.go(Stage::Busy);
        vec![CounterWork::Approve(Arc::clone(&self.agency), papers, case)]
    }

    fn case(&self) -> Option<&Case> {
        self.open.as_ref()?.case.as_ref()
    }

    fn start(&mut self) -> Vec<CounterWork> {
        let Some((grant, operation)) = self.open.as_ref().and_then(|open| {
            let grant = open.case.as_ref()?.grant.clone();
            Some((grant, open.operation))
        }) else {
            return self.desk();
        };
        self.holder = HolderScreen::Wait;
        self.go(Stage::Operating(Vec::new()));
        vec![CounterWork::Operate(
            Arc::clone(&self.agency),
            grant,
            operation,
        )]
    }

    fn records(&mut self, after: u64) -> Vec<CounterWork> {
        let Some(who) = &self.operator else {
            return Vec::new();
        };
        let terminal = who.terminal.clone();
        self.go(Stage::Records(after, Vec::new()));
        vec![CounterWork::Records(terminal, after)]
    }

    fn holder_acts(&mut self, action: &Action) -> Vec<CounterWork> {
        let Some((terminal, case)) = self.holder_line() else {
            return Vec::new();
        };
        match (action, self.holder.clone()) {
            (Action::Typed, HolderScreen::Enter(enter)) => {
                self.holder = HolderScreen::Enter(enter.typed());
                Vec::new()
            }
            (Action::StartOver | Action::Back, HolderScreen::Enter(enter)) => {
                self.holder = HolderScreen::Enter(enter.again());
                Vec::new()
            }
            (Action::Submit(seal), HolderScreen::Enter(enter)) if enter.step.next().is_none() => {
                self.holder = HolderScreen::Setting;
                let sealed = seal.for_entry(&enter.entry.entry_id);
                vec![CounterWork::SetHolder(terminal, case, sealed)]
            }
            (Action::Again, HolderScreen::Refused { again: true, .. }) => {
                self.holder = HolderScreen::Wait;
                vec![CounterWork::BeginHolder(terminal, case)]
            }
            _ => Vec::new(),
        }
    }

    /// The operator's line, and the case whose card waits for its holder.
    fn holder_line(&self) -> Option<(Terminal, u64)> {
        let operating = matches!(self.stage, Stage::Operating(_));
        let who = self.operator.as_ref().filter(|_| operating)?;
        Some((who.terminal.clone(), self.case()?.sequence))
    }

    fn done(&mut self, current: bool, done: CounterDone) -> Vec<CounterWork> {
        let busy = current && matches!(self.stage, Stage::Busy);
        match done {
            CounterDone::SignedIn(Ok(who)) if busy => {
                self.operator = Some(who);
                return self.desk();
            }
            CounterDone::SignedIn(Err(refusal)) if busy => self.go(Stage::SignIn(Some(refusal))),
            CounterDone::Queue(Ok(cards)) if current => {
                let waiting = |card: SuspectCard| Waiting {
                    card_ref: card.card_ref,
                    tries_lost: card.tries_lost,
                    last_unix_ms: card.last_unix_ms,
                };
                self.queue = cards.list.into_iter().map(waiting).collect();
            }
            CounterDone::Looked(Ok(status)) if busy => self.go(Stage::Form(status, None)),
            CounterDone::Opened(opened) if busy => self.opened(opened),
            CounterDone::Approved(approved) if busy => self.approved(approved),
            CounterDone::Told(told, progress) if matches!(self.stage, Stage::Operating(_)) => {
                return self.told(told, progress);
            }
            CounterDone::HolderBegun(begun) => self.holder_begun(begun),
            CounterDone::HolderSet(set) => self.holder_set(set),
            CounterDone::Record(Ok(paper)) if busy => self.filed(paper),
            CounterDone::Records(Ok(lines)) if current => {
                if let Stage::Records(after, _) = self.stage {
                    self.stage = Stage::Records(after, lines);
                }
            }
            CounterDone::Looked(Err(refusal)) | CounterDone::Record(Err(refusal)) if busy => {
                self.go(Stage::Refused(refusal));
            }
            CounterDone::Queue(Err(refusal)) | CounterDone::Records(Err(refusal)) if current => {
                self.go(Stage::Refused(refusal));
            }
            CounterDone::SignedIn(_)
            | CounterDone::Queue(_)
            | CounterDone::Looked(_)
            | CounterDone::Opened(_)
            | CounterDone::Approved(_)
            | CounterDone::Told(..)
            | CounterDone::Record(_)
            | CounterDone::Records(_) => {}
        }
        Vec::new()
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
            Told::Ended(Ok(operated)) => {
                let Some(who) = &self.operator else {
                    return self.desk();
                };
                let terminal = who.terminal.clone();
                self.holder = match self.open.as_ref().map(|open| open.operation) {
                    Some(IssuerOperation::Unblock) => HolderScreen::Unlocked,
                    Some(IssuerOperation::Reload) if operated.holder_pin_set => HolderScreen::Set,
                    Some(IssuerOperation::Reload) | None => HolderScreen::Welcome,
                };
                self.go(Stage::Busy);
                vec![CounterWork::Record(terminal, operated)]
            }
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

    fn holder_begun(&mut self, begun: Result<Entry, Refusal>) {
        if self.holder == HolderScreen::Wait {
            self.holder = match begun {
                Ok(entry) => HolderScreen::Enter(Enter::begin(entry)),
                Err(refusal) => HolderScreen::Refused {
                    refusal,
                    again: false,
                },
            };
        }
    }

    /// A refused choice leaves the card waiting.
    fn holder_set(&mut self, set: Result<(), Refusal>) {
        if self.holder == HolderScreen::Setting {
            self.holder = match set {
                Ok(()) => HolderScreen::Set,
                Err(refusal) => HolderScreen::Refused {
                    refusal,
                    again: true,
                },
            };
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
        self.go(Stage::Done(filed));
    }

    fn out(&self) -> Option<&'static str> {
        match self.lying {
            Lying::LineDown => Some("OUT_LINE"),
            Lying::ServiceDown => Some("OUT_SERVICE"),
            Lying::NoReader => Some("OUT_READER"),
            Lying::Nothing | Lying::Coming | Lying::Card(_) | Lying::Unusable(_) => None,
        }
    }

    fn show(&mut self) {
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
        let slips = || self.slips.iter().cloned().collect();
        match &self.stage {
            Stage::SignIn(refusal) => OperatorScreen::SignIn {
                refusal: refusal.clone(),
            },
            Stage::Busy => OperatorScreen::Busy,
            Stage::Desk => match self.out() {
                Some(why) => OperatorScreen::OutOfOrder { why },
                None => OperatorScreen::Desk {
                    operator,
                    queue: self.queue.clone(),
                    slips: slips(),
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
                slips: slips(),
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
            Stage::Records(after, lines) => OperatorScreen::Records {
                after: *after,
                lines: lines.clone(),
            },
        }
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

impl Machine for Counter {
    type Action = Action;
    type Work = CounterWork;

    const PAGES: &'static [&'static str] = &[OPERATOR, HOLDER];

    fn on(&mut self, input: Input<Action, CounterDone>, now: Instant) -> Vec<CounterWork> {
        let work = match input {
            Input::Line(line) => {
                self.tray.on(&line);
                let lying = self.tray.lying();
                if lying == self.lying {
                    Vec::new()
                } else {
                    self.lying = lying;
                    self.card_changed()
                }
            }
            Input::Action { page, action } => {
                self.until = Some(now + IDLE);
                self.act(page, action)
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

impl Counter {
    /// Nobody did anything for long. A transaction with the card ends by cardd's own bounds.
    fn idle(&mut self) -> Vec<CounterWork> {
        if matches!(self.stage, Stage::Operating(_)) {
            return Vec::new();
        }
        self.operator = None;
        self.desk()
    }
}
