//! `hall card`.

use hall_client::Terminal;

use super::choose;
use crate::cli::{json, output::Output, problem::Problem, table};

pub(super) async fn run(
    terminal: &Terminal,
    reader: Option<&str>,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let readers = terminal.readers().await?.list;
    let (reader, insertion) = choose::card(&readers, reader, None)?;
    let contents = terminal.read_card(&reader, insertion).await?;
    output.result(
        || json::card(&reader, insertion, &contents),
        |lang| table::card(lang, &contents),
    )
}
