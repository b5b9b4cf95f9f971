//! The check of the checker: each terminal that is broken on purpose must be caught, by the promise
//! that it breaks.

use std::fmt::Write as _;

use serde::Deserialize;

use super::{
    campaign::Campaign,
    mutants::{MUTANTS, MutantError, Nursery},
    run::StormError,
    sabotage::Wrapper,
};

/// Whether and how a broken terminal was caught.
#[derive(Debug, Clone)]
pub struct Catch {
    /// What is broken.
    pub broken: String,
    /// The promise that must notice it.
    pub expected: &'static str,
    /// The first seed that noticed anything, and the promise.
    pub caught: Option<(u64, String)>,
}

impl Catch {
    /// Whether the right promise noticed.
    #[must_use]
    pub fn is_caught(&self) -> bool {
        let by = self.caught.as_ref().map(|(_, promise)| promise.as_str());
        by == Some(self.expected)
    }

    /// Its row of the table.
    #[must_use]
    pub fn row(&self) -> String {
        let (by, seed) = match &self.caught {
            Some((seed, promise)) => (promise.as_str(), seed.to_string()),
            None => ("**not caught**", "-".to_owned()),
        };
        format!("| {} | {by} | {seed} |", self.broken)
    }
}

/// What is broken around cardd.
///
/// # Errors
/// [`StormError`].
pub fn wrappers(seeds: u64) -> Result<Vec<Catch>, StormError> {
    Wrapper::ALL
        .into_iter()
        .map(|(wrapper, expected)| {
            let sum = Campaign {
                wrapper,
                most_failures: 1,
                workers: 1,
            }
            .hold(1..=seeds, |_| {})?;
            let first = sum.failures.first();
            Ok(Catch {
                broken: wrapper.describe().to_owned(),
                expected,
                caught: first.map(|failure| (failure.seed, failure.promise.to_owned())),
            })
        })
        .collect()
}

/// What is broken inside cardd's code: one build of a copy of the source for each.
///
/// # Errors
/// [`MutantError`].
pub fn mutants(seeds: u64, told: impl Fn(&Catch)) -> Result<Vec<Catch>, MutantError> {
    #[derive(Deserialize)]
    struct Sum {
        failures: Vec<Seen>,
    }
    #[derive(Deserialize)]
    struct Seen {
        seed: u64,
        promise: String,
    }
    let nursery = Nursery::copy()?;
    let seeds = seeds.to_string();
    let mut catches = Vec::new();
    for mutant in MUTANTS {
        let one_by_one = [
            "run",
            "--json",
            "--failures",
            "1",
            "--workers",
            "1",
            "--seeds",
            &seeds,
        ];
        let sum = nursery.storm(mutant, &one_by_one)?;
        let sum: Sum = serde_json::from_str(&sum).map_err(|e| MutantError::Build(e.to_string()))?;
        let catch = Catch {
            broken: mutant.name.to_owned(),
            expected: mutant.promise,
            caught: sum
                .failures
                .into_iter()
                .next()
                .map(|seen| (seen.seed, seen.promise)),
        };
        told(&catch);
        catches.push(catch);
    }
    Ok(catches)
}

/// The table of all catches.
#[must_use]
pub fn table(catches: &[Catch]) -> String {
    let mut table =
        "| broken on purpose | caught by the promise | at seed |\n|---|---|---|\n".to_owned();
    for catch in catches {
        // Writing to a text does not fail.
        let _written = writeln!(table, "{}", catch.row());
    }
    table
}

const BEGIN: &str = "<!-- catches -->\n";
const END: &str = "<!-- /catches -->";

/// The document with the table in place of the one before.
#[must_use]
pub fn put_into(document: &str, table: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{table}{END}{after}"))
}
