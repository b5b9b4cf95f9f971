//! The hospital system over gRPC: the same bills, states and receipts.

use std::{sync::Arc, time::Duration};

use cardd_proto::desk_v1::{
    Bill, BillCancellation, BillReceipt, BillState, CancelBillRequest, CancelReceiptRequest,
    GetBillRequest, OpenBillRequest,
    bill_service_server::{BillService, BillServiceServer},
};
use serde::Deserialize;
use serde_json::Value;
use tonic::{Code, Request, Response, Status};

use super::{super::BODY_BYTES, His, Opened, Refused};
use crate::desk::billing::Cancellation;

/// Where its calls are.
pub(super) const PATHS: &str = "/cardd.desk.v1.BillService/{call}";

/// The service; who may call it is decided before.
pub(super) fn service(his: &Arc<His>) -> BillServiceServer<Bills> {
    BillServiceServer::new(Bills(Arc::clone(his))).max_decoding_message_size(BODY_BYTES)
}

/// The hospital system's bills.
pub(super) struct Bills(Arc<His>);

#[tonic::async_trait]
impl BillService for Bills {
    async fn open_bill(&self, request: Request<OpenBillRequest>) -> Result<Response<Bill>, Status> {
        let OpenBillRequest {
            reference,
            amount_fen,
        } = request.into_inner();
        let (Opened::Anew(bill) | Opened::Before(bill)) =
            self.0.open(&reference, amount_fen).await?;
        answer(bill)
    }

    async fn get_bill(&self, request: Request<GetBillRequest>) -> Result<Response<Bill>, Status> {
        let GetBillRequest { reference, wait_ms } = request.into_inner();
        let wait = Duration::from_millis(wait_ms.into());
        answer(self.0.standing(&reference, wait).await?)
    }

    async fn cancel_bill(
        &self,
        request: Request<CancelBillRequest>,
    ) -> Result<Response<Bill>, Status> {
        let CancelBillRequest { reference } = request.into_inner();
        answer(self.0.cancel(&reference).await?)
    }

    async fn cancel_receipt(
        &self,
        request: Request<CancelReceiptRequest>,
    ) -> Result<Response<Bill>, Status> {
        let CancelReceiptRequest { reference } = request.into_inner();
        answer(self.0.cancel_receipt(&reference).await?)
    }
}

impl From<Refused> for Status {
    fn from(refused: Refused) -> Self {
        let code = match refused {
            Refused::Malformed => Code::InvalidArgument,
            Refused::Unknown | Refused::NoReceipt => Code::NotFound,
            Refused::Busy | Refused::OtherAmount | Refused::TooLate | Refused::ReceiptExpired => {
                Code::FailedPrecondition
            }
            Refused::TerminalSilent | Refused::TerminalFailed => Code::Unavailable,
            Refused::Overloaded => Code::ResourceExhausted,
        };
        Self::new(code, refused.word())
    }
}

/// A bill as the desk's machine shows it.
#[derive(Deserialize)]
struct Shown {
    reference: String,
    amount_fen: u64,
    number: u64,
    state: String,
    concluded: bool,
    attempts_remaining: Option<u32>,
    receipt: Option<ShownReceipt>,
    cancellation: Option<Cancellation>,
}

#[derive(Deserialize)]
struct ShownReceipt {
    signed: String,
    ledger_sequence: u64,
    attempts_remaining: Option<u32>,
}

fn answer(bill: Value) -> Result<Response<Bill>, Status> {
    let odd = || Status::internal("a bill of another form");
    let shown: Shown = serde_json::from_value(bill).map_err(|_| odd())?;
    let name = format!("BILL_STATE_{}", shown.state);
    let state = BillState::from_str_name(&name).ok_or_else(odd)?;
    let receipt = shown.receipt.map(|receipt| BillReceipt {
        signed: receipt.signed,
        ledger_sequence: receipt.ledger_sequence,
        attempts_remaining: receipt.attempts_remaining,
    });
    let cancellation = shown.cancellation.map(|back| BillCancellation {
        signed: back.signed,
        ledger_sequence: back.ledger_sequence,
    });
    Ok(Response::new(Bill {
        reference: shown.reference,
        amount_fen: shown.amount_fen,
        number: shown.number,
        state: state.into(),
        concluded: shown.concluded,
        attempts_remaining: shown.attempts_remaining,
        receipt,
        cancellation,
    }))
}
