//! One terminal: the connection and the calls that need no PIN. What needs one, or the issuer's keys, is in
//! modules above this one (`entry`, `sealed_entry`, `counter`, `operate`, `receipt`), each with its own calls.

use std::path::Path;

use cardd_proto::v1;

use crate::{
    call::{Cost, contract},
    connection::Connection,
    convert,
    error::ClientError,
    limits::Limits,
    model::{
        CardContents, Insertion, LedgerRecord, PinStatus, Readers, Rules, RulesTaken, SuspectCards,
        TerminalStatus,
    },
    tls::TlsIdentity,
    watch::Watch,
};

/// A terminal, as one of its desks sees it. Clones share the connection.
#[derive(Debug, Clone)]
pub struct Terminal {
    pub(crate) connection: Connection,
}

impl Terminal {
    /// Connects to a desk's Unix socket with the default [`Limits`].
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] or [`ClientError::Timeout`].
    pub async fn connect(socket: impl AsRef<Path>) -> Result<Self, ClientError> {
        Self::connect_with(socket, Limits::default()).await
    }

    /// Connects to a desk's Unix socket.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] or [`ClientError::Timeout`].
    pub async fn connect_with(
        socket: impl AsRef<Path>,
        limits: Limits,
    ) -> Result<Self, ClientError> {
        let connection = Connection::open(socket.as_ref(), limits).await?;
        Ok(Self { connection })
    }

    /// As [`Terminal::connect_with`], for a program that starts before cardd does: the socket is
    /// first tried by the first call. Needs a Tokio runtime around it.
    #[must_use]
    pub fn connect_lazily(socket: impl AsRef<Path>, limits: Limits) -> Self {
        Self {
            connection: Connection::lazy(socket.as_ref(), limits),
        }
    }

    /// Connects over the network to `https://HOST:PORT`, as the desk that the identity's
    /// certificate names. TLS 1.3 lets a client speak before its certificate was judged: a refusal
    /// may show at the first call instead.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] or [`ClientError::Timeout`].
    pub async fn connect_tls(
        address: &str,
        identity: &TlsIdentity,
        limits: Limits,
    ) -> Result<Self, ClientError> {
        let connection = Connection::open_tls(address, identity, limits).await?;
        Ok(Self { connection })
    }

    /// What this terminal is and whether it can work.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn status(&self) -> Result<TerminalStatus, ClientError> {
        let mut client = self.connection.terminal();
        let call = client.get_status(v1::GetStatusRequest {});
        let limit = self.connection.limits.answer;
        self.connection
            .ask(limit, call, convert::terminal::status)
            .await
    }

    /// Opens unattended desks again after the guess budget was spent; answers the record of it, or
    /// `None` if they were open.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn reopen_kiosks(&self) -> Result<Option<u64>, ClientError> {
        let mut client = self.connection.terminal();
        let call = client.reopen_kiosks(v1::ReopenKiosksRequest {});
        let limit = self.connection.limits.answer;
        let convert = |answer: v1::ReopenKiosksResponse| Ok(answer.ledger_sequence);
        self.connection.ask(limit, call, convert).await
    }

    /// Cards that lost tries at this terminal and had no success since, at most `limit` and no
    /// more than the server's own bound.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn suspect_cards(&self, limit: u32) -> Result<SuspectCards, ClientError> {
        let mut client = self.connection.terminal();
        let call = client.list_suspect_cards(v1::ListSuspectCardsRequest { limit });
        let limit = self.connection.limits.answer;
        let convert = |answer| Ok(convert::terminal::suspects(answer));
        self.connection.ask(limit, call, convert).await
    }

    /// The rules of the region in force, in words for a holder as well.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn rules(&self) -> Result<Rules, ClientError> {
        let mut client = self.connection.policy();
        let call = client.get_rules(v1::GetRulesRequest {});
        let limit = self.connection.limits.answer;
        self.connection
            .ask(limit, call, convert::policy::rules)
            .await
    }

    /// Pushes a signed rule file, byte for byte. Only the hall may.
    ///
    /// # Errors
    /// [`ClientError`]: the rules are as before.
    pub async fn push_rules(&self, file: &[u8]) -> Result<RulesTaken, ClientError> {
        let mut client = self.connection.policy();
        let call = client.push_rules(v1::PushRulesRequest {
            file: file.to_vec(),
        });
        let limit = self.connection.limits.answer;
        self.connection
            .ask(limit, call, convert::policy::taken)
            .await
    }

    /// All readers, and the position from which [`Terminal::watch`] misses nothing.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn readers(&self) -> Result<Readers, ClientError> {
        let mut client = self.connection.readers();
        let call = client.list_readers(v1::ListReadersRequest {});
        let limit = self.connection.limits.answer;
        self.connection
            .ask(limit, call, convert::reader::list)
            .await
    }

    /// What the card says of itself without a PIN.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn read_card(
        &self,
        reader: &str,
        insertion: Insertion,
    ) -> Result<CardContents, ClientError> {
        let mut client = self.connection.cards();
        let call = client.read_card(v1::ReadCardRequest {
            reader: reader.to_owned(),
            insertion: insertion.get(),
        });
        let limit = self.connection.limits.card_work;
        self.connection
            .ask(limit, call, convert::card::contents)
            .await
    }

    /// The PIN's state and tries, read from the card now.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn pin_status(
        &self,
        reader: &str,
        insertion: Insertion,
    ) -> Result<PinStatus, ClientError> {
        let mut client = self.connection.pins();
        let call = client.get_pin_status(v1::GetPinStatusRequest {
            reader: reader.to_owned(),
            insertion: insertion.get(),
        });
        let limit = self.connection.limits.card_work;
        let convert = |answer: v1::GetPinStatusResponse| convert::pin::status(answer.status);
        self.connection.ask(limit, call, convert).await
    }

    /// Events after a position, then live; `None`: only what comes from now on.
    ///
    /// # Errors
    /// [`ClientError`] if the stream cannot be opened.
    pub async fn watch(&self, after: Option<u64>) -> Result<Watch, ClientError> {
        Watch::open(&self.connection, after).await
    }

    /// Ledger records after a sequence number, oldest first, no more than `limit` and no more
    /// than the server's own bound.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn ledger_records(
        &self,
        after_sequence: u64,
        limit: u32,
    ) -> Result<Vec<LedgerRecord>, ClientError> {
        let wait = self.connection.limits.answer;
        let mut client = self.connection.ledger();
        let request = v1::ListRecordsRequest {
            after_sequence,
            limit,
        };
        let opening = client.list_records(request);
        let mut stream = self
            .connection
            .answer(Cost::Free, wait, opening)
            .await?
            .into_inner();
        let mut records = Vec::new();
        while let Some(record) = self
            .connection
            .answer(Cost::Free, wait, stream.message())
            .await?
        {
            records.push(convert::ledger::record(record).map_err(contract)?);
        }
        Ok(records)
    }

    /// Staff confirm that work goes on with a new chain; answers the new chain's first sequence
    /// number. `old_head_hex` is the head of the set-aside chain, as read out to them.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn confirm_new_chain(&self, old_head_hex: &str) -> Result<u64, ClientError> {
        let mut client = self.connection.ledger();
        let call = client.confirm_new_chain(v1::ConfirmNewChainRequest {
            old_head_hex: old_head_hex.to_owned(),
        });
        let limit = self.connection.limits.answer;
        let convert = |answer: v1::ConfirmNewChainResponse| Ok(answer.ledger_sequence);
        self.connection.ask(limit, call, convert).await
    }
}
