//! The `card-sim` command.
//!
//! | module | what it is |
//! |---|---|
//! | `args` | the command line |
//! | `serve` | `rack serve` and `vpcd`, which stay until they are told to end |
//! | `ask` | everything that asks a running rack |
//! | `output` | lines for people, `--json` for programs |
//! | `error` | [`CliError`] and its exit codes |

mod args;
mod ask;
mod error;
mod output;
mod serve;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::persona::{Persona, READY};
use args::{Args, Command, RackArgs, RackCommand, ReaderConf};
pub use error::CliError;
use output::Output;

/// Runs `card-sim` with these arguments. Answers go to `out`, errors as sentences to `err`.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    out: &mut impl Write,
    err: &mut impl Write,
) -> ExitCode {
    let args = match Args::try_parse_from(arguments) {
        Ok(args) => args,
        Err(usage) => return report_usage(&usage, out, err),
    };
    let mut output = Output::new(out, args.json);
    match dispatch(args.command, &mut output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell if this fails too.
            let _unheard = writeln!(err, "error: {}", error::sentence(&error));
            error.exit_code()
        }
    }
}

/// Help and version are answers, everything else is a mistake.
fn report_usage(usage: &clap::Error, out: &mut impl Write, err: &mut impl Write) -> ExitCode {
    let text = usage.render();
    let written = if usage.use_stderr() {
        write!(err, "{text}")
    } else {
        write!(out, "{text}")
    };
    match (written, usage.use_stderr()) {
        (Ok(()), false) => ExitCode::SUCCESS,
        (Ok(()), true) | (Err(_), _) => ExitCode::from(error::USAGE),
    }
}

fn dispatch<W: Write>(command: Command, output: &mut Output<'_, W>) -> Result<(), CliError> {
    match command {
        Command::Rack(rack) => dispatch_rack(rack, output),
        Command::Vpcd(vpcd) => serve::vpcd(&vpcd, output),
        Command::Personas => personas(output),
        Command::Completions { shell } => completions(shell, output),
    }
}

fn dispatch_rack<W: Write>(rack: RackArgs, output: &mut Output<'_, W>) -> Result<(), CliError> {
    match rack.command {
        RackCommand::Serve(slots) => serve::rack(&rack.dir, &slots, output),
        RackCommand::ReaderConf(wanted) => reader_conf(&rack.dir, &wanted, output),
        RackCommand::Ask(question) => ask::ask(&rack.dir, question, output),
    }
}

fn reader_conf<W: Write>(
    dir: &std::path::Path,
    wanted: &ReaderConf,
    output: &mut Output<'_, W>,
) -> Result<(), CliError> {
    use crate::rack::{reader_conf, runtime_dir};
    let config = serve::configuration(&wanted.slots)?;
    let text = if wanted.vpcd {
        reader_conf::stock_driver(&config.slots, wanted.library())
    } else {
        let dir = std::path::absolute(dir).map_err(CliError::Io)?;
        let socket = runtime_dir::ifd_socket(&dir);
        reader_conf::own_driver(&config.slots, &socket, wanted.library())?
    };
    output.text(&text)
}

fn personas<W: Write>(output: &mut Output<'_, W>) -> Result<(), CliError> {
    let ready: Result<Vec<_>, _> = READY.iter().map(|(name, _)| Persona::ready(name)).collect();
    output.personas(&ready?)
}

fn completions<W: Write>(
    shell: clap_complete::Shell,
    output: &mut Output<'_, W>,
) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "card-sim", &mut script);
    output.text(&String::from_utf8_lossy(&script))
}

#[cfg(test)]
mod tests;
