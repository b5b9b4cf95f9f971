//! The agency counter puts a case on record; a second operator approves.

use std::{sync::Arc, time::Instant};

use rand::Rng as _;

use crate::{
    card::IssuerEffect,
    ledger::{ApprovalEntry, CardRef, CaseEntry, Note},
    policy::{
        Applicant, CitizenNumber, Desk, Evidence, EvidenceRefused, Operation, Statement, decide,
    },
    reader::Insertion,
    terminal::{
        KnownCard, Terminal, TerminalError,
        cases::{Case, GRANT_BYTES, NoCase},
    },
};

/// What an operator puts on record.
#[derive(Debug)]
pub struct Application<'a> {
    /// Where the card is.
    pub reader: &'a str,
    /// Its stay.
    pub insertion: Insertion,
    /// What is applied for.
    pub effect: IssuerEffect,
    /// Documents and numbers.
    pub statement: Statement<'a>,
    /// Why, in the contract's word.
    pub reason: &'a str,
}

/// A case on record.
#[derive(Debug)]
pub struct CaseOpened {
    /// Its record.
    pub sequence: u64,
    /// To be handed to the hall.
    pub grant: [u8; GRANT_BYTES],
    /// Whether a second operator must approve first.
    pub needs_second_operator: bool,
    /// How long the grant is good.
    pub expires_in_ms: u64,
}

impl Terminal {
    /// Checks the documents against the card, records the case, and gives a grant.
    ///
    /// # Errors
    /// [`TerminalError::Evidence`] names what is missing; nothing is recorded then.
    pub async fn open_case(
        self: &Arc<Self>,
        desk: &Desk,
        operator: &str,
        application: &Application<'_>,
    ) -> Result<CaseOpened, TerminalError> {
        decide(desk, Operation::OpenCase)?;
        self.pin_work_is_open()?;
        let rule = self.rules().issuer();
        let needs_second_operator = rule.second_operator;
        let evidence = Evidence::check(application.statement, rule.agents_allowed)?;
        let known = self.matched(desk, application, &evidence).await?;
        let entry = CaseEntry {
            desk: desk.name.clone(),
            operator: operator.to_owned(),
            operation: effect_name(application.effect).to_owned(),
            card: known.card_ref.clone(),
            holder: self.person(evidence.holder_number()),
            agent: self.agent(&evidence),
            reason: application.reason.to_owned(),
            needs_second_operator,
        };
        let sequence = self.note(Note::CaseOpened(entry))?;
        let (now, lifetime) = (self.clock.now(), self.cases().lifetime());
        let case = Case {
            sequence,
            effect: application.effect,
            reader: application.reader.into(),
            insertion: application.insertion,
            card: known.card_ref.clone(),
            evidence,
            operator: operator.to_owned(),
            approved: !needs_second_operator,
            expires: now + lifetime,
        };
        Ok(CaseOpened {
            sequence,
            grant: self.give_grant(case, now)?,
            needs_second_operator,
            expires_in_ms: u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// The card that the documents are for. It is asked, so that what it carries is compared, and
    /// that it is still there.
    async fn matched(
        self: &Arc<Self>,
        desk: &Desk,
        application: &Application<'_>,
        evidence: &Evidence,
    ) -> Result<Arc<KnownCard>, TerminalError> {
        self.pin_status(desk, application.reader, application.insertion)
            .await?;
        let known = self.known(application.reader, application.insertion)?;
        match_number(evidence, &known)?;
        Ok(known)
    }

    fn give_grant(&self, case: Case, now: Instant) -> Result<[u8; GRANT_BYTES], TerminalError> {
        let mut grant = [0; GRANT_BYTES];
        self.rng().fill_bytes(&mut grant);
        if self.cases().open(&grant, case, now) {
            Ok(grant)
        } else {
            Err(TerminalError::TooManyEntries)
        }
    }

    /// A second operator approves a case that another one opened.
    ///
    /// # Errors
    /// [`TerminalError::SameOperator`], [`TerminalError::GrantUnknown`].
    pub fn approve_case(
        &self,
        desk: &Desk,
        operator: &str,
        sequence: u64,
    ) -> Result<u64, TerminalError> {
        decide(desk, Operation::ApproveCase)?;
        let now = || self.clock.now();
        self.cases()
            .approvable(sequence, operator, now())
            .map_err(no_case)?;
        let approved = Note::CaseApproved(ApprovalEntry {
            case: sequence,
            operator: operator.to_owned(),
        });
        // An approval that is not on record does not count.
        let record = self.note(approved)?;
        self.cases()
            .approvable(sequence, operator, now())
            .map_err(no_case)?
            .approved = true;
        Ok(record)
    }

    /// A person's keyed name in the ledger.
    fn person(&self, number: &CitizenNumber) -> CardRef {
        self.ledger
            .card_ref(&[b"person", number.expose().as_bytes()])
    }

    fn agent(&self, evidence: &Evidence) -> Option<CardRef> {
        match evidence.applicant() {
            Applicant::Holder => None,
            Applicant::Agent { number } => Some(self.person(number)),
        }
    }
}

/// Where the card shows its number without a key, it is compared before anything is recorded; the
/// third generation's is compared after the read key, before anything is changed.
fn match_number(evidence: &Evidence, known: &KnownCard) -> Result<(), EvidenceRefused> {
    match &known.facts.citizen_number {
        Some(number) => evidence.match_card(number.expose()),
        None => Ok(()),
    }
}

fn effect_name(effect: IssuerEffect) -> &'static str {
    match effect {
        IssuerEffect::Unblock => "unblock",
        IssuerEffect::Reload => "reload",
    }
}

pub(super) fn no_case(missing: NoCase) -> TerminalError {
    match missing {
        NoCase::Unknown => TerminalError::GrantUnknown,
        NoCase::NotApproved => TerminalError::SecondOperatorMissing,
        NoCase::SameOperator => TerminalError::SameOperator,
        NoCase::OtherOperator => TerminalError::GrantOtherOperator,
    }
}
