//! `hall status`.

use hall_client::Terminal;

use crate::cli::{json, output::Output, problem::Problem, table};

pub(super) async fn run(terminal: &Terminal, output: &mut Output<'_>) -> Result<(), Problem> {
    let status = terminal.status().await?;
    output.result(
        || json::status(&status),
        |lang| table::status(lang, &status),
    )
}
