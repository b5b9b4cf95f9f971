//! Every request of the contract: a decoder and good messages for each.

use cardd_proto::v1::{self, Purpose};
use prost::Message;

use super::targets::sealed_seed;

/// A request of the contract.
#[derive(Debug)]
pub struct Request {
    /// Its message, as the contract names it.
    pub name: &'static str,
    /// Decodes bytes that may be anything; what is read is written and read again.
    take: fn(&[u8]),
    /// Good messages, each field of the contract in one of them.
    good: fn() -> Vec<Vec<u8>>,
}

macro_rules! requests {
    ($($message:ident: $($good:expr),+;)+) => {
        &[$(Request {
            name: stringify!($message),
            take: again::<v1::$message>,
            good: || vec![$({
                let good: v1::$message = $good;
                good.encode_to_vec()
            }),+],
        }),+]
    };
}

const READER: &str = "Sim a 00 00";
const ID: &str = "420101195505050007";

/// All of them. A message begins with its place here: new ones come at the end.
pub const REQUESTS: &[Request] = requests! {
    GetPinStatusRequest: v1::GetPinStatusRequest { reader: READER.to_owned(), insertion: 1 };
    BeginEntryRequest: v1::BeginEntryRequest {
        reader: READER.to_owned(),
        insertion: 1,
        purpose: Purpose::Verify.into(),
    };
    VerifyPinRequest: v1::VerifyPinRequest {
        entry: Some(sealed_seed()),
        accept_last_attempt: true,
        bill: Some(v1::Bill { reference: "B-1".to_owned(), amount_fen: 12_345 }),
    };
    ChangePinRequest: v1::ChangePinRequest { entry: Some(sealed_seed()), accept_last_attempt: true };
    CancelEntryRequest: v1::CancelEntryRequest { entry_id: vec![7; 16] };
    OpenCaseRequest: v1::OpenCaseRequest {
        reader: READER.to_owned(),
        insertion: 1,
        operation: v1::IssuerOperation::Unblock.into(),
        applicant: v1::Applicant::Agent.into(),
        holder_id_number: ID.to_owned(),
        agent_id_number: ID.to_owned(),
        holder_original_seen: true,
        agent_original_seen: true,
        reason: v1::CaseReason::Blocked.into(),
    };
    ApproveCaseRequest: v1::ApproveCaseRequest { case_sequence: 1 };
    SetHolderPinRequest: v1::SetHolderPinRequest { case_sequence: 1, entry: Some(sealed_seed()) };
    HallMessage:
        hall(v1::hall_message::Kind::Begin(v1::Begin {
            grant: vec![3; 32],
            operator: "1001".to_owned(),
        })),
        hall(v1::hall_message::Kind::ReadKey(authentication())),
        hall(v1::hall_message::Kind::UnblockKey(authentication())),
        hall(v1::hall_message::Kind::Message(v1::SecureMessage {
            command: vec![0x84, 0x24, 0x00, 0x00, 0x04, 0x30, 0x5F, 0xBE, 0x72],
            issued_pin: Some(sealed_seed()),
        }));
    ListRecordsRequest: v1::ListRecordsRequest { after_sequence: 1, limit: 2 };
    EnrolRequest: v1::EnrolRequest { public_key: vec![9; 32] };
    AcknowledgeRequest: v1::AcknowledgeRequest {
        chain_id: vec![1; 16],
        sequence: 1,
        hash: vec![2; 32],
    };
    ConfirmNewChainRequest: v1::ConfirmNewChainRequest { old_head_hex: "ab".repeat(32) };
    CancelReceiptRequest: v1::CancelReceiptRequest {
        receipt: Some(v1::Receipt { statement: vec![1; 40], signature: vec![2; 64] }),
    };
    WatchEventsRequest: v1::WatchEventsRequest { after_position: Some(1) };
    ReadCardRequest: v1::ReadCardRequest { reader: READER.to_owned(), insertion: 1 };
    BeginHolderPinRequest: v1::BeginHolderPinRequest { case_sequence: 1, wait_ms: 5 };
    ConfirmEnrolmentRequest: v1::ConfirmEnrolmentRequest { proof: vec![4; 32] };
    PullRequest: v1::PullRequest { after_sequence: 1 };
    CheckNewPinRequest: v1::CheckNewPinRequest { entry: Some(sealed_seed()) };
    GetRulesRequest: v1::GetRulesRequest {};
    PushRulesRequest: v1::PushRulesRequest { file: super::rule_file::signed() };
    ListReadersRequest: v1::ListReadersRequest {};
    ListReceiptKeysRequest: v1::ListReceiptKeysRequest {};
    RotateReceiptKeyRequest: v1::RotateReceiptKeyRequest {};
    GetStatusRequest: v1::GetStatusRequest {};
    ReopenKiosksRequest: v1::ReopenKiosksRequest {};
    ListSuspectCardsRequest: v1::ListSuspectCardsRequest { limit: 5 };
};

fn hall(kind: v1::hall_message::Kind) -> v1::HallMessage {
    v1::HallMessage { kind: Some(kind) }
}

fn authentication() -> v1::Authentication {
    v1::Authentication {
        data: vec![1; 8],
        original: vec![2; 8],
    }
}

fn again<M: Message + Default + PartialEq>(bytes: &[u8]) {
    if let Ok(read) = M::decode(bytes) {
        let written = read.encode_to_vec();
        assert!(M::decode(written.as_slice()).is_ok_and(|again| again == read));
    }
}

/// The place of a message in [`REQUESTS`], and good ones.
#[must_use]
pub fn good(name: &str) -> Option<(u8, Vec<Vec<u8>>)> {
    let place = REQUESTS.iter().position(|request| request.name == name)?;
    let request = REQUESTS.get(place)?;
    Some((u8::try_from(place).ok()?, (request.good)()))
}

/// Good messages of all, each after its place.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let all = REQUESTS.iter().filter_map(|request| good(request.name));
    all.flat_map(|(place, messages)| {
        let framed = messages.into_iter();
        framed.map(move |message| [vec![place], message].concat())
    })
    .collect()
}

/// Every message that a client sends. The first byte says which; the contract's own decoder reads
/// the rest.
pub fn requests(input: &[u8]) {
    if let Some((which, message)) = input.split_first()
        && let Some(request) = REQUESTS.get(usize::from(*which) % REQUESTS.len())
    {
        (request.take)(message);
    }
}
