//! What the counter asks of cardd, as the operator, and of the card, as the issuer.

use std::{sync::Arc, time::Duration};

use rand::{
    SeedableRng as _,
    rngs::{StdRng, SysRng},
};
use tokio::sync::mpsc;

use super::{
    agency::{Agency, Operator, Papers, refused},
    application::Filled,
    archive::{self, Find, Found, Verdict},
    screen::Paper,
};
use crate::{
    Application, Case, Operated, OwnPin, Sealed, Step, Terminal,
    counter::Grant,
    desk::{
        entry::Entry,
        machine::Work,
        refusal::{Next, Refusal},
        tray::Stay,
    },
    issuer::IssuedValue,
    model::{IssuerOperation, PinStatus, SuspectCards},
};

/// Digits of the one-time value of a reset.
const ISSUED_DIGITS: usize = 6;
/// Steps that may wait to be shown; there are five.
const STEPS: usize = 8;
/// How long the holder's entry may take to open once the card waits for it.
const HOLDER_WAIT: Duration = Duration::from_secs(5);
/// Cards of the queue.
const SHOWN: u32 = 20;

/// A card as the counter knows it.
pub(crate) struct Looked {
    /// State and tries.
    pub(super) status: PinStatus,
    /// The reference that a slip for this card has; `None` without the agency's key for slips, or where
    /// the card's identifier cannot be read.
    pub(super) slip: Option<String>,
}

/// Something to ask.
pub(crate) enum CounterWork {
    SignIn(Arc<Agency>, Papers),
    Queue(Terminal),
    Look(Arc<Agency>, Terminal, Stay),
    Open(Terminal, Stay, Filled),
    Approve(Arc<Agency>, Papers, u64),
    Operate(Arc<Agency>, Grant, IssuerOperation),
    Follow(Progress),
    BeginHolder(Terminal, u64),
    SetHolder(Terminal, u64, Sealed<OwnPin>),
    Record(Terminal, Operated),
    Find(Terminal, Find),
    Check(Terminal),
}

/// What came of it.
pub(crate) enum CounterDone {
    SignedIn(Result<Operator, Refusal>),
    Queue(Result<SuspectCards, Refusal>),
    Looked(Result<Looked, Refusal>),
    Opened(Result<Case, Refusal>),
    Approved(Result<String, Refusal>),
    Told(Told, Progress),
    HolderBegun(Result<Entry, Refusal>),
    HolderSet(Result<(), Refusal>),
    Record(Result<Paper, Refusal>),
    Found(Result<Found, Refusal>),
    Checked(Result<Verdict, Refusal>),
}

/// What is heard of a transaction with the card.
pub(crate) enum Told {
    Step(Step),
    Ended(Result<Operated, Refusal>),
}

/// A transaction under way. It goes on, and ends by cardd's bounds, whether or not anybody listens.
pub(crate) struct Progress(mpsc::Receiver<Told>);

#[cfg(test)]
impl Progress {
    /// One of which nothing more is heard.
    pub(super) fn silent() -> Self {
        Self(mpsc::channel(1).1)
    }
}

impl Work for CounterWork {
    type Done = CounterDone;

    async fn perform(self, _line: Terminal) -> CounterDone {
        match self {
            Self::SignIn(agency, papers) => CounterDone::SignedIn(agency.sign_in(&papers).await),
            Self::Queue(terminal) => {
                let cards = terminal.suspect_cards(SHOWN).await;
                CounterDone::Queue(cards.map_err(Refusal::from))
            }
            Self::Look(agency, terminal, stay) => {
                CounterDone::Looked(look(&agency, &terminal, &stay).await)
            }
            Self::Open(terminal, stay, filled) => {
                CounterDone::Opened(open(&terminal, &stay, &filled).await)
            }
            Self::Approve(agency, papers, case) => {
                CounterDone::Approved(approve(&agency, &papers, case).await)
            }
            Self::Operate(agency, grant, operation) => next(begin(&agency, grant, operation)).await,
            Self::Follow(progress) => next(progress).await,
            Self::BeginHolder(terminal, case) => {
                let begun = terminal.begin_holder_pin(case, HOLDER_WAIT).await;
                CounterDone::HolderBegun(match begun {
                    Ok(open) => Ok(Entry::own_pin(&open).with_rules(&terminal).await),
                    Err(error) => Err(error.into()),
                })
            }
            Self::SetHolder(terminal, case, sealed) => {
                let set = terminal.set_holder_pin_sealed(case, sealed).await;
                CounterDone::HolderSet(set.map(drop).map_err(Refusal::from))
            }
            Self::Record(terminal, operated) => {
                CounterDone::Record(record(&terminal, operated).await)
            }
            Self::Find(terminal, find) => {
                let found = archive::find(&terminal, &find).await;
                CounterDone::Found(found.map_err(Refusal::from))
            }
            Self::Check(terminal) => {
                let checked = archive::check(&terminal).await;
                CounterDone::Checked(checked.map_err(Refusal::from))
            }
        }
    }
}

async fn look(agency: &Agency, terminal: &Terminal, stay: &Stay) -> Result<Looked, Refusal> {
    let status = terminal.pin_status(&stay.reader, stay.insertion).await?;
    let slip = match &agency.slip_key {
        None => None,
        Some(key) => {
            let contents = terminal.read_card(&stay.reader, stay.insertion).await;
            let identifier = contents.ok().map(|read| read.issuer.card_identifier_hex);
            identifier.and_then(|identifier| key.reference(&identifier))
        }
    };
    Ok(Looked { status, slip })
}

async fn open(terminal: &Terminal, stay: &Stay, filled: &Filled) -> Result<Case, Refusal> {
    let application = Application {
        reader: &stay.reader,
        insertion: stay.insertion,
        operation: filled.operation,
        reason: filled.reason,
        documents: &filled.documents,
    };
    Ok(terminal.open_case(&application).await?)
}

/// The second operator's line lives for this one word.
async fn approve(agency: &Agency, papers: &Papers, case: u64) -> Result<String, Refusal> {
    let second = agency.sign_in(papers).await?;
    second.terminal.approve_case(case).await?;
    Ok(second.name)
}

fn begin(agency: &Arc<Agency>, grant: Grant, operation: IssuerOperation) -> Progress {
    let (tell, told) = mpsc::channel(STEPS);
    let agency = Arc::clone(agency);
    tokio::spawn(async move {
        let ended = operate(&agency, &grant, operation, &tell).await;
        drop(tell.send(Told::Ended(ended)).await);
    });
    Progress(told)
}

async fn operate(
    agency: &Agency,
    grant: &Grant,
    operation: IssuerOperation,
    tell: &mpsc::Sender<Told>,
) -> Result<Operated, Refusal> {
    let failed = || Refusal::own("ISSUER_KEYS", Next::CallStaff);
    let mut rng = StdRng::try_from_rng(&mut SysRng).map_err(|_| failed())?;
    let issued = match operation {
        IssuerOperation::Unblock => None,
        IssuerOperation::Reload => {
            Some(IssuedValue::random(ISSUED_DIGITS, &mut rng).map_err(|_| failed())?)
        }
    };
    // There is room for every step that a transaction has.
    let progress = |step| drop(tell.try_send(Told::Step(step)));
    let keys = &agency.keys;
    let done = agency.hall.operate(grant, keys, issued, &mut rng, progress);
    done.await.map_err(refused)
}

async fn next(mut progress: Progress) -> CounterDone {
    let told = progress.0.recv().await;
    let silent = || Told::Ended(Err(Refusal::own("NO_ANSWER", Next::InsertAgain)));
    CounterDone::Told(told.unwrap_or_else(silent), progress)
}

/// The record for the file, read back from the ledger.
async fn record(terminal: &Terminal, operated: Operated) -> Result<Paper, Refusal> {
    let before = operated.ledger_sequence.saturating_sub(1);
    let records = terminal.ledger_records(before, 1).await?;
    let line = archive::lines(&records).into_iter().next();
    let line = line.ok_or_else(|| Refusal::own("CONTRACT", Next::CallStaff))?;
    Ok(Paper {
        line,
        tries: operated.attempts_remaining,
        holder_pin_set: operated.holder_pin_set,
    })
}
