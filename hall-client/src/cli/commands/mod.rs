//! One file for each subcommand.

mod card;
mod choose;
mod connect;
mod counter;
mod desk;
mod enrol;
mod evidence;
mod holder_pin;
mod issuer;
mod kiosks;
mod ledger;
mod pin;
mod policy;
mod readers;
mod receipt;
mod shell;
mod status;
mod suspects;
mod watch;

use super::{
    args::{Command, Hall, KiosksCommand, LedgerCommand},
    output::Output,
    problem::Problem,
};

/// Does what the command line says.
pub(crate) async fn run(hall: &Hall, output: &mut Output<'_>) -> Result<(), Problem> {
    let terminal = connect::connect(hall);
    match &hall.command {
        Command::Status => status::run(&terminal.await?, output).await,
        Command::Readers => readers::run(&terminal.await?, output).await,
        Command::Card { reader } => card::run(&terminal.await?, reader.as_deref(), output).await,
        Command::Watch(args) => watch::run(hall, *args, output).await,
        Command::Pin(command) => pin::run(&terminal.await?, command, output).await,
        Command::Counter(command) => counter::run(&terminal.await?, command, output).await,
        Command::Issuer(command) => issuer::run(terminal, command, output).await,
        Command::Ledger(LedgerCommand::Verify(args)) => evidence::verify(args, output),
        Command::Ledger(command) => ledger::run(&terminal.await?, command, output).await,
        Command::Receipt(command) => receipt::run(terminal, command, output).await,
        Command::Enrol(command) => enrol::run(command, output),
        Command::Policy(command) => policy::run(terminal, command, output).await,
        Command::Kiosks(KiosksCommand::Reopen) => kiosks::reopen(&terminal.await?, output).await,
        Command::Suspects { limit } => suspects::run(&terminal.await?, *limit, output).await,
        Command::Desk(args) => desk::run(hall, args, output).await,
        Command::Completions { shell } => shell::completions(*shell, output),
        Command::Man { directory } => shell::manual(directory.as_deref(), output),
    }
}
