//! What the records of earlier runs say about the budget.

use super::{GuessBudget, MOST_PER_HOUR};

/// One record of the past. Every record counts, whatever it says: its time bounds those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// Its wall clock, milliseconds since 1970.
    pub time_unix_ms: u64,
    /// What it says.
    pub event: PastEvent,
}

/// What a record says about the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastEvent {
    /// A try was lost.
    TryLost,
    /// The unattended desks were closed.
    Closed,
    /// Staff reopened them.
    Reopened,
    /// A run of the daemon began.
    Started,
    /// The wall clock was set; on record before anything else that bears the new time.
    ClockStepped {
        /// By how much, milliseconds.
        by_ms: i64,
    },
    /// Nothing.
    Other,
}

/// Walks the records in their order, which no clock can change, with the tries on the wall clock of
/// the record reached.
pub(super) fn restore(past: impl IntoIterator<Item = Past>) -> GuessBudget {
    let mut budget = GuessBudget::default();
    let mut last_ms = 0;
    for Past {
        time_unix_ms,
        event,
    } in past
    {
        let time_ms = i64::try_from(time_unix_ms).unwrap_or(i64::MAX);
        match event {
            // The end of the run before and this start become one moment.
            PastEvent::Started => shift(&mut budget, time_ms.saturating_sub(last_ms)),
            PastEvent::ClockStepped { by_ms } => shift(&mut budget, by_ms),
            PastEvent::Reopened => budget.reopen(),
            PastEvent::Closed => budget.closed = true,
            PastEvent::TryLost | PastEvent::Other => {}
        }
        none_younger_than(&mut budget, time_ms);
        if event == PastEvent::TryLost {
            remember(&mut budget, time_ms);
        }
        last_ms = time_ms;
    }
    // The last record and the start of this run become one moment: 0.
    shift(&mut budget, last_ms.saturating_neg());
    budget
}

fn remember(budget: &mut GuessBudget, time_ms: i64) {
    if budget.tries.len() == MOST_PER_HOUR as usize {
        budget.tries.pop_front();
    }
    budget.tries.push_back(time_ms);
}

fn shift(budget: &mut GuessBudget, by_ms: i64) {
    for at in &mut budget.tries {
        *at = at.saturating_add(by_ms);
    }
}

/// A try cannot have been lost after a later record was written: where the clock says so, it was
/// set back, and the try counts as lost just now.
fn none_younger_than(budget: &mut GuessBudget, time_ms: i64) {
    for at in budget
        .tries
        .iter_mut()
        .rev()
        .take_while(|at| **at > time_ms)
    {
        *at = time_ms;
    }
}
