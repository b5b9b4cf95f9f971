//! `CounterService`.

use std::time::Duration;

use cardd_proto::v1::{self, counter_service_server::CounterService};
use tonic::{Request, Response, Status};

use crate::{
    card::IssuerEffect,
    policy::Statement,
    reader::Insertion,
    rpc::caller::Line,
    terminal::{Application, TerminalError},
};

#[tonic::async_trait]
impl CounterService for Line {
    async fn open_case(
        &self,
        request: Request<v1::OpenCaseRequest>,
    ) -> Result<Response<v1::OpenCaseResponse>, Status> {
        let operator = self.operator(&request);
        let (desk, message) = self.admit(request)?;
        let application = application(&message).map_err(|error| self.refuse(&error))?;
        let opened = self.terminal.open_case(desk, &operator, &application).await;
        let opened = opened.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::OpenCaseResponse {
            case_sequence: opened.sequence,
            grant: opened.grant.to_vec(),
            needs_second_operator: opened.needs_second_operator,
            expires_in_ms: opened.expires_in_ms,
            operator,
        }))
    }

    async fn approve_case(
        &self,
        request: Request<v1::ApproveCaseRequest>,
    ) -> Result<Response<v1::ApproveCaseResponse>, Status> {
        let operator = self.operator(&request);
        let (desk, message) = self.admit(request)?;
        let approved = self
            .terminal
            .approve_case(desk, &operator, message.case_sequence);
        let ledger_sequence = approved.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::ApproveCaseResponse { ledger_sequence }))
    }

    async fn begin_holder_pin(
        &self,
        request: Request<v1::BeginHolderPinRequest>,
    ) -> Result<Response<v1::BeginHolderPinResponse>, Status> {
        let operator = self.operator(&request);
        let (desk, message) = self.admit(request)?;
        let wait = Duration::from_millis(message.wait_ms);
        let begun = self
            .terminal
            .begin_holder_pin(desk, &operator, message.case_sequence, wait)
            .await;
        let prompt = begun.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::BeginHolderPinResponse {
            entry_id: prompt.seal.entry_id.to_vec(),
            public_key: prompt.seal.public_key.to_vec(),
            insertion: prompt.seal.insertion.number(),
            min_digits: prompt.length.min().into(),
            max_digits: prompt.length.max().into(),
            expires_in_ms: prompt.expires_in_ms,
        }))
    }

    async fn set_holder_pin(
        &self,
        request: Request<v1::SetHolderPinRequest>,
    ) -> Result<Response<v1::SetHolderPinResponse>, Status> {
        let operator = self.operator(&request);
        let (desk, message) = self.admit(request)?;
        let missing = || self.refuse(&TerminalError::Malformed("entry is missing"));
        let entry = message.entry.ok_or_else(missing)?;
        let set = self
            .terminal
            .set_holder_pin(desk, &operator, message.case_sequence, &entry)
            .await;
        let ledger_sequence = set.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::SetHolderPinResponse { ledger_sequence }))
    }
}

fn application(message: &v1::OpenCaseRequest) -> Result<Application<'_>, TerminalError> {
    let effect = match message.operation() {
        v1::IssuerOperation::Unblock => IssuerEffect::Unblock,
        v1::IssuerOperation::Reload => IssuerEffect::Reload,
        v1::IssuerOperation::Unspecified => {
            return Err(TerminalError::Malformed("operation is missing"));
        }
    };
    let agent_number = match message.applicant() {
        v1::Applicant::Holder => None,
        v1::Applicant::Agent => Some(message.agent_id_number.as_str()),
        v1::Applicant::Unspecified => {
            return Err(TerminalError::Malformed("applicant is missing"));
        }
    };
    let reason = match message.reason() {
        v1::CaseReason::Blocked => "blocked",
        v1::CaseReason::Forgotten => "forgotten",
        v1::CaseReason::NeverKnown => "never_known",
        v1::CaseReason::Unspecified => return Err(TerminalError::Malformed("reason is missing")),
    };
    Ok(Application {
        reader: &message.reader,
        insertion: Insertion::new(message.insertion),
        effect,
        statement: Statement {
            holder_number: &message.holder_id_number,
            agent_number,
            holder_original_seen: message.holder_original_seen,
            agent_original_seen: message.agent_original_seen,
        },
        reason,
    })
}
