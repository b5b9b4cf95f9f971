//! What the counter asks of cardd, as the operator, and of the card, as the issuer.

use std::{sync::Arc, time::Duration};

use cardd_proto::secret::Secret;
use rand::{
    SeedableRng as _,
    rngs::{StdRng, SysRng},
};
use tokio::sync::mpsc;

use super::{
    agency::{Agency, Operator, Papers, refused},
    screen::{Line, Paper},
};
use crate::{
    Application, Case, Documents, Operated, OwnPin, Sealed, Step, Terminal,
    counter::Grant,
    desk::{
        entry::Entry,
        machine::Work,
        refusal::{Next, Refusal},
        tray::Stay,
    },
    evidence::EvidenceRecord,
    issuer::IssuedValue,
    model::{CaseReason, IssuerOperation, LedgerRecord, PinStatus, SuspectCards},
};

/// Digits of the one-time value of a reset.
const ISSUED_DIGITS: usize = 6;
/// Steps that may wait to be shown; there are five.
const STEPS: usize = 8;
/// How long the holder's entry may take to open once the card waits for it.
const HOLDER_WAIT: Duration = Duration::from_secs(5);
/// Cards of the queue, and records of a page of them.
const SHOWN: u32 = 20;

/// Documents and reason, as the operator filled them in.
pub(crate) struct Filled {
    pub(super) operation: IssuerOperation,
    pub(super) reason: CaseReason,
    pub(super) documents: Documents,
}

/// Something to ask.
pub(crate) enum CounterWork {
    SignIn(Arc<Agency>, Papers),
    Queue(Terminal),
    Look(Terminal, Stay),
    Open(Terminal, Stay, Filled),
    Approve(Arc<Agency>, Papers, u64),
    Operate(Arc<Agency>, Grant, IssuerOperation),
    Follow(Progress),
    BeginHolder(Terminal, u64),
    SetHolder(Terminal, u64, Sealed<OwnPin>),
    Record(Terminal, Operated),
    Records(Terminal, u64),
}

/// What came of it.
pub(crate) enum CounterDone {
    SignedIn(Result<Operator, Refusal>),
    Queue(Result<SuspectCards, Refusal>),
    Looked(Result<PinStatus, Refusal>),
    Opened(Result<Case, Refusal>),
    Approved(Result<String, Refusal>),
    Told(Told, Progress),
    HolderBegun(Result<Entry, Refusal>),
    HolderSet(Result<(), Refusal>),
    Record(Result<Paper, Refusal>),
    Records(Result<Vec<Line>, Refusal>),
}

/// What is heard of a transaction with the card.
pub(crate) enum Told {
    Step(Step),
    Ended(Result<Operated, Refusal>),
}

/// A transaction under way. It goes on, and ends by cardd's bounds, whether or not anybody listens.
pub(crate) struct Progress(mpsc::Receiver<Told>);

impl Work for CounterWork {
    type Done = CounterDone;

    async fn perform(self, _line: Terminal) -> CounterDone {
        match self {
            Self::SignIn(agency, papers) => CounterDone::SignedIn(agency.sign_in(&papers).await),
            Self::Queue(terminal) => {
                let cards = terminal.suspect_cards(SHOWN).await;
                CounterDone::Queue(cards.map_err(Refusal::from))
            }
            Self::Look(terminal, stay) => {
                let status = terminal.pin_status(&stay.reader, stay.insertion).await;
                CounterDone::Looked(status.map_err(Refusal::from))
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
                let entry = begun.map(|open| Entry::own_pin(&open));
                CounterDone::HolderBegun(entry.map_err(Refusal::from))
            }
            Self::SetHolder(terminal, case, sealed) => {
                let set = terminal.set_holder_pin_sealed(case, sealed).await;
                CounterDone::HolderSet(set.map(drop).map_err(Refusal::from))
            }
            Self::Record(terminal, operated) => {
                CounterDone::Record(record(&terminal, operated).await)
            }
            Self::Records(terminal, after) => {
                let records = terminal.ledger_records(after, SHOWN).await;
                CounterDone::Records(records.map(|all| lines(&all)).map_err(Refusal::from))
            }
        }
    }
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
    let line = lines(&records).into_iter().next();
    let line = line.ok_or_else(|| Refusal::own("CONTRACT", Next::CallStaff))?;
    Ok(Paper {
        line,
        tries: operated.attempts_remaining,
        holder_pin_set: operated.holder_pin_set,
    })
}

/// Records in order, each held against its own hash and the one before it.
fn lines(records: &[LedgerRecord]) -> Vec<Line> {
    let mut before: Option<[u8; 32]> = None;
    let line = |record: &LedgerRecord| {
        let computed = EvidenceRecord::from(record.clone()).computed_hash();
        let follows = before.is_none_or(|hash| hash == record.previous_hash);
        before = Some(record.hash);
        Line {
            sequence: record.sequence,
            time_unix_ms: record.time_unix_ms,
            body: record.body_json.clone(),
            hash: hex::encode(record.hash),
            whole: follows && computed == record.hash,
        }
    };
    records.iter().map(line).collect()
}

/// A number of an ID card, as it was typed or scanned.
pub(super) fn number(text: &str) -> Option<Secret> {
    Secret::take_from(&mut text.trim().as_bytes().to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> Vec<LedgerRecord> {
        let mut previous_hash = [0; 32];
        let record = |sequence| {
            let mut record = LedgerRecord {
                sequence,
                time_unix_ms: 0,
                body_json: format!("{{\"n\":{sequence}}}"),
                previous_hash,
                hash: [0; 32],
                mac: None,
            };
            record.hash = EvidenceRecord::from(record.clone()).computed_hash();
            previous_hash = record.hash;
            record
        };
        (1..4).map(record).collect()
    }

    #[test]
    fn a_changed_and_a_missing_record_are_seen() {
        let whole = |records: &[LedgerRecord]| -> Vec<bool> {
            lines(records).iter().map(|line| line.whole).collect()
        };
        assert_eq!(whole(&chain()), [true, true, true]);
        let mut changed = chain();
        changed[1].body_json.push(' ');
        assert_eq!(whole(&changed), [true, false, true]);
        let mut missing = chain();
        missing.remove(1);
        assert_eq!(whole(&missing), [true, false]);
    }
}
