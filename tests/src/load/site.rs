//! A big terminal: readers with a card each, desks with a socket each.

use std::{
    fs,
    path::{Path, PathBuf},
};

use hall_client::{Insertion, LedgerState};
use tempfile::TempDir;

use super::{LoadError, Size, work::Tally};
use crate::{desk::Desk, plan::Plan, stand::Stand};

/// The holders' PIN.
pub(super) const OWN: &str = "830571";
/// Tries of each card.
const TRIES: u32 = 6;

/// A running terminal with cards that are known.
pub struct Site {
    /// Everything that was started.
    pub stand: Stand,
    /// Readers with their cards.
    pub cards: Vec<(String, Insertion)>,
    /// Sockets of the desks under load.
    pub desks: Vec<PathBuf>,
    /// Records before the load.
    records: u64,
    size: Size,
    _sockets: TempDir,
}

impl Site {
    /// Starts it; every card has its holder's own PIN.
    ///
    /// # Errors
    /// A part does not start.
    pub async fn start(size: &Size) -> Result<Self, LoadError> {
        let sockets = tempfile::tempdir()?;
        let desks: Vec<_> = (0..size.desks)
            .map(|desk| sockets.path().join(format!("w{desk:02}.sock")))
            .collect();
        let plan = plan(size, sockets.path(), &desks)?;
        let stand = Stand::start(&plan)?;
        let mut site = Self {
            stand,
            cards: Vec::new(),
            desks,
            records: 0,
            size: *size,
            _sockets: sockets,
        };
        let mut desk = Desk::at(&site.stand, "counter").await?;
        for slot in &plan.slots {
            site.lay(&mut desk, slot).await?;
        }
        site.records = site.newest().await?;
        Ok(site)
    }

    async fn lay(&mut self, desk: &mut Desk, slot: &str) -> Result<(), LoadError> {
        self.stand.rack()?.insert(slot, slot)?;
        let reader = self.stand.reader(slot);
        let known = desk.card(&reader).await;
        let insertion = known.map_err(|error| LoadError::Events(error.to_string()))?;
        let at = (reader.as_str(), insertion);
        desk.change(at, ["123456", OWN, OWN]).await?;
        self.cards.push((reader, insertion));
        Ok(())
    }

    /// A card by number; there are always some.
    #[must_use]
    pub fn card(&self, number: usize) -> (String, Insertion) {
        let at = number % self.cards.len().max(1);
        match self.cards.get(at) {
            Some((reader, insertion)) => (reader.clone(), *insertion),
            None => panic!("a site without cards"),
        }
    }

    async fn newest(&self) -> Result<u64, LoadError> {
        let desk = Desk::at(&self.stand, "counter").await?;
        Ok(desk.terminal.status().await?.ledger_head_sequence)
    }

    /// Every card has its tries, and the ledger holds an intent and an outcome for each success and
    /// nothing else: what was refused reached no card.
    ///
    /// # Errors
    /// [`LoadError::Broken`].
    pub async fn holds(&self, tally: &Tally) -> Result<(), LoadError> {
        for slot in 0..self.size.readers {
            let tries = self.stand.tries(&slot_name(slot))?;
            if tries != TRIES {
                return Err(LoadError::Broken(format!(
                    "card {slot} has {tries} tries left"
                )));
            }
        }
        let desk = Desk::at(&self.stand, "counter").await?;
        let status = desk.terminal.status().await?;
        let written = status.ledger_head_sequence - self.records;
        if written != 2 * tally.successes || status.ledger != LedgerState::Ready {
            return Err(LoadError::Broken(format!(
                "{written} records for {} successes; the ledger is {:?}",
                tally.successes, status.ledger
            )));
        }
        Ok(())
    }
}

fn slot_name(slot: usize) -> String {
    format!("s{slot:02}")
}

/// Cards of their own, made of one persona; few records are kept, so that memory can be held
/// against a bound.
fn plan(size: &Size, scratch: &Path, desks: &[PathBuf]) -> Result<Plan, LoadError> {
    let personas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../card-sim/personas");
    let persona = fs::read_to_string(personas.join("w2.toml"))?;
    let slots: Vec<String> = (0..size.readers).map(slot_name).collect();
    let mut plan = Plan::with_cards(&[]).log_filter("warn").config(&format!(
        "[limits]\nopen_entries = 256\n[readers]\nqueue_jobs = {}",
        size.desks / 4
    ));
    plan = plan.ledger_lines("retention_records = 1000\nunacknowledged_limit = 0");
    plan.slots.clone_from(&slots);
    for (number, slot) in slots.iter().enumerate() {
        let path = scratch.join(format!("{slot}.toml"));
        fs::write(
            &path,
            persona.replace("00000012FFFFFFFF", &format!("000001{number:02}FFFFFFFF")),
        )?;
        let path = path.to_string_lossy().into_owned();
        plan.cards.push((slot.clone(), path));
    }
    for (number, socket) in desks.iter().enumerate() {
        let kind = ["billing", "counter"].get(number % 2).unwrap_or(&"billing");
        plan = plan.config(&format!(
            "[[desk]]\nname = \"w{number:02}\"\nkind = {kind:?}\nsocket = {socket:?}"
        ));
    }
    Ok(plan)
}
