//! The MACs of a stored chain, held against the one key that is left.

use super::{Head, Record, chain::ChainBroken, seal::RecordKey};

/// A walk over a chain's records with the stored key.
///
/// Records before the key's own are proved by nothing that is still here: their keys are gone, and
/// only the hall can check them. Those from the key's own on were written right before a crash,
/// which left the key behind: they are checked, and the key catches up.
#[derive(Debug)]
pub(super) struct MacWalk {
    key: Option<RecordKey>,
    begun: bool,
}

impl MacWalk {
    pub(super) fn new(key: Option<RecordKey>) -> Self {
        Self { key, begun: false }
    }

    /// Takes the next record in.
    pub(super) fn take(&mut self, record: &Record) -> Result<(), ChainBroken> {
        let wrong = ChainBroken::Mac(record.sequence);
        let Some(mac) = record.mac else {
            let due = self
                .key
                .as_ref()
                .is_some_and(|key| key.sequence <= record.sequence);
            return if self.begun || due {
                Err(wrong)
            } else {
                Ok(())
            };
        };
        self.begun = true;
        let key = self.key.as_ref().ok_or(ChainBroken::KeyGone)?;
        if key.sequence > record.sequence {
            return Ok(());
        }
        if key.sequence < record.sequence || key.mac(record.hash) != mac {
            return Err(wrong);
        }
        self.key = Some(key.next());
        Ok(())
    }

    /// The key of the record after `head`; `None` for a chain that has no MACs yet.
    pub(super) fn end(&self, head: Head) -> Result<Option<RecordKey>, ChainBroken> {
        let ends = head.sequence + 1;
        match &self.key {
            Some(key) if key.sequence != ends => Err(ChainBroken::Key {
                ends,
                key: key.sequence,
            }),
            key => Ok(key.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
