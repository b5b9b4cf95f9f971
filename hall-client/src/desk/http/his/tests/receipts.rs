//! Receipts that are taken back, with a FAKE cardd that counts what it is asked.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use cardd_proto::{
    detail, receipt,
    v1::{
        self,
        receipt_service_server::{ReceiptService, ReceiptServiceServer},
    },
};
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio_stream::wrappers::UnixListenerStream;
use tonic::{Response, Status, transport::Server};

use super::*;

const RECEIPT: (&str, &str) = ("DELETE", "/his/v1/bills/B-1/receipt");

/// A cardd that takes receipts back, or refuses to.
#[derive(Clone, Default)]
struct Fake {
    asked: Arc<AtomicU64>,
    refuses: Option<v1::Reason>,
}

#[tonic::async_trait]
impl ReceiptService for Fake {
    async fn cancel_receipt(
        &self,
        _: tonic::Request<v1::CancelReceiptRequest>,
    ) -> Result<Response<v1::CancelReceiptResponse>, Status> {
        let before = self.asked.fetch_add(1, Ordering::SeqCst);
        if let Some(reason) = self.refuses {
            return Err(detail::to_status(&v1::CardError {
                reason: reason.into(),
                ..v1::CardError::default()
            }));
        }
        Ok(Response::new(v1::CancelReceiptResponse {
            cancellation: Some(v1::Cancellation::default()),
            ledger_sequence: 44 + before,
        }))
    }

    async fn list_receipt_keys(
        &self,
        _: tonic::Request<v1::ListReceiptKeysRequest>,
    ) -> Result<Response<v1::ListReceiptKeysResponse>, Status> {
        Err(Status::unimplemented("keys"))
    }

    async fn rotate_receipt_key(
        &self,
        _: tonic::Request<v1::RotateReceiptKeyRequest>,
    ) -> Result<Response<v1::RotateReceiptKeyResponse>, Status> {
        Err(Status::unimplemented("keys"))
    }
}

impl Fake {
    fn refusing(reason: v1::Reason) -> Self {
        Self {
            refuses: Some(reason),
            ..Self::default()
        }
    }

    /// Its socket, in a directory that goes with the test.
    fn listens(&self) -> (TempDir, PathBuf) {
        let directory = TempDir::new().unwrap();
        let socket = directory.path().join("billing.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let service = ReceiptServiceServer::new(self.clone());
        let server = Server::builder().add_service(service);
        tokio::spawn(server.serve_with_incoming(UnixListenerStream::new(listener)));
        (directory, socket)
    }

    fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}

/// A bill that was paid, and a machine that notes what it is told of its receipt.
fn paid() -> Page {
    let bill = json!({
        "reference": "B-1", "amount_fen": 1, "number": 7, "state": "PAID", "concluded": true,
        "attempts_remaining": 6, "cancellation": null,
        "receipt": { "signed": "CR1.AA.AA", "ledger_sequence": 41, "attempts_remaining": 6 },
    });
    let (shows, view) = watch::channel(View::new(1, &json!([&bill]), None));
    Page::made_up("his", view, move |touch| {
        let told: Value = serde_json::from_slice(touch).unwrap();
        assert_eq!(
            (&told["act"], &told["number"]),
            (&json!("receipt_cancelled"), &json!(7))
        );
        let mut after = bill.clone();
        after["state"] = json!("RECEIPT_CANCELLED");
        after["receipt"] = Value::Null;
        after["cancellation"] = told["cancellation"].clone();
        shows.send_replace(View::new(2, &json!([after]), None));
        Ok(())
    })
}

#[tokio::test]
async fn a_receipt_is_taken_back_once_however_often_that_is_asked() {
    let fake = Fake::default();
    let (_directory, socket) = fake.listens();
    let site = site(paid(), &socket);
    let ask = || answer_at(Arc::clone(&site), RECEIPT, "");
    let (first, second) = tokio::join!(ask(), ask());
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(first.1["state"], "RECEIPT_CANCELLED");
    let signed = receipt::cancellation_to_text(&v1::Cancellation::default());
    let taken = json!({ "signed": signed, "ledger_sequence": 44 });
    assert_eq!(first.1["cancellation"], taken);
    assert_eq!(second, first);
    assert_eq!(ask().await, first);
    assert_eq!(fake.asked(), 1);
}

#[tokio::test]
async fn a_receipt_that_is_not_taken_back_stays_and_the_reason_is_told() {
    let refusals = [
        (
            v1::Reason::ReceiptExpired,
            StatusCode::CONFLICT,
            "RECEIPT_EXPIRED",
        ),
        (
            v1::Reason::LedgerUnavailable,
            StatusCode::SERVICE_UNAVAILABLE,
            "TERMINAL_FAILED",
        ),
    ];
    for (reason, status, word) in refusals {
        let fake = Fake::refusing(reason);
        let (_directory, socket) = fake.listens();
        let site = site(paid(), &socket);
        let refused = answer_at(Arc::clone(&site), RECEIPT, "").await;
        assert_eq!(refused, (status, json!({ "error": word })));
        assert_eq!(fake.asked(), 1);
        let (_, bill) = answer(site, "GET", "").await;
        assert_eq!(bill["state"], "PAID", "{word}");
        assert_eq!(bill["receipt"]["signed"], "CR1.AA.AA", "{word}");
    }
}

#[tokio::test]
async fn a_terminal_that_is_not_there_is_told_apart() {
    let site = site(paid(), Path::new("/nowhere"));
    let silent = answer_at(Arc::clone(&site), RECEIPT, "").await;
    let word = json!({ "error": "TERMINAL_SILENT" });
    assert_eq!(silent, (StatusCode::SERVICE_UNAVAILABLE, word));
    assert_eq!(answer(site, "GET", "").await.1["state"], "PAID");
}

#[tokio::test]
async fn a_desk_that_takes_no_more_touches_says_so_and_cardd_is_asked_once_all_the_same() {
    let fake = Fake::default();
    let (_directory, socket) = fake.listens();
    let free = paid();
    let view = free.view.clone();
    let refusals = AtomicU64::new(2);
    let busy = Page::made_up("his", view, move |touch| {
        let left = refusals.load(Ordering::SeqCst);
        if left == 0 {
            return free.touch(touch);
        }
        refusals.store(left - 1, Ordering::SeqCst);
        Err(TouchError::Busy)
    });
    let site = site(busy, &socket);
    for _ in 0..2 {
        let answer = answer_at(Arc::clone(&site), RECEIPT, "").await;
        let word = json!({ "error": "OVERLOADED" });
        assert_eq!(answer, (StatusCode::SERVICE_UNAVAILABLE, word));
    }
    let (status, bill) = answer_at(site, RECEIPT, "").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(bill["cancellation"]["ledger_sequence"], 44);
    assert_eq!(fake.asked(), 1);
}
