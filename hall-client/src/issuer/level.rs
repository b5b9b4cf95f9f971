//! Whose root a key is, and so which levels of diversification are still to do (LD/T 33).

use serde::Deserialize;

use super::factors::{CardFactors, Factor};

/// Owner of a root key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RootLevel {
    /// The nation's: province, city and card are to do.
    National,
    /// A province's: city and card are to do.
    Provincial,
    /// A city's: the card is to do.
    City,
}

impl RootLevel {
    /// The factors from this root down to the card, in order.
    pub(super) fn path(self, factors: &CardFactors) -> Vec<Factor> {
        let (province, city, card) = (factors.province(), factors.city(), factors.card());
        match self {
            Self::National => vec![province, city, card],
            Self::Provincial => vec![city, card],
            Self::City => vec![card],
        }
    }
}
