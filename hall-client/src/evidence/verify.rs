//! The check of a chain, offline: any record that was changed, removed, inserted, moved or cut off
//! is found, and the first bad one named.

use super::{ChainKey, Checkpoint, EvidenceRecord, keys::same};

/// The last record of a chain, or the one before its first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its sequence number; 0 before the first record.
    pub sequence: u64,
    /// Its hash; zeros before the first record.
    pub hash: [u8; 32],
}

impl Place {
    /// Before the first record of a chain.
    pub const START: Self = Self {
        sequence: 0,
        hash: [0; 32],
    };
}

/// Where a check begins, and what it trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The record before the first one to check.
    pub place: Place,
    /// The key of the first record that must carry a MAC; it may lie ahead of the place, for a
    /// chain whose MACs began later.
    pub key: Option<ChainKey>,
}

impl Start {
    /// From the first record of a chain, with its first key.
    #[must_use]
    pub fn genesis(key: ChainKey) -> Self {
        Self {
            place: Place::START,
            key: Some(key),
        }
    }

    /// From where an earlier check ended.
    #[must_use]
    pub fn after(checkpoint: &Checkpoint) -> Self {
        Self {
            place: checkpoint.place,
            key: checkpoint.key.clone(),
        }
    }
}

/// The terminal's own seal on the end of its chain, as of the moment it was pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndSeal {
    /// The last record.
    pub place: Place,
    /// HMAC-SHA-256 under the key of the record after it.
    pub mac: [u8; 32],
}

/// What a check found to be whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Records checked.
    pub records: u64,
    /// The first record with a MAC; those before are held by hashes alone. `None`: no record has.
    pub macs_from: Option<u64>,
    /// Whether the terminal's seal proves that the chain ended here; otherwise records after the
    /// last one may have been cut off.
    pub end_proved: bool,
    /// Where the next check begins.
    pub checkpoint: Checkpoint,
}

/// The first record that is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("record {sequence}: {fault}")]
pub struct Bad {
    /// The sequence number that belongs there.
    pub sequence: u64,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Another number stands there: records are missing, inserted or out of order.
    #[error("number {found} stands there")]
    Sequence {
        /// The number that stands there.
        found: u64,
    },
    /// It does not follow from the record before it.
    #[error("it does not follow from the record before it")]
    Link,
    /// Its content is not what its hash says.
    #[error("its content was changed")]
    Content,
    /// It carries no MAC, and must.
    #[error("its MAC is missing")]
    MacMissing,
    /// Its MAC is not of its key: it was written by somebody who had not that key.
    #[error("its MAC is not of its key")]
    Mac,
    /// The chain ends before it, and did not when it was sealed.
    #[error("it was cut off: the chain went on")]
    CutOff,
    /// The seal of the end is not of its key.
    #[error("the seal of the end right before it is not of its key")]
    EndSeal,
}

/// Checks records from `start` on, and the end against the terminal's seal where there is one.
///
/// # Errors
/// The first [`Bad`] record.
pub fn verify<'r>(
    start: &Start,
    records: impl IntoIterator<Item = &'r EvidenceRecord>,
    end: Option<&EndSeal>,
) -> Result<Verified, Bad> {
    let mut walk = Walk {
        place: start.place,
        key: start.key.clone(),
        records: 0,
        macs_from: None,
    };
    records
        .into_iter()
        .try_for_each(|record| walk.take(record))?;
    let end_proved = match end {
        Some(end) => walk.ends_with(end)?,
        None => false,
    };
    Ok(walk.verified(end_proved))
}

/// Whether records that were found whole pass through a checkpoint, or end before it.
///
/// # Errors
/// [`Bad`] with the checkpoint's record: cut off, or another one.
pub fn reaches(
    from: &Checkpoint,
    records: &[EvidenceRecord],
    known: &Checkpoint,
) -> Result<(), Bad> {
    let sequence = known.place.sequence;
    if from.place == known.place {
        return Ok(());
    }
    let at = records.iter().find(|record| record.sequence == sequence);
    match at {
        Some(record) if record.hash == known.place.hash => Ok(()),
        Some(_) => Err(Bad {
            sequence,
            fault: Fault::Content,
        }),
        None => Err(Bad {
            sequence: records
                .last()
                .map_or(from.place.sequence, |last| last.sequence)
                + 1,
            fault: Fault::CutOff,
        }),
    }
}

struct Walk {
    place: Place,
    key: Option<ChainKey>,
    records: u64,
    macs_from: Option<u64>,
}

impl Walk {
    fn take(&mut self, record: &EvidenceRecord) -> Result<(), Bad> {
        let sequence = self.place.sequence.saturating_add(1);
        let bad = |fault| Bad { sequence, fault };
        if record.sequence != sequence {
            let found = record.sequence;
            return Err(bad(Fault::Sequence { found }));
        }
        if record.previous_hash != self.place.hash {
            return Err(bad(Fault::Link));
        }
        if record.computed_hash() != record.hash {
            return Err(bad(Fault::Content));
        }
        self.mac(record).map_err(bad)?;
        self.records += 1;
        self.place = Place {
            sequence,
            hash: record.hash,
        };
        Ok(())
    }

    /// A record from the key's own on carries the MAC of its key; one before it carries none.
    fn mac(&mut self, record: &EvidenceRecord) -> Result<(), Fault> {
        let due = self
            .key
            .as_ref()
            .filter(|key| key.sequence() <= record.sequence);
        match (due, &record.mac) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(Fault::Mac),
            (Some(_), None) => Err(Fault::MacMissing),
            (Some(key), Some(mac)) if same(&key.record_mac(&record.hash), mac) => {
                self.macs_from.get_or_insert(record.sequence);
                self.key = Some(key.next());
                Ok(())
            }
            (Some(_), Some(_)) => Err(Fault::Mac),
        }
    }

    fn ends_with(&self, end: &EndSeal) -> Result<bool, Bad> {
        let sequence = self.place.sequence.saturating_add(1);
        let bad = |fault| Bad { sequence, fault };
        if end.place.sequence > self.place.sequence {
            return Err(bad(Fault::CutOff));
        }
        let Some(key) = &self.key else {
            return Err(bad(Fault::EndSeal));
        };
        let sealed = end.place == self.place && same(&key.end_mac(&self.place.hash), &end.mac);
        sealed.then_some(true).ok_or(bad(Fault::EndSeal))
    }

    fn verified(self, end_proved: bool) -> Verified {
        Verified {
            records: self.records,
            macs_from: self.macs_from,
            end_proved,
            checkpoint: Checkpoint {
                place: self.place,
                key: self.key,
            },
        }
    }
}

#[cfg(test)]
mod tests;
