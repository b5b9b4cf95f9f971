//! `ReceiptService`.

use cardd_proto::v1::{self, receipt_service_server::ReceiptService};
use tonic::{Request, Response, Status};

use crate::{rpc::caller::Line, terminal::TerminalError};

#[tonic::async_trait]
impl ReceiptService for Line {
    async fn cancel_receipt(
        &self,
        request: Request<v1::CancelReceiptRequest>,
    ) -> Result<Response<v1::CancelReceiptResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let receipt = message.receipt.ok_or_else(|| self.refuse(&NO_RECEIPT))?;
        let cancelled = self.terminal.cancel_receipt(desk, &receipt);
        cancelled
            .map(Response::new)
            .map_err(|error| self.refuse(&error))
    }

    async fn list_receipt_keys(
        &self,
        request: Request<v1::ListReceiptKeysRequest>,
    ) -> Result<Response<v1::ListReceiptKeysResponse>, Status> {
        let (desk, v1::ListReceiptKeysRequest {}) = self.admit(request)?;
        let keys = self.terminal.receipt_keys(desk);
        keys.map(Response::new).map_err(|error| self.refuse(&error))
    }

    async fn rotate_receipt_key(
        &self,
        request: Request<v1::RotateReceiptKeyRequest>,
    ) -> Result<Response<v1::RotateReceiptKeyResponse>, Status> {
        let (desk, v1::RotateReceiptKeyRequest {}) = self.admit(request)?;
        let rotated = self.terminal.rotate_receipt_key(desk);
        rotated
            .map(Response::new)
            .map_err(|error| self.refuse(&error))
    }
}

const NO_RECEIPT: TerminalError = TerminalError::Malformed("receipt is missing");
