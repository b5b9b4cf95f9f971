//! `tour stay|once`: the main job, told from what really happened.
//!
//! Exit codes: 0 as told, 1 not as told or a part failed, 2 wrong usage, 130 ended by a signal
//! before the story was over.

use std::{
    error::Error,
    io::{self, IsTerminal as _, Write},
    process::ExitCode,
};

use cardd_tests::tour::{self, Mode, TourError, page::Page};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mode = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["once"] => Mode::Once,
        [] | ["stay"] => Mode::Stay,
        _ => return complain("usage: tour [stay|once]", 2),
    };
    match run(mode) {
        Ok(()) => ExitCode::SUCCESS,
        Err(TourError::Io(error)) if error.kind() == io::ErrorKind::Interrupted => {
            complain(&format!("tour: {error}"), 130)
        }
        Err(error) => complain(&format!("tour: {}", with_causes(&error)), 1),
    }
}

fn run(mode: Mode) -> Result<(), TourError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut out = io::stdout().lock();
    let colour = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let told = runtime.block_on(tour::run(mode, Page::new(&mut out, colour)));
    // The thread that waits for Enter may still wait.
    runtime.shutdown_background();
    told
}

fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!("\n  because: {error}"));
        cause = error.source();
    }
    text
}

fn complain(text: &str, code: u8) -> ExitCode {
    // Nothing is left to tell if standard error is closed as well.
    drop(writeln!(io::stderr(), "{text}"));
    ExitCode::from(code)
}
