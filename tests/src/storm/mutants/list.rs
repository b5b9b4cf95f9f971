//! What is broken in each mutant, and which promise must notice it.

mod attempts;
mod doubts;
mod evidence;
mod issuer;
mod retention;
mod rules;

use super::Mutant;

/// All of them, by what they are about.
pub(super) const MUTANTS: [&[Mutant]; 6] = [
    evidence::MUTANTS,
    retention::MUTANTS,
    attempts::MUTANTS,
    doubts::MUTANTS,
    issuer::MUTANTS,
    rules::MUTANTS,
];
