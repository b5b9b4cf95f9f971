//! The chain that is written now: the store, and what its records add up to.

use super::{
    Body, Hash, Head, LedgerError, Record,
    chain::{ChainBroken, follows},
    index::Index,
    store::{HeadFile, Store, StoreError},
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
    retention_records: u64,
}

#[derive(Debug)]
struct Disk {
    store: Store,
    head_file: HeadFile,
}

/// A chain as read and checked.
#[derive(Debug)]
pub(super) struct Checked {
    index: Index,
    base: Head,
    head: Head,
    /// Hash of the record under the number asked for, where it is kept.
    pub(super) at_known: Option<Hash>,
}

impl Checked {
    /// Walks every kept record of the store.
    pub(super) fn read(store: &Store, known: Option<Head>) -> Result<Self, StoreError> {
        let base = store.base()?;
        let known = known.map_or(0, |head| head.sequence);
        let at_known = (base.sequence == known).then_some(base.hash);
        let mut checked = Self {
            index: Index::default(),
            base,
            head: base,
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
        self.index.apply(record);
        self.head = record.head();
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
}

impl LiveChain {
    pub(super) fn new(
        store: Store,
        head_file: HeadFile,
        checked: Checked,
        retention_records: u64,
    ) -> Self {
        let Checked {
            index,
            base,
            head,
            at_known: _,
        } = checked;
        Self {
            disk: Some(Disk { store, head_file }),
            index,
            base,
            head,
            retention_records,
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
        let mut added = Vec::new();
        for body in bodies {
            added.push(record_after(
                added.last().map_or(self.head, Record::head),
                time_unix_ms,
                body,
            )?);
        }
        let dropped = self.leaving(added.len() as u64)?;
        for body in dropped
            .iter()
            .filter_map(|record| self.index.restated(record))
        {
            added.push(record_after(
                added.last().map_or(self.head, Record::head),
                time_unix_ms,
                body,
            )?);
        }
        self.commit(&added, &dropped)?;
        Ok(first)
    }

    /// The oldest records, as many as must go for so many new ones.
    fn leaving(&self, added: u64) -> Result<Vec<Record>, StoreError> {
        let kept = self.head.sequence - self.base.sequence;
        let over = (kept + added)
            .saturating_sub(self.retention_records)
            .min(DROP_AT_ONCE)
            .min(kept);
        if over == 0 {
            return Ok(Vec::new());
        }
        self.store()?
            .records(self.base.sequence, usize::try_from(over).unwrap_or(0))
    }

    fn commit(&mut self, added: &[Record], dropped: &[Record]) -> Result<(), StoreError> {
        let Some(last) = added.last() else {
            return Ok(());
        };
        let base = dropped.last().map_or(self.base, Record::head);
        let disk = self.disk.as_mut().ok_or_else(StoreError::closed)?;
        disk.store.commit(added, dropped, base)?;
        disk.head_file.write(last.head())?;
        added.iter().for_each(|record| self.index.apply(record));
        dropped.iter().for_each(|record| self.index.forget(record));
        self.base = base;
        self.head = last.head();
        Ok(())
    }
}

fn record_after(previous: Head, time_unix_ms: u64, body: Body) -> Result<Record, StoreError> {
    Record::after(previous, time_unix_ms, body)
        .map_err(|error| StoreError::damaged(format!("a record cannot be written: {error}")))
}
