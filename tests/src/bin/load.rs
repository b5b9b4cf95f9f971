//! `load [--short] [--seconds N] [--out FILE]`: many readers and desks at once, and floods beside them.
//!
//! Exit codes: 0 everything held, 1 something did not, 2 wrong usage.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use cardd_tests::load::{self, LoadError, Size};

const USAGE: &str =
    "usage: load [--short] [--seconds N] [--out FILE]   (FILE: load-results/load.json)";

fn main() -> ExitCode {
    let mut size = Size::FULL;
    let mut out = PathBuf::from("load-results/load.json");
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), &mut arguments) {
            ("--short", _) => size = Size::SHORT,
            ("--seconds", rest) => match rest.next().and_then(|text| text.parse().ok()) {
                Some(seconds) => size.busy = Duration::from_secs(seconds),
                None => return complain(USAGE, 2),
            },
            ("--out", rest) => match rest.next() {
                Some(file) => out = file.into(),
                None => return complain(USAGE, 2),
            },
            _ => return complain(USAGE, 2),
        }
    }
    match measure(&size, &out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&format!("load: {error}"), 1),
    }
}

fn measure(size: &Size, file: &std::path::Path) -> Result<(), LoadError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(load::run(size, tell))?;
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    let text = serde_json::to_string_pretty(&report).map_err(io::Error::other)?;
    fs::write(file, text + "\n")?;
    let mut out = io::stdout().lock();
    report.write_table(&mut out)?;
    Ok(writeln!(out, "written to {}", file.display())?)
}

/// Progress, for a person who waits.
fn tell(text: &str) {
    drop(writeln!(io::stderr(), "{text}"));
}

fn complain(text: &str, code: u8) -> ExitCode {
    // Nothing is left to tell if standard error is closed as well.
    drop(writeln!(io::stderr(), "{text}"));
    ExitCode::from(code)
}
