//! Desks that do nothing but verify, and what became of each entry.

use std::time::{Duration, Instant};

use hall_client::{AttemptSpent, ClientError, Reason, Terminal, Verify};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tokio::task::JoinSet;

use super::{
    LoadError,
    site::{OWN, Site},
};
use crate::{bench::samples::Samples, desk::typed};

/// A person comes back no sooner than this after "busy".
const COME_BACK: Duration = Duration::from_millis(20);

/// What became of the entries.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Successes of each desk.
    pub served: Vec<u64>,
    /// All of them, the floods' probes included.
    pub successes: u64,
    /// Refused because the reader had too much to do.
    pub busy: u64,
    /// From the prompt to the answer.
    pub waits: Samples,
}

impl Tally {
    /// Joins what came later.
    pub fn add(&mut self, later: Self) {
        self.served.resize(later.served.len(), 0);
        for (served, more) in self.served.iter_mut().zip(&later.served) {
            *served += more;
        }
        self.successes += later.successes;
        self.busy += later.busy;
        self.waits.extend(later.waits);
    }
}

/// The desks, connected.
pub struct Desks(Vec<Terminal>);

impl Desks {
    /// Connects each to its own socket.
    ///
    /// # Errors
    /// cardd does not answer.
    pub async fn open(site: &Site) -> Result<Self, LoadError> {
        let mut desks = Vec::new();
        for socket in &site.desks {
            desks.push(Terminal::connect(socket).await?);
        }
        Ok(Self(desks))
    }

    /// All desks at once, for so long.
    ///
    /// # Errors
    /// A desk was told anything but success or busy.
    pub async fn work(&self, site: &Site, time: Duration) -> Result<Tally, LoadError> {
        let end = Instant::now() + time;
        let mut working = JoinSet::new();
        for (number, terminal) in self.0.iter().enumerate() {
            let cards = [site.card(0), site.card(number)];
            working.spawn(one_desk(number, terminal.clone(), cards, end));
        }
        let mut tally = Tally {
            served: vec![0; self.0.len()],
            ..Tally::default()
        };
        while let Some(done) = working.join_next().await {
            let (number, of_desk) =
                done.map_err(|error| LoadError::Broken(error.to_string()))??;
            if let Some(served) = tally.served.get_mut(number) {
                *served = of_desk.successes;
            }
            tally.successes += of_desk.successes;
            tally.busy += of_desk.busy;
            tally.waits.extend(of_desk.waits);
        }
        Ok(tally)
    }
}

/// Half of its holders come to the one reader that everybody wants, the others to its own.
async fn one_desk(
    number: usize,
    terminal: Terminal,
    cards: [(String, hall_client::Insertion); 2],
    end: Instant,
) -> Result<(usize, Tally), LoadError> {
    let mut rng = StdRng::seed_from_u64(number as u64);
    let mut tally = Tally::default();
    while Instant::now() < end {
        let [wanted, own] = &cards;
        let (reader, insertion) = if rng.random_bool(0.5) { wanted } else { own };
        let begun = Instant::now();
        match verify(&terminal, (reader, *insertion), &mut rng).await {
            Ok(()) => {
                tally.successes += 1;
                tally.waits.push(begun.elapsed());
            }
            Err(error) if busy(&error) => {
                tally.busy += 1;
                tokio::time::sleep(COME_BACK).await;
            }
            Err(error) => {
                return Err(LoadError::Refusal {
                    desk: format!("desk {number}"),
                    told: error.to_string(),
                });
            }
        }
    }
    Ok((number, tally))
}

pub(super) async fn verify(
    terminal: &Terminal,
    (reader, insertion): (&str, hall_client::Insertion),
    rng: &mut StdRng,
) -> Result<(), ClientError> {
    let entry = terminal.begin_entry(reader, insertion, Verify).await?;
    entry.verify(typed(OWN), rng).await.map(drop)
}

/// A refusal that a loaded terminal may give: nothing was sent, come again.
fn busy(error: &ClientError) -> bool {
    error.reason() == Some(Reason::ReaderBusy) && error.attempt_spent() == AttemptSpent::No
}
