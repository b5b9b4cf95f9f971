//! What a terminal recorded while the hall was away reaches it once: real cardd, real command, kills
//! on both sides.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use cardd_tests::{
    daemon::program,
    desk::{Desk, refusal},
    stand::{Plan, Stand},
};
use rustix::process::Signal;
use serde_json::Value;

fn hall(stand: &Stand) -> Command {
    let mut command = Command::new(program("hall").unwrap());
    command.arg("--json").arg("--socket");
    command.arg(stand.socket("hall")).stdin(Stdio::null());
    command
}

fn pull(stand: &Stand, store: &Path) -> Value {
    let mut command = hall(stand);
    let pulled = command.args(["ledger", "pull", "--store"]).arg(store);
    let pulled = pulled.output().unwrap();
    assert!(pulled.status.success(), "{pulled:?}");
    serde_json::from_slice(&pulled.stdout).unwrap()
}

/// The directory of the only chain.
fn chain(store: &Path) -> PathBuf {
    let only = |parent: &Path| {
        let mut inside = fs::read_dir(parent).unwrap();
        inside.next().unwrap().unwrap().path()
    };
    only(&only(store))
}

fn sequences(store: &Path) -> Vec<u64> {
    let records = fs::read_to_string(chain(store).join("records.jsonl")).unwrap();
    let sequence = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        record["sequence"].as_u64().unwrap()
    };
    records.lines().map(sequence).collect()
}

fn verify(stand: &Stand, store: &Path) -> Output {
    let chain = chain(store);
    let mut command = hall(stand);
    command.args(["ledger", "verify", "--from"]);
    command.arg(chain.join("genesis.json")).arg("--checkpoint");
    command.arg(chain.join("checkpoint.json"));
    command.arg(chain.join("records.jsonl")).output().unwrap()
}

/// A wrong try at the billing desk: two records.
async fn work(stand: &Stand) {
    let mut desk = Desk::at(stand, "billing").await.unwrap();
    let reader = stand.reader("a");
    let at = (reader.as_str(), desk.card(&reader).await.unwrap());
    let _wrong = refusal(desk.verify(at, "760241", true).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_was_offline_delivers_each_record_once() {
    let mut stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let store = scratch.path().join("store");
    stand.rack().unwrap().insert("a", "w2").unwrap();
    // Offline: nobody collects, and the terminal is killed in between.
    work(&stand).await;
    stand.cardd.end(Signal::KILL).unwrap();
    stand.cardd.spawn().unwrap();
    work(&stand).await;

    let first = pull(&stand, &store);
    assert_eq!(first["enrolled"], true);
    let kept = sequences(&store);
    assert_eq!(kept.len() as u64, first["records"].as_u64().unwrap());
    // The hall is killed at any moment of the next collections; the terminal works on.
    for round in 0..4 {
        work(&stand).await;
        let mut command = hall(&stand);
        let mut child = command
            .args(["ledger", "pull", "--store"])
            .arg(&store)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(round * 4));
        drop(child.kill());
        child.wait().unwrap();
        if round == 2 {
            stand.cardd.end(Signal::KILL).unwrap();
            stand.cardd.spawn().unwrap();
        }
    }
    pull(&stand, &store);
    let last = pull(&stand, &store);
    assert_eq!(
        last["records"], 0,
        "what was delivered is not delivered again"
    );
    let delivered = sequences(&store);
    let expected: Vec<u64> = (1..=last["sequence"].as_u64().unwrap()).collect();
    assert_eq!(delivered, expected);
    let verified = verify(&stand, &store);
    assert!(verified.status.success(), "{verified:?}");
    // Six wrong tries, none lost and none invented.
    let records = fs::read_to_string(chain(&store).join("records.jsonl")).unwrap();
    let of_kind = |kind: &str| records.matches(&format!(r#"\"kind\":\"{kind}\""#)).count();
    assert_eq!((of_kind("intent"), of_kind("outcome")), (6, 6), "{records}");
    assert_eq!(stand.tries("w2").unwrap(), 0);
}

/// A hall goes on from an older copy of its store: what it acknowledged since is gone at the terminal, and
/// it is told which records that are.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_set_back_is_told_what_nobody_has_any_more() {
    let plan = Plan::with_cards(&[]).ledger_lines("retention_records = 100");
    let stand = Stand::start(&plan).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let [store, older] = ["store", "older"].map(|name| scratch.path().join(name));
    let kept = pull(&stand, &store)["sequence"].as_u64().unwrap();
    let mut copy = Command::new("cp");
    let copied = copy.arg("-a").args([&store, &older]).status().unwrap();
    assert!(copied.success());

    // A new key is work that takes no card.
    let terminal = Desk::at(&stand, "hall").await.unwrap().terminal;
    while pull(&stand, &store)["sequence"].as_u64().unwrap() < kept + 110 {
        for _ in 0..20 {
            terminal.rotate_receipt_key().await.unwrap();
        }
    }
    // Its record makes room by dropping what the hall has.
    terminal.rotate_receipt_key().await.unwrap();

    let mut command = hall(&stand);
    let refused = command.args(["ledger", "pull", "--store"]).arg(&older);
    let refused = refused.output().unwrap();
    assert_eq!(refused.status.code(), Some(10), "{refused:?}");
    let told: Value = serde_json::from_slice(&refused.stderr).unwrap();
    let (begin, _) = terminal.pull(u64::MAX).await.unwrap();
    let gap = format!(
        "records {} to {} are neither",
        kept + 1,
        begin.base_sequence
    );
    assert!(told["causes"].to_string().contains(&gap), "{gap}: {told}");
    // The store that has them all goes on.
    assert_ne!(pull(&stand, &store)["records"], 0);
}
