//! `hall ledger pull` against a FAKE terminal inside the test, killed where a real one cannot be
//! made to wait.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests stop at the first surprise, as tests do"
)]

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex},
};

use cardd_proto::{
    enrolment,
    v1::{
        self,
        ledger_service_server::{LedgerService, LedgerServiceServer},
        pull_response::Part,
        terminal_service_server::{TerminalService, TerminalServiceServer},
    },
};
use hall_client::evidence::{ChainKey, EvidenceRecord, export};
use rand::{SeedableRng as _, rngs::StdRng};
use tokio::{
    net::UnixListener,
    process::{Child, Command},
    sync::mpsc,
};
use tokio_stream::{Iter, wrappers::UnixListenerStream};
use tonic::{Request, Response, Status, transport::Server};

type Answer<T> = Result<Response<T>, Status>;

#[derive(Debug, Default)]
struct State {
    enrolled: bool,
    acknowledged: Vec<u64>,
    pulls: Vec<u64>,
}

#[derive(Clone)]
struct Fake {
    records: Arc<Vec<EvidenceRecord>>,
    state: Arc<Mutex<State>>,
    /// Told of each acknowledgement, which is then never answered; `None`: it is answered.
    hangs: Option<mpsc::UnboundedSender<()>>,
}

fn genesis() -> ChainKey {
    ChainKey::new(1, [7; 32].into())
}

fn records(count: u64) -> Vec<EvidenceRecord> {
    let (mut key, mut previous_hash) = (genesis(), [0; 32]);
    let mut made = Vec::new();
    for sequence in 1..=count {
        let mut record = EvidenceRecord {
            sequence,
            previous_hash,
            hash: [0; 32],
            mac: None,
            body: r#"{"v":1,"time_unix_ms":5,"kind":"stopped"}"#.to_owned(),
        };
        record.hash = record.computed_hash();
        record.mac = Some(key.record_mac(&record.hash));
        previous_hash = record.hash;
        key = key.next();
        made.push(record);
    }
    made
}

#[tonic::async_trait]
impl TerminalService for Fake {
    async fn get_status(&self, _: Request<v1::GetStatusRequest>) -> Answer<v1::GetStatusResponse> {
        Ok(Response::new(v1::GetStatusResponse {
            terminal_id: "kiosk-1".to_owned(),
            desk: Some(v1::Desk {
                name: "hall".to_owned(),
                kind: v1::DeskKind::Hall.into(),
            }),
            pcsc: v1::ServiceState::Up.into(),
            ledger: v1::LedgerState::Ready.into(),
            ledger_enrolled: self.state.lock().unwrap().enrolled,
            guess_budget: Some(v1::GuessBudget::default()),
            rules: Some(v1::RulesInForce {
                source: v1::RulesSource::Configuration.into(),
                ..v1::RulesInForce::default()
            }),
            ..v1::GetStatusResponse::default()
        }))
    }

    async fn reopen_kiosks(
        &self,
        _: Request<v1::ReopenKiosksRequest>,
    ) -> Answer<v1::ReopenKiosksResponse> {
        Err(Status::unimplemented("not asked here"))
    }

    async fn list_suspect_cards(
        &self,
        _: Request<v1::ListSuspectCardsRequest>,
    ) -> Answer<v1::ListSuspectCardsResponse> {
        Err(Status::unimplemented("not asked here"))
    }
}

#[tonic::async_trait]
impl LedgerService for Fake {
    type ListRecordsStream = Iter<std::vec::IntoIter<Result<v1::LedgerRecord, Status>>>;
    type PullStream = Iter<std::vec::IntoIter<Result<v1::PullResponse, Status>>>;

    async fn list_records(
        &self,
        _: Request<v1::ListRecordsRequest>,
    ) -> Answer<Self::ListRecordsStream> {
        Err(Status::unimplemented("not asked here"))
    }

    async fn confirm_new_chain(
        &self,
        _: Request<v1::ConfirmNewChainRequest>,
    ) -> Answer<v1::ConfirmNewChainResponse> {
        Err(Status::unimplemented("not asked here"))
    }

    async fn enrol(&self, request: Request<v1::EnrolRequest>) -> Answer<v1::EnrolResponse> {
        let (key, mut rng) = (genesis(), StdRng::seed_from_u64(2));
        let public = request.into_inner().public_key;
        let sealed = enrolment::seal(key.expose(), key.chain_id(), 1, &public, &mut rng);
        Ok(Response::new(sealed.unwrap()))
    }

    async fn confirm_enrolment(
        &self,
        request: Request<v1::ConfirmEnrolmentRequest>,
    ) -> Answer<v1::ConfirmEnrolmentResponse> {
        assert_eq!(request.into_inner().proof, genesis().enrolment_proof());
        self.state.lock().unwrap().enrolled = true;
        Ok(Response::new(v1::ConfirmEnrolmentResponse::default()))
    }

    async fn pull(&self, request: Request<v1::PullRequest>) -> Answer<Self::PullStream> {
        let after = request.into_inner().after_sequence;
        self.state.lock().unwrap().pulls.push(after);
        let begin = Part::Begin(v1::PullBegin {
            chain_id: genesis().chain_id().to_vec(),
            ..v1::PullBegin::default()
        });
        let mut key = genesis();
        self.records.iter().for_each(|_| key = key.next());
        let last = self.records.last().unwrap();
        let end = Part::End(v1::PullEnd {
            sequence: last.sequence,
            hash: last.hash.to_vec(),
            mac: key.end_mac(&last.hash).to_vec(),
        });
        let wanted = self.records.iter().filter(|record| record.sequence > after);
        let parts = wanted.map(|record| {
            Part::Record(v1::LedgerRecord {
                sequence: record.sequence,
                time_unix_ms: 5,
                body_json: record.body.clone(),
                previous_hash: record.previous_hash.to_vec(),
                hash: record.hash.to_vec(),
                mac: record.mac.unwrap().to_vec(),
            })
        });
        let all: Vec<_> = std::iter::once(begin)
            .chain(parts)
            .chain([end])
            .map(|part| Ok(v1::PullResponse { part: Some(part) }))
            .collect();
        Ok(Response::new(tokio_stream::iter(all)))
    }

    async fn acknowledge(
        &self,
        request: Request<v1::AcknowledgeRequest>,
    ) -> Answer<v1::AcknowledgeResponse> {
        if let Some(hangs) = &self.hangs {
            hangs.send(()).unwrap();
            return std::future::pending().await;
        }
        let sequence = request.into_inner().sequence;
        self.state.lock().unwrap().acknowledged.push(sequence);
        Ok(Response::new(v1::AcknowledgeResponse {}))
    }
}

fn serve(fake: Fake, socket: &Path) {
    let incoming = UnixListenerStream::new(UnixListener::bind(socket).unwrap());
    let server = Server::builder()
        .add_service(TerminalServiceServer::new(fake.clone()))
        .add_service(LedgerServiceServer::new(fake));
    tokio::spawn(server.serve_with_incoming(incoming));
}

fn pull(socket: &Path, store: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_hall"))
        .arg("--socket")
        .arg(socket)
        .args(["--json", "ledger", "pull", "--store"])
        .arg(store)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn chain_dir(store: &Path) -> PathBuf {
    let chain = hex::encode(genesis().chain_id());
    store.join("terminal-kiosk-1").join(chain)
}

#[tokio::test]
async fn killed_between_keeping_and_acknowledging_each_record_is_there_once() {
    let scratch = tempfile::tempdir().unwrap();
    let store = scratch.path().join("store");
    let (told, mut acknowledging) = mpsc::unbounded_channel();
    let fake = Fake {
        records: Arc::new(records(600)),
        state: Arc::default(),
        hangs: Some(told),
    };
    let hanging = scratch.path().join("hanging.sock");
    serve(fake.clone(), &hanging);
    let mut killed = pull(&hanging, &store);
    acknowledging.recv().await.unwrap();
    killed.kill().await.unwrap();

    let answering = scratch.path().join("answering.sock");
    let fake = Fake {
        hangs: None,
        ..fake
    };
    serve(fake.clone(), &answering);
    for _ in 0..2 {
        let output = pull(&answering, &store).wait_with_output().await.unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    let state = fake.state.lock().unwrap();
    assert_eq!(state.acknowledged, [600, 600]);
    let from_the_start = state.pulls.iter().filter(|after| **after == 0).count();
    assert_eq!(from_the_start, 1, "{:?}", state.pulls);
    let file = std::fs::read(chain_dir(&store).join("records.jsonl")).unwrap();
    let kept = export::read_jsonl(file.as_slice()).unwrap().records;
    assert_eq!(kept, *fake.records);
}

/// What a tampered copy looks like from a shell: exit code 10 and the record's number.
#[tokio::test]
async fn tampered_store_is_found_offline() {
    let scratch = tempfile::tempdir().unwrap();
    let store = scratch.path().join("store");
    let fake = Fake {
        records: Arc::new(records(20)),
        state: Arc::default(),
        hangs: None,
    };
    let socket = scratch.path().join("hall.sock");
    serve(fake, &socket);
    let pulled = pull(&socket, &store).wait_with_output().await.unwrap();
    assert!(pulled.status.success(), "{pulled:?}");
    let dir = chain_dir(&store);
    let verify = async |records: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hall"));
        command.args(["--json", "ledger", "verify", "--from"]);
        command.arg(dir.join("genesis.json")).arg("--checkpoint");
        command.arg(dir.join("checkpoint.json")).arg(records);
        command.output().await.unwrap()
    };
    let whole = verify(&dir.join("records.jsonl")).await;
    assert!(whole.status.success(), "{whole:?}");

    let text = std::fs::read_to_string(dir.join("records.jsonl")).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let changed = text.replacen("stopped", "Stopped", 1);
    let without = [&lines[..6], &lines[7..]].concat().join("\n") + "\n";
    let cut = lines[..12].join("\n") + "\n";
    for (tampered, first_bad) in [(changed, 1), (without, 7), (cut, 13)] {
        let path = scratch.path().join("tampered.jsonl");
        std::fs::write(&path, tampered).unwrap();
        let found = verify(&path).await;
        assert_eq!(found.status.code(), Some(10), "{found:?}");
        let said = String::from_utf8(found.stderr).unwrap();
        assert!(said.contains("CHAIN_BAD"), "{said}");
        assert!(said.contains(&format!("record is {first_bad}.")), "{said}");
    }
}
