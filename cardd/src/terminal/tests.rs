//! Tests of more than one file.

mod other_card;
mod protocol;
mod silence;
