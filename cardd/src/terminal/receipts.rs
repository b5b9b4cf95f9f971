//! Verification receipts: signed for one bill after a success, cancelled before they are used.
//!
//! A receipt is on record before anybody has it. What was cancelled is on record before the
//! cancellation is signed: whoever checks receipts may learn of it from either.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cardd_proto::{
    receipt::{self, RECEIPT_ID_BYTES, SigningKey},
    v1,
};
use rand::Rng as _;
use tokio::task::block_in_place;
use zeroize::Zeroizing;

use crate::{
    ledger::{Note, ReceiptKeys, ReceiptNote, RetiredKey},
    policy::{Desk, Operation, decide},
    reader::Insertion,
    terminal::{KnownCard, Terminal, TerminalError},
};

/// The key in use, once it was needed.
#[derive(Debug, Default)]
pub(super) struct Receipts(Mutex<Option<Ring>>);

/// What was read from beside the ledger, ready to sign.
#[derive(Debug)]
struct Ring {
    signing: SigningKey,
    kept: ReceiptKeys,
}

impl Receipts {
    /// A panic elsewhere leaves the ring whole: every change is one assignment.
    fn lock(&self) -> MutexGuard<'_, Option<Ring>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn new(kept: ReceiptKeys) -> Result<Self, TerminalError> {
        let signing = SigningKey::from_seed(kept.seed.clone())?;
        Ok(Self { signing, kept })
    }

    fn key(&self) -> v1::ReceiptKey {
        wire(self.signing.public_key(), self.kept.made_unix_ms, None)
    }

    /// What a receipt says, if one of these keys signed it.
    fn open(&self, asked: &v1::Receipt) -> Option<v1::ReceiptStatement> {
        let retired = self.kept.retired.iter().map(|key| key.public);
        std::iter::once(self.signing.public_key())
            .chain(retired)
            .find_map(|public| receipt::open(asked, &public).ok())
    }
}

impl Terminal {
    /// Refuses a bill that no receipt can be for, and desks that get none, before a try is spent.
    pub(super) fn may_have_receipt(
        &self,
        desk: &Desk,
        bill: &v1::Bill,
    ) -> Result<(), TerminalError> {
        decide(desk, Operation::IssueReceipt)?;
        if receipt::is_bill(bill) {
            Ok(())
        } else {
            Err(TerminalError::Malformed(
                "bill: 1 to 64 visible ASCII characters, and 1 to 100,000,000,000 fen",
            ))
        }
    }

    /// The receipt of a verification that succeeded.
    pub(super) fn issue_receipt(
        &self,
        desk: &Desk,
        (known, insertion): (&KnownCard, Insertion),
        bill: v1::Bill,
        verified_sequence: u64,
    ) -> Result<v1::Receipt, TerminalError> {
        let mut id = [0; RECEIPT_ID_BYTES];
        self.rng().fill_bytes(&mut id);
        let now = self.clock.unix_ms();
        let said = v1::ReceiptStatement {
            key_id: Vec::new(),
            terminal_id: self.settings.terminal_id.clone(),
            receipt_id: id.to_vec(),
            card_ref: known.card_ref.as_str().to_owned(),
            insertion: insertion.number(),
            verified_sequence,
            issued_unix_ms: now,
            expires_unix_ms: now.saturating_add(millis(self.settings.receipt_lifetime)),
            bill: Some(bill.clone()),
        };
        let signed = self.with_ring(|ring| Ok(ring.signing.receipt(said)?))?;
        let issued = ReceiptNote::Issued {
            desk: desk.name.clone(),
            receipt: hex::encode(id),
            verified: verified_sequence,
            bill: self.ledger.card_ref(&[b"bill", bill.reference.as_bytes()]),
            amount_fen: bill.amount_fen,
        };
        block_in_place(|| self.ledger.note(Note::Receipt(issued)))
            .map_err(TerminalError::ReceiptUnrecorded)?;
        Ok(signed)
    }

    /// Takes a receipt of this terminal back before it is used. Answers the word for whoever checks
    /// receipts, and the record that says so.
    ///
    /// # Errors
    /// [`TerminalError::Denied`]; [`TerminalError::ReceiptUnknown`] for one that this terminal did
    /// not sign; [`TerminalError::ReceiptExpired`] for one that is good for nothing any more;
    /// [`TerminalError::Ledger`].
    pub fn cancel_receipt(
        &self,
        desk: &Desk,
        asked: &v1::Receipt,
    ) -> Result<v1::CancelReceiptResponse, TerminalError> {
        decide(desk, Operation::CancelReceipt)?;
        let now = self.clock.unix_ms();
        let said = self.with_ring(|ring| ring.open(asked).ok_or(TerminalError::ReceiptUnknown))?;
        if said.expires_unix_ms <= now {
            return Err(TerminalError::ReceiptExpired);
        }
        let sequence = self.note(Note::Receipt(ReceiptNote::Cancelled {
            desk: desk.name.clone(),
            receipt: hex::encode(&said.receipt_id),
        }))?;
        let cancelled = v1::CancellationStatement {
            key_id: Vec::new(),
            terminal_id: said.terminal_id,
            receipt_id: said.receipt_id,
            cancelled_unix_ms: now,
            expires_unix_ms: said.expires_unix_ms,
        };
        let signed = self.with_ring(|ring| Ok(ring.signing.cancellation(cancelled)?))?;
        Ok(v1::CancelReceiptResponse {
            cancellation: Some(signed),
            ledger_sequence: sequence,
        })
    }

    /// The public keys of this terminal, the one in use first.
    ///
    /// # Errors
    /// [`TerminalError::Denied`], [`TerminalError::Ledger`].
    pub fn receipt_keys(&self, desk: &Desk) -> Result<v1::ListReceiptKeysResponse, TerminalError> {
        decide(desk, Operation::ListReceiptKeys)?;
        let keys = self.with_ring(|ring| {
            let retired = ring.kept.retired.iter();
            let retired =
                retired.map(|key| wire(key.public, key.made_unix_ms, Some(key.retired_unix_ms)));
            Ok(std::iter::once(ring.key()).chain(retired).collect())
        })?;
        Ok(v1::ListReceiptKeysResponse {
            terminal_id: self.settings.terminal_id.clone(),
            keys,
        })
    }

    /// Makes a new key; nothing is signed with the old one from here on. Answers it, and the record
    /// that names it.
    ///
    /// # Errors
    /// [`TerminalError::Denied`], [`TerminalError::Ledger`].
    pub fn rotate_receipt_key(
        &self,
        desk: &Desk,
    ) -> Result<v1::RotateReceiptKeyResponse, TerminalError> {
        decide(desk, Operation::RotateReceiptKey)?;
        let mut place = self.receipts.lock();
        let before = match place.take() {
            Some(ring) => Some(ring),
            None => block_in_place(|| self.ledger.receipt_keys())?
                .map(Ring::new)
                .transpose()?,
        };
        let (ring, sequence) = self.make_key(before)?;
        let key = Some(ring.key());
        *place = Some(ring);
        Ok(v1::RotateReceiptKeyResponse {
            key,
            ledger_sequence: sequence,
        })
    }

    /// Does something with the key in use: read at first need, made if there is none.
    fn with_ring<T>(
        &self,
        work: impl FnOnce(&Ring) -> Result<T, TerminalError>,
    ) -> Result<T, TerminalError> {
        let mut place = self.receipts.lock();
        if place.is_none() {
            let ring = match block_in_place(|| self.ledger.receipt_keys())? {
                Some(kept) => Ring::new(kept)?,
                None => self.make_key(None)?.0,
            };
            *place = Some(ring);
        }
        place
            .as_ref()
            .map_or(Err(TerminalError::ReceiptUnknown), work)
    }

    /// A new key, on record and then on disk; the one before is kept as public half only.
    fn make_key(&self, before: Option<Ring>) -> Result<(Ring, u64), TerminalError> {
        let now = self.clock.unix_ms();
        let mut seed = Zeroizing::new([0; receipt::KEY_BYTES]);
        self.rng().fill_bytes(seed.as_mut_slice());
        let retired = before.into_iter().flat_map(|ring| {
            let old = RetiredKey {
                public: ring.signing.public_key(),
                made_unix_ms: ring.kept.made_unix_ms,
                retired_unix_ms: now,
            };
            std::iter::once(old).chain(ring.kept.retired)
        });
        let ring = Ring::new(ReceiptKeys {
            seed,
            made_unix_ms: now,
            retired: retired.take(ReceiptKeys::RETIRED_LIMIT).collect(),
        })?;
        let public = ring.signing.public_key();
        let made = ReceiptNote::KeyMade {
            key_id: hex::encode(receipt::key_id(&public)),
            public_key: hex::encode(public),
        };
        // A key that is on record and never used does no harm; one in use without a record would.
        let sequence = self.note(Note::Receipt(made))?;
        block_in_place(|| self.ledger.keep_receipt_keys(&ring.kept))?;
        Ok((ring, sequence))
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn wire(public: [u8; 32], made_unix_ms: u64, retired_unix_ms: Option<u64>) -> v1::ReceiptKey {
    v1::ReceiptKey {
        key_id: receipt::key_id(&public).to_vec(),
        public_key: public.to_vec(),
        made_unix_ms,
        retired_unix_ms,
    }
}
