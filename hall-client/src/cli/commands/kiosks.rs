//! `hall kiosks`.

use hall_client::Terminal;
use serde_json::json;

use crate::{
    cli::{output::Output, problem::Problem},
    text::Say,
};

pub(super) async fn reopen(terminal: &Terminal, output: &mut Output<'_>) -> Result<(), Problem> {
    let reopened = terminal.reopen_kiosks().await?;
    output.result(
        || json!({ "ledger_sequence": reopened }),
        |lang| match reopened {
            Some(sequence) => format!("{}: {sequence}", lang.say(Say::KiosksReopened)),
            None => lang.say(Say::KiosksWereOpen),
        },
    )
}
