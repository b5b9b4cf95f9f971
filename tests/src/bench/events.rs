//! From a card's arrival to the desk: pcscd, cardd's monitor, identification, event stream.

use std::time::Instant;

use card_sim::rack::client::Client;
use hall_client::{Happening, Insertion, Terminal, Watch};

use super::{BenchError, CARD, SLOT, effort::Effort, report::Arrivals, samples::Samples};
use crate::stand::Stand;

/// Inserts and pulls the card over and over.
pub(super) async fn arrivals(
    stand: &Stand,
    terminal: &Terminal,
    effort: &Effort,
) -> Result<Arrivals, BenchError> {
    let mut rack = stand.rack()?;
    let position = terminal.readers().await?.position;
    let mut watch = terminal.watch(Some(position)).await?;
    let (mut inserted, mut identified, mut removed) = Default::default();
    let (whole, mut seen) = (Instant::now(), 0_u32);
    for _ in 0..effort.insertions {
        let started = Instant::now();
        rack.insert(SLOT, CARD)?;
        seen += until(&mut watch, (started, &mut inserted), is_inserted).await?;
        seen += until(&mut watch, (started, &mut identified), is_identified).await?;
        let started = Instant::now();
        rack.pull(SLOT)?;
        seen += until(&mut watch, (started, &mut removed), is_removed).await?;
    }
    Ok(Arrivals {
        insert_to_inserted: inserted.spread(),
        insert_to_identified: identified.spread(),
        pull_to_removed: removed.spread(),
        events_per_second: f64::from(seen) / whole.elapsed().as_secs_f64(),
    })
}

/// Waits for an event and takes the time; answers how many came.
async fn until(
    watch: &mut Watch,
    (started, samples): (Instant, &mut Samples),
    wanted: fn(&Happening) -> bool,
) -> Result<u32, BenchError> {
    let mut seen = 0;
    loop {
        let event = watch.next().await.map_err(|ended| ended.cause)?;
        seen += 1;
        if wanted(&event.happening) {
            samples.push(started.elapsed());
            return Ok(seen);
        }
    }
}

/// Inserts the card and waits until it is known.
pub(super) async fn insert_and_wait(
    rack: &mut Client,
    terminal: &Terminal,
    card: &str,
) -> Result<Insertion, BenchError> {
    let position = terminal.readers().await?.position;
    let mut watch = terminal.watch(Some(position)).await?;
    rack.insert(SLOT, card)?;
    loop {
        let event = watch.next().await.map_err(|ended| ended.cause)?;
        if let Happening::CardIdentified { insertion, .. } = event.happening {
            return Ok(insertion);
        }
    }
}

fn is_inserted(happening: &Happening) -> bool {
    matches!(happening, Happening::CardInserted { .. })
}

fn is_identified(happening: &Happening) -> bool {
    matches!(happening, Happening::CardIdentified { .. })
}

fn is_removed(happening: &Happening) -> bool {
    matches!(happening, Happening::CardRemoved { .. })
}
