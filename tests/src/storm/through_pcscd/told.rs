//! What desks are told through everything that is real, held against the cards.

use hall_client::{AttemptSpent, ClientError, Reason, Verified};

use cardd_proto::v1::OperationDone;

use crate::storm::{step::Mishap, world::Violation};

/// What a person did at a desk, and what the card was before.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    pub(super) desk: usize,
    pub(super) before: u32,
    pub(super) old: String,
    /// The new PIN, where it is a change.
    pub(super) new: Option<String>,
    pub(super) right: bool,
    pub(super) last: bool,
}

/// What the hall is to do, and what the card was before.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) before: u32,
    pub(super) pin: String,
    /// A fresh grant, in the hand it was given to, for the card's own holder.
    pub(super) permitted: bool,
    pub(super) reset: bool,
    pub(super) one_time: &'static str,
    /// What the holder types after a reset, and once more.
    pub(super) chosen: (String, String),
    /// What the holder types where that may not be.
    pub(super) good: String,
}

/// Tries of every card of the bag at most.
const LIMIT: u32 = 6;

fn holds(
    promise: &'static str,
    holds: bool,
    what: impl FnOnce() -> String,
) -> Result<(), Violation> {
    holds.then_some(()).ok_or_else(|| Violation {
        promise,
        what: what(),
    })
}

/// The tries left, as a desk was told them.
pub(super) fn status(told: Option<u32>, tries: u32) -> Result<(), Violation> {
    holds("the tries left are the card's", told == Some(tries), || {
        format!("{told:?}, not {tries}")
    })
}

/// What became of the card, and what the desk was told of it; no answer where nobody heard one.
pub(super) fn check(
    deed: &Deed,
    answer: Option<&Result<Verified, ClientError>>,
    (tries, pin): &(u32, Option<String>),
    lies: bool,
) -> Result<(), Violation> {
    let changed = pin.as_ref() != Some(&deed.old) && deed.right;
    holds("old or new, never half", pin.is_some(), || {
        "the card has a PIN of nobody".to_owned()
    })?;
    if lies {
        return Ok(());
    }
    let spent_one = tries + 1 == deed.before;
    let restored = deed.right && *tries == LIMIT;
    let may_be = *tries == deed.before || spent_one || restored;
    holds("tries are spent by people", may_be, || {
        format!("{} became {tries}", deed.before)
    })?;
    let permitted = deed.before >= 2 || (deed.desk != 1 && deed.last);
    let touched = *tries != deed.before || changed;
    holds("the floor", permitted || !touched, || {
        format!("{} tries left", deed.before)
    })?;
    let Some(answer) = answer else { return Ok(()) };
    let agrees = match answer {
        Ok(_) => deed.right && restored && (deed.new.is_none() || *pin == deed.new),
        Err(error) => honest(deed, error, (*tries, changed)),
    };
    holds("the answer agrees with the card", agrees, || {
        format!(
            "{answer:?}: {} tries became {tries}, changed: {changed}",
            deed.before
        )
    })
}

fn honest(deed: &Deed, error: &ClientError, (tries, changed): (u32, bool)) -> bool {
    match error.attempt_spent() {
        AttemptSpent::Unknown => error.reason() != Some(Reason::PinWrong),
        AttemptSpent::Yes => tries < deed.before,
        AttemptSpent::No => tries >= deed.before && !changed,
    }
}

/// What became of the card by the hall's operation, and what the hall was told of it, where it came to its
/// end.
pub(super) fn operated(
    operation: &Operation,
    done: Option<&OperationDone>,
    (tries, pin): &(u32, Option<String>),
    mishap: Option<Mishap>,
) -> Result<(), Violation> {
    let pin = pin.as_ref().ok_or_else(|| Violation {
        promise: "old or new, never half",
        what: "the card has a PIN of nobody".to_owned(),
    })?;
    let touched = *tries != operation.before || *pin != operation.pin;
    holds(
        "no unlock without a grant",
        operation.permitted || !touched,
        || format!("{} tries became {tries}", operation.before),
    )?;
    holds(
        "old or new, never half",
        operation.reset || *pin == operation.pin,
        || "an unlock set another PIN".to_owned(),
    )?;
    let weak = ["1111", "111111", "1234", "123456"].contains(&pin.as_str());
    holds(
        "no new PIN that the rules forbid",
        !weak || *pin == operation.pin,
        || "chosen after a reset".to_owned(),
    )?;
    // The holder's own change that is torn may take one try.
    let torn = operation.reset && mishap.is_some() && tries + 1 == LIMIT;
    let may_be = *tries == operation.before || *tries == LIMIT || torn;
    holds("tries are spent by people", may_be, || {
        format!("{} became {tries} by the issuer", operation.before)
    })?;
    let Some(done) = done else { return Ok(()) };
    if mishap.is_some_and(|mishap| mishap.what.lies()) {
        return Ok(());
    }
    let told = done.attempts_remaining.is_none_or(|told| told == *tries);
    let chosen = [&operation.chosen.0, &operation.good].contains(&pin);
    let agrees = operation.permitted && told && (!done.holder_pin_set || chosen);
    holds("the answer agrees with the card", agrees, || {
        format!("{done:?}: {tries} tries")
    })
}
