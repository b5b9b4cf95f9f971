//! The ledger as the rest of the daemon sees it.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Body, CardRef, Clock, Hash, Head, Intent, IntentEntry, LedgerError, Note, OpenIntent,
    Operation, Outcome, PinOrigin, Random, Record, Verdict, card_ref::TerminalKey, writer::Writer,
};

/// What a ledger needs to be opened.
pub struct LedgerSettings {
    /// Directory that holds it; made if missing.
    pub dir: PathBuf,
    /// Records kept; the oldest go as newer come. An intent still in doubt by then is carried on
    /// in a new record, once. Every opening reads and checks all that is kept.
    pub retention_records: u64,
    /// Records that the hall has not acknowledged are never dropped; this many of them close PIN
    /// work. `None` where no hall collects: then the oldest go as newer come.
    pub unacknowledged_limit: Option<u64>,
    /// Where keys come from: the terminal's own, and the first one of each chain.
    pub random: Random,
    /// Where records take their time from.
    pub now: Clock,
}

impl fmt::Debug for LedgerSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerSettings")
            .field("dir", &self.dir)
            .field("retention_records", &self.retention_records)
            .field("unacknowledged_limit", &self.unacknowledged_limit)
            .finish_non_exhaustive()
    }
}

/// Whether the ledger takes intents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerState {
    /// It does.
    Ready,
    /// The ledger before it was damaged and set aside; staff must confirm the new chain first.
    AwaitingConfirmation {
        /// Head of the set-aside chain as far as known, else [`Hash::ZERO`].
        old_head: Hash,
    },
    /// So many records wait for the hall that no intent is taken until it collects them.
    Full,
    /// Nothing can be written. The next intent tries again.
    Unavailable {
        /// Since when, milliseconds since 1970.
        since_unix_ms: u64,
        /// What the store answered.
        why: String,
    },
}

impl LedgerState {
    /// A write failed, or nothing answers. The first failure is the one that tells since when.
    pub(super) fn failed(&mut self, now_unix_ms: u64, why: &str) {
        let since_unix_ms = match self {
            Self::Unavailable { since_unix_ms, .. } => *since_unix_ms,
            Self::Ready | Self::Full | Self::AwaitingConfirmation { .. } => now_unix_ms,
        };
        *self = Self::Unavailable {
            since_unix_ms,
            why: why.to_owned(),
        };
    }
}

/// The record of what this terminal did. Clones are handles on the same ledger; all calls block
/// for a disk write at most, and for a bounded time.
#[derive(Debug, Clone)]
pub struct Ledger {
    key: TerminalKey,
    pub(super) receipt_key_file: Arc<Path>,
    pub(super) writer: Arc<Writer>,
}

impl Ledger {
    /// Opens the ledger, or makes a new one. One that is damaged is set aside whole, as
    /// `chain.damaged-<unix ms>` in the same directory, and a new one begins that must be
    /// confirmed.
    ///
    /// # Errors
    /// [`LedgerError::InUse`] if another process has it open; [`LedgerError::Unavailable`] if the
    /// disk does not let it. Nothing is set aside then.
    pub fn open(settings: LedgerSettings) -> Result<Self, LedgerError> {
        let receipt_key_file = settings.dir.join("receipt-keys").into();
        let (key, writer) = Writer::start(settings)?;
        Ok(Self {
            key,
            receipt_key_file,
            writer: Arc::new(writer),
        })
    }

    /// This terminal's name for the card that these bytes describe: identifier, historical bytes.
    #[must_use]
    pub fn card_ref(&self, parts: &[&[u8]]) -> CardRef {
        self.key.card_ref(parts)
    }

    /// Records that a command is about to be sent. It is on disk at return.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`], [`LedgerError::Full`] and
    /// [`LedgerError::AwaitingConfirmation`]: nothing may be sent to the card.
    pub fn begin(&self, entry: IntentEntry) -> Result<Intent, LedgerError> {
        self.writer.write(Body::Intent(entry)).map(Intent::new)
    }

    /// Records what came of it. Returns the sequence number of that record, which is on disk.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`]: the intent stands as in doubt.
    pub fn close(&self, intent: Intent, outcome: Outcome) -> Result<u64, LedgerError> {
        self.writer.write(Body::Outcome {
            intent: intent.sequence(),
            outcome,
        })
    }

    /// Records something that touches no card. Returns its sequence number.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`].
    pub fn note(&self, note: Note) -> Result<u64, LedgerError> {
        self.writer.write(note.into())
    }

    /// Records what the card's counter tells about an intent in doubt, and closes it. Returns the
    /// sequence number of that record.
    ///
    /// # Errors
    /// [`LedgerError::NotOpen`] if it is closed already; [`LedgerError::Unavailable`].
    pub fn resolve(
        &self,
        intent: u64,
        verdict: Verdict,
        attempts_now: Option<u8>,
    ) -> Result<u64, LedgerError> {
        self.writer.write(Body::Resolved {
            intent,
            verdict,
            attempts_now,
        })
    }

    /// Intents in doubt, oldest first: never closed, or closed without an answer. One that is
    /// under way now is among them.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the store does not answer.
    pub fn open_intents(&self) -> Result<Vec<OpenIntent>, LedgerError> {
        self.writer
            .read(|chain| chain.index().open().cloned().collect())
    }

    /// Intents in doubt on that card that were not held against its counter yet, oldest first.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the store does not answer.
    pub fn open_intents_for(&self, card: &CardRef) -> Result<Vec<OpenIntent>, LedgerError> {
        let card = card.clone();
        self.writer.read(move |chain| {
            let open = chain.index().open();
            open.filter(|open| open.entry.card == card)
                .cloned()
                .collect()
        })
    }

    /// The newest operation on that card whose result is not known: in doubt, or looked at in vain
    /// and not settled by an answer of the card since.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the store does not answer.
    pub fn doubt(&self, card: &CardRef) -> Result<Option<Operation>, LedgerError> {
        let card = card.clone();
        self.writer.read(move |chain| chain.index().doubt(&card))
    }

    /// Who chose the card's PIN, as far as the kept records tell.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the store does not answer.
    pub fn origin(&self, card: &CardRef) -> Result<Option<PinOrigin>, LedgerError> {
        let card = card.clone();
        self.writer.read(move |chain| chain.index().origin(&card))
    }

    /// Tries left of the card's unblock key (PUK), where a failure told them.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the store does not answer.
    pub fn unblock_key_tries(&self, card: &CardRef) -> Result<Option<u8>, LedgerError> {
        let card = card.clone();
        self.writer
            .read(move |chain| chain.index().unblock_key(&card))
    }

    /// At most `limit` records after that sequence number, in order.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if they cannot be read.
    pub fn records(&self, after: u64, limit: usize) -> Result<Vec<Record>, LedgerError> {
        self.writer.read(move |chain| chain.records(after, limit))?
    }

    /// The last record's place.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the store does not answer.
    pub fn head(&self) -> Result<Head, LedgerError> {
        self.writer.read(|chain| chain.head())
    }

    /// The place right before the first kept record, from which the chain verifies.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the store does not answer.
    pub fn base(&self) -> Result<Head, LedgerError> {
        self.writer.read(|chain| chain.base())
    }

    /// Whether it takes intents. Answers at once.
    #[must_use]
    pub fn state(&self) -> LedgerState {
        self.writer.state()
    }

    /// Staff confirm that work goes on with the new chain; `old_head_hex` is the head of the
    /// set-aside one, read out to the person who confirms. Returns the sequence number of the
    /// record.
    ///
    /// # Errors
    /// [`LedgerError::NothingToConfirm`], [`LedgerError::OtherHead`],
    /// [`LedgerError::Unavailable`].
    pub fn confirm_new_chain(&self, old_head_hex: &str, desk: &str) -> Result<u64, LedgerError> {
        let old_head = self
            .writer
            .read(|chain| chain.index().unconfirmed())?
            .ok_or(LedgerError::NothingToConfirm)?;
        if !old_head
            .to_string()
            .eq_ignore_ascii_case(old_head_hex.trim())
        {
            return Err(LedgerError::OtherHead);
        }
        self.writer.write(Body::ChainConfirmed {
            desk: desk.to_owned(),
        })
    }
}
