//! `hall readers`.

use hall_client::Terminal;

use crate::cli::{json, output::Output, problem::Problem, table};

pub(super) async fn run(terminal: &Terminal, output: &mut Output<'_>) -> Result<(), Problem> {
    let readers = terminal.readers().await?.list;
    if output.json {
        return readers
            .iter()
            .try_for_each(|reader| output.line(&json::reader(reader).to_string()));
    }
    output.line(&table::readers(output.lang, &readers))
}
