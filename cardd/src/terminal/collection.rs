//! What the hall collects: the ledger's first key, once, and records, for good.

use cardd_proto::{enrolment, v1};

use crate::{
    ledger::{ChainId, Head, Mac, Record, Standing},
    policy::{Desk, Operation, decide},
    terminal::{Terminal, TerminalError},
};

impl Terminal {
    /// The chain's first key, sealed to a key of the hall.
    ///
    /// # Errors
    /// [`TerminalError::Denied`], [`TerminalError::Ledger`]; [`TerminalError::Malformed`] if the
    /// key is none, or the first key was collected before.
    pub fn enrol(
        &self,
        desk: &Desk,
        public_key: &[u8],
    ) -> Result<v1::EnrolResponse, TerminalError> {
        decide(desk, Operation::EnrolLedger)?;
        let collected = TerminalError::Malformed("the first key was collected before");
        let genesis = self.ledger.genesis()?.ok_or(collected)?;
        let (chain, sequence) = (genesis.chain().0, genesis.sequence);
        enrolment::seal(&genesis.key, chain, sequence, public_key, &mut *self.rng())
            .map_err(|_| TerminalError::Malformed("public_key is none of X25519"))
    }

    /// The hall proves that it has the first key. Answers the record that says so.
    ///
    /// # Errors
    /// [`TerminalError::Denied`], [`TerminalError::Ledger`].
    pub fn confirm_enrolment(&self, desk: &Desk, proof: [u8; 32]) -> Result<u64, TerminalError> {
        decide(desk, Operation::EnrolLedger)?;
        Ok(self.ledger.confirm_enrolment(Mac(proof), &desk.name)?)
    }

    /// Where the chain stands.
    ///
    /// # Errors
    /// [`TerminalError::Denied`], [`TerminalError::Ledger`].
    pub fn ledger_standing(&self, desk: &Desk) -> Result<Standing, TerminalError> {
        decide(desk, Operation::CollectLedger)?;
        Ok(self.ledger.standing()?)
    }

    /// Records to collect, after a sequence number, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`TerminalError::Denied`], [`TerminalError::Ledger`].
    pub fn collect(
        &self,
        desk: &Desk,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Record>, TerminalError> {
        decide(desk, Operation::CollectLedger)?;
        Ok(self.ledger.records(after, limit)?)
    }

    /// The hall has every record up to `place` of `chain`.
    ///
    /// # Errors
    /// [`TerminalError::Denied`], [`TerminalError::Ledger`].
    pub fn acknowledge(
        &self,
        desk: &Desk,
        chain: ChainId,
        place: Head,
    ) -> Result<(), TerminalError> {
        decide(desk, Operation::CollectLedger)?;
        Ok(self.ledger.acknowledge(chain, place)?)
    }
}
