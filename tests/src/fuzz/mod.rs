//! Whatever comes in from outside, as bytes that may be anything.
//!
//! Each target takes bytes to the code that reads them, and stops at a promise that does not hold. The
//! same functions are called by `make fuzz`, with coverage as a guide, and by the tests, over the
//! corpus in `tests/fuzz/corpus` and [`MUTATIONS`] with a fixed seed.
//!
//! | module | what it holds |
//! |---|---|
//! | [`targets`] | the functions, and the table of them |
//! | [`coverage`] | the table of `make fuzz-coverage` |
//! | [`requests`] | every request of the contract, and good messages for each |
//! | [`rule_file`] | rule files of a region, and frequency files |
//! | [`seeds`] | good input for each, which the corpus is written from |
//! | [`mutate`] | small changes, by a seed |

pub mod coverage;
pub mod mutate;
pub mod requests;
pub mod rule_file;
pub mod seeds;
pub mod targets;

pub use mutate::Mutator;
pub use targets::TARGETS;

/// Mutations of each target in the short form: the tests and `make fuzz-coverage`.
pub const MUTATIONS: usize = 700;
