//! `PinService`.

use cardd_proto::v1::{self, pin_service_server::PinService};
use tonic::{Request, Response, Status};

use crate::{
    reader::Insertion,
    rpc::{caller::Line, convert},
    terminal::TerminalError,
};

#[tonic::async_trait]
impl PinService for Line {
    async fn get_pin_status(
        &self,
        request: Request<v1::GetPinStatusRequest>,
    ) -> Result<Response<v1::GetPinStatusResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let insertion = Insertion::new(message.insertion);
        let asked = self
            .terminal
            .pin_status(desk, &message.reader, insertion)
            .await;
        let (status, doubt) = asked.map_err(|error| self.refuse(&error))?;
        let status = Some(convert::pin_status(status, doubt));
        Ok(Response::new(v1::GetPinStatusResponse { status }))
    }

    async fn begin_entry(
        &self,
        request: Request<v1::BeginEntryRequest>,
    ) -> Result<Response<v1::BeginEntryResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let insertion = Insertion::new(message.insertion);
        let begun = self
            .terminal
            .begin_entry(desk, &message.reader, insertion, message.purpose())
            .await;
        let prompt = begun.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(convert::prompt(&prompt)))
    }

    async fn cancel_entry(
        &self,
        request: Request<v1::CancelEntryRequest>,
    ) -> Result<Response<v1::CancelEntryResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let cancelled = self.terminal.cancel_entry(desk, &message.entry_id);
        cancelled.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::CancelEntryResponse {}))
    }

    async fn check_new_pin(
        &self,
        request: Request<v1::CheckNewPinRequest>,
    ) -> Result<Response<v1::CheckNewPinResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let entry = message.entry.ok_or_else(|| self.refuse(&NO_ENTRY))?;
        let judged = self.terminal.check_new_pin(desk, &entry);
        judged.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::CheckNewPinResponse {}))
    }

    async fn verify_pin(
        &self,
        request: Request<v1::VerifyPinRequest>,
    ) -> Result<Response<v1::VerifyPinResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let entry = message.entry.ok_or_else(|| self.refuse(&NO_ENTRY))?;
        let verified = self
            .terminal
            .verify_pin(desk, &entry, message.accept_last_attempt, message.bill)
            .await;
        let (success, receipt) = verified.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::VerifyPinResponse {
            attempts_remaining: success.attempts_remaining.map(u32::from),
            ledger_sequence: success.ledger_sequence,
            receipt,
        }))
    }

    async fn change_pin(
        &self,
        request: Request<v1::ChangePinRequest>,
    ) -> Result<Response<v1::ChangePinResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let entry = message.entry.ok_or_else(|| self.refuse(&NO_ENTRY))?;
        let changed = self
            .terminal
            .change_pin(desk, &entry, message.accept_last_attempt)
            .await;
        let success = changed.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::ChangePinResponse {
            attempts_remaining: success.attempts_remaining.map(u32::from),
            ledger_sequence: success.ledger_sequence,
        }))
    }
}

const NO_ENTRY: TerminalError = TerminalError::Malformed("entry is missing");
