//! The roots that a configuration names.

use serde::Deserialize;

use super::error::KeyError;
use super::kind::KeyKind;
use super::level::RootLevel;
use super::suite::CipherSuite;

/// One root and where its backend finds it.
#[derive(Debug, Deserialize)]
pub struct Root<K> {
    /// Which key.
    pub kind: KeyKind,
    /// For which suite.
    pub suite: CipherSuite,
    /// Whose root it is.
    pub level: RootLevel,
    /// The key itself, or its name.
    pub key: K,
}

/// Roots with at most one for each key and suite.
#[derive(Debug)]
pub(super) struct RootTable<K>(Vec<Root<K>>);

impl<K> RootTable<K> {
    pub(super) fn new(roots: Vec<Root<K>>) -> Result<Self, KeyError> {
        let mut seen = std::collections::HashSet::new();
        for Root { kind, suite, .. } in &roots {
            if !seen.insert((*kind, *suite)) {
                let (kind, suite) = (*kind, *suite);
                return Err(KeyError::RootTwice { kind, suite });
            }
        }
        Ok(Self(roots))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Root<K>> {
        self.0.iter()
    }

    pub(super) fn get(&self, kind: KeyKind, suite: CipherSuite) -> Result<&Root<K>, KeyError> {
        self.0
            .iter()
            .find(|root| (root.kind, root.suite) == (kind, suite))
            .ok_or(KeyError::RootMissing { kind, suite })
    }
}
