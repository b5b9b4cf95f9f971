//! The `cardd` command.

fn main() {}
