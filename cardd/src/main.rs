//! The `cardd` command: flags, configuration, log, run, drain.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use cardd::{
    app::{self, AppError},
    config::{ANNOTATED, Config, ConfigError},
    log,
};
use clap::{Parser, Subcommand};

/// Terminal side of the social security card PIN.
///
/// Exit codes: 0 done, 1 other failure, 2 wrong usage, 3 configuration, 4 a desk's socket or
/// the network,
/// 5 ledger, 6 shutdown left card work behind.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the desks until SIGTERM or SIGINT.
    Serve {
        /// Configuration file.
        #[arg(long, default_value = "/etc/cardd/cardd.toml")]
        config: PathBuf,
    },
    /// Check a configuration file and start nothing.
    CheckConfig {
        /// Configuration file.
        #[arg(long, default_value = "/etc/cardd/cardd.toml")]
        config: PathBuf,
    },
    /// Print the annotated configuration with every key at its default.
    DefaultConfig,
}

/// Everything that ends the command early.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    App(#[from] AppError),
    #[error("cannot write the output")]
    Output(#[from] io::Error),
}

impl Failure {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) => 3,
            Self::App(error) => error.exit_code(),
            Self::Output(_) => 1,
        }
    }
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to tell if standard error is closed as well.
            drop(report(&failure));
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve { config } => serve(&config),
        Command::CheckConfig { config } => {
            let checked = Config::load(&config)?;
            let mut out = io::stdout().lock();
            writeln!(
                out,
                "{}: good, {} desks",
                config.display(),
                checked.desk.len()
            )?;
            Ok(())
        }
        Command::DefaultConfig => Ok(io::stdout().lock().write_all(ANNOTATED.as_bytes())?),
    }
}

fn serve(path: &Path) -> Result<(), Failure> {
    let config = Config::load(path)?;
    log::install(&config.log)?;
    Ok(app::run(&config)?)
}

/// One sentence, then each cause on a line of its own.
fn report(failure: &Failure) -> io::Result<()> {
    let mut out = io::stderr().lock();
    writeln!(out, "cardd: {failure}")?;
    let mut cause = std::error::Error::source(failure);
    while let Some(error) = cause {
        writeln!(out, "  because: {error}")?;
        cause = error.source();
    }
    Ok(())
}
