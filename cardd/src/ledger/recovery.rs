//! What the card's counter tells about an intent in doubt.

use serde::{Deserialize, Serialize};

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
    /// The counter rose: the right PIN was presented, and a change was carried out.
    Succeeded,
    /// The counter fell, or the PIN is blocked: at least one try was spent.
    TrySpent,
    /// The counter does not tell: nothing reached the card, or it succeeded at a full counter.
    /// Only the holder knows.
    Undecided,
}

/// Holds the counter of now against the one before the send.
///
/// A success restores the counter to its limit and a wrong PIN takes one off it; a command torn
/// off in between leaves the card as before or as after, never half (LD/T 32.7). So:
///
/// | before | now | verdict |
/// |---|---|---|
/// | n | more than n | the right PIN was presented |
/// | n | less than n, or blocked | a try was spent |
/// | n | n | undecided |
/// | unknown | any | undecided |
/// | any | no PIN, or not told | undecided |
///
/// It takes the counter as if only this terminal had moved it. If the card was elsewhere in the
/// meantime, a rise may be the work of another terminal or of the issuer, and a fall by more than
/// one says that others spent tries as well. What is said of the counter stays true either way;
/// whose command it was is inferred.
#[must_use]
pub fn resolve(before: Option<u8>, now: Counter) -> Verdict {
    let now = match now {
        Counter::Attempts(now) => now,
        Counter::Blocked => 0,
        Counter::NotSet | Counter::Unknown => return Verdict::Undecided,
    };
    match before {
        Some(before) if now > before => Verdict::Succeeded,
        Some(before) if now < before => Verdict::TrySpent,
        Some(_) | None => Verdict::Undecided,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counter_is_held_against_the_one_before() {
        for before in 0..=15_u8 {
            for now in 0..=15_u8 {
                let expected = match now.cmp(&before) {
                    std::cmp::Ordering::Greater => Verdict::Succeeded,
                    std::cmp::Ordering::Less => Verdict::TrySpent,
                    std::cmp::Ordering::Equal => Verdict::Undecided,
                };
                assert_eq!(
                    resolve(Some(before), Counter::Attempts(now)),
                    expected,
                    "{before} {now}"
                );
            }
        }
    }

    #[test]
    fn blocked_now_cost_a_try_unless_it_was_blocked_before() {
        assert_eq!(resolve(Some(0), Counter::Blocked), Verdict::Undecided);
        for before in 1..=15 {
            assert_eq!(resolve(Some(before), Counter::Blocked), Verdict::TrySpent);
        }
        assert_eq!(resolve(None, Counter::Blocked), Verdict::Undecided);
    }

    #[test]
    fn what_is_not_told_decides_nothing() {
        for before in (0..=15).map(Some).chain([None]) {
            assert_eq!(resolve(before, Counter::NotSet), Verdict::Undecided);
            assert_eq!(resolve(before, Counter::Unknown), Verdict::Undecided);
        }
        for now in 0..=15 {
            assert_eq!(resolve(None, Counter::Attempts(now)), Verdict::Undecided);
        }
    }
}
