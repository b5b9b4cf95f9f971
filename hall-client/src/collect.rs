//! Collecting a terminal's ledger: enrol once, pull, keep, acknowledge.
//!
//! Records are acknowledged only once they and the checkpoint are on disk here. Whatever breaks in
//! between, the next run goes on after the last record that is here: each arrives exactly once.

use std::path::Path;

use cardd_proto::{
    enrolment::EnrolmentKey,
    v1::{self, pull_response::Part},
};
use rand::CryptoRng;
use tonic::Streaming;

use crate::{
    call::{Cost, contract},
    convert::{self, exact},
    error::{ClientError, ContractError},
    evidence::{
        ChainKey, EndSeal, EvidenceRecord,
        store::{ChainStore, StoreError},
        verify::Place,
    },
    terminal::Terminal,
};

/// Records kept with one write.
const BATCH: usize = 256;

/// What a collection brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// The terminal.
    pub terminal_id: String,
    /// Its chain.
    pub chain_id: [u8; 16],
    /// Records that were new.
    pub records: u64,
    /// The last record that is here now.
    pub place: Place,
    /// Whether the terminal was enrolled by this collection.
    pub enrolled: bool,
}

/// Why a collection ended early. What was kept before stays, and is not pulled again.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The terminal said no, or nothing.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The store refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The terminal no longer has records that are not here: somebody else acknowledged them, or
    /// they were dropped.
    #[error("records {from} to {to} are neither here nor at the terminal")]
    Gap {
        /// The first one.
        from: u64,
        /// The last one.
        to: u64,
    },
}

/// Collects everything that a terminal has now into `store`.
///
/// # Errors
/// [`CollectError`].
pub async fn collect(
    terminal: &Terminal,
    store: &Path,
    rng: &mut impl CryptoRng,
) -> Result<Collected, CollectError> {
    let status = terminal.status().await?;
    let enrolled = !status.ledger_enrolled;
    if enrolled {
        enrol(terminal, &status.terminal_id, store, rng).await?;
    }
    // Past the end of any chain: only what chain there is, and where it begins.
    let (begin, _nothing) = terminal.pull(u64::MAX).await?;
    let dir = ChainStore::dir(store, &status.terminal_id, begin.chain_id);
    let mut kept = ChainStore::open(&dir)?;
    let before = kept.place().sequence;
    let (again, mut stream) = terminal.pull(before).await?;
    if again.base_sequence > before {
        return Err(CollectError::Gap {
            from: before + 1,
            to: again.base_sequence,
        });
    }
    while !stream.keep_batch(&mut kept).await? {}
    let place = kept.place();
    if place.sequence > 0 {
        terminal.acknowledge(again.chain_id, place).await?;
    }
    Ok(Collected {
        terminal_id: status.terminal_id,
        chain_id: again.chain_id,
        records: place.sequence - before,
        place,
        enrolled,
    })
}

/// The key is kept before the terminal wipes its own.
async fn enrol(
    terminal: &Terminal,
    terminal_id: &str,
    store: &Path,
    rng: &mut impl CryptoRng,
) -> Result<(), CollectError> {
    let key = terminal.enrol(rng).await?;
    let dir = ChainStore::dir(store, terminal_id, key.chain_id());
    let proof = key.enrolment_proof();
    ChainStore::keep_genesis(&dir, key)?;
    terminal.confirm_enrolment(proof).await?;
    Ok(())
}

/// What a pull begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PullBegin {
    /// The chain that is written now.
    pub chain_id: [u8; 16],
    /// The record before the first that is kept.
    pub base_sequence: u64,
}

/// What a pull goes on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pulled {
    /// A record.
    Record(EvidenceRecord),
    /// The seal of the end; the last part.
    End(EndSeal),
}

/// The stream of a pull.
#[derive(Debug)]
pub struct PullStream {
    terminal: Terminal,
    stream: Streaming<v1::PullResponse>,
}

impl PullStream {
    /// The next part.
    ///
    /// # Errors
    /// [`ClientError`]; also if the stream ends before the seal of the end.
    pub async fn next(&mut self) -> Result<Pulled, ClientError> {
        match self.part().await? {
            Part::Record(record) => {
                let record = convert::ledger::record(record).map_err(contract)?;
                Ok(Pulled::Record(record.into()))
            }
            Part::End(end) => end_seal(&end).map(Pulled::End).map_err(contract),
            Part::Begin(_) => Err(missing()),
        }
    }

    async fn part(&mut self) -> Result<Part, ClientError> {
        let connection = &self.terminal.connection;
        let wait = connection.limits.answer;
        let message = connection.answer(Cost::Free, wait, self.stream.message());
        message
            .await?
            .and_then(|message| message.part)
            .ok_or_else(missing)
    }

    /// Keeps some records; answers whether that was the end.
    async fn keep_batch(&mut self, kept: &mut ChainStore) -> Result<bool, CollectError> {
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH {
            match self.next().await {
                Ok(Pulled::Record(record)) => batch.push(record),
                Ok(Pulled::End(end)) => {
                    kept.append(&batch, Some(&end))?;
                    return Ok(true);
                }
                Err(broken) => {
                    // What arrived is whole; the rest comes with the next run.
                    kept.append(&batch, None)?;
                    return Err(broken.into());
                }
            }
        }
        kept.append(&batch, None)?;
        Ok(false)
    }
}

fn missing() -> ClientError {
    contract(ContractError::Missing {
        field: "PullResponse.part",
    })
}

fn end_seal(end: &v1::PullEnd) -> Result<EndSeal, ContractError> {
    let place = Place {
        sequence: end.sequence,
        hash: exact(&end.hash, "PullEnd.hash")?,
    };
    let mac = exact(&end.mac, "PullEnd.mac")?;
    Ok(EndSeal { place, mac })
}

impl Terminal {
    /// The first key of the terminal's chain. It may be asked for again until
    /// [`Terminal::confirm_enrolment`].
    ///
    /// # Errors
    /// [`ClientError`]; also if the key was collected before.
    pub async fn enrol(&self, rng: &mut impl CryptoRng) -> Result<ChainKey, ClientError> {
        let key = EnrolmentKey::generate(rng);
        let mut client = self.connection.ledger();
        let call = client.enrol(v1::EnrolRequest {
            public_key: key.public_key().to_vec(),
        });
        let convert = |answer: v1::EnrolResponse| {
            let first = key
                .open(&answer)
                .map(|first| ChainKey::new(answer.first_sequence, first));
            let named: [u8; 16] = exact(&answer.chain_id, "EnrolResponse.chain_id")?;
            first
                .ok()
                .filter(|first| first.chain_id() == named)
                .ok_or(ContractError::Missing {
                    field: "EnrolResponse.ciphertext",
                })
        };
        let limit = self.connection.limits.answer;
        self.connection.ask(limit, call, convert).await
    }

    /// Proves that the first key is here, on disk; the terminal wipes its copy. Answers the record
    /// that says so.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn confirm_enrolment(&self, proof: [u8; 32]) -> Result<u64, ClientError> {
        let mut client = self.connection.ledger();
        let call = client.confirm_enrolment(v1::ConfirmEnrolmentRequest {
            proof: proof.to_vec(),
        });
        let convert = |answer: v1::ConfirmEnrolmentResponse| Ok(answer.ledger_sequence);
        let limit = self.connection.limits.answer;
        self.connection.ask(limit, call, convert).await
    }

    /// Everything after a position that is there now.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn pull(&self, after_sequence: u64) -> Result<(PullBegin, PullStream), ClientError> {
        let mut client = self.connection.ledger();
        let opening = client.pull(v1::PullRequest { after_sequence });
        let limit = self.connection.limits.answer;
        let answer = self.connection.answer(Cost::Free, limit, opening).await?;
        let mut stream = PullStream {
            terminal: self.clone(),
            stream: answer.into_inner(),
        };
        let Part::Begin(begin) = stream.part().await? else {
            return Err(missing());
        };
        let begin = PullBegin {
            chain_id: exact(&begin.chain_id, "PullBegin.chain_id").map_err(contract)?,
            base_sequence: begin.base_sequence,
        };
        Ok((begin, stream))
    }

    /// Says that every record up to `place` is here for good; they may leave the terminal.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn acknowledge(&self, chain_id: [u8; 16], place: Place) -> Result<(), ClientError> {
        let mut client = self.connection.ledger();
        let call = client.acknowledge(v1::AcknowledgeRequest {
            chain_id: chain_id.to_vec(),
            sequence: place.sequence,
            hash: place.hash.to_vec(),
        });
        let limit = self.connection.limits.answer;
        let convert = |v1::AcknowledgeResponse {}| Ok(());
        self.connection.ask(limit, call, convert).await
    }
}
