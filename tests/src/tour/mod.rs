//! The main job told as a story: a card with an issued PIN, from the reader to the locked card, and
//! through the authority's hands to a PIN of its holder's own again, and to a bill that is paid once.
//!
//! Every line that is told has happened: screens are cardd's own texts, the wire is the rack's
//! trace, counters are read inside the card. Each act checks what it tells and stops the tour
//! where something is not as told.
//!
//! | module | what it holds |
//! |---|---|
//! | [`page`] | the one writer |
//! | [`cast`] | who takes part: stand, desks, card, and how far the wire was told |
//! | `acts` | the scenes, in order |
//! | `authority` | unlock and reset, and who may not |
//! | `receipt` | a receipt for one bill: altered, good, used before |
//! | `account` | the ledger's records as lines |
//! | `evidence` | the ledger collected, and a changed copy found |
//! | `shell` | commands of a person at a shell |
//! | `stay` | what the reader can do next, and the wait for the end |

mod account;
mod acts;
mod authority;
pub mod cast;
mod evidence;
pub mod page;
mod receipt;
mod shell;
mod stay;
mod width;
mod wire;

use std::{fmt::Debug, io, path::PathBuf};

use hall_client::{CardFailure, ClientError};

use cast::Cast;
use page::Page;

/// What happens after the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The terminal stays until Enter or a signal.
    Stay,
    /// The tour ends at once.
    Once,
}

/// Why the tour stopped.
#[derive(Debug, thiserror::Error)]
pub enum TourError {
    /// Something did not go as the story says.
    #[error("not as told: {what}: expected {expected}, found {found}")]
    NotAsTold {
        /// What was looked at.
        what: &'static str,
        /// As the story has it.
        expected: String,
        /// As it was.
        found: String,
    },
    /// A part does not start or stop, or the output cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// cardd did not answer.
    #[error("cardd did not answer as it should")]
    Client(#[from] ClientError),
    /// The hall's transaction did not end as it should.
    #[error("the hall's transaction did not end as it should")]
    Operate(#[from] hall_client::OperateError),
    /// The issuer's keys cannot be used.
    #[error("the issuer's keys cannot be used")]
    Keys(#[from] hall_client::issuer::KeyError),
    /// The rack did not do what was asked.
    #[error("the rack did not do what was asked")]
    Rack(#[from] card_sim::rack::client::ClientError),
    /// The stream of events broke.
    #[error("the stream of events broke: {0}")]
    Events(String),
}

/// Starts a terminal, tells the story, stays if told to, and ends everything.
///
/// # Errors
/// [`TourError`]; everything that was started is ended all the same.
pub async fn run(mode: Mode, mut page: Page<'_>) -> Result<(), TourError> {
    let mut end = stay::End::listen()?;
    page.title(
        "社会保障卡密码 · cardd 演示",
        "— one card and one PIN, told from what really happened",
    )?;
    let mut cast = Cast::gather(&mut page).await?;
    tokio::select! {
        told = acts::all(&mut cast, &mut page) => told?,
        () = end.signal() => return Err(stay::interrupted()),
    }
    if mode == Mode::Stay {
        stay::invite(&cast, &mut page)?;
        end.wait().await;
    }
    let left: PathBuf = cast.stand.directory().to_owned();
    cast.leave().await?;
    told("directory is left behind", left.exists(), false)?;
    page.heading("结束，什么也没有留下", "the end; nothing is left behind")?;
    Ok(())
}

/// Holds what happened against the story.
fn told<T: PartialEq + Debug>(what: &'static str, found: T, expected: T) -> Result<(), TourError> {
    if found == expected {
        return Ok(());
    }
    Err(TourError::NotAsTold {
        what,
        expected: format!("{expected:?}"),
        found: format!("{found:?}"),
    })
}

/// What cardd said, where the story has it refuse.
fn refused<T: Debug>(
    what: &'static str,
    result: Result<T, ClientError>,
) -> Result<CardFailure, TourError> {
    match result {
        Err(ClientError::Card(failure)) => Ok(failure),
        Err(other) => Err(other.into()),
        Ok(done) => Err(TourError::NotAsTold {
            what,
            expected: "a refusal".to_owned(),
            found: format!("{done:?}"),
        }),
    }
}
