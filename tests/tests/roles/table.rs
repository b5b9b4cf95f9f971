//! Every kind of desk makes every call of the contract, over a connection of its own.

use std::pin::Pin;

use cardd_proto::v1;
use cardd_tests::{
    desk::Desk,
    raw::{channel, detail},
    site::{Site, desk},
    stand::Plan,
};
use hall_client::DeskKind;
use prost::Message as _;
use tonic::{Request, client::Grpc, codegen::http::uri::PathAndQuery, transport::Channel};
use tonic_prost::ProstCodec;

const YES: bool = true;
const NO: bool = false;

/// Kinds of desks in the order of the columns; each is a desk of that name.
const KINDS: [(&str, DeskKind); 5] = [
    ("billing", DeskKind::Billing),
    ("kiosk", DeskKind::Kiosk),
    ("counter", DeskKind::Counter),
    ("hall", DeskKind::Hall),
    ("auditor", DeskKind::Auditor),
];

/// A call that is well-formed, so that nothing but the role can stand in its way at first, and who
/// may make it.
struct Row {
    path: &'static str,
    call: Box<dyn Fn(Channel) -> Answer>,
    may: [bool; 5],
}

type Answer = Pin<Box<dyn Future<Output = Option<v1::Reason>>>>;

fn row<M>(path: &'static str, message: M, may: [bool; 5]) -> Row
where
    M: prost::Message + Default + Clone + 'static,
{
    let call = move |channel| -> Answer { Box::pin(refusal(channel, path, message.clone())) };
    Row {
        path,
        call: Box::new(call),
        may,
    }
}

fn begin_entry(purpose: v1::Purpose) -> v1::BeginEntryRequest {
    v1::BeginEntryRequest {
        reader: "no reader".to_owned(),
        insertion: 1,
        purpose: purpose.into(),
    }
}

/// As a client seals; cardd knows no entry of that name.
fn sealed() -> Option<v1::SealedEntry> {
    Some(v1::SealedEntry {
        entry_id: vec![1; cardd_proto::entry::ENTRY_ID_BYTES],
        encapsulated_key: vec![2; cardd_proto::entry::KEY_BYTES],
        ciphertext: vec![3; cardd_proto::entry::CIPHERTEXT_BYTES],
    })
}

fn open_case() -> v1::OpenCaseRequest {
    v1::OpenCaseRequest {
        reader: "no reader".to_owned(),
        insertion: 1,
        operation: v1::IssuerOperation::Unblock.into(),
        applicant: v1::Applicant::Holder.into(),
        holder_id_number: "420101195505050007".to_owned(),
        holder_original_seen: true,
        reason: v1::CaseReason::Blocked.into(),
        ..v1::OpenCaseRequest::default()
    }
}

fn operate() -> v1::HallMessage {
    let begin = v1::Begin {
        grant: vec![0; 32],
        operator: "li".to_owned(),
    };
    v1::HallMessage {
        kind: Some(v1::hall_message::Kind::Begin(begin)),
    }
}

/// Billing, kiosk, counter, hall, auditor.
#[rustfmt::skip] // one call a line reads as a table
fn table() -> Vec<Row> {
    vec![
        row("TerminalService/GetStatus", v1::GetStatusRequest {}, [YES, YES, YES, YES, YES]),
        row("TerminalService/ReopenKiosks", v1::ReopenKiosksRequest {}, [NO, NO, YES, NO, NO]),
        row("TerminalService/ListSuspectCards", v1::ListSuspectCardsRequest::default(), [NO, NO, YES, YES, NO]),
        row("ReaderService/ListReaders", v1::ListReadersRequest {}, [YES, YES, YES, YES, NO]),
        row("ReaderService/WatchEvents", v1::WatchEventsRequest::default(), [YES, YES, YES, YES, NO]),
        row("CardService/ReadCard", v1::ReadCardRequest::default(), [YES, YES, YES, NO, NO]),
        row("PinService/GetPinStatus", v1::GetPinStatusRequest::default(), [YES, YES, YES, NO, NO]),
        row("PinService/BeginEntry", begin_entry(v1::Purpose::Verify), [YES, NO, YES, NO, NO]),
        row("PinService/BeginEntry", begin_entry(v1::Purpose::Change), [YES, YES, YES, NO, NO]),
        row("PinService/CancelEntry", v1::CancelEntryRequest::default(), [YES, YES, YES, NO, NO]),
        row("PinService/CheckNewPin", v1::CheckNewPinRequest { entry: sealed() }, [YES, YES, YES, NO, NO]),
        row("PinService/VerifyPin", v1::VerifyPinRequest { entry: sealed(), accept_last_attempt: false, bill: None }, [YES, NO, YES, NO, NO]),
        row("PinService/ChangePin", v1::ChangePinRequest { entry: sealed(), accept_last_attempt: false }, [YES, YES, YES, NO, NO]),
        row("ReceiptService/CancelReceipt", v1::CancelReceiptRequest { receipt: Some(v1::Receipt::default()) }, [YES, NO, NO, NO, NO]),
        row("ReceiptService/ListReceiptKeys", v1::ListReceiptKeysRequest {}, [YES, NO, YES, YES, YES]),
        row("ReceiptService/RotateReceiptKey", v1::RotateReceiptKeyRequest {}, [NO, NO, NO, YES, NO]),
        row("LedgerService/ListRecords", v1::ListRecordsRequest::default(), [NO, NO, YES, YES, YES]),
        row("LedgerService/ConfirmNewChain", v1::ConfirmNewChainRequest { old_head_hex: "00".repeat(32) }, [NO, NO, YES, NO, NO]),
        row("LedgerService/Enrol", v1::EnrolRequest { public_key: vec![9; 32] }, [NO, NO, NO, YES, NO]),
        row("LedgerService/ConfirmEnrolment", v1::ConfirmEnrolmentRequest { proof: vec![0; 32] }, [NO, NO, NO, YES, NO]),
        row("LedgerService/Pull", v1::PullRequest::default(), [NO, NO, NO, YES, NO]),
        row("LedgerService/Acknowledge", v1::AcknowledgeRequest { chain_id: vec![0; 16], sequence: 1, hash: vec![0; 32] }, [NO, NO, NO, YES, NO]),
        row("CounterService/OpenCase", open_case(), [NO, NO, YES, NO, NO]),
        row("CounterService/ApproveCase", v1::ApproveCaseRequest { case_sequence: 1 }, [NO, NO, YES, NO, NO]),
        row("CounterService/BeginHolderPin", v1::BeginHolderPinRequest { case_sequence: 1, wait_ms: 0 }, [NO, NO, YES, NO, NO]),
        row("CounterService/SetHolderPin", v1::SetHolderPinRequest { case_sequence: 1, entry: sealed() }, [NO, NO, YES, NO, NO]),
        row("PolicyService/GetRules", v1::GetRulesRequest {}, [YES, YES, YES, YES, YES]),
        row("PolicyService/PushRules", v1::PushRulesRequest::default(), [NO, NO, NO, YES, NO]),
        row("IssuerService/Operate", operate(), [NO, NO, NO, YES, NO]),
    ]
}

/// Makes a call; whether it has one message or a stream of them is the same on the wire. What is
/// answered is not looked at.
async fn refusal<M>(channel: Channel, path: &'static str, message: M) -> Option<v1::Reason>
where
    M: prost::Message + Default + 'static,
{
    let mut client = Grpc::new(channel);
    client.ready().await.unwrap();
    let path = PathAndQuery::try_from(format!("/cardd.v1.{path}")).unwrap();
    let messages = Request::new(tokio_stream::once(message));
    let answer = client.streaming(messages, path, ProstCodec::<M, ()>::default());
    answer.await.err().map(|status| detail(&status).reason())
}

/// One daemon, both ways to it: the desks of its host, and those whose certificate names the kind.
#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_desk_makes_every_call_on_this_host_and_over_the_network() {
    let elsewhere = tempfile::tempdir().unwrap();
    let auditor = elsewhere.path().join("auditor.sock");
    let local = format!("[[desk]]\nname = \"auditor\"\nkind = \"auditor\"\nsocket = {auditor:?}");
    let site = Site::open(Plan::with_cards(&[]).config(&local)).unwrap();
    let mut wrong = Vec::new();
    for (column, (name, kind)) in KINDS.into_iter().enumerate() {
        let socket = if kind == DeskKind::Auditor {
            auditor.clone()
        } else {
            site.stand.socket(name)
        };
        let certificate = site.issue(&desk(kind, "d-1")).unwrap();
        for (way, channel) in [
            ("socket", channel(&socket).await.unwrap()),
            ("TLS", site.channel(&certificate).await.unwrap()),
        ] {
            for row in table() {
                let refused = (row.call)(channel.clone()).await;
                let denied = refused == Some(v1::Reason::NotForThisDesk);
                if denied == row.may[column] {
                    wrong.push(format!("{name}, {way}, {}: {refused:?}", row.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let counter = Desk::at(&site.stand, "counter").await.unwrap();
    let records = counter.records().await.unwrap();
    assert!(records.iter().all(|record| record["kind"] != "intent"));
}

/// A call that is added to the contract is judged in the table before this passes.
#[test]
fn the_table_has_every_call_of_the_contract() {
    let files = prost_types::FileDescriptorSet::decode(cardd_proto::DESCRIPTORS).unwrap();
    let mut calls: Vec<String> = files
        .file
        .iter()
        .filter(|file| file.package() == "cardd.v1")
        .flat_map(|file| &file.service)
        .flat_map(|service| {
            let name = service.name().to_owned();
            let methods = service.method.iter();
            methods.map(move |method| format!("{name}/{}", method.name()))
        })
        .collect();
    let mut rows: Vec<String> = table().iter().map(|row| row.path.to_owned()).collect();
    rows.dedup();
    calls.sort();
    rows.sort();
    assert_eq!(rows, calls);
}
