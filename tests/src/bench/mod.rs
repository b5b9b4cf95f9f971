//! What cardd costs, measured beside a bare PC/SC loop, in one run on one machine.
//!
//! | module | what it holds |
//! |---|---|
//! | [`effort`] | how often everything is done |
//! | [`samples`] | durations to medians |
//! | [`bare`] | the bare loop: a process of its own, as short as the `pcsc` crate allows |
//! | `verify` | the same VERIFY bare and through cardd, taken in turns |
//! | `simulator` | the software card alone, and behind pcscd |
//! | `events` | from a card's arrival to the desk |
//! | [`back`] | from the return of the service or of a reader to a card that is served |
//! | [`floods`] | a desk that works beside floods |
//! | `page` | the kiosk's page in a real browser, where there is one |
//! | [`timing`] | whether times tell anything about digits |
//! | [`process`] | what cardd costs while nothing happens |
//! | [`report`] | the figures as JSON and as a table |
//!
//! No figure is held against a clock: a bench reports, it does not judge. What it does check is
//! that the work was done: every VERIFY succeeded, and the card has all its tries at the end.

pub mod back;
pub mod bare;
pub mod effort;
mod events;
pub mod floods;
pub mod machine;
mod page;
pub mod process;
pub mod report;
pub mod samples;
mod simulator;
pub mod timing;
mod verify;

use std::io;

use card_sim::rack::sim_cards::SimCards;
use hall_client::{ClientError, Terminal};
use rand::{SeedableRng as _, rngs::StdRng};

use crate::{load::LoadError, plan::Plan, stand::Stand};
use bare::Bare;
use effort::Effort;
use report::Report;

/// Persona and name of the card.
const CARD: &str = "w1";
/// The slot of the rack.
const SLOT: &str = "a";
/// As personalised by the issuer.
const ISSUED: &str = "1234";
/// The holder's own.
const OWN: &str = "8305";

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A part does not start, or a file cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// cardd refused or did not answer.
    #[error("cardd did not do its part")]
    Client(#[from] ClientError),
    /// The rack did not do what was asked.
    #[error("the rack did not do what was asked")]
    Rack(#[from] card_sim::rack::client::ClientError),
    /// PC/SC failed under the bare loop.
    #[error("PC/SC failed")]
    Pcsc(#[from] pcsc::Error),
    /// The bare loop and this process do not understand one another.
    #[error("a message of the bare loop is not understood")]
    Message(#[from] serde_json::Error),
    /// The terminal that is flooded does not do as it should.
    #[error("the floods")]
    Floods(#[source] Box<LoadError>),
    /// The times of judgements tell more than they may.
    #[error("judging PINs")]
    Timing(#[from] timing::Finding),
    /// The work measured was not the work meant.
    #[error("{what}: expected {expected}, found {found}")]
    NotTheWork {
        /// What was looked at.
        what: &'static str,
        /// As it must be.
        expected: String,
        /// As it was.
        found: String,
    },
}

impl From<LoadError> for BenchError {
    fn from(error: LoadError) -> Self {
        Self::Floods(Box::new(error))
    }
}

/// Starts a terminal, measures everything once, and ends it.
///
/// # Errors
/// [`BenchError`].
pub async fn run(effort: &Effort) -> Result<Report, BenchError> {
    let in_process = simulator::in_process(effort)?;
    // Cards that forget: the disk of a software card is in no figure, that of the ledger is.
    let cards = SimCards::new(None, Box::new(|| StdRng::seed_from_u64(1)));
    // As it is configured in the field: a log of every step would be measured too.
    let plan = Plan::with_cards(&[CARD]).log_filter("info");
    let stand = Stand::start_with(&plan, Box::new(cards))?;
    let cardd = stand.cardd.pid();
    let memory_at_start = process::memory(cardd)?;
    let billing = Terminal::connect(stand.socket("billing")).await?;
    let events = events::arrivals(&stand, &billing, effort).await?;
    let mut bare = Bare::start(&stand)?;
    let verify = verify::in_turns(&stand, &mut bare, effort).await?;
    let through_pcscd = simulator::through_pcscd(&mut bare, effort)?;
    drop(bare);
    tries_are_whole(&stand)?;
    let memory_after_work = process::memory(cardd)?;
    let idle = process::idle(cardd, effort.idle_window)?;
    // Last, since the card does not lie in its reader afterwards.
    stand.rack()?.pull(SLOT)?;
    let page = page::figures(&stand, effort)?;
    drop(stand);
    Ok(Report {
        schema: report::SCHEMA,
        machine: machine::facts()?,
        effort: *effort,
        verify,
        simulator: report::Simulator {
            in_process,
            through_pcscd,
        },
        events,
        returns: back::returns(effort).await?,
        floods: floods::ratios(effort).await?,
        timing: timing::of_judgements(effort),
        memory_at_start,
        memory_after_work,
        idle,
        page,
    })
}

/// The card has every try that it came with: nothing measured was a wrong PIN.
fn tries_are_whole(stand: &Stand) -> Result<(), BenchError> {
    let card = stand.rack()?.inspect(CARD)?;
    let whole = card.inside.counter("pin").map(|pin| pin.left == pin.limit);
    must("all tries left at the end", whole, Some(true))
}

/// Holds the work against what it must be.
fn must<T: PartialEq + std::fmt::Debug>(
    what: &'static str,
    found: T,
    expected: T,
) -> Result<(), BenchError> {
    if found == expected {
        return Ok(());
    }
    Err(BenchError::NotTheWork {
        what,
        expected: format!("{expected:?}"),
        found: format!("{found:?}"),
    })
}
