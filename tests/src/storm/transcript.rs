//! Everything that happened in a storm, as lines and as one hash.

use std::fmt::Debug;

use cardd::terminal::TerminalError;
use sha2::{Digest as _, Sha256};

use super::step::Step;

/// What happened. Two storms of one seed have the same.
#[derive(Default)]
pub struct Transcript {
    sha: Sha256,
    kept: Option<Vec<String>>,
}

impl Transcript {
    /// One that keeps its lines.
    #[must_use]
    pub fn kept() -> Self {
        Self {
            kept: Some(Vec::new()),
            ..Self::default()
        }
    }

    /// Adds a line.
    pub fn line(&mut self, line: &str) {
        self.sha.update(line.as_bytes());
        self.sha.update(b"\n");
        if let Some(kept) = &mut self.kept {
            kept.push(line.to_owned());
        }
    }

    /// Adds a step.
    pub fn step(&mut self, step: &Step) {
        self.line(&format!("> {step:?}"));
    }

    /// Adds cardd's answer.
    pub fn answer<T: Debug>(&mut self, answer: &Result<T, &TerminalError>) {
        match answer {
            Ok(value) => self.line(&format!("< {value:?}")),
            Err(error) => self.line(&format!("< {error} ({:?})", error.attempt_spent())),
        }
    }

    /// The hash so far.
    #[must_use]
    pub fn hash(&self) -> String {
        hex::encode(self.sha.clone().finalize())
    }

    /// The lines, where they are kept.
    #[must_use]
    pub fn into_lines(self) -> Vec<String> {
        self.kept.unwrap_or_default()
    }
}
