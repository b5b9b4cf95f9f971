//! `make memory-check`: leaves out one wipe of digits after the other, in a copy of the source, and sees
//! whether the tests that search memory notice. `memory_check DOCUMENT` writes the table between its
//! marks.
//!
//! Exit codes: 0 every wipe that was left out is noticed; 1 one is not, or it could not be tried.

use std::{
    error::Error,
    fs,
    io::{self, Write as _},
    process::ExitCode,
};

use cardd_tests::memory::{
    can_search,
    wipes::{self, Noticed, WIPES},
};
use cardd_tests::storm::check::put_into;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // There is nobody else to tell.
            drop(writeln!(io::stderr(), "memory_check: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, Box<dyn Error>> {
    if !can_search() {
        return Err("the memory of cardd can be read by root only".into());
    }
    say(&format!(
        "{} wipes, with a build for each; first with every one in place",
        WIPES.len()
    ));
    let all = wipes::check(|noticed| say(&noticed.row()))?;
    if let Some(path) = std::env::args().nth(1) {
        let document = fs::read_to_string(&path)?;
        let table = wipes::table(&all);
        let document = put_into(&document, &table).ok_or("the document has no place for it")?;
        fs::write(&path, document)?;
    }
    let missed = |noticed: &Noticed| noticed.tests.is_empty();
    Ok(!all.iter().any(missed))
}

fn say(text: &str) {
    // Whoever closed the output does not listen.
    drop(writeln!(io::stdout(), "{text}"));
}
