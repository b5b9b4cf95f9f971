//! Faults to come: what goes wrong at which command of a card, by plan or by seed.
//!
//! A plan is TOML, one table for each fault, first come first served:
//!
//! ```toml
//! [[fault]]
//! apdu = 3                # the third command from now on; or
//! ins = 0x20              # the next command with this instruction byte
//! pull = "during"         # "before" (not carried out), "during" (answer lost), "after"
//!
//! [[fault]]
//! ins = 0x20
//! hold = "answer"         # held until it is released, as "command" or as "answer"
//!
//! [[fault]]
//! ins = 0x5E
//! card = { power_cut = { writes = 1 } }
//! ```
//!
//! Each has one of `apdu` and `ins`, and one of `pull`, `hold` and `card`:
//!
//! | `card` | what the card does with the command |
//! |---|---|
//! | `{ power_cut = { writes = n } }` | loses power after n commits to its memory (0: before the first), starts again, gives no answer |
//! | `{ mute = { carried_out = true } }` | carries it out or not, and gives no answer |
//! | `"empty"` | carries it out; the reader passes on an answer of no bytes as a success |
//! | `{ slow = { ms = 5000 } }` | carries it out and answers so much later, at most a minute |
//! | `{ cut = { bytes = 1 } }` | carries it out; only so many bytes of the answer come |
//! | `{ padded = { bytes = 9 } }` | carries it out; so many zeros stand before the status word |
//! | `"repeated"` | carries it out, and gives the answer to the command before |
//! | `{ status = { word = 0x6F00 } }` | carries it out, and gives another status word |
//! | `{ counter = "stays" }` | the try counter is as before: a wrong PIN cost nothing |
//! | `{ counter = { jumps = 1 } }` | the try counter is this |
//! | `{ counter = "resets" }` | the try counter is back at its limit |
//! | `"reset"` | lost its session right before, as by a reset that nobody was told of |
//! | `"select"` | another program selected another application right before |
//!
//! [`FaultyCard`] is a card with such a plan for use in one process; in a rack each slot has one.

mod at_the_card;
mod plan;
mod text;

pub use at_the_card::{Answered, Faultable, FaultyCard, Memory, carry_out};
pub use plan::{
    Act, CardFault, CounterLie, HoldPhase, MAX_ORDERS, Order, Plan, PlanFull, PullPhase, Steps,
    When,
};
pub use text::PlanError;
