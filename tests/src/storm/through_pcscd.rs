//! The same dialogues through everything that is real: rack, driver, pcscd, cardd as a process, gRPC.
//! Slower by three orders of magnitude, so for few seeds; what another program or the passing of time
//! would do is left out.
//!
//! | module | what it holds |
//! |---|---|
//! | `opening` | a terminal with the storm's bag of cards |
//! | `places` | cards that come and go, services and daemons that come back |
//! | `typing` | prompts, typed PINs, and what goes wrong meanwhile |
//! | `issuer` | cases, and the hall that carries them out |
//! | `orders` | a mishap in the rack's terms |
//! | `told` | the answers, held against the cards |

mod issuer;
mod opening;
mod orders;
mod places;
mod told;
mod typing;

use std::{error::Error, time::Duration};

use hall_client::{Change, Insertion, OpenEntry, Verify};
use rand::rngs::StdRng;
use rustix::process::Signal;

use super::{
    step::{DESKS, READERS, Step},
    world::Violation,
};
use crate::{desk::Desk, pcscd::Ending, stand::Stand};

type Done<T> = Result<T, Box<dyn Error>>;

const SLOTS: [&str; READERS] = ["a", "b", "c"];

/// How long anything may take.
const SOON: Duration = Duration::from_secs(20);

/// What came of a dialogue.
#[derive(Debug)]
pub struct Passed {
    /// PINs that were typed.
    pub pin_operations: u64,
    /// Unlocks and resets that came to their end.
    pub carried_out: u64,
    /// The first broken promise, and the step that broke it, from 0.
    pub broken: Option<(usize, Violation)>,
}

enum Entry {
    Verify(OpenEntry<Verify>),
    Change(OpenEntry<Change>),
}

struct Open {
    entry: Entry,
    reader: usize,
    card: usize,
}

struct Through {
    stand: Stand,
    _personas: tempfile::TempDir,
    desks: Vec<Desk>,
    inside: [Option<usize>; READERS],
    seen: [Insertion; READERS],
    pins: Vec<String>,
    open: [Option<Open>; DESKS.len()],
    granted: Option<issuer::Granted>,
    used: Option<issuer::Granted>,
    rng: StdRng,
    pin_operations: u64,
    carried_out: u64,
}

/// Plays a dialogue until the first broken promise.
///
/// # Errors
/// The stand does not do as it should.
pub async fn play(seed: u64, steps: &[Step]) -> Done<Passed> {
    let mut through = Through::begin(seed).await?;
    let mut broken = None;
    for (number, step) in steps.iter().enumerate() {
        let taken = through.step(step).await;
        if let Err(violation) =
            taken.map_err(|error| format!("step {number}: {step:?}: {error}"))?
        {
            broken = Some((number, violation));
            break;
        }
    }
    Ok(Passed {
        pin_operations: through.pin_operations,
        carried_out: through.carried_out,
        broken,
    })
}

fn card_name(card: usize) -> String {
    format!("card{card}")
}
impl Through {
    async fn step(&mut self, step: &Step) -> Done<Result<(), Violation>> {
        match step {
            Step::Insert { reader, card } => self.insert(*reader, *card).await?,
            Step::Pull { reader } => self.pull(*reader)?,
            Step::Prompt {
                desk,
                reader,
                change,
            } => self.prompt(*desk, *reader, *change).await?,
            Step::Type {
                desk,
                pin,
                new,
                last,
                mishap,
            } => return self.type_at(*desk, (*pin, *new, *last), *mishap).await,
            Step::Status { desk, reader } => return self.status(*desk, *reader).await,
            Step::Case {
                reader,
                reset,
                stranger,
            } => self.case(*reader, *reset, *stranger).await?,
            Step::Operate {
                used,
                hall,
                choice,
                mishap,
            } => return self.operate(*used, (*hall, *choice), *mishap).await,
            Step::Service => {
                self.stand.pcscd.restart(Ending::Kill)?;
                self.identified().await?;
            }
            Step::Crash => self.again(Signal::KILL).await?,
            Step::Restart => self.again(Signal::TERM).await?,
            // Left out: see the head of this module.
            Step::Again { .. }
            | Step::Touch { .. }
            | Step::Trespass { .. }
            | Step::Approve { .. }
            | Step::Reopen
            | Step::Wait { .. }
            | Step::Clock { .. }
            | Step::Foreign { .. }
            | Step::Reader { .. }
            | Step::Collect
            | Step::Deliver { .. }
            | Step::Watch
            | Step::Push { .. }
            | Step::Spoil => {}
        }
        Ok(Ok(()))
    }
}

fn slot(reader: usize) -> &'static str {
    SLOTS.get(reader).copied().unwrap_or("a")
}
