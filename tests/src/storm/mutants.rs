//! Terminals that are broken on purpose inside cardd's code: in a copy of its source, so that no
//! product build can ever hold one of them.
//!
//! All of them are built at once: each breaks something only where it is the one that is named by
//! `--broken`, so that one build serves for all, and shows as well that with none named the copy
//! keeps every promise.

mod list;

use crate::source_copy::{CopyError, Edit, SourceCopy};

/// A change that breaks cardd where it is asked for: each text is replaced, and stands in its file
/// exactly once.
#[derive(Debug, Clone, Copy)]
pub struct Mutant {
    /// What `--broken` calls it, and its edits.
    pub tag: &'static str,
    /// What is broken.
    pub name: &'static str,
    /// The promise that must notice it.
    pub promise: &'static str,
    /// File, text, and what comes in its place.
    pub edits: &'static [Edit],
}

/// All of them.
pub fn mutants() -> impl Iterator<Item = &'static Mutant> {
    list::MUTANTS.into_iter().flatten()
}

/// A mutant cannot be tried.
pub type MutantError = CopyError;

/// What the edits ask: whether the mutant of that tag is the one that was named.
macro_rules! broken {
    ($file:literal, $before:literal) => {
        (
            $file,
            $before,
            concat!(
                "pub fn broken(tag: &str) -> bool {\n    \
                 static NAMED: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();\n    \
                 let after = || std::env::args().skip_while(|word| word != \"--broken\").nth(1);\n    \
                 NAMED.get_or_init(after).as_deref() == Some(tag)\n}\n\n",
                $before
            ),
        )
    };
}

/// In each crate that has mutants.
const BROKEN: [Edit; 2] = [
    broken!("cardd/src/lib.rs", "pub mod apdu;\n"),
    broken!("proto/rules/src/lib.rs", "mod common;\n"),
];

/// A copy of the workspace's source, for mutants only.
pub struct Nursery(SourceCopy);

/// The storm with every mutant in it.
pub struct Brood<'n>(&'n SourceCopy);

impl Nursery {
    /// Copies the source.
    ///
    /// # Errors
    /// Files.
    pub fn copy() -> Result<Self, MutantError> {
        Ok(Self(SourceCopy::new("mutants")?))
    }

    /// Puts all mutants into the copy, and does something with them.
    ///
    /// # Errors
    /// [`MutantError`].
    pub fn breed<T>(
        &self,
        work: impl FnOnce(&Brood<'_>) -> Result<T, MutantError>,
    ) -> Result<T, MutantError> {
        let edits = mutants().flat_map(|mutant| mutant.edits);
        let edits: Vec<Edit> = BROKEN.iter().chain(edits).copied().collect();
        self.0.edited(&edits, |copy| work(&Brood(copy)))
    }
}

impl Brood<'_> {
    /// Runs the storm with `arguments`, broken by the mutant of that tag; answers what it prints.
    /// The first run builds it.
    ///
    /// # Errors
    /// [`MutantError`].
    pub fn storm(&self, tag: &str, arguments: &[&str]) -> Result<String, MutantError> {
        let storm = "run --offline --quiet -p cardd-tests --bin storm -- run --broken";
        let storm: Vec<&str> = storm.split(' ').chain([tag]).collect();
        let output = self.0.cargo(&[storm.as_slice(), arguments].concat())?;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        if told.trim().is_empty() {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(MutantError::Build(why));
        }
        Ok(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source_copy::fits;

    #[test]
    fn every_mutant_still_fits_the_source() {
        assert!(BROKEN.iter().all(|edit| fits(edit).unwrap()));
        for mutant in mutants() {
            for edit in mutant.edits {
                assert!(fits(edit).unwrap(), "{}: {}", mutant.name, edit.0);
            }
        }
    }

    #[test]
    fn each_mutant_asks_for_itself() {
        let tags: std::collections::BTreeSet<_> = mutants().map(|it| it.tag).collect();
        assert_eq!(tags.len(), mutants().count());
        for mutant in mutants() {
            let asks = format!("broken(\"{}\")", mutant.tag);
            let asked = mutant.edits.iter().any(|edit| edit.2.contains(&asks));
            assert!(asked, "{}", mutant.name);
        }
    }
}
