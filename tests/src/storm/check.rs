//! The check of the checker: each terminal that is broken on purpose must be caught, by the promise
//! that it breaks.

use std::fmt::Write as _;

use serde::Deserialize;

use super::{
    campaign::Campaign,
    mutants::{self, Brood, MutantError, Nursery},
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

#[derive(Deserialize)]
struct Sum {
    failures: Vec<Seen>,
}

#[derive(Deserialize)]
struct Seen {
    seed: u64,
    promise: String,
}

/// What is broken inside cardd's code, where its name has `only` in it: one build of a copy of the
/// source that holds them all. With none of them named, that copy must keep every promise.
///
/// # Errors
/// [`MutantError`].
pub fn mutants(seeds: u64, only: &str, told: impl Fn(&Catch)) -> Result<Vec<Catch>, MutantError> {
    let named = || mutants::mutants().filter(|mutant| mutant.name.contains(only));
    Nursery::copy()?.breed(|brood| {
        if let Some((seed, promise)) = first_caught(brood, "nothing", seeds)? {
            let unnamed = format!("seed {seed} breaks \"{promise}\" with no mutant named");
            return Err(MutantError::Build(unnamed));
        }
        let caught = named().map(|mutant| {
            let catch = Catch {
                broken: mutant.name.to_owned(),
                expected: mutant.promise,
                caught: first_caught(brood, mutant.tag, seeds)?,
            };
            told(&catch);
            Ok(catch)
        });
        caught.collect()
    })
}

/// The first seed that notices anything, and the promise; one after the other, so that it is the
/// lowest.
fn first_caught(
    brood: &Brood<'_>,
    tag: &str,
    seeds: u64,
) -> Result<Option<(u64, String)>, MutantError> {
    let one_by_one = format!("--json --failures 1 --workers 1 --seeds {seeds}");
    let one_by_one: Vec<&str> = one_by_one.split(' ').collect();
    let sum = brood.storm(tag, &one_by_one)?;
    let sum: Sum = serde_json::from_str(&sum).map_err(|e| MutantError::Build(e.to_string()))?;
    let first = sum.failures.into_iter().next();
    Ok(first.map(|seen| (seen.seed, seen.promise)))
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
