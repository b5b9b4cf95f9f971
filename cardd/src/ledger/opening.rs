//! Opening: the chain that is there, or a new one in place of one that is damaged.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    Body, ChainOrigin, Clock, Genesis, Head, LedgerError, Outcome, Random,
    live_chain::{Addition, Checked, Disk, LiveChain},
    retention::Retention,
    seal::RecordKey,
    store::{self, HeadFile, KnownHead, RecordKeyFile, Store, StoreError, enrolment_file},
};

/// What the name of a damaged chain begins with; the time follows.
const ASIDE: &str = "chain.damaged-";

/// What an opening depends on beside the files.
#[derive(Clone)]
pub(super) struct Terms {
    pub(super) retention: Retention,
    pub(super) now: Clock,
    pub(super) random: Random,
}

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

    pub(super) fn chain(&self) -> PathBuf {
        self.dir.join("chain")
    }

    /// A new chain until it is whole.
    fn building(&self) -> PathBuf {
        self.dir.join("chain.new")
    }

    fn head_file(&self) -> PathBuf {
        self.dir.join("head")
    }

    /// Whether a name in the directory is one of [`Home::aside`].
    pub(super) fn is_aside(name: &str) -> bool {
        name.starts_with(ASIDE)
    }

    /// A name for a damaged chain that nothing has yet.
    fn aside(&self, now_unix_ms: u64) -> PathBuf {
        let name = |ms: u64| self.dir.join(format!("{ASIDE}{ms}"));
        let mut ms = now_unix_ms;
        while name(ms).exists() {
            ms += 1;
        }
        name(ms)
    }
}

/// Makes a ledger's directory, if it is missing, for the owner only.
///
/// # Errors
/// [`LedgerError::Unavailable`].
pub fn make_home(dir: &Path) -> Result<(), LedgerError> {
    Ok(store::make_dir(dir).map_err(StoreError::machine("cannot make the directory"))?)
}

/// Opens the chain of `home`.
///
/// # Errors
/// Only what the machine does not let it do; damage ends in a new chain.
pub(super) fn open(home: &Home, terms: &Terms) -> Result<LiveChain, LedgerError> {
    store::probe_space(home.dir()).map_err(StoreError::machine("no space for the ledger"))?;
    let known = HeadFile::read(&home.head_file())?;
    let started = store::exists(&home.chain()).map_err(StoreError::machine("cannot look"))?;
    if !started && known.is_none() {
        build(home, ChainOrigin::First, terms)?;
        swap_in(home)?;
    }
    match read(home, known) {
        Ok(opened) => take_over(home, opened, known, terms),
        Err(StoreError::Damaged { what }) => {
            let old = known.map_or(Head::START, |known| known.head);
            replace(home, old, &what, terms)?;
            take_over(home, read(home, None)?, None, terms)
        }
        Err(machine @ StoreError::Machine { .. }) => Err(machine.into()),
    }
}

/// A store, its records as checked, and the key to go on with; no key if it has no MACs yet.
type Opened = (Store, Checked, Option<RecordKey>);

/// The store and its records, checked against each other, the key and the known head.
fn read(home: &Home, known: Option<KnownHead>) -> Result<Opened, StoreError> {
    if !store::exists(&home.chain()).map_err(StoreError::machine("cannot look"))? {
        return Err(StoreError::damaged("the store is gone"));
    }
    let store = Store::open(&home.chain())?;
    let key = RecordKeyFile::read(&home.chain())?;
    let checked = Checked::read(&store, key, known.map(|known| known.head))?;
    let key = checked.key()?;
    match known {
        Some(known) => reaches(&checked, known.head)?,
        None if checked.head() == Head::START => {
            return Err(StoreError::damaged("the store is empty"));
        }
        None => {}
    }
    Ok((store, checked, key))
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
/// an intent among it sent nothing, and is closed as such. What is written here bears the time of the
/// last record: how long the terminal was off is told by the start that follows it.
fn take_over(
    home: &Home,
    (store, checked, key): Opened,
    known: Option<KnownHead>,
    terms: &Terms,
) -> Result<LiveChain, LedgerError> {
    let acknowledged = known
        .filter(|known| known.sound && checked.at_known == Some(known.head.hash))
        .map_or(u64::MAX, |known| known.head.sequence);
    let key = match key {
        Some(key) => key,
        None => begin_macs(&home.chain(), checked.head().sequence + 1, terms)?,
    };
    let disk = Disk {
        store,
        head_file: HeadFile::start(&home.head_file(), checked.head())?,
        key_file: RecordKeyFile::start(&home.chain(), &key)?,
    };
    let begins = (!checked.has_macs).then_some(Body::MacsBegin);
    let last_unix_ms = checked.last_unix_ms();
    let mut chain = LiveChain::new((home.chain(), disk), checked, key, terms.retention);
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
    chain.append(begins.into_iter().chain(unsent), last_unix_ms)?;
    Ok(chain)
}

/// Makes a chain's first key, and leaves it for the hall. The key's own file comes after it: a key
/// that records are written under is always one that the hall can get.
fn begin_macs(store_dir: &Path, sequence: u64, terms: &Terms) -> Result<RecordKey, StoreError> {
    let genesis = Genesis {
        sequence,
        key: (terms.random)(),
    };
    enrolment_file::write(store_dir, &genesis)?;
    Ok(genesis.first_key())
}

/// Moves the damaged chain aside and puts a new one in its place that names it. The new one is
/// whole before the old one is touched: a machine that cannot write loses nothing.
fn replace(home: &Home, old: Head, damage: &str, terms: &Terms) -> Result<(), LedgerError> {
    let aside = home.aside((terms.now)().unix_ms);
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
    build(home, origin, terms)?;
    let moved = StoreError::machine("cannot set the damaged chain aside");
    if store::exists(&home.chain()).map_err(StoreError::machine("cannot look"))? {
        fs::rename(home.chain(), aside).map_err(moved)?;
    }
    swap_in(home)?;
    Ok(())
}

/// A new chain of one record, beside the place where it will stand.
fn build(home: &Home, origin: ChainOrigin, terms: &Terms) -> Result<(), StoreError> {
    let dir = home.building();
    if store::exists(&dir).map_err(StoreError::machine("cannot look"))? {
        // Only ever a new chain that did not become whole: nothing was acknowledged in it.
        fs::remove_dir_all(&dir).map_err(StoreError::machine("cannot clear the building place"))?;
    }
    let store = Store::open(&dir)?;
    let key = begin_macs(&dir, Head::START.sequence + 1, terms)?;
    let mut first = Addition::after(Head::START, &key, (terms.now)().unix_ms);
    first.push(Body::ChainOpened { origin })?;
    store.commit(&first.records, &[], Head::START)?;
    RecordKeyFile::start(&dir, &first.key).map(drop)
}

fn swap_in(home: &Home) -> Result<(), StoreError> {
    fs::rename(home.building(), home.chain())
        .and_then(|()| store::sync_dir(home.dir()))
        .map_err(StoreError::machine("cannot put the new chain in place"))
}
