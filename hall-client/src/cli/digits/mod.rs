//! Where digits come from: a prompt that shows no key, or a file descriptor. They go straight
//! into wiped memory, byte by byte, and never through a buffer that somebody else keeps.

mod descriptor;
mod process;
mod tty;

use std::time::{Duration, Instant};

use cardd_proto::secret::Secret;

use self::{descriptor::Descriptor, tty::Tty};
use super::problem::Problem;
use crate::text::{Lang, Say};

/// Where digits come from.
pub(crate) enum Source {
    /// A person at this process's terminal.
    Person(Tty),
    /// A program that holds the other end.
    Program(Descriptor),
}

impl Source {
    /// Opens the source, then closes this process to debuggers and core dumps: in that order,
    /// since a process closed to its own user cannot look itself up in `/proc`.
    pub(crate) fn open(pin_fd: Option<i32>) -> Result<Self, Problem> {
        let source = match pin_fd {
            Some(number) => Self::Program(Descriptor::open(number)?),
            None => Self::Person(Tty::open()?),
        };
        process::close_to_dumps()?;
        Ok(source)
    }

    /// One PIN, typed or sent before cardd stops waiting for it.
    pub(crate) fn pin(&self, lang: Lang, prompt: Say, until: Deadline) -> Result<Secret, Problem> {
        match self {
            Self::Person(tty) => tty.ask(&lang.say(prompt), until),
            Self::Program(descriptor) => descriptor.line(until),
        }
    }

    /// A number of an ID card: an operator reads it off and sees what they type.
    pub(crate) fn number(
        &self,
        lang: Lang,
        prompt: Say,
        until: Deadline,
    ) -> Result<Secret, Problem> {
        match self {
            Self::Person(tty) => tty.ask_aloud(&lang.say(prompt), until),
            Self::Program(descriptor) => descriptor.line(until),
        }
    }

    /// Whether somebody sits there who can be asked again.
    pub(crate) fn is_person(&self) -> bool {
        matches!(self, Self::Person(_))
    }

    /// Whether the person goes on; a program must have said so with `--accept-last-attempt`.
    pub(crate) fn goes_on(&self, lang: Lang, until: Deadline) -> Result<bool, Problem> {
        match self {
            Self::Person(tty) => tty.confirm(&lang.say(Say::GoOn), until),
            Self::Program(_) => Err(Problem::LastAttemptUnconfirmed),
        }
    }
}

/// One line from a descriptor; from then on the process is closed to debuggers and core dumps.
pub(crate) fn line(number: i32, until: Deadline) -> Result<Secret, Problem> {
    let descriptor = Descriptor::open(number)?;
    process::close_to_dumps()?;
    descriptor.line(until)
}

/// When cardd stops waiting for an entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// So long from now.
    pub(crate) fn after(wait: Duration) -> Self {
        Self(Instant::now() + wait)
    }

    /// For what an operator types before cardd waits for anything.
    pub(crate) fn for_staff() -> Self {
        Self::after(Duration::from_secs(300))
    }

    fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}
