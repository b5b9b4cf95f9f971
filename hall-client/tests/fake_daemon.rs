//! The client against a FAKE daemon inside the test: only what a real one cannot be made to do,
//! such as silence, breaks at a chosen moment and values of a newer contract.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests stop at the first surprise, as tests do"
)]

use std::{
    path::PathBuf,
    pin::Pin,
    time::{Duration, Instant},
};

use cardd_proto::{
    detail,
    secret::Secret,
    v1::{
        self,
        pin_service_server::{PinService, PinServiceServer},
        reader_service_server::{ReaderService, ReaderServiceServer},
    },
};
use hall_client::{
    AttemptSpent, Change, ClientError, Happening, Insertion, Limits, Reason, Terminal, Verify,
    error::ContractError,
};
use tokio_stream::{Stream, wrappers::UnixListenerStream};
use tonic::{Request, Response, Status, transport::Server};

type Answer<T> = Result<Response<T>, Status>;

/// How the fake behaves once digits arrive.
#[derive(Clone, Copy)]
enum Manner {
    Silent,
    Succeeds,
    Wrong,
    UnknownReason,
    NoDetail,
}

#[derive(Clone, Copy)]
struct Fake(Manner);

impl Fake {
    async fn judge(self) -> Result<(), Status> {
        match self.0 {
            Manner::Silent => std::future::pending().await,
            Manner::Succeeds => Ok(()),
            Manner::Wrong => Err(detail::to_status(&v1::CardError {
                reason: v1::Reason::PinWrong.into(),
                attempts_remaining: Some(2),
                attempt_spent: v1::AttemptSpent::Yes.into(),
                status_word: Some(0x63C2),
                incident_id: "i-7".to_owned(),
                ..v1::CardError::default()
            })),
            Manner::UnknownReason => Err(detail::to_status(&v1::CardError {
                reason: 4711,
                ..v1::CardError::default()
            })),
            Manner::NoDetail => Err(Status::internal("a proxy's own words")),
        }
    }
}

#[tonic::async_trait]
impl PinService for Fake {
    async fn get_pin_status(
        &self,
        _: Request<v1::GetPinStatusRequest>,
    ) -> Answer<v1::GetPinStatusResponse> {
        self.judge().await?;
        let status = v1::PinStatus {
            state: 99,
            ..v1::PinStatus::default()
        };
        Ok(Response::new(v1::GetPinStatusResponse {
            status: Some(status),
        }))
    }

    async fn begin_entry(
        &self,
        _: Request<v1::BeginEntryRequest>,
    ) -> Answer<v1::BeginEntryResponse> {
        let mut public_key = vec![9]; // the base point of X25519
        public_key.resize(32, 0);
        Ok(Response::new(v1::BeginEntryResponse {
            entry_id: vec![1; 16],
            public_key,
            status: Some(v1::PinStatus {
                state: v1::PinState::Own.into(),
                attempts_remaining: Some(1),
                ..v1::PinStatus::default()
            }),
            last_attempt: true,
            min_digits: 4,
            max_digits: 6,
            expires_in_ms: 60_000,
        }))
    }

    async fn cancel_entry(
        &self,
        _: Request<v1::CancelEntryRequest>,
    ) -> Answer<v1::CancelEntryResponse> {
        Ok(Response::new(v1::CancelEntryResponse {}))
    }

    async fn check_new_pin(
        &self,
        _: Request<v1::CheckNewPinRequest>,
    ) -> Answer<v1::CheckNewPinResponse> {
        self.judge().await?;
        Ok(Response::new(v1::CheckNewPinResponse {}))
    }

    async fn verify_pin(
        &self,
        request: Request<v1::VerifyPinRequest>,
    ) -> Answer<v1::VerifyPinResponse> {
        self.judge().await?;
        Ok(Response::new(v1::VerifyPinResponse {
            attempts_remaining: None,
            ledger_sequence: u64::from(request.into_inner().accept_last_attempt),
            receipt: None,
        }))
    }

    async fn change_pin(&self, _: Request<v1::ChangePinRequest>) -> Answer<v1::ChangePinResponse> {
        self.judge().await?;
        Ok(Response::new(v1::ChangePinResponse {
            attempts_remaining: Some(6),
            ledger_sequence: 8,
        }))
    }
}

#[tonic::async_trait]
impl ReaderService for Fake {
    type WatchEventsStream = Pin<Box<dyn Stream<Item = Result<v1::Event, Status>> + Send>>;

    async fn list_readers(
        &self,
        _: Request<v1::ListReadersRequest>,
    ) -> Answer<v1::ListReadersResponse> {
        let long = v1::Reader {
            name: "x".repeat(5000),
            state: v1::SlotState::Empty.into(),
            ..v1::Reader::default()
        };
        Ok(Response::new(v1::ListReadersResponse {
            readers: vec![long],
            position: 0,
        }))
    }

    /// Two events after the named position, then the end of the stream.
    async fn watch_events(
        &self,
        request: Request<v1::WatchEventsRequest>,
    ) -> Answer<Self::WatchEventsStream> {
        let after = request.into_inner().after_position.unwrap_or(100);
        let event = |position| v1::Event {
            position,
            time_unix_ms: 1,
            kind: Some(v1::event::Kind::ServiceChanged(v1::ServiceChanged {
                up: true,
            })),
        };
        let events = [Ok(event(after + 1)), Ok(event(after + 2))];
        Ok(Response::new(Box::pin(tokio_stream::iter(events))))
    }
}

/// Serves until dropped.
struct Serving {
    _directory: tempfile::TempDir,
    socket: PathBuf,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn serve(manner: Manner) -> Serving {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("desk.sock");
    let listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let server = Server::builder()
        .add_service(PinServiceServer::new(Fake(manner)))
        .add_service(ReaderServiceServer::new(Fake(manner)))
        .serve_with_incoming(UnixListenerStream::new(listener));
    let task = tokio::spawn(async move { server.await.unwrap() });
    Serving {
        _directory: directory,
        socket,
        task,
    }
}

const IMPATIENT: Limits = Limits {
    connect: Duration::from_secs(5),
    answer: Duration::from_secs(5),
    card_work: Duration::from_millis(200),
    message_bytes: 4096,
};

fn digits() -> Secret {
    Secret::take_from(&mut b"8317".to_owned()).unwrap()
}

fn one() -> Insertion {
    Insertion::new(1).unwrap()
}

async fn verify(manner: Manner) -> Result<hall_client::Verified, ClientError> {
    let serving = serve(manner);
    let terminal = Terminal::connect_with(&serving.socket, IMPATIENT)
        .await
        .unwrap();
    let entry = terminal.begin_entry("R", one(), Verify).await.unwrap();
    assert!(entry.last_attempt());
    assert_eq!(entry.status().attempts_remaining, Some(1));
    assert_eq!(entry.digits(), (4, 6));
    entry
        .accept_last_attempt()
        .verify(digits(), &mut rand::rng())
        .await
}

#[tokio::test]
async fn no_socket_is_unreachable_and_costs_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let error = Terminal::connect(directory.path().join("none"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, ClientError::Unreachable { .. }),
        "{error:?}"
    );
    assert_eq!(error.attempt_spent(), AttemptSpent::No);
}

#[tokio::test]
async fn fake_daemon_success_carries_the_accepted_last_attempt() {
    let verified = verify(Manner::Succeeds).await.unwrap();
    assert_eq!(
        (verified.attempts_remaining, verified.ledger_sequence),
        (None, 1)
    );
}

#[tokio::test]
async fn fake_daemon_wrong_pin_arrives_with_every_field() {
    let ClientError::Card(failure) = verify(Manner::Wrong).await.unwrap_err() else {
        panic!("not the card's failure");
    };
    assert_eq!(failure.reason, Reason::PinWrong);
    assert_eq!(failure.attempts_remaining, Some(2));
    assert_eq!(failure.attempt_spent, AttemptSpent::Yes);
    assert_eq!(failure.status_word, Some(0x63C2));
    assert_eq!(failure.incident_id, "i-7");
}

#[tokio::test]
async fn fake_daemon_silence_after_the_digits_leaves_the_try_unknown() {
    let start = Instant::now();
    let error = verify(Manner::Silent).await.unwrap_err();
    assert!(matches!(error, ClientError::Timeout { .. }), "{error:?}");
    assert_eq!(error.attempt_spent(), AttemptSpent::Unknown);
    assert!(start.elapsed() >= IMPATIENT.card_work);
}

#[tokio::test]
async fn fake_daemon_silence_on_a_question_costs_nothing() {
    let serving = serve(Manner::Silent);
    let terminal = Terminal::connect_with(&serving.socket, IMPATIENT)
        .await
        .unwrap();
    let error = terminal.pin_status("R", one()).await.unwrap_err();
    assert!(matches!(error, ClientError::Timeout { .. }), "{error:?}");
    assert_eq!(error.attempt_spent(), AttemptSpent::No);
}

#[tokio::test]
async fn fake_daemon_values_of_a_newer_contract_are_named() {
    let serving = serve(Manner::Succeeds);
    let terminal = Terminal::connect_with(&serving.socket, IMPATIENT)
        .await
        .unwrap();
    let error = terminal.pin_status("R", one()).await.unwrap_err();
    let ClientError::Contract {
        cause,
        attempt_spent,
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        cause,
        ContractError::UnknownValue {
            field: "PinStatus.state",
            value: 99
        }
    );
    assert_eq!(attempt_spent, AttemptSpent::No);
}

#[tokio::test]
async fn fake_daemon_failures_without_a_known_reason_leave_the_try_unknown() {
    for manner in [Manner::UnknownReason, Manner::NoDetail] {
        let error = verify(manner).await.unwrap_err();
        assert_eq!(error.attempt_spent(), AttemptSpent::Unknown);
        let ClientError::Contract { cause, .. } = error else {
            panic!("{error:?}")
        };
        assert!(
            matches!(cause, ContractError::ForeignStatus { .. }),
            "{cause:?}"
        );
    }
}

#[tokio::test]
async fn fake_daemon_change_and_cancel() {
    let serving = serve(Manner::Succeeds);
    let terminal = Terminal::connect_with(&serving.socket, IMPATIENT)
        .await
        .unwrap();
    let entry = terminal.begin_entry("R", one(), Change).await.unwrap();
    let changed = entry
        .change(digits(), digits(), digits(), &mut rand::rng())
        .await
        .unwrap();
    assert_eq!(
        (changed.attempts_remaining, changed.ledger_sequence),
        (Some(6), 8)
    );
    let entry = terminal.begin_entry("R", one(), Change).await.unwrap();
    entry.cancel().await.unwrap();
}

#[tokio::test]
async fn fake_daemon_is_not_asked_when_more_is_typed_than_a_pin_can_have() {
    let serving = serve(Manner::Silent);
    let terminal = Terminal::connect_with(&serving.socket, IMPATIENT)
        .await
        .unwrap();
    let entry = terminal.begin_entry("R", one(), Verify).await.unwrap();
    let long = Secret::take_from(&mut [b'7'; 17]).unwrap();
    let error = entry.verify(long, &mut rand::rng()).await.unwrap_err();
    assert!(matches!(error, ClientError::EntryTooLong), "{error:?}");
    assert_eq!(error.attempt_spent(), AttemptSpent::No);
}

#[tokio::test]
async fn fake_daemon_message_beyond_the_bound_is_refused() {
    let serving = serve(Manner::Succeeds);
    let terminal = Terminal::connect_with(&serving.socket, IMPATIENT)
        .await
        .unwrap();
    let error = terminal.readers().await.unwrap_err();
    assert!(matches!(error, ClientError::Contract { .. }), "{error:?}");
}

#[tokio::test]
async fn fake_daemon_watch_says_where_to_go_on() {
    let serving = serve(Manner::Succeeds);
    let terminal = Terminal::connect_with(&serving.socket, IMPATIENT)
        .await
        .unwrap();
    let mut watch = terminal.watch(None).await.unwrap();
    assert_eq!(watch.position(), None);
    let first = watch.next().await.unwrap();
    assert_eq!(first.happening, Happening::ServiceChanged { up: true });
    assert_eq!(watch.next().await.unwrap().position, 102);
    let ended = watch.next().await.unwrap_err();
    assert_eq!(ended.resume_after, Some(102));
    assert!(matches!(ended.cause, ClientError::Unreachable { .. }));
    let mut resumed = terminal.watch(ended.resume_after).await.unwrap();
    assert_eq!(resumed.next().await.unwrap().position, 103);
}
