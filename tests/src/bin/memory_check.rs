//! `make memory-check`: leaves out one wipe of digits after the other, in a copy of the source, and sees
//! whether the tests that search memory notice. `memory_check DOCUMENT [WORD...]` writes the table between
//! its marks; words choose wipes by the code in their names.
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
    wipes::{self, Noticed},
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
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next();
    let words: Vec<_> = arguments.collect();
    let chosen = wipes::named(&words).map_err(|word| format!("no wipe is named by {word}"))?;
    say(&format!(
        "{} wipes, with a build for each; first with every one in place",
        chosen.len()
    ));
    let all = wipes::check(&chosen, |noticed| say(&noticed.row()))?;
    if let Some(path) = path {
        let document = fs::read_to_string(&path)?;
        let table = wipes::table(&all, &document);
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
