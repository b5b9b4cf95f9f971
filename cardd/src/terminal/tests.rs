//! Tests of more than one file.

mod protocol;
mod silence;
