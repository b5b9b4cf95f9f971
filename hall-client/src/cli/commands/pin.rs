//! `hall pin`: tries and warning first, then the digits, then one command.

use cardd_proto::secret::Secret;
use hall_client::{Change, Insertion, OpenEntry, Terminal, Verified, Verify, purpose::Purpose};
use rand::{
    SeedableRng as _,
    rngs::{StdRng, SysRng},
};

use super::choose;
use crate::{
    cli::{
        args::{BillArgs, CardArgs, EntryArgs, PinCommand},
        digits::{Deadline, Source},
        json,
        output::Output,
        problem::Problem,
        table,
    },
    text::Say,
};

pub(super) async fn run(
    terminal: &Terminal,
    command: &PinCommand,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    match command {
        PinCommand::Status(args) => status(terminal, args, output).await,
        PinCommand::Verify { entry, bill } => verify(terminal, (entry, bill), output).await,
        PinCommand::Change(args) => change(terminal, args, output).await,
    }
}

async fn status(
    terminal: &Terminal,
    args: &CardArgs,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let (reader, insertion) = choose::chosen(terminal, args).await?;
    let status = terminal.pin_status(&reader, insertion).await?;
    output.result(
        || json::pin_status(&reader, insertion, &status),
        |lang| table::pin_status(lang, &reader, &status),
    )
}

/// An entry for which everything is said, and the source of its digits.
struct Ready<P> {
    reader: String,
    insertion: Insertion,
    entry: OpenEntry<P>,
    source: Source,
    until: Deadline,
    rng: StdRng,
}

/// All that can fail without a digit fails here.
async fn ready<P: Purpose>(
    terminal: &Terminal,
    args: &EntryArgs,
    purpose: P,
    output: &mut Output<'_>,
) -> Result<Ready<P>, Problem> {
    let source = Source::open(args.pin_fd)?;
    let rng = StdRng::try_from_rng(&mut SysRng).map_err(Problem::system("read randomness"))?;
    let (reader, insertion) = choose::chosen(terminal, &args.card).await?;
    let entry = terminal.begin_entry(&reader, insertion, purpose).await?;
    let until = Deadline::after(entry.expires_in());
    let tries = table::tries(output.lang, entry.status().attempts_remaining);
    output.note(&format!("{}: {tries}", output.lang.say(Say::TriesLeft)));
    let entry = consented(entry, &source, until, args.accept_last_attempt, output).await?;
    Ok(Ready {
        reader,
        insertion,
        entry,
        source,
        until,
        rng,
    })
}

/// The last try is spent only after it was said to be the last.
async fn consented<P: Purpose>(
    entry: OpenEntry<P>,
    source: &Source,
    until: Deadline,
    accepted: bool,
    output: &mut Output<'_>,
) -> Result<OpenEntry<P>, Problem> {
    if !entry.last_attempt() {
        return Ok(entry);
    }
    output.say(Say::LastAttempt);
    let answer = if accepted {
        Ok(true)
    } else {
        source.goes_on(output.lang, until)
    };
    match answer {
        Ok(true) => Ok(entry.accept_last_attempt()),
        Ok(false) => Err(given_up(entry, Problem::Declined).await),
        Err(problem) => Err(given_up(entry, problem).await),
    }
}

/// Tells cardd; what the person is told is why. An entry that cannot be cancelled expires.
async fn given_up<P: Purpose>(entry: OpenEntry<P>, problem: Problem) -> Problem {
    let _expires_by_itself = entry.cancel().await;
    problem
}

async fn verify(
    terminal: &Terminal,
    (args, bill): (&EntryArgs, &BillArgs),
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let mut ready = ready(terminal, args, Verify, output).await?;
    let pin = match ready.source.pin(output.lang, Say::TypePin, ready.until) {
        Ok(pin) => pin,
        Err(problem) => return Err(given_up(ready.entry, problem).await),
    };
    let (entry, rng) = (ready.entry, &mut ready.rng);
    let (verified, receipt) = match (&bill.bill, bill.amount_fen) {
        (Some(reference), Some(amount)) => {
            let done = entry.verify_for(pin, reference, amount, rng).await?;
            (done.verified, Some(done.receipt))
        }
        // The command line demands both or neither.
        (_, _) => (entry.verify(pin, rng).await?, None),
    };
    output.result(
        || {
            let mut said = json::verified(&ready.reader, ready.insertion, "VERIFIED", &verified);
            if let (Some(receipt), Some(object)) = (&receipt, said.as_object_mut()) {
                object.insert("receipt".to_owned(), receipt.clone().into());
            }
            said
        },
        |lang| {
            let said = table::verified(lang, Say::Verified, &verified);
            match &receipt {
                Some(receipt) => format!("{said}\n{}: {receipt}", lang.say(Say::Receipt)),
                None => said,
            }
        },
    )
}

async fn change(
    terminal: &Terminal,
    args: &EntryArgs,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let mut ready = ready(terminal, args, Change, output).await?;
    let changed = match new_pin(&ready.source, ready.until, output) {
        Ok([old, new, again]) => ready.entry.change(old, new, again, &mut ready.rng).await?,
        Err(problem) => return Err(given_up(ready.entry, problem).await),
    };
    told(
        &ready.reader,
        ready.insertion,
        "CHANGED",
        Say::Changed,
        &changed,
        output,
    )
}

/// The PIN in force, then the new one twice.
fn new_pin(source: &Source, until: Deadline, output: &Output<'_>) -> Result<[Secret; 3], Problem> {
    let typed = |prompt| source.pin(output.lang, prompt, until);
    Ok([
        typed(Say::TypeOld)?,
        typed(Say::TypeNew)?,
        typed(Say::TypeAgain)?,
    ])
}

fn told(
    reader: &str,
    insertion: Insertion,
    code: &str,
    say: Say,
    outcome: &Verified,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    output.result(
        || json::verified(reader, insertion, code, outcome),
        |lang| table::verified(lang, say, outcome),
    )
}
