//! The guess budget: wrong PINs across all cards of a terminal, in a sliding hour.
//!
//! A bag of cards gives a thief a few tries each; the budget bounds the tries of the bag. When it
//! is spent, unattended desks close and stay closed until staff of the agency reopen them: time
//! alone does not, since a thief has time.
//!
//! # Which time
//! The hour is an hour in which the daemon ran, told by the monotonic clock. The wall clock of the
//! records is used for what an earlier run left, and never to make a try older than it is:
//!
//! | what happens | what it does to the age of the tries |
//! |---|---|
//! | the wall clock is set while the daemon runs | nothing: ages follow the monotonic clock |
//! | … and the daemon starts again | nothing: the step is on record and taken out ([`PastEvent::ClockStepped`]) |
//! | … by less than the watch notices, or back unseen | a try counts as no older than any later record |
//! | the daemon or the host is down, its clock set meanwhile | nothing: down time does not age a try |
//! | staff reopen | all tries before it are forgotten |
//!
//! So a step back frees nothing, a step forward frees nothing, and switching the terminal off
//! frees nothing. What it costs: after a night off, a try of the last evening counts on for what
//! was left of its hour.

mod past;

use std::collections::VecDeque;

use super::DeskKind;

pub use past::{Past, PastEvent};

/// Length of the sliding window, milliseconds of running time.
pub const WINDOW_MS: i64 = 3_600_000;

/// Largest budget that can be set, tries per hour; so many tries are remembered.
pub const MOST_PER_HOUR: u32 = cardd_rules::region::MOST_GUESSES_PER_HOUR;

/// Unattended desks are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "too many wrong PINs at this terminal: unattended desks are closed until staff reopen them"
)]
pub struct GuessBudgetSpent;

/// Tries lost at one terminal, and whether its unattended desks are closed.
///
/// Times are milliseconds of running time: 0 is the start of this run, what an earlier run left
/// lies below.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuessBudget {
    /// Rises; at most [`MOST_PER_HOUR`] long.
    tries: VecDeque<i64>,
    closed: bool,
}

impl GuessBudget {
    /// What the records of earlier runs, oldest first, leave at the start of this one.
    #[must_use]
    pub fn restore(past: impl IntoIterator<Item = Past>) -> Self {
        past::restore(past)
    }

    /// A try was lost.
    pub fn lose(&mut self, now_ms: i64) {
        self.tries.push_back(now_ms);
        if self.tries.len() > MOST_PER_HOUR as usize {
            self.tries.pop_front();
        }
    }

    /// Tries lost within the hour before `now_ms`.
    #[must_use]
    pub fn spent(&self, now_ms: i64) -> u32 {
        let counts = |at: &&i64| now_ms.saturating_sub(**at) < WINDOW_MS;
        // No longer than MOST_PER_HOUR.
        self.tries.iter().rev().take_while(counts).count() as u32
    }

    /// Closes the unattended desks if `limit_per_hour` tries are lost within the hour. Answers how
    /// many are, if that closed them now.
    pub fn close_if_spent(&mut self, limit_per_hour: u32, now_ms: i64) -> Option<u32> {
        let spent = self.spent(now_ms);
        if self.closed || spent < limit_per_hour {
            return None;
        }
        self.closed = true;
        Some(spent)
    }

    /// Whether unattended desks are closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether a desk of this kind may do PIN work. Staffed desks always may: staff see who stands
    /// before them, and no patient is turned away for what others did.
    ///
    /// # Errors
    /// [`GuessBudgetSpent`] at an unattended desk.
    pub fn check(&self, kind: DeskKind) -> Result<(), GuessBudgetSpent> {
        if self.closed && !kind.is_staffed() {
            Err(GuessBudgetSpent)
        } else {
            Ok(())
        }
    }

    /// Staff reopen the unattended desks: what was lost until now no longer counts.
    pub fn reopen(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests;
