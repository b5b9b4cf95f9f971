//! The hall's side of the ledger: it gets the first key once, collects records, and says what it
//! has.

use super::{
    Body, ChainId, Genesis, Hash, Head, Ledger, LedgerError, Mac, live_chain::LiveChain,
    retention::Backlog, store::enrolment_file,
};

/// Where a chain stands, for who collects it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The chain that is written now.
    pub chain: ChainId,
    /// The place right before the first kept record.
    pub base: Head,
    /// The last record.
    pub head: Head,
    /// Proves that the chain ends there: no earlier end can be sealed once it has gone on.
    pub end: Mac,
    /// The last record that the hall has.
    pub acknowledged: Head,
    /// What it has not.
    pub backlog: Backlog,
    /// Whether the hall has the first key, and no copy of it is left here.
    pub enrolled: bool,
}

impl Ledger {
    /// Where the chain stands.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the store does not answer.
    pub fn standing(&self) -> Result<Standing, LedgerError> {
        self.writer.read(|chain| {
            Ok(Standing {
                chain: chain.key().chain,
                base: chain.base(),
                head: chain.head(),
                end: chain.key().end(chain.head().hash),
                acknowledged: chain.acknowledged(),
                backlog: chain.backlog(),
                enrolled: chain.genesis()?.is_none(),
            })
        })?
    }

    /// The first key, for the hall; `None` once the hall has proved that it has it.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`].
    pub fn genesis(&self) -> Result<Option<Genesis>, LedgerError> {
        self.writer.read(LiveChain::genesis)?
    }

    /// The hall proves that it has the first key: recorded, and the key is wiped from the disk.
    /// Returns the sequence number of the record.
    ///
    /// # Errors
    /// [`LedgerError::NotProved`], [`LedgerError::Unavailable`].
    pub fn confirm_enrolment(&self, proof: Mac, desk: &str) -> Result<u64, LedgerError> {
        let genesis = self.genesis()?.ok_or(LedgerError::NotProved)?;
        if genesis.proof() != proof {
            return Err(LedgerError::NotProved);
        }
        let desk = desk.to_owned();
        // Recorded first: after a crash in between the key is still there, and proved once more.
        let sequence = self.writer.write(Body::Enrolled { desk })?;
        self.writer.change(LiveChain::wipe_genesis)??;
        Ok(sequence)
    }

    /// The hall has every record up to `place` of `chain`; on disk at return. Said again, or of an
    /// older place, it changes nothing.
    ///
    /// # Errors
    /// [`LedgerError::OtherChain`], [`LedgerError::NotThisRecord`], [`LedgerError::Unavailable`].
    pub fn acknowledge(&self, chain: ChainId, place: Head) -> Result<(), LedgerError> {
        self.writer.change(move |live| {
            if live.key().chain == chain {
                live.acknowledge(place)
            } else {
                Err(LedgerError::OtherChain)
            }
        })?
    }
}

impl Head {
    /// A place as the hall names it.
    #[must_use]
    pub fn new(sequence: u64, hash: [u8; 32]) -> Self {
        Self {
            sequence,
            hash: Hash(hash),
        }
    }
}

impl LiveChain {
    fn genesis(&self) -> Result<Option<Genesis>, LedgerError> {
        let waiting = enrolment_file::read(self.dir())?;
        // A file that was damaged, or put there by somebody else, is not this chain's first key.
        Ok(waiting.filter(|genesis| genesis.chain() == self.key().chain))
    }

    fn wipe_genesis(&mut self) -> Result<(), LedgerError> {
        Ok(enrolment_file::wipe(self.dir())?)
    }
}
