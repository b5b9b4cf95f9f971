//! A mishap in the rack's terms.

use card_sim::faults::{Act, CardFault, HoldPhase, Plan as Faults, When};

use crate::{
    storm::step::{At, Mishap, What},
    wire::{CHANGE_PIN, VERIFY},
};

/// The longest that a slow card is waited for.
const SLOW_MS: u32 = 40;

/// The orders; `None` for what a rack cannot do.
pub(super) fn orders(mishap: Mishap, change: bool) -> Option<Faults> {
    let hold = |after| {
        Act::Hold(if after {
            HoldPhase::Answer
        } else {
            HoldPhase::Command
        })
    };
    let act = match mishap.what {
        What::Pull { phase, .. } | What::Swap { phase, .. } => Act::Pull(phase),
        What::Card(CardFault::Slow { ms }) => Act::Card(CardFault::Slow {
            ms: ms.min(SLOW_MS),
        }),
        What::Card(fault) => Act::Card(fault),
        What::Reset => Act::Card(CardFault::Reset),
        What::Service { after } | What::Crash { after } => hold(after),
        What::Leave => hold(false),
        What::Unplug { .. } | What::CrashAtRecord(_) | What::Push(_) => return None,
    };
    let mut plan = Faults::default();
    let mut add = |when, act| plan.add(when, act).ok();
    match mishap.at {
        At::Command(n) => add(When::Apdu(n.into()), act)?,
        At::Effect | At::EffectNo(_) | At::Opening if change => add(When::Ins(CHANGE_PIN), act)?,
        At::Effect | At::EffectNo(_) | At::Opening => {
            // The tries are asked for right before: that VERIFY carries no PIN.
            add(When::Ins(VERIFY), Act::Card(CardFault::Slow { ms: 1 }))?;
            add(When::Ins(VERIFY), act)?;
        }
    }
    Some(plan)
}
