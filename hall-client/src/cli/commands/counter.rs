//! `hall counter`.

use hall_client::{Application, Case, Documents, Terminal};
use serde_json::json;

use super::{choose, holder_pin};
use crate::{
    cli::{
        args::{CounterCommand, OpenArgs},
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
    command: &CounterCommand,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    match command {
        CounterCommand::Open(args) => open(terminal, args, output).await,
        CounterCommand::Approve { case } => approve(terminal, *case, output).await,
        CounterCommand::HolderPin(args) => holder_pin::run(terminal, args, output).await,
    }
}

async fn open(
    terminal: &Terminal,
    args: &OpenArgs,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let source = Source::open(args.id_fd)?;
    let (reader, insertion) = choose::chosen(terminal, &args.card).await?;
    let documents = documents(&source, args, output)?;
    let application = Application {
        reader: &reader,
        insertion,
        operation: args.operation.into(),
        reason: args.reason.into(),
        documents: &documents,
    };
    let case = terminal.open_case(&application).await?;
    told(&case, output)
}

/// Numbers on the ID cards, as they were seen.
fn documents(source: &Source, args: &OpenArgs, output: &Output<'_>) -> Result<Documents, Problem> {
    let until = Deadline::for_staff();
    let number = |prompt| source.number(output.lang, prompt, until);
    Ok(Documents {
        holder_number: number(Say::TypeHolderNumber)?,
        holder_original_seen: args.holder_original_seen,
        agent_number: match args.agent {
            true => Some(number(Say::TypeAgentNumber)?),
            false => None,
        },
        agent_original_seen: args.agent_original_seen,
    })
}

fn told(case: &Case, output: &mut Output<'_>) -> Result<(), Problem> {
    output.result(|| json::case(case), |lang| table::case(lang, case))?;
    if case.needs_second_operator {
        output.say(Say::SecondOperatorNext);
    }
    Ok(())
}

async fn approve(terminal: &Terminal, case: u64, output: &mut Output<'_>) -> Result<(), Problem> {
    let sequence = terminal.approve_case(case).await?;
    output.result(
        || json!({ "case": case, "ledger_sequence": sequence }),
        |lang| format!("{}: {case}", lang.say(Say::CaseApproved)),
    )
}
