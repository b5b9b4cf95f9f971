//! Readers: slots, events, transactions.

mod name;

pub use name::{Insertion, ReaderName};
