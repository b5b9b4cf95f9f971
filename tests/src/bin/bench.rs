//! `bench [--quick] [--out FILE]`: what cardd costs, as a table and as JSON.
//!
//! Exit codes: 0 measured, 1 not measured, or a full measurement tells PINs apart by the time that
//! judging them takes, 2 wrong usage.

use std::{
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use cardd_tests::bench::{self, BenchError, bare, effort::Effort, report::Report};

const USAGE: &str = "usage: bench [--quick] [--out FILE]   (FILE: bench-results/bench.json)";

/// What the command line asks for.
struct Wish {
    effort: Effort,
    out: PathBuf,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, reader] = arguments.as_slice()
        && first == bare::ARGUMENT
    {
        return end(bare::serve(reader, io::stdin().lock(), io::stdout().lock()));
    }
    match wish(&arguments) {
        Some(wish) => end(measure(&wish)),
        None => complain(USAGE, 2),
    }
}

fn wish(arguments: &[String]) -> Option<Wish> {
    let mut wish = Wish {
        effort: Effort::FULL,
        out: PathBuf::from("bench-results/bench.json"),
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--quick" => wish.effort = Effort::QUICK,
            "--out" => wish.out = rest.next()?.into(),
            _ => return None,
        }
    }
    Some(wish)
}

fn measure(wish: &Wish) -> Result<(), BenchError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(bench::run(&wish.effort))?;
    save(&report, &wish.out)?;
    let mut out = io::stdout().lock();
    report.write_table(&mut out)?;
    writeln!(out, "\nwritten to {}", wish.out.display())?;
    if wish.effort == Effort::FULL {
        report.timing.must_tell_nothing()?;
    }
    Ok(())
}

fn save(report: &Report, file: &Path) -> Result<(), BenchError> {
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(fs::write(file, text)?)
}

fn end(result: Result<(), BenchError>) -> ExitCode {
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    let mut text = format!("bench: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!("\n  because: {error}"));
        cause = error.source();
    }
    complain(&text, 1)
}

fn complain(text: &str, code: u8) -> ExitCode {
    // Nothing is left to tell if standard error is closed as well.
    drop(writeln!(io::stderr(), "{text}"));
    ExitCode::from(code)
}
