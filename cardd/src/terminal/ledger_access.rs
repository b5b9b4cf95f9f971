//! The ledger and the terminal's own state, as desks see them.

use std::sync::Arc;

use crate::{
    ledger::{Backlog, LedgerError, LedgerState, Record},
    policy::{Desk, Operation, RulesInForce, decide},
    sandbox::Protection,
    terminal::{BudgetStatus, Terminal, TerminalError},
};

/// Whether this terminal can work.
#[derive(Debug, Clone)]
pub struct TerminalStatus {
    /// Its name.
    pub terminal_id: String,
    /// Since when, milliseconds since 1970.
    pub started_unix_ms: u64,
    /// Whether the PC/SC service answers.
    pub service_up: bool,
    /// Whether records can be written.
    pub ledger: LedgerState,
    /// Newest record; 0 where the ledger does not answer.
    pub ledger_head_sequence: u64,
    /// Records that the hall does not have yet.
    pub ledger_backlog: Backlog,
    /// Whether the hall has the first key of the chain.
    pub ledger_enrolled: bool,
    /// Readers connected.
    pub readers: usize,
    /// Entries open.
    pub open_entries: usize,
    /// Wrong tries of the last hour.
    pub guess_budget: BudgetStatus,
    /// What the process gave up.
    pub protection: Protection,
    /// The rules in force.
    pub rules: Arc<RulesInForce>,
}

impl Terminal {
    /// Whether this terminal can work.
    ///
    /// # Errors
    /// [`TerminalError::Denied`].
    pub fn status(&self, desk: &Desk) -> Result<TerminalStatus, TerminalError> {
        decide(desk, Operation::GetTerminalStatus)?;
        let standing = self.ledger.standing().ok();
        Ok(TerminalStatus {
            terminal_id: self.settings.terminal_id.clone(),
            started_unix_ms: self.started_unix_ms,
            service_up: self.readers.service_up(),
            ledger: self.ledger.state(),
            ledger_head_sequence: standing.map_or(0, |standing| standing.head.sequence),
            ledger_backlog: standing
                .map(|standing| standing.backlog)
                .unwrap_or_default(),
            ledger_enrolled: standing.is_some_and(|standing| standing.enrolled),
            readers: self.readers.list().len(),
            open_entries: self.entries().len(),
            guess_budget: self.budget_status(),
            protection: self.settings.protection.clone(),
            rules: self.rules(),
        })
    }

    /// Records after a sequence number, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`TerminalError::Denied`], [`TerminalError::Ledger`].
    pub fn records(
        &self,
        desk: &Desk,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Record>, TerminalError> {
        decide(desk, Operation::ListLedger)?;
        Ok(self.ledger.records(after, limit)?)
    }

    /// Staff confirm that work goes on with a new chain; they name the head of the old one.
    ///
    /// # Errors
    /// [`TerminalError::Denied`], [`TerminalError::Ledger`].
    pub fn confirm_new_chain(&self, desk: &Desk, old_head_hex: &str) -> Result<u64, TerminalError> {
        decide(desk, Operation::ConfirmNewChain)?;
        let confirmed = self.ledger.confirm_new_chain(old_head_hex, &desk.name);
        self.events().stir();
        Ok(confirmed?)
    }

    /// PIN work is closed while a damaged ledger waits for staff, and when the terminal closes.
    pub(super) fn pin_work_is_open(&self) -> Result<(), TerminalError> {
        if *self.closing.borrow() {
            return Err(TerminalError::ShuttingDown);
        }
        match self.ledger.state() {
            // A write failure may be over by now: the next intent tells.
            LedgerState::Ready | LedgerState::Full | LedgerState::Unavailable { .. } => Ok(()),
            LedgerState::AwaitingConfirmation { old_head } => {
                Err(LedgerError::AwaitingConfirmation { old_head }.into())
            }
        }
    }
}
