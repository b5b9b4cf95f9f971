//! What the card's counter tells about an intent in doubt.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::Operation;

/// The card's own answer to the question for the tries left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// Tries left.
    Attempts(u8),
    /// None left; only the issuer's keys restore it.
    Blocked,
    /// The card carries no PIN.
    NotSet,
    /// The card does not tell without cost.
    Unknown,
}

/// What became of an intent in doubt, as far as the counter tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The counter rose: the right PIN was presented, a change or the issuer's command was carried
    /// out.
    Succeeded,
    /// The counter fell, or the PIN is blocked: at least one try was spent.
    TrySpent,
    /// The PIN is blocked as before the issuer's command, which would have restored the counter.
    NotDone,
    /// The counter does not tell: nothing reached the card, or it succeeded at a full counter.
    /// Only the holder knows.
    Undecided,
}

/// Holds the counter of now against the one before the send.
///
/// A success restores the counter to its limit and a wrong PIN takes one off it; a command torn
/// off in between leaves the card as before or as after, never half (LD/T 32.7). So:
///
/// | command | before | now | verdict |
/// |---|---|---|---|
/// | any | n | more than n | it was carried out |
/// | VERIFY, CHANGE PIN | n | less than n, or blocked | a try was spent |
/// | PIN CHANGE/UNBLOCK | blocked | blocked | it was not carried out |
/// | PIN CHANGE/UNBLOCK | n | less than n | undecided: it takes no try, another program did |
/// | any | n | n | undecided |
/// | any | unknown | any | undecided |
/// | any | any | no PIN, or not told | undecided |
///
/// It takes the counter as if only this terminal had moved it. If the card was elsewhere in the
/// meantime, a rise may be the work of another terminal or of the issuer, and a fall by more than
/// one says that others spent tries as well. What is said of the counter stays true either way;
/// whose command it was is inferred.
#[must_use]
pub fn resolve(operation: Operation, before: Option<u8>, now: Counter) -> Verdict {
    let now = match now {
        Counter::Attempts(now) => now,
        Counter::Blocked => 0,
        Counter::NotSet | Counter::Unknown => return Verdict::Undecided,
    };
    let Some(before) = before else {
        return Verdict::Undecided;
    };
    match (now.cmp(&before), operation) {
        (Ordering::Greater, _) => Verdict::Succeeded,
        (Ordering::Less, Operation::Verify | Operation::Change { .. }) => Verdict::TrySpent,
        (Ordering::Equal, Operation::Unblock { .. } | Operation::Reload { .. }) if now == 0 => {
            Verdict::NotDone
        }
        (Ordering::Less | Ordering::Equal, _) => Verdict::Undecided,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLDER: [Operation; 2] = [
        Operation::Verify,
        Operation::Change {
            old_is_issued: false,
        },
    ];
    const ISSUER: [Operation; 2] = [
        Operation::Unblock { case: 1 },
        Operation::Reload { case: 1 },
    ];

    #[test]
    fn counter_is_held_against_the_one_before() {
        for before in 0..=15_u8 {
            for now in 0..=15_u8 {
                let (fell, same) = match now.cmp(&before) {
                    Ordering::Greater => (Verdict::Succeeded, Verdict::Succeeded),
                    Ordering::Less => (Verdict::TrySpent, Verdict::Undecided),
                    Ordering::Equal if now == 0 => (Verdict::Undecided, Verdict::NotDone),
                    Ordering::Equal => (Verdict::Undecided, Verdict::Undecided),
                };
                let told = |operation| resolve(operation, Some(before), Counter::Attempts(now));
                assert_eq!(HOLDER.map(told), [fell; 2], "{before} {now}");
                assert_eq!(ISSUER.map(told), [same; 2], "{before} {now}");
            }
        }
    }

    #[test]
    fn blocked_now_cost_a_try_unless_it_was_blocked_before() {
        for operation in HOLDER {
            let told = |before| resolve(operation, before, Counter::Blocked);
            assert_eq!(told(Some(0)), Verdict::Undecided);
            for before in 1..=15 {
                assert_eq!(told(Some(before)), Verdict::TrySpent);
            }
            assert_eq!(told(None), Verdict::Undecided);
        }
    }

    #[test]
    fn what_is_not_told_decides_nothing() {
        for operation in [HOLDER, ISSUER].concat() {
            for before in (0..=15).map(Some).chain([None]) {
                for now in [Counter::NotSet, Counter::Unknown] {
                    assert_eq!(resolve(operation, before, now), Verdict::Undecided);
                }
            }
            for now in 0..=15 {
                let told = resolve(operation, None, Counter::Attempts(now));
                assert_eq!(told, Verdict::Undecided);
            }
        }
    }
}
