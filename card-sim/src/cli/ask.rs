//! Commands that ask a running rack.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use super::args::Question;
use super::error::CliError;
use super::output::Output;
use crate::rack::client::Client;
use crate::rack::control::{Outcome, PullAt};
use crate::rack::plan::{Plan, When};

/// Asks the rack at `dir` and prints its answer.
pub(super) fn ask<W: Write>(
    dir: &Path,
    question: Question,
    output: &mut Output<'_, W>,
) -> Result<(), CliError> {
    let mut rack = Client::connect(dir)?;
    match question {
        Question::Insert { slot, card } => output.slot(&rack.insert(&slot, &card)?),
        Question::Pull { slot, when, phase } => match when.get() {
            None => output.slot(&rack.pull(&slot)?),
            Some(when) => {
                rack.pull_at(&slot, PullAt { when, phase })?;
                output.done(&Outcome::Done)
            }
        },
        Question::Swap { slot, card } => output.slot(&rack.swap(&slot, &card)?),
        Question::Inspect { name } => output.card(&rack.inspect(&name)?),
        Question::Hold { slot, ins, phase } => {
            rack.hold(&slot, When::Ins(ins), phase)?;
            output.done(&Outcome::Done)
        }
        Question::Fault {
            slot,
            plan,
            seed,
            count,
        } => {
            let plan = faults(plan.as_deref(), seed.unwrap_or(0), count)?;
            rack.fault(&slot, &plan)?;
            output.done(&plan.orders())
        }
        Question::Release { slot } => {
            rack.release(&slot)?;
            output.done(&Outcome::Done)
        }
        Question::Clear { slot } => {
            rack.clear(&slot)?;
            output.done(&Outcome::Done)
        }
        Question::Wait {
            slot,
            until,
            timeout_ms,
        } => output.slot(&rack.wait(&slot, until, Duration::from_millis(timeout_ms))?),
        Question::Wire { follow: true, data } => follow(rack, data, output),
        Question::Wire {
            follow: false,
            data,
        } => output.exchanges(&rack.wire(0)?, data).map(drop),
        Question::List => output.slots(&rack.list()?),
        Question::Stop => {
            rack.stop()?;
            output.done(&Outcome::Done)
        }
    }
}

fn faults(file: Option<&Path>, seed: u64, count: usize) -> Result<Plan, CliError> {
    let Some(file) = file else {
        return Ok(Plan::from_seed(seed, count));
    };
    let text = std::fs::read_to_string(file)
        .map_err(|source| CliError::ReadConfig(file.to_owned(), source))?;
    Plan::from_toml(&text).map_err(|error| CliError::Faults(file.to_owned(), error))
}

fn follow<W: Write>(rack: Client, data: bool, output: &mut Output<'_, W>) -> Result<(), CliError> {
    let mut failure = None;
    rack.follow(0, |exchanges| match output.exchanges(&exchanges, data) {
        Ok(someone_reads) => someone_reads,
        Err(error) => {
            failure = Some(error);
            false
        }
    })?;
    failure.map_or(Ok(()), Err)
}
