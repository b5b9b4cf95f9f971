//! `hall ledger pull`, `export` and `verify`.

use std::{fs::File, io::BufReader, path::Path};

use hall_client::{
    Terminal,
    collect::{Pulled, collect},
    evidence::{
        Checkpoint, Start, Verified,
        export::{self, CSV_HEAD},
        store::read_checkpoint,
        verify as chain,
    },
};
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::json;

use crate::{
    cli::{
        args::{ExportFormat, VerifyLedgerArgs},
        output::Output,
        problem::Problem,
    },
    text::Say,
};

pub(super) async fn pull(
    terminal: &Terminal,
    store: &Path,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let mut rng = StdRng::from_rng(&mut rand::rng());
    let collected = collect(terminal, store, &mut rng).await?;
    output.result(
        || {
            json!({
                "terminal_id": collected.terminal_id,
                "chain_id": hex::encode(collected.chain_id),
                "records": collected.records,
                "sequence": collected.place.sequence,
                "enrolled": collected.enrolled,
            })
        },
        |lang| {
            let (records, last) = (collected.records, collected.place.sequence);
            format!("{}: {records} (→ {last})", lang.say(Say::Collected))
        },
    )
}

pub(super) async fn export(
    terminal: &Terminal,
    (format, after): (ExportFormat, u64),
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let (_begin, mut stream) = terminal.pull(after).await?;
    if format == ExportFormat::Csv {
        output.bytes(format!("{CSV_HEAD}\r\n").as_bytes())?;
    }
    loop {
        let mut line = Vec::new();
        let part = stream.next().await?;
        let written = match (&part, format) {
            (Pulled::Record(record), ExportFormat::Jsonl) => export::write_jsonl(&mut line, record),
            (Pulled::Record(record), ExportFormat::Csv) => export::write_csv(&mut line, record),
            (Pulled::End(end), ExportFormat::Jsonl) => export::write_end(&mut line, end),
            (Pulled::End(_), ExportFormat::Csv) => Ok(()),
        };
        written.map_err(Problem::output)?;
        output.bytes(&line)?;
        if matches!(part, Pulled::End(_)) {
            return Ok(());
        }
    }
}

pub(super) fn verify(args: &VerifyLedgerArgs, output: &mut Output<'_>) -> Result<(), Problem> {
    let from = checkpoint(&args.from)?;
    let known = args.checkpoint.as_deref().map(checkpoint).transpose()?;
    let file = File::open(&args.records).map_err(Problem::system("open the records"))?;
    let read =
        export::read_jsonl(BufReader::new(file)).map_err(Problem::system("read the records"))?;
    let verified = chain::verify(&Start::after(&from), &read.records, read.end.as_ref())?;
    if let Some(known) = &known {
        chain::reaches(&from, &read.records, known)?;
    }
    let at_checkpoint = known.is_some_and(|known| known.place == verified.checkpoint.place);
    output.result(
        || json(&verified, at_checkpoint),
        |lang| people(&verified, at_checkpoint, |say| lang.say(say)),
    )
}

fn checkpoint(path: &Path) -> Result<Checkpoint, Problem> {
    let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
    read_checkpoint(path)
        .map_err(Problem::system("read a checkpoint"))?
        .ok_or_else(|| Problem::system("read a checkpoint")(missing))
}

/// `at_checkpoint`: the records end where the checkpoint says that they did.
fn json(verified: &Verified, at_checkpoint: bool) -> serde_json::Value {
    json!({
        "records": verified.records,
        "sequence": verified.checkpoint.place.sequence,
        "hash": hex::encode(verified.checkpoint.place.hash),
        "macs_from": verified.macs_from,
        "end_proved": verified.end_proved,
        "at_checkpoint": at_checkpoint,
    })
}

fn people(verified: &Verified, at_checkpoint: bool, say: impl Fn(Say) -> String) -> String {
    let last = verified.checkpoint.place.sequence;
    let mut lines = vec![format!(
        "{}: {} (→ {last})",
        say(Say::ChainWhole),
        verified.records
    )];
    if let Some(from) = verified.macs_from {
        lines.push(format!("{}: {from}", say(Say::MacsFrom)));
    }
    if !verified.end_proved && !at_checkpoint {
        lines.push(say(Say::EndUnproved));
    }
    lines.join("\n")
}
