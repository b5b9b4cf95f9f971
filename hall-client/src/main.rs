//! The `hall` command: one terminal's cardd, from a shell.

use std::{io, process::ExitCode};

use clap::Parser as _;

use crate::cli::{args::Hall, commands, exit::Exit, output::Output, problem::Problem};

mod cli;
mod text;

fn main() -> ExitCode {
    let hall = Hall::parse();
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    let mut output = Output {
        out: &mut out,
        err: &mut err,
        json: hall.json,
        lang: hall.lang,
    };
    let exit = match run(&hall, &mut output) {
        Ok(()) => Exit::Ok,
        Err(Problem::OutputClosed) => Problem::OutputClosed.exit(),
        Err(problem) => {
            output.problem(&problem);
            problem.exit()
        }
    };
    ExitCode::from(exit.code())
}

/// A second thread keeps the connection alive while this one waits for keys.
fn run(hall: &Hall, output: &mut Output<'_>) -> Result<(), Problem> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(Problem::system("start the runtime"))?;
    runtime.block_on(commands::run(hall, output))
}
