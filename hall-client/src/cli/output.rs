//! The one place that writes.

use std::io::{self, Write};

use serde_json::Value;

use super::problem::Problem;
use crate::text::{Lang, Say};

/// Where results and notes go, and in which form.
pub(crate) struct Output<'a> {
    /// Results.
    pub(crate) out: &'a mut dyn Write,
    /// Notes and errors.
    pub(crate) err: &'a mut dyn Write,
    /// One JSON object a line.
    pub(crate) json: bool,
    /// Language for people.
    pub(crate) lang: Lang,
}

impl Output<'_> {
    /// One result, in the form that was asked for.
    pub(crate) fn result(
        &mut self,
        json: impl FnOnce() -> Value,
        people: impl FnOnce(Lang) -> String,
    ) -> Result<(), Problem> {
        let text = if self.json {
            json().to_string()
        } else {
            people(self.lang)
        };
        self.line(&text)
    }

    /// A line of text, flushed so that a pipe sees it at once.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Problem> {
        writeln!(self.out, "{text}")
            .and_then(|()| self.out.flush())
            .map_err(Problem::output)
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.out
            .write_all(bytes)
            .and_then(|()| self.out.flush())
            .map_err(Problem::output)
    }

    /// A note for the person at the screen; programs get the same in the result. Whoever closed
    /// standard error does not want it.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.json {
            let _closed: io::Result<()> = writeln!(self.err, "{text}");
        }
    }

    /// A note of the catalogue.
    pub(crate) fn say(&mut self, say: Say) {
        self.note(&self.lang.say(say));
    }

    /// What went wrong.
    pub(crate) fn problem(&mut self, problem: &Problem) {
        let text = if self.json {
            problem.json().to_string()
        } else {
            problem.lines(self.lang).join("\n")
        };
        let _closed: io::Result<()> = writeln!(self.err, "{text}");
    }
}
