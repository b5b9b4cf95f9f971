//! `hall suspects`.

use hall_client::Terminal;

use crate::{
    cli::{json, output::Output, problem::Problem, table},
    text::Say,
};

pub(super) async fn run(
    terminal: &Terminal,
    limit: u32,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let suspects = terminal.suspect_cards(limit).await?;
    if output.json {
        let lines = suspects
            .list
            .iter()
            .map(|card| json::suspect(card).to_string());
        for line in lines {
            output.line(&line)?;
        }
    } else {
        output.line(&table::suspects(output.lang, &suspects.list))?;
    }
    if suspects.more {
        output.say(Say::MoreSuspects);
    }
    Ok(())
}
