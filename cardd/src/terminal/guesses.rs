//! The guess budget of this terminal: from the ledger's records into the rules, and back.

use std::{
    collections::HashMap,
    sync::{MutexGuard, PoisonError},
    time::Instant,
};

use crate::{
    ledger::{Body, BudgetEntry, CardRef, Ledger, LedgerError, Note, Outcome, Record, Verdict},
    policy::{
        Desk, DeskKind, Operation, Suspect, Suspects,
        budget::{GuessBudget, Past, PastEvent},
        decide,
    },
    terminal::{Clock, Terminal, TerminalError, events::Happening},
};

/// Records read at once.
const AT_ONCE: usize = 1000;

/// The budget as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetStatus {
    /// Wrong tries permitted in an hour.
    pub limit_per_hour: u32,
    /// Lost within the last hour.
    pub spent: u32,
    /// Whether unattended desks are closed.
    pub kiosks_closed: bool,
}

/// The budget with the start that its ages are told from.
#[derive(Debug)]
pub(super) struct Guesses {
    budget: GuessBudget,
    started: Instant,
}

impl Guesses {
    /// What the ledger leaves at the start of this run. Its last record is this run's start.
    pub(super) fn restore(ledger: &Ledger, clock: &dyn Clock) -> Result<Self, LedgerError> {
        let mut past = Vec::new();
        each_record(ledger, |record| {
            past.push(Past {
                time_unix_ms: record.time_unix_ms,
                event: past_event(&record.body),
            });
        })?;
        Ok(Self {
            budget: GuessBudget::restore(past),
            started: clock.now(),
        })
    }

    fn running_ms(&self, clock: &dyn Clock) -> i64 {
        let running = clock.now().saturating_duration_since(self.started);
        i64::try_from(running.as_millis()).unwrap_or(i64::MAX)
    }
}

impl Terminal {
    /// Whether a desk of this kind may do PIN work, as far as the budget goes.
    pub(super) fn budget_allows(&self, kind: DeskKind) -> Result<(), TerminalError> {
        Ok(self.guesses().budget.check(kind)?)
    }

    /// A card lost a try here.
    pub(super) fn try_lost(&self) {
        {
            let mut guesses = self.guesses();
            let now_ms = guesses.running_ms(&*self.clock);
            guesses.budget.lose(now_ms);
        }
        self.close_kiosks_if_spent();
    }

    /// Closes the unattended desks if too many tries are lost; told once. They are closed whether
    /// or not that can be recorded: the tries themselves are on record.
    pub(super) fn close_kiosks_if_spent(&self) {
        let limit_per_hour = self.rules().guess_budget_per_hour();
        let closed = {
            let mut guesses = self.guesses();
            let now_ms = guesses.running_ms(&*self.clock);
            guesses.budget.close_if_spent(limit_per_hour, now_ms)
        };
        let Some(spent) = closed else { return };
        self.record_or_warn(Note::GuessBudgetSpent(BudgetEntry {
            spent,
            limit_per_hour,
        }));
        self.announce(Happening::GuessBudgetSpent {
            spent,
            limit_per_hour,
        });
    }

    pub(super) fn record_or_warn(&self, note: Note) {
        if let Err(error) = self.ledger.note(note) {
            tracing::warn!(%error, "not recorded");
        }
    }

    /// The budget as it stands now.
    pub(super) fn budget_status(&self) -> BudgetStatus {
        let guesses = self.guesses();
        BudgetStatus {
            limit_per_hour: self.rules().guess_budget_per_hour(),
            spent: guesses.budget.spent(guesses.running_ms(&*self.clock)),
            kiosks_closed: guesses.budget.is_closed(),
        }
    }

    /// Staff open the unattended desks again. Answers the record of it; `None` if they are open.
    ///
    /// # Errors
    /// [`TerminalError::Denied`]; [`TerminalError::Ledger`]: they stay closed.
    pub fn reopen_kiosks(&self, desk: &Desk) -> Result<Option<u64>, TerminalError> {
        decide(desk, Operation::ReopenKiosks)?;
        if !self.guesses().budget.is_closed() {
            return Ok(None);
        }
        let name = desk.name.clone();
        let sequence = self.ledger.note(Note::KiosksReopened { desk: name })?;
        self.guesses().budget.reopen();
        self.announce(Happening::KiosksReopened {
            desk: desk.name.clone(),
        });
        Ok(Some(sequence))
    }

    /// Cards that lost tries here and had no success since, as far as the kept records tell, at
    /// most `limit`; and whether there are more.
    ///
    /// # Errors
    /// [`TerminalError::Denied`], [`TerminalError::Ledger`].
    pub fn suspect_cards(
        &self,
        desk: &Desk,
        limit: usize,
    ) -> Result<(Vec<Suspect<CardRef>>, bool), TerminalError> {
        decide(desk, Operation::ListSuspectCards)?;
        let mut trail = Trail::default();
        each_record(&self.ledger, |record| trail.follow(record))?;
        let mut list = trail.suspects.list();
        let more = list.len() > limit;
        list.truncate(limit);
        Ok((list, more))
    }

    // A panic elsewhere leaves it whole: every change is one call.
    fn guesses(&self) -> MutexGuard<'_, Guesses> {
        self.guesses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls `take` with every kept record, oldest first. The ledger goes on meanwhile.
fn each_record(ledger: &Ledger, mut take: impl FnMut(&Record)) -> Result<(), LedgerError> {
    let mut after = ledger.base()?.sequence;
    loop {
        let records = ledger.records(after, AT_ONCE)?;
        records.iter().for_each(&mut take);
        match records.last() {
            Some(last) if records.len() == AT_ONCE => after = last.sequence,
            Some(_) | None => return Ok(()),
        }
    }
}

fn past_event(body: &Body) -> PastEvent {
    match body {
        Body::Started { .. } => PastEvent::Started,
        Body::ClockStepped { by_ms } => PastEvent::ClockStepped { by_ms: *by_ms },
        Body::GuessBudgetSpent { .. } => PastEvent::Closed,
        Body::KiosksReopened { .. } => PastEvent::Reopened,
        Body::Outcome { outcome, .. } if cost_a_try(outcome) => PastEvent::TryLost,
        Body::Resolved {
            verdict: Verdict::TrySpent,
            ..
        } => PastEvent::TryLost,
        Body::Outcome { .. }
        | Body::Resolved { .. }
        | Body::ChainOpened { .. }
        | Body::ChainConfirmed { .. }
        | Body::Stopped
        | Body::Denied { .. }
        | Body::CaseOpened(_)
        | Body::CaseApproved { .. }
        | Body::Receipt(_)
        | Body::PinOriginKnown { .. }
        | Body::UnblockKeyLeft { .. }
        | Body::MacsBegin
        | Body::RulesTaken { .. }
        | Body::RulesInForce { .. }
        | Body::Enrolled { .. }
        | Body::Intent(_)
        | Body::Carried { .. }
        | Body::Unknown => PastEvent::Other,
    }
}

/// Whether the card said that the PIN was wrong. Tries at the issuer's key are no guesses at a PIN.
pub(super) fn cost_a_try(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Rejected { .. } | Outcome::NowBlocked => true,
        Outcome::Succeeded
        | Outcome::WasBlocked
        | Outcome::Refused { .. }
        | Outcome::KeyRejected { .. }
        | Outcome::KeyBlocked
        | Outcome::NotSent { .. }
        | Outcome::InDoubt { .. } => false,
    }
}

/// Which card each outcome is about: records of outcomes name their intent only.
#[derive(Debug, Default)]
struct Trail {
    intents: HashMap<u64, CardRef>,
    suspects: Suspects<CardRef>,
}

impl Trail {
    fn follow(&mut self, record: &Record) {
        match &record.body {
            Body::Intent(entry) => drop(self.intents.insert(record.sequence, entry.card.clone())),
            Body::Carried { intent, entry, .. } => {
                self.intents.insert(*intent, entry.card.clone());
            }
            // In doubt until it is resolved under the same number.
            Body::Outcome {
                outcome: Outcome::InDoubt { .. },
                ..
            } => {}
            Body::Outcome { intent, outcome } => {
                let succeeded = matches!(outcome, Outcome::Succeeded);
                self.ended(*intent, cost_a_try(outcome), succeeded, record.time_unix_ms);
            }
            Body::Resolved {
                intent, verdict, ..
            } => {
                let lost = *verdict == Verdict::TrySpent;
                let succeeded = *verdict == Verdict::Succeeded;
                self.ended(*intent, lost, succeeded, record.time_unix_ms);
            }
            Body::ChainOpened { .. }
            | Body::ChainConfirmed { .. }
            | Body::Started { .. }
            | Body::Stopped
            | Body::Denied { .. }
            | Body::CaseOpened(_)
            | Body::CaseApproved { .. }
            | Body::Receipt(_)
            | Body::PinOriginKnown { .. }
            | Body::UnblockKeyLeft { .. }
            | Body::MacsBegin
            | Body::RulesTaken { .. }
            | Body::RulesInForce { .. }
            | Body::Enrolled { .. }
            | Body::GuessBudgetSpent { .. }
            | Body::KiosksReopened { .. }
            | Body::ClockStepped { .. }
            | Body::Unknown => {}
        }
    }

    fn ended(&mut self, intent: u64, lost: bool, succeeded: bool, time_unix_ms: u64) {
        let Some(card) = self.intents.remove(&intent) else {
            return;
        };
        if succeeded {
            self.suspects.succeeded(&card);
        } else if lost {
            self.suspects.lost(card, time_unix_ms);
        }
    }
}
