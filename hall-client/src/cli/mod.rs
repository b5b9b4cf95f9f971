//! The `hall` command: arguments, output, exit codes and a file for each subcommand.

pub(crate) mod args;
pub(crate) mod commands;
mod digits;
mod event_parts;
pub(crate) mod exit;
mod json;
pub(crate) mod output;
pub(crate) mod problem;
mod table;
