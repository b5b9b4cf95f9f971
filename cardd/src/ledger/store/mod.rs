//! Records on disk. The only place that names `sled`.

mod contained;
mod durable;
pub(super) mod enrolment_file;
mod files;
mod head_file;
pub(super) mod receipt_key_file;
mod record_key_file;

use std::path::Path;

use sled::{Batch, IVec};

pub(super) use contained::StoreError;
pub(super) use files::{exists, make_dir, probe_space, read_or_make_key, sync_dir};
pub(super) use head_file::{HeadFile, KnownHead};
pub(super) use record_key_file::RecordKeyFile;

use super::{
    chain::{Hash, Head, Record},
    seal::Mac,
};
use contained::contained;
use durable::Durable;

/// Enough for the few pages that appending touches.
const CACHE_BYTES: u64 = 4 * 1024 * 1024;

/// Where the chain begins: the place of the last record that retention dropped.
const BASE_KEY: &[u8] = b"base";

/// The place of the last record that the hall has.
const ACKNOWLEDGED_KEY: &[u8] = b"acknowledged";

/// Stands before a record's MAC; a record of version 0.1 goes on with its body, `{`, instead.
const WITH_MAC: u8 = 1;

/// First byte of a record's key; the sequence number follows, big endian.
const RECORD_PREFIX: u8 = b'r';

/// An opened store.
#[derive(Debug)]
pub(super) struct Store {
    /// Taken only on drop, where a panic of `sled` must be contained as well.
    db: Option<sled::Db>,
    durable: Durable,
}

impl Store {
    /// Opens the store in `dir`, or makes an empty one there.
    pub(super) fn open(dir: &Path) -> Result<Self, StoreError> {
        let config = sled::Config::new()
            .path(dir)
            .cache_capacity(CACHE_BYTES)
            .use_compression(false)
            .flush_every_ms(None);
        durable::wait_released(dir)?;
        let db = contained(|| config.open())?;
        let durable = Durable::of(dir)?;
        durable.sync_everything()?;
        Ok(Self {
            db: Some(db),
            durable,
        })
    }

    fn db(&self) -> Result<&sled::Db, StoreError> {
        self.db.as_ref().ok_or_else(StoreError::closed)
    }

    /// The place right before the first kept record.
    pub(super) fn base(&self) -> Result<Head, StoreError> {
        self.place(BASE_KEY)
    }

    /// At most `limit` records after that sequence number, in order.
    pub(super) fn records(&self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        let db = self.db()?;
        let first = key(after.saturating_add(1));
        let stored = contained(|| {
            db.range(first..=key(u64::MAX))
                .take(limit)
                .collect::<Result<Vec<_>, _>>()
        })?;
        stored
            .iter()
            .map(|(key, value)| decode(key, value).ok_or_else(undecodable))
            .collect()
    }

    /// Adds records and drops all up to `base`, in one step that is on disk at return: after a
    /// crash at any point either all of it is there or nothing.
    pub(super) fn commit(
        &self,
        added: &[Record],
        dropped: &[Record],
        base: Head,
    ) -> Result<(), StoreError> {
        let db = self.db()?;
        let mut batch = Batch::default();
        for record in added {
            batch.insert(&key(record.sequence), encode(record));
        }
        for record in dropped {
            batch.remove(&key(record.sequence));
        }
        if !dropped.is_empty() {
            batch.insert(BASE_KEY, encode_head(base));
        }
        contained(|| db.apply_batch(batch))?;
        contained(|| db.flush())?;
        self.durable.sync()
    }

    /// The place of the last record that the hall has; the start if it has none.
    pub(super) fn acknowledged(&self) -> Result<Head, StoreError> {
        self.place(ACKNOWLEDGED_KEY)
    }

    /// Records that the hall has everything up to there; on disk at return.
    pub(super) fn acknowledge(&self, place: Head) -> Result<(), StoreError> {
        let db = self.db()?;
        contained(|| db.insert(ACKNOWLEDGED_KEY, encode_head(place)))?;
        contained(|| db.flush())?;
        self.durable.sync()
    }

    fn place(&self, key: &[u8]) -> Result<Head, StoreError> {
        let db = self.db()?;
        contained(|| db.get(key))?.map_or(Ok(Head::START), |bytes| {
            decode_head(&bytes).ok_or_else(undecodable)
        })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let db = self.db.take();
        // Its own flush on drop may fail or panic; whatever was acknowledged is on disk already.
        let _ = contained(|| {
            drop(db);
            Ok(())
        });
    }
}

fn undecodable() -> StoreError {
    StoreError::damaged("a stored record cannot be decoded")
}

fn key(sequence: u64) -> [u8; 9] {
    let mut key = [RECORD_PREFIX; 9];
    for (to, from) in key.iter_mut().skip(1).zip(sequence.to_be_bytes()) {
        *to = from;
    }
    key
}

/// Previous hash, hash, MAC where there is one, body.
fn encode(record: &Record) -> Vec<u8> {
    let mut value = [record.previous_hash.0, record.hash.0].concat();
    if let Some(mac) = record.mac {
        value.push(WITH_MAC);
        value.extend_from_slice(&mac.0);
    }
    value.extend_from_slice(record.body_json.as_bytes());
    value
}

fn decode(key: &IVec, value: &IVec) -> Option<Record> {
    let (prefix, sequence) = key.split_first()?;
    if *prefix != RECORD_PREFIX {
        return None;
    }
    let sequence = u64::from_be_bytes(sequence.try_into().ok()?);
    let (previous, rest) = value.split_first_chunk::<32>()?;
    let (hash, body) = rest.split_first_chunk::<32>()?;
    let (mac, body) = match body.split_first() {
        Some((&WITH_MAC, rest)) => {
            let (mac, body) = rest.split_first_chunk::<32>()?;
            (Some(Mac(*mac)), body)
        }
        Some(_) | None => (None, body),
    };
    let body = std::str::from_utf8(body).ok()?;
    Record::stored(sequence, Hash(*previous), Hash(*hash), mac, body)
}

fn encode_head(head: Head) -> Vec<u8> {
    [&head.sequence.to_be_bytes()[..], &head.hash.0[..]].concat()
}

fn decode_head(bytes: &[u8]) -> Option<Head> {
    let (sequence, hash) = bytes.split_first_chunk::<8>()?;
    let hash = Hash(hash.try_into().ok()?);
    Some(Head {
        sequence: u64::from_be_bytes(*sequence),
        hash,
    })
}
