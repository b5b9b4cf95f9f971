//! Whatever comes in from outside, as bytes that may be anything.
//!
//! Each target takes bytes to the code that reads them, and stops at a promise that does not hold. The
//! same functions are called by `make fuzz`, with coverage as a guide, and by the tests, over the
//! corpus in `tests/fuzz/corpus` and some thousands of mutations with a fixed seed.
//!
//! | module | what it holds |
//! |---|---|
//! | [`targets`] | the functions, and the table of them |
//! | [`seeds`] | good input for each, which the corpus is written from |
//! | [`mutate`] | small changes, by a seed |

pub mod mutate;
pub mod seeds;
pub mod targets;

pub use mutate::Mutator;
pub use targets::TARGETS;
