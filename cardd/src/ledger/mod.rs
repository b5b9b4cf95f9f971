//! The record of what this terminal did to cards.

mod intent;

pub use intent::Intent;
