//! `hall receipt`.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    time::SystemTime,
};

use hall_client::{
    Terminal,
    receipt::{
        Claim, CollectKeysError, GoodReceipt, KnownKey, ReceiptKeys, UsedReceipts, cancel, check,
    },
};
use serde_json::{Value, json};

use crate::{
    cli::{
        args::{ReceiptCommand, ReceiptKeysCommand, VerifyReceiptArgs},
        output::Output,
        problem::Problem,
    },
    text::Say,
};

/// Longest text of a receipt or cancellation, bytes.
const TEXT_LIMIT: u64 = 4096;

pub(super) async fn run(
    terminal: impl Future<Output = Result<Terminal, Problem>>,
    command: &ReceiptCommand,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    match command {
        ReceiptCommand::Verify(args) => verify(args, output),
        ReceiptCommand::Cancel { receipt } => {
            let text = line(receipt)?;
            let cancelled = terminal.await?.cancel_receipt(&text).await?;
            output.result(
                || {
                    json!({
                        "cancellation": cancelled.cancellation,
                        "ledger_sequence": cancelled.ledger_sequence,
                    })
                },
                |_lang| cancelled.cancellation.clone(),
            )
        }
        ReceiptCommand::TakeCancellation {
            store,
            cancellation,
        } => {
            let text = line(cancellation)?;
            let (keys, mut used) = opened(store)?;
            cancel(&keys, &mut used, &text, now_unix_ms())?;
            output.result(
                || json!({ "taken": true }),
                |lang| lang.say(Say::CancellationTaken),
            )
        }
        ReceiptCommand::Keys(ReceiptKeysCommand::Pull { store }) => {
            pull(&terminal.await?, store, output).await
        }
        ReceiptCommand::Keys(ReceiptKeysCommand::List { store }) => list(store, output),
        ReceiptCommand::Keys(ReceiptKeysCommand::Rotate) => {
            let sequence = terminal.await?.rotate_receipt_key().await?;
            output.result(
                || json!({ "ledger_sequence": sequence }),
                |lang| format!("{}: {sequence}", lang.say(Say::ReceiptKeyMade)),
            )
        }
    }
}

fn verify(args: &VerifyReceiptArgs, output: &mut Output<'_>) -> Result<(), Problem> {
    let text = line(&args.receipt)?;
    let (keys, mut used) = opened(&args.store)?;
    let claim = Claim {
        terminal_id: &args.terminal,
        reference: &args.bill,
        amount_fen: args.amount_fen,
        insertion: args.insertion.map(Into::into),
    };
    let good = check(&keys, &mut used, &text, &claim, now_unix_ms())?;
    output.result(|| good_json(&good), |lang| lang.say(Say::ReceiptGood))
}

async fn pull(terminal: &Terminal, store: &Path, output: &mut Output<'_>) -> Result<(), Problem> {
    let mut keys = ReceiptKeys::read(store)?;
    let collected = terminal.collect_receipt_keys(&mut keys).await;
    let new = collected.map_err(|error| match error {
        CollectKeysError::Client(error) => Problem::Client(error),
        CollectKeysError::Keys(error) => Problem::ReceiptKeys(error),
    })?;
    keys.write(store)?;
    output.result(
        || json!({ "new": new }),
        |lang| format!("{}: {new}", lang.say(Say::ReceiptKeysNew)),
    )
}

fn list(store: &Path, output: &mut Output<'_>) -> Result<(), Problem> {
    let keys = ReceiptKeys::read(store)?;
    for key in keys.iter() {
        output.result(
            || key_json(key),
            |_lang| format!("{} {}", key.terminal_id, hex::encode(key.id)),
        )?;
    }
    Ok(())
}

fn opened(store: &Path) -> Result<(ReceiptKeys, UsedReceipts), Problem> {
    let keys = ReceiptKeys::read(store)?;
    let used = UsedReceipts::open(store);
    Ok((keys, used.map_err(|error| Problem::Receipt(error.into()))?))
}

/// One line of a file, or of standard input.
fn line(path: &Path) -> Result<String, Problem> {
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        io::stdin().take(TEXT_LIMIT).read_to_string(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(TEXT_LIMIT).read_to_string(&mut text))
    };
    read.map_err(Problem::system("read the receipt"))?;
    Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}

/// A clock before 1970 reads as 1970.
fn now_unix_ms() -> u64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since_1970.map_or(0, |elapsed| {
        u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
    })
}

fn good_json(good: &GoodReceipt) -> Value {
    json!({
        "good": true,
        "receipt_id": good.receipt_id,
        "terminal_id": good.terminal_id,
        "card_ref": good.card_ref,
        "insertion": good.insertion,
        "verified_sequence": good.verified_sequence,
        "issued_unix_ms": good.issued_unix_ms,
    })
}

fn key_json(key: &KnownKey) -> Value {
    json!({
        "terminal_id": key.terminal_id,
        "key_id": hex::encode(key.id),
        "public_key": hex::encode(key.public),
        "made_unix_ms": key.made_unix_ms,
        "retired_unix_ms": key.retired_unix_ms,
    })
}
