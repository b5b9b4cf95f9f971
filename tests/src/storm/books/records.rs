//! Records, held against what was done.
//!
//! A reading of its own, beside that of cardd's ledger index: the index folds records into what cardd
//! goes by, and is on trial here with the rest of it. This one asks of each record whether it is true
//! of the card.

use cardd::ledger::{ApprovalEntry, Body, IntentEntry, Operation, Outcome, Record, Verdict};

use super::{Books, Deed, Grant, HallManner, World};
use crate::storm::bag::BagCard;

/// What was truly done under an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truth {
    /// The card.
    pub card: usize,
    /// Its tries before.
    pub before: u8,
    /// Its tries after.
    pub after: u8,
    /// Whether the PIN that was presented is the one in force.
    pub right: bool,
    /// Whether the command reached the card and was carried out, as far as the power lasted.
    pub carried_out: bool,
    /// The effect is there: a changed PIN, a counter restored by it.
    pub done: bool,
    /// It is the issuer's.
    pub issuer: bool,
    /// The card lied, then or since: what it says proves nothing.
    pub lied: bool,
}

impl Truth {
    pub(super) fn of(deed: &Deed) -> Self {
        Self {
            card: deed.card,
            before: deed.before,
            after: deed.before,
            right: deed.right,
            carried_out: false,
            done: false,
            issuer: false,
            lied: false,
        }
    }

    pub(super) fn issuer(world: &World, grant: &Grant, manner: HallManner) -> Self {
        let before = Books::look(world, grant.card).tries;
        Self {
            card: grant.card,
            before,
            after: before,
            right: manner == HallManner::Right,
            carried_out: false,
            done: false,
            issuer: true,
            lied: false,
        }
    }
}

impl Books {
    /// Takes a record in.
    pub fn take(&mut self, record: &Record, world: &World) {
        self.no_digits("a record", &record.body_json);
        if matches!(
            record.body,
            Body::Intent(_) | Body::CaseOpened(_) | Body::CaseApproved(_) | Body::Denied(_)
        ) {
            self.begins(record.sequence);
        }
        match &record.body {
            Body::Intent(entry) => self.intent(world, record.sequence, entry),
            Body::Outcome { intent, outcome } => self.outcome(world, *intent, outcome),
            Body::Resolved {
                intent,
                verdict,
                attempts_now,
            } => {
                self.count(world, *verdict == Verdict::TrySpent);
                if *verdict == Verdict::TrySpent {
                    self.certainly_lost(world, record.sequence - 1);
                }
                self.resolved(world, *intent, (*verdict, *attempts_now));
            }
            Body::CaseOpened(entry) => {
                self.cases.insert(record.sequence, entry.operator.clone());
            }
            Body::CaseApproved(ApprovalEntry { case, operator }) => {
                self.case_approved(*case, operator)
            }
            Body::ClockStepped { .. } => self.stepped = Some(record.sequence),
            Body::RulesTaken(entry) => self.rules_taken(entry),
            Body::RulesInForce(entry) => self.rules_begun(entry),
            Body::ChainOpened { .. }
            | Body::ChainConfirmed { .. }
            | Body::Started { .. }
            | Body::Stopped
            | Body::Denied { .. }
            | Body::GuessBudgetSpent { .. }
            | Body::KiosksReopened { .. }
            | Body::Carried { .. }
            | Body::Receipt(_)
            | Body::PinOriginKnown { .. }
            | Body::UnblockKeyLeft { .. }
            | Body::MacsBegin
            | Body::Enrolled { .. }
            | Body::Unknown => {}
        }
    }

    fn intent(&mut self, world: &World, sequence: u64, entry: &IntentEntry) {
        self.on_record = true;
        let Some(truth) = self.truth else {
            self.breaks(
                "tries are spent by people",
                format!("intent {sequence} of nobody"),
            );
            return;
        };
        let issuer = matches!(
            entry.operation,
            Operation::Unblock { .. } | Operation::Reload { .. }
        );
        if issuer != truth.issuer {
            // The holder's own choice after a reset is an intent of its own, on a restored counter.
            self.truths
                .extend(self.own_choice.map(|own| (sequence, own)));
        } else {
            let lied = Self::look(world, truth.card).has_lied;
            let told = entry.attempts_before == Some(truth.before);
            self.holds(
                "the counter is read right before the send",
                told || lied,
                || format!("{:?}, not {}", entry.attempts_before, truth.before),
            );
            self.truths.insert(sequence, truth);
        }
    }

    fn outcome(&mut self, world: &World, intent: u64, outcome: &Outcome) {
        let Some(truth) = self.truths.get(&intent).copied() else {
            return;
        };
        if truth.lied || Self::look(world, truth.card).has_lied {
            return;
        }
        let agrees = match outcome {
            Outcome::Succeeded => truth.done && (truth.issuer || truth.right),
            Outcome::Rejected { attempts_remaining } => {
                truth.carried_out && !truth.right && *attempts_remaining == truth.after
            }
            Outcome::NowBlocked => truth.carried_out && !truth.right && truth.after == 0,
            Outcome::WasBlocked => truth.before == 0,
            Outcome::NotSent { .. } => !truth.carried_out,
            Outcome::Refused { .. } | Outcome::InDoubt { .. } => true,
            Outcome::KeyRejected { .. } | Outcome::KeyBlocked => {
                truth.issuer && !truth.right && !truth.carried_out
            }
        };
        self.holds("the record is never wrong", agrees, || {
            format!("{outcome:?} of {truth:?}")
        });
    }

    fn resolved(&mut self, world: &World, intent: u64, (verdict, now): (Verdict, Option<u8>)) {
        let Some(truth) = self.truths.get(&intent).copied() else {
            return;
        };
        // What the counter of a copy tells cannot be told from what the card's own does.
        let copied = BagCard::twin(truth.card).is_some();
        if truth.lied || copied || Self::look(world, truth.card).has_lied {
            return;
        }
        let agrees = match verdict {
            Verdict::Succeeded => truth.done,
            Verdict::TrySpent => truth.after < truth.before,
            Verdict::NotDone => !truth.done,
            Verdict::Undecided => true,
        };
        self.holds("the record is never wrong", agrees, || {
            format!("resolved as {verdict:?} at {now:?}: {truth:?}")
        });
    }
}
