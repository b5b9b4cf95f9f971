//! Tests of more than one file.

mod beside;
mod protocol;
mod silence;
