//! A counter whose clock the test turns, and the way to each of its states.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    Case, Limits, Operated, Step, Terminal,
    counter::Grant,
    desk::{
        counter::{
            agency::{Agency, Operator},
            archive::{Found, Verdict},
            machine::{Action, Counter},
            screen::{Line as RecordLine, Paper},
            work::{CounterDone, CounterWork, Looked, Progress, Told},
        },
        entry::Entry,
        gallery,
        machine::{Input, Line, Machine as _, View},
        refusal::Refusal,
        settings::Settings,
        testing::{card, insertion, reader, status},
    },
    issuer::{
        CardFactors, Challenge, CipherSuite, IssuerKeys, KeyError, KeyKind, KeyService, SessionKey,
    },
    model::{DeskKind, Happening, PinState, PinStatus, Reason, Slot, SuspectCards},
};

/// Where a counter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    SignIn,
    Busy,
    Desk,
    Form,
    Approve,
    Ready,
    Operating,
    /// The same, and the holder chooses a PIN.
    Choosing,
    Done,
    Refused,
    Records,
}

impl At {
    pub(super) const ALL: [Self; 11] = [
        Self::SignIn,
        Self::Busy,
        Self::Desk,
        Self::Form,
        Self::Approve,
        Self::Ready,
        Self::Operating,
        Self::Choosing,
        Self::Done,
        Self::Refused,
        Self::Records,
    ];
}

pub(super) struct Bench {
    pub(super) desk: Counter,
    now: Instant,
}

/// No issuer at all: a machine only hands its keys on.
struct NoKeys;

impl IssuerKeys for NoKeys {
    fn session_key(
        &self,
        _kind: KeyKind,
        _suite: CipherSuite,
        _factors: &CardFactors,
        _challenge: &Challenge,
    ) -> Result<Box<dyn SessionKey + '_>, KeyError> {
        Err(KeyError::BackendAnswer)
    }
}

fn nowhere() -> Terminal {
    Terminal::connect_lazily("/nowhere", Limits::default())
}

pub(super) fn looked() -> CounterDone {
    CounterDone::Looked(Ok(Looked {
        status: PinStatus {
            state: PinState::Blocked,
            attempts_remaining: Some(0),
            doubt: None,
        },
        slip: None,
    }))
}

pub(super) fn signed_in() -> CounterDone {
    CounterDone::SignedIn(Ok(Operator {
        name: "王芳".to_owned(),
        terminal: nowhere(),
    }))
}

pub(super) fn opened(needs_second_operator: bool) -> CounterDone {
    CounterDone::Opened(Ok(Case {
        sequence: 12,
        grant: Grant::new([7; 32], "王芳"),
        needs_second_operator,
        expires_in: Duration::from_secs(300),
    }))
}

pub(super) fn operated() -> Told {
    Told::Ended(Ok(Operated {
        ledger_sequence: 17,
        attempts_remaining: Some(6),
        holder_pin_set: true,
    }))
}

pub(super) fn begun() -> CounterDone {
    let enter = gallery::enter(
        crate::desk::entry::For::OwnPin,
        crate::desk::entry::Step::New,
    );
    let entry: Entry = enter.entry;
    CounterDone::HolderBegun(Ok(entry))
}

pub(super) fn record() -> CounterDone {
    CounterDone::Record(Ok(Paper {
        line: RecordLine {
            sequence: 17,
            time_unix_ms: 0,
            body: "{}".to_owned(),
            hash: "00".repeat(32),
            whole: true,
        },
        tries: Some(6),
        holder_pin_set: true,
    }))
}

pub(super) fn found() -> CounterDone {
    CounterDone::Found(Ok(Found {
        lines: Vec::new(),
        more: false,
    }))
}

pub(super) fn checked() -> CounterDone {
    CounterDone::Checked(Ok(Verdict {
        records: 17,
        bad: None,
    }))
}

pub(super) fn queue() -> CounterDone {
    CounterDone::Queue(Ok(SuspectCards {
        list: Vec::new(),
        more: false,
    }))
}

pub(super) fn submit() -> Value {
    json!({
        "act": "submit",
        "encapsulated_key": "00".repeat(32),
        "ciphertext": "00".repeat(cardd_proto::entry::CIPHERTEXT_BYTES),
    })
}

pub(super) fn refusal() -> Refusal {
    Refusal::of(Reason::CardMute)
}

impl Bench {
    /// A whole checklist, for a reset.
    pub(super) fn application() -> Value {
        json!({
            "act": "apply", "operation": "RELOAD", "reason": "FORGOTTEN", "holder_number": "1",
            "holder_original_seen": true, "agent": false, "agent_number": "",
            "agent_original_seen": false,
        })
    }

    /// With a reader that is empty, and nobody signed in.
    fn new() -> Self {
        let agency = Agency {
            address: "https://127.0.0.1:1".to_owned(),
            ca: Vec::new(),
            hall: nowhere(),
            keys: KeyService::new(NoKeys),
            slip_key: None,
        };
        let mut bench = Self {
            desk: Counter::new(&Settings::default(), agency),
            now: Instant::now(),
        };
        bench.line(Line::Up {
            status: Box::new(status(DeskKind::Counter)),
            readers: vec![reader(Slot::Empty)],
        });
        bench
    }

    pub(super) fn at(at: At) -> Self {
        let mut bench = Self::new();
        bench.to(at);
        bench
    }

    /// The shortest way there.
    fn to(&mut self, at: At) {
        match at {
            At::SignIn => {}
            At::Busy => {
                self.operator(&json!({ "act": "sign_in", "papers": "x" }));
            }
            At::Desk => {
                self.to(At::Busy);
                self.done(signed_in());
                self.done(queue());
            }
            At::Form => {
                self.to(At::Desk);
                self.insert();
                self.done(looked());
            }
            At::Approve | At::Ready => {
                self.to(At::Form);
                self.operator(&Self::application());
                self.done(opened(at == At::Approve));
            }
            At::Operating => {
                self.to(At::Ready);
                self.operator(&json!({ "act": "start" }));
            }
            At::Choosing => {
                self.to(At::Operating);
                self.told(Told::Step(Step::HolderPinWanted));
                self.done(begun());
            }
            At::Done => {
                self.to(At::Operating);
                self.told(operated());
                self.done(record());
            }
            At::Refused => {
                self.to(At::Operating);
                self.told(Told::Ended(Err(refusal())));
            }
            At::Records => {
                self.to(At::Desk);
                self.operator(&json!({ "act": "records", "find": { "by": "number", "what": 1 } }));
                self.done(found());
            }
        }
    }

    pub(super) fn line(&mut self, line: Line) -> Vec<CounterWork> {
        self.desk.on(Input::Line(line), self.now)
    }

    pub(super) fn insert(&mut self) -> Vec<CounterWork> {
        self.line(Line::Event(Happening::CardIdentified {
            reader: "a".to_owned(),
            insertion: insertion(1),
            card: card(),
        }))
    }

    pub(super) fn pull(&mut self) -> Vec<CounterWork> {
        self.line(Line::Event(Happening::CardRemoved {
            reader: "a".to_owned(),
            insertion: insertion(1),
        }))
    }

    /// So long that nobody is there any more.
    pub(super) fn wait(&mut self) -> Vec<CounterWork> {
        self.now += Duration::from_secs(601);
        self.desk.on(Input::Time, self.now)
    }

    pub(super) fn done(&mut self, done: CounterDone) -> Vec<CounterWork> {
        let turn = self.desk.turn();
        self.late(turn, done)
    }

    /// Of work that was given out in this turn.
    pub(super) fn late(&mut self, turn: u64, done: CounterDone) -> Vec<CounterWork> {
        self.desk.on(Input::Done { turn, done }, self.now)
    }

    pub(super) fn told(&mut self, told: Told) -> Vec<CounterWork> {
        self.done(CounterDone::Told(told, Progress::silent()))
    }

    pub(super) fn operator(&mut self, action: &Value) -> Vec<CounterWork> {
        self.act("operator", action)
    }

    pub(super) fn holder(&mut self, action: &Value) -> Vec<CounterWork> {
        self.act("holder", action)
    }

    fn act(&mut self, page: &'static str, action: &Value) -> Vec<CounterWork> {
        let action: Action = serde_json::from_value(action.clone()).unwrap();
        self.desk.on(Input::Action { page, action }, self.now)
    }

    pub(super) fn view(&self, page: &str) -> View {
        self.desk.view(page)
    }

    pub(super) fn field(&self, page: &str, name: &str) -> Value {
        self.view(page)
            .screen
            .get(name)
            .cloned()
            .unwrap_or_default()
    }
}
