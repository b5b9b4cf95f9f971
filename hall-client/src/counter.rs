//! The agency counter: documents on record, the second operator, and the holder's own PIN after a
//! reset. Who the operator is, the terminal knows from the connection.

mod holder_pin;

use std::{fmt, time::Duration};

use cardd_proto::{secret::Secret, v1};
use zeroize::Zeroizing;

use crate::{
    convert,
    error::{ClientError, ContractError},
    model::{CaseReason, Insertion, IssuerOperation},
    terminal::Terminal,
};

pub use holder_pin::HolderPinEntry;

/// Length in bytes of a grant.
pub const GRANT_BYTES: usize = 32;

/// Leave for one issuer operation on one card, good once. The counter has it from the terminal and
/// hands it to the hall. `Debug` does not show it.
#[derive(Clone)]
pub struct Grant {
    bytes: Zeroizing<[u8; GRANT_BYTES]>,
    operator: String,
}

impl Grant {
    /// The bytes, and who opened the case: [`Case::grant`] holds both.
    #[must_use]
    pub fn new(bytes: [u8; GRANT_BYTES], operator: &str) -> Self {
        Self {
            bytes: Zeroizing::new(bytes),
            operator: operator.to_owned(),
        }
    }

    /// To be handed on.
    #[must_use]
    pub fn bytes(&self) -> &[u8; GRANT_BYTES] {
        &self.bytes
    }

    /// Who opened the case, as the terminal knows them.
    #[must_use]
    pub fn operator(&self) -> &str {
        &self.operator
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grant({}, ..)", self.operator)
    }
}

/// The documents that an operator saw. Numbers go to the terminal, which keeps a keyed hash.
#[derive(Debug)]
pub struct Documents {
    /// Citizen number (GB 11643) on the holder's ID card: 18 ASCII characters.
    pub holder_number: Secret,
    /// Whether the holder's original was seen.
    pub holder_original_seen: bool,
    /// The agent's number, if somebody applies for the holder.
    pub agent_number: Option<Secret>,
    /// Whether the agent's original was seen.
    pub agent_original_seen: bool,
}

/// What is applied for.
#[derive(Debug, Clone, Copy)]
pub struct Application<'a> {
    /// Where the card is.
    pub reader: &'a str,
    /// Its stay.
    pub insertion: Insertion,
    /// Unlock or reset.
    pub operation: IssuerOperation,
    /// Why.
    pub reason: CaseReason,
    /// What was seen.
    pub documents: &'a Documents,
}

/// A case on record.
#[derive(Debug)]
pub struct Case {
    /// Its record; names it to the second operator and to the holder's choice.
    pub sequence: u64,
    /// For the hall.
    pub grant: Grant,
    /// Whether a second operator must approve first.
    pub needs_second_operator: bool,
    /// How long the grant is good, counted from the answer.
    pub expires_in: Duration,
}

impl Terminal {
    /// Puts applicant, documents and reason on record; answers with a grant for the hall.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn open_case(&self, application: &Application<'_>) -> Result<Case, ClientError> {
        let mut client = self.connection.counter();
        let call = client.open_case(request(application));
        let limit = self.connection.limits.card_work;
        self.connection.ask(limit, call, case).await
    }

    /// A second operator approves; answers the record of it.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn approve_case(&self, case_sequence: u64) -> Result<u64, ClientError> {
        let mut client = self.connection.counter();
        let call = client.approve_case(v1::ApproveCaseRequest { case_sequence });
        let limit = self.connection.limits.answer;
        let convert = |answer: v1::ApproveCaseResponse| Ok(answer.ledger_sequence);
        self.connection.ask(limit, call, convert).await
    }

    /// Waits so long for the hall to finish a reset, then opens an entry for the holder's own PIN.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn begin_holder_pin(
        &self,
        case_sequence: u64,
        wait: Duration,
    ) -> Result<HolderPinEntry, ClientError> {
        let mut client = self.connection.counter();
        let call = client.begin_holder_pin(v1::BeginHolderPinRequest {
            case_sequence,
            wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        });
        let opened = |answer| HolderPinEntry::opened(&self.connection, case_sequence, &answer);
        let limit = self.connection.limits.answer.saturating_add(wait);
        self.connection.ask(limit, call, opened).await
    }
}

fn request(application: &Application<'_>) -> v1::OpenCaseRequest {
    let documents = application.documents;
    let number = |secret: &Secret| String::from_utf8_lossy(secret.expose()).into_owned();
    let applicant = match documents.agent_number {
        None => v1::Applicant::Holder,
        Some(_) => v1::Applicant::Agent,
    };
    v1::OpenCaseRequest {
        reader: application.reader.to_owned(),
        insertion: application.insertion.get(),
        operation: application.operation.to_wire().into(),
        applicant: applicant.into(),
        holder_id_number: number(&documents.holder_number),
        agent_id_number: documents
            .agent_number
            .as_ref()
            .map(number)
            .unwrap_or_default(),
        holder_original_seen: documents.holder_original_seen,
        agent_original_seen: documents.agent_original_seen,
        reason: application.reason.to_wire().into(),
    }
}

fn case(answer: v1::OpenCaseResponse) -> Result<Case, ContractError> {
    let bytes = convert::exact(&answer.grant, "OpenCaseResponse.grant")?;
    Ok(Case {
        sequence: answer.case_sequence,
        grant: Grant::new(bytes, &answer.operator),
        needs_second_operator: answer.needs_second_operator,
        expires_in: Duration::from_millis(answer.expires_in_ms),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(agent: Option<&str>) -> Documents {
        let secret = |text: &str| Secret::take_from(&mut text.as_bytes().to_vec()).unwrap();
        Documents {
            holder_number: secret("420101195505050007"),
            holder_original_seen: true,
            agent_number: agent.map(secret),
            agent_original_seen: agent.is_some(),
        }
    }

    #[test]
    fn an_application_says_who_applies() {
        for (agent, applicant) in [
            (None, v1::Applicant::Holder),
            (Some("420101198506150003"), v1::Applicant::Agent),
        ] {
            let documents = documents(agent);
            let wire = request(&Application {
                reader: "R",
                insertion: Insertion::new(3).unwrap(),
                operation: IssuerOperation::Reload,
                reason: CaseReason::Forgotten,
                documents: &documents,
            });
            assert_eq!(wire.applicant(), applicant);
            assert_eq!(wire.holder_id_number, "420101195505050007");
            assert_eq!(wire.agent_id_number, agent.unwrap_or_default());
            assert_eq!(wire.agent_original_seen, agent.is_some());
            assert_eq!(wire.operation(), v1::IssuerOperation::Reload);
            assert_eq!(wire.reason(), v1::CaseReason::Forgotten);
        }
    }

    #[test]
    fn a_grant_has_its_length() {
        let answer = v1::OpenCaseResponse {
            grant: vec![7; 31],
            ..v1::OpenCaseResponse::default()
        };
        assert!(matches!(
            case(answer),
            Err(ContractError::Length { bytes: 31, .. })
        ));
    }

    #[test]
    fn debug_shows_neither_grant_nor_number() {
        let shown = format!("{:?} {:?}", Grant::new([0xA7; 32], "li"), documents(None));
        assert!(shown.starts_with("Grant(li, ..)"), "{shown}");
        for secret in ["167", "a7", "A7", "4201"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
