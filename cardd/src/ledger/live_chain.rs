//! The chain that is written now: the store, and what its records add up to.

use std::path::{Path, PathBuf};

use super::{
    Body, Hash, Head, LedgerError, Record,
    chain::{ChainBroken, follows},
    index::Index,
    macs::MacWalk,
    retention::{Backlog, Retention},
    seal::RecordKey,
    store::{HeadFile, RecordKeyFile, Store, StoreError},
};

/// Records read at once while a chain is checked.
const CHECK_AT_ONCE: usize = 1024;

/// Most records dropped with one write, so that no write takes long.
const DROP_AT_ONCE: u64 = 32;

/// The chain that is written now. Without a disk after a failed write: it still answers what its
/// acknowledged records add up to.
#[derive(Debug)]
pub(super) struct LiveChain {
    disk: Option<Disk>,
    index: Index,
    base: Head,
    head: Head,
    acknowledged: Head,
    key: RecordKey,
    retention: Retention,
    dir: PathBuf,
}

/// The opened files of a chain.
#[derive(Debug)]
pub(super) struct Disk {
    pub(super) store: Store,
    pub(super) head_file: HeadFile,
    pub(super) key_file: RecordKeyFile,
}

/// A chain as read and checked.
#[derive(Debug)]
pub(super) struct Checked {
    index: Index,
    base: Head,
    head: Head,
    acknowledged: Head,
    last_unix_ms: u64,
    macs: MacWalk,
    /// Whether a kept record carries a MAC.
    pub(super) has_macs: bool,
    /// Hash of the record under the number asked for, where it is kept.
    pub(super) at_known: Option<Hash>,
}

impl Checked {
    /// Walks every kept record of the store.
    pub(super) fn read(
        store: &Store,
        key: Option<RecordKey>,
        known: Option<Head>,
    ) -> Result<Self, StoreError> {
        let base = store.base()?;
        let known = known.map_or(0, |head| head.sequence);
        let at_known = (base.sequence == known).then_some(base.hash);
        let mut checked = Self {
            index: Index::default(),
            base,
            head: base,
            acknowledged: store.acknowledged()?,
            last_unix_ms: 0,
            macs: MacWalk::new(key),
            has_macs: false,
            at_known,
        };
        loop {
            let records = store.records(checked.head.sequence, CHECK_AT_ONCE)?;
            for record in &records {
                checked
                    .take(record, known)
                    .map_err(|broken| StoreError::damaged(broken.to_string()))?;
            }
            if records.len() < CHECK_AT_ONCE {
                return Ok(checked);
            }
        }
    }

    fn take(&mut self, record: &Record, known: u64) -> Result<(), ChainBroken> {
        follows(self.head, record)?;
        self.macs.take(record)?;
        self.has_macs |= record.mac.is_some();
        self.index.apply(record);
        self.head = record.head();
        self.last_unix_ms = record.time_unix_ms;
        if record.sequence == known {
            self.at_known = Some(record.hash);
        }
        Ok(())
    }

    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    pub(super) fn head(&self) -> Head {
        self.head
    }

    /// When the last record was written, milliseconds since 1970; 0 if none is kept.
    pub(super) fn last_unix_ms(&self) -> u64 {
        self.last_unix_ms
    }

    /// The key to go on with; `None` if the chain has no MACs yet.
    pub(super) fn key(&self) -> Result<Option<RecordKey>, StoreError> {
        self.macs
            .end(self.head)
            .map_err(|broken| StoreError::damaged(broken.to_string()))
    }
}

impl LiveChain {
    pub(super) fn new(
        (dir, disk): (PathBuf, Disk),
        checked: Checked,
        key: RecordKey,
        retention: Retention,
    ) -> Self {
        Self {
            dir,
            disk: Some(disk),
            index: checked.index,
            base: checked.base,
            head: checked.head,
            acknowledged: checked.acknowledged,
            key,
            retention,
        }
    }

    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    pub(super) fn base(&self) -> Head {
        self.base
    }

    pub(super) fn head(&self) -> Head {
        self.head
    }

    /// Directory of the store.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Key of the record that comes next.
    pub(super) fn key(&self) -> &RecordKey {
        &self.key
    }

    /// The last record that the hall has.
    pub(super) fn acknowledged(&self) -> Head {
        self.acknowledged
    }

    /// What the hall does not have yet.
    pub(super) fn backlog(&self) -> Backlog {
        self.retention
            .backlog(self.head.sequence, self.acknowledged.sequence)
    }

    /// Whether `body` may follow.
    pub(super) fn admit(&self, body: &Body) -> Result<(), LedgerError> {
        self.index.admit(body)?;
        self.backlog().admit(body)
    }

    /// The hall has every record up to `place`; on disk at return. An older place changes nothing.
    pub(super) fn acknowledge(&mut self, place: Head) -> Result<(), LedgerError> {
        if place.sequence <= self.acknowledged.sequence {
            return Ok(());
        }
        let store = self.store()?;
        let known = place.sequence.checked_sub(1);
        let known = known.map(|before| store.records(before, 1)).transpose()?;
        let found = known.iter().flatten().next().map(Record::head);
        if found != Some(place) {
            return Err(LedgerError::NotThisRecord(place.sequence));
        }
        store.acknowledge(place)?;
        self.acknowledged = place;
        Ok(())
    }

    /// Whether writes have a place to go.
    pub(super) fn has_disk(&self) -> bool {
        self.disk.is_some()
    }

    /// Lets go of the store, so that it can be opened anew.
    pub(super) fn release_disk(&mut self) {
        self.disk = None;
    }

    pub(super) fn records(&self, after: u64, limit: usize) -> Result<Vec<Record>, LedgerError> {
        Ok(self.store()?.records(after, limit)?)
    }

    fn store(&self) -> Result<&Store, StoreError> {
        self.disk
            .as_ref()
            .map(|disk| &disk.store)
            .ok_or_else(StoreError::closed)
    }

    /// Adds records; they are on disk at return. Returns their first sequence number.
    pub(super) fn append(
        &mut self,
        bodies: impl IntoIterator<Item = Body>,
        time_unix_ms: u64,
    ) -> Result<u64, StoreError> {
        let first = self.head.sequence + 1;
        let mut added = Addition::after(self.head, &self.key, time_unix_ms);
        bodies.into_iter().try_for_each(|body| added.push(body))?;
        let dropped = self.leaving(added.records.len() as u64)?;
        self.said_again(&dropped, &added.records)
            .into_iter()
            .try_for_each(|body| added.push(body))?;
        self.commit(added, &dropped)?;
        Ok(first)
    }

    /// What must be said again for the records that leave. What comes in the same write may settle it.
    fn said_again(&self, dropped: &[Record], added: &[Record]) -> Vec<Body> {
        let again = |index: &Index| -> Vec<Body> {
            let leaving = dropped.iter();
            leaving
                .filter_map(|record| index.restated(record))
                .collect()
        };
        let before = again(&self.index);
        if before.is_empty() {
            return before;
        }
        let mut index = self.index.clone();
        added.iter().for_each(|record| index.apply(record));
        again(&index)
    }

    /// The oldest records, as many as must go for so many new ones.
    fn leaving(&self, added: u64) -> Result<Vec<Record>, StoreError> {
        let over = self
            .retention
            .over(
                (self.base.sequence, self.head.sequence),
                self.acknowledged.sequence,
                added,
            )
            .min(DROP_AT_ONCE);
        if over == 0 {
            return Ok(Vec::new());
        }
        self.store()?
            .records(self.base.sequence, usize::try_from(over).unwrap_or(0))
    }

    /// Store, head, key, in this order: after a crash the key is at most behind, and the records
    /// that it is behind are checked with it. A key ahead of the records tells that some are gone.
    fn commit(&mut self, added: Addition, dropped: &[Record]) -> Result<(), StoreError> {
        let Addition { records, key, .. } = added;
        let Some(last) = records.last() else {
            return Ok(());
        };
        let base = dropped.last().map_or(self.base, Record::head);
        let disk = self.disk.as_mut().ok_or_else(StoreError::closed)?;
        disk.store.commit(&records, dropped, base)?;
        disk.head_file.write(last.head())?;
        disk.key_file.write(&key)?;
        self.key = key;
        records.iter().for_each(|record| self.index.apply(record));
        dropped.iter().for_each(|record| self.index.forget(record));
        self.base = base;
        self.head = last.head();
        Ok(())
    }
}

/// Records that go to disk together, and the key of the record after them.
#[derive(Debug)]
pub(super) struct Addition {
    pub(super) records: Vec<Record>,
    pub(super) key: RecordKey,
    head: Head,
    time_unix_ms: u64,
}

impl Addition {
    pub(super) fn after(head: Head, key: &RecordKey, time_unix_ms: u64) -> Self {
        Self {
            records: Vec::new(),
            key: key.clone(),
            head,
            time_unix_ms,
        }
    }

    pub(super) fn push(&mut self, body: Body) -> Result<(), StoreError> {
        let record = Record::after(self.head, self.time_unix_ms, body)
            .map_err(|error| StoreError::damaged(format!("a record cannot be written: {error}")))?;
        self.head = record.head();
        let (record, next) = record.sealed(&self.key);
        self.records.push(record);
        self.key = next;
        Ok(())
    }
}
