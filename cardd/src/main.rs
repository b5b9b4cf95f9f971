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
/// 5 ledger, 6 shutdown left card work behind; `doctor`: 7 warnings, 8 faults.
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
    /// Say what keeps this terminal from working or from being safe, and what to do about it.
    ///
    /// Changes nothing and touches no card; a running daemon goes on. Exit codes: 0 nothing to do,
    /// 7 warnings, 8 faults.
    Doctor {
        /// Configuration file.
        #[arg(long, default_value = "/etc/cardd/cardd.toml")]
        config: PathBuf,
        /// One JSON object a line: check, level (GOOD, WARNING, FAULT), found, next.
        #[arg(long)]
        json: bool,
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
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            // Nothing is left to tell if standard error is closed as well.
            drop(report(&failure));
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(command: Command) -> Result<u8, Failure> {
    match command {
        Command::Serve { config } => serve(&config).map(|()| 0),
        Command::CheckConfig { config } => {
            let checked = Config::load(&config)?;
            let mut out = io::stdout().lock();
            writeln!(
                out,
                "{}: good, {} desks",
                config.display(),
                checked.desk.len()
            )?;
            Ok(0)
        }
        Command::Doctor { config, json } => doctor(&config, json),
        Command::DefaultConfig => {
            io::stdout().lock().write_all(ANNOTATED.as_bytes())?;
            Ok(0)
        }
    }
}

fn doctor(config: &Path, json: bool) -> Result<u8, Failure> {
    let report = app::examine(config);
    let mut out = io::stdout().lock();
    if json {
        report.tell_json(&mut out)?;
    } else {
        report.tell(&mut out)?;
    }
    Ok(report.exit_code())
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
