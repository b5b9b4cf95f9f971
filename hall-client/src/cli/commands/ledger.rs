//! `hall ledger`.

use hall_client::Terminal;
use serde_json::json;

use crate::{
    cli::{args::LedgerCommand, commands::evidence, json, output::Output, problem::Problem, table},
    text::Say,
};

pub(super) async fn run(
    terminal: &Terminal,
    command: &LedgerCommand,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    match command {
        LedgerCommand::List { after, limit } => {
            let records = terminal.ledger_records(*after, *limit).await?;
            if output.json {
                return records
                    .iter()
                    .try_for_each(|record| output.line(&json::record(record).to_string()));
            }
            output.line(&table::records(output.lang, &records))
        }
        LedgerCommand::Pull { store } => evidence::pull(terminal, store, output).await,
        LedgerCommand::Export { format, after } => {
            evidence::export(terminal, (*format, *after), output).await
        }
        LedgerCommand::Verify(args) => evidence::verify(args, output),
        LedgerCommand::Confirm { old_head } => {
            let sequence = terminal.confirm_new_chain(old_head).await?;
            output.result(
                || json!({ "ledger_sequence": sequence }),
                |lang| format!("{}: {sequence}", lang.say(Say::NewChain)),
            )
        }
    }
}
