//! Opening: the chain that is there, or a new one in place of one that is damaged.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    Body, ChainOrigin, Head, LedgerError, Outcome,
    live_chain::{Checked, LiveChain},
    store::{self, HeadFile, KnownHead, Store, StoreError},
};

/// Where everything lies.
#[derive(Debug, Clone)]
pub(super) struct Home {
    dir: PathBuf,
}

impl Home {
    pub(super) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn key_file(&self) -> PathBuf {
        self.dir.join("key")
    }

    pub(super) fn lock_file(&self) -> PathBuf {
        self.dir.join("lock")
    }

    fn chain(&self) -> PathBuf {
        self.dir.join("chain")
    }

    /// A new chain until it is whole.
    fn building(&self) -> PathBuf {
        self.dir.join("chain.new")
    }

    fn head_file(&self) -> PathBuf {
        self.dir.join("head")
    }

    /// A name for a damaged chain that nothing has yet.
    fn aside(&self, now_unix_ms: u64) -> PathBuf {
        let name = |ms: u64| self.dir.join(format!("chain.damaged-{ms}"));
        let mut ms = now_unix_ms;
        while name(ms).exists() {
            ms += 1;
        }
        name(ms)
    }
}

/// Opens the chain of `home`.
///
/// # Errors
/// Only what the machine does not let it do; damage ends in a new chain.
pub(super) fn open(
    home: &Home,
    retention_records: u64,
    now_unix_ms: u64,
) -> Result<LiveChain, LedgerError> {
    store::probe_space(home.dir()).map_err(StoreError::machine("no space for the ledger"))?;
    let known = HeadFile::read(&home.head_file())?;
    let started = store::exists(&home.chain()).map_err(StoreError::machine("cannot look"))?;
    if !started && known.is_none() {
        build(home, ChainOrigin::First, now_unix_ms)?;
        swap_in(home)?;
    }
    match read(home, known) {
        Ok((store, checked)) => take_over(
            home,
            (store, checked),
            known,
            retention_records,
            now_unix_ms,
        ),
        Err(StoreError::Damaged { what }) => {
            let old = known.map_or(Head::START, |known| known.head);
            replace(home, old, &what, now_unix_ms)?;
            let (store, checked) = read(home, None)?;
            take_over(home, (store, checked), None, retention_records, now_unix_ms)
        }
        Err(machine @ StoreError::Machine { .. }) => Err(machine.into()),
    }
}

/// The store and its records, checked against each other and against the known head.
fn read(home: &Home, known: Option<KnownHead>) -> Result<(Store, Checked), StoreError> {
    if !store::exists(&home.chain()).map_err(StoreError::machine("cannot look"))? {
        return Err(StoreError::damaged("the store is gone"));
    }
    let store = Store::open(&home.chain())?;
    let checked = Checked::read(&store, known.map(|known| known.head))?;
    match known {
        Some(known) => reaches(&checked, known.head)?,
        None if checked.head() == Head::START => {
            return Err(StoreError::damaged("the store is empty"));
        }
        None => {}
    }
    Ok((store, checked))
}

/// Whether the chain holds the head that was acknowledged last. A chain that replaces the one with
/// that head, and had no time to say so in the head file, does as well.
fn reaches(checked: &Checked, known: Head) -> Result<(), StoreError> {
    if checked.at_known == Some(known.hash) || checked.index().unconfirmed() == Some(known.hash) {
        return Ok(());
    }
    let (found, known) = (checked.head().sequence, known.sequence);
    Err(StoreError::damaged(if found < known {
        format!("the chain ends at record {found}, acknowledged was {known}")
    } else {
        format!("record {known} is another than the one that was acknowledged")
    }))
}

/// Starts to write on. What the store holds beyond the acknowledged head was never acknowledged:
/// an intent among it sent nothing, and is closed as such.
fn take_over(
    home: &Home,
    (store, checked): (Store, Checked),
    known: Option<KnownHead>,
    retention_records: u64,
    now_unix_ms: u64,
) -> Result<LiveChain, LedgerError> {
    let acknowledged = known
        .filter(|known| known.sound && checked.at_known == Some(known.head.hash))
        .map_or(u64::MAX, |known| known.head.sequence);
    let head_file = HeadFile::start(&home.head_file(), checked.head())?;
    let mut chain = LiveChain::new(store, head_file, checked, retention_records);
    let unsent: Vec<_> = chain
        .index()
        .open()
        .filter(|open| open.sequence > acknowledged)
        .map(|open| Body::Outcome {
            intent: open.sequence,
            outcome: Outcome::NotSent {
                why: "the intent was never acknowledged".to_owned(),
            },
        })
        .collect();
    chain.append(unsent, now_unix_ms)?;
    Ok(chain)
}

/// Moves the damaged chain aside and puts a new one in its place that names it. The new one is
/// whole before the old one is touched: a machine that cannot write loses nothing.
fn replace(home: &Home, old: Head, damage: &str, now_unix_ms: u64) -> Result<(), LedgerError> {
    let aside = home.aside(now_unix_ms);
    let moved_to = aside
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let origin = ChainOrigin::Replaces {
        old_sequence: old.sequence,
        old_head: old.hash.to_string(),
        damage: damage.to_owned(),
        moved_to,
    };
    build(home, origin, now_unix_ms)?;
    let moved = StoreError::machine("cannot set the damaged chain aside");
    if store::exists(&home.chain()).map_err(StoreError::machine("cannot look"))? {
        fs::rename(home.chain(), aside).map_err(moved)?;
    }
    swap_in(home)?;
    Ok(())
}

/// A new chain of one record, beside the place where it will stand.
fn build(home: &Home, origin: ChainOrigin, now_unix_ms: u64) -> Result<(), StoreError> {
    let dir = home.building();
    if store::exists(&dir).map_err(StoreError::machine("cannot look"))? {
        // Only ever a new chain that did not become whole: nothing was acknowledged in it.
        fs::remove_dir_all(&dir).map_err(StoreError::machine("cannot clear the building place"))?;
    }
    let first = super::Record::after(Head::START, now_unix_ms, Body::ChainOpened { origin })
        .map_err(|error| StoreError::damaged(error.to_string()))?;
    Store::open(&dir)?.commit(&[first], &[], Head::START)
}

fn swap_in(home: &Home) -> Result<(), StoreError> {
    fs::rename(home.building(), home.chain())
        .and_then(|()| store::sync_dir(home.dir()))
        .map_err(StoreError::machine("cannot put the new chain in place"))
}
