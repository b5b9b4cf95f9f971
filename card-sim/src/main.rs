//! The `card-sim` command.

use std::io::{self, Write};
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let filter = EnvFilter::builder()
        .with_env_var("CARD_SIM_LOG")
        .from_env_lossy();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    let (mut out, mut err) = (io::stdout().lock(), io::stderr());
    let code = card_sim::cli::run(std::env::args_os(), &mut out, &mut err);
    match out.flush() {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE,
    }
}
