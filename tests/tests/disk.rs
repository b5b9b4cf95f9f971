//! The ledger's disk: full, and damaged. PIN work stops before the card is touched, and goes on
//! when it can.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use cardd_proto::v1;
use cardd_tests::{
    desk::{Desk, refusal},
    raw::{Raw, detail},
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, Insertion, LedgerState, PinState, Reason};
use rustix::process::Signal;
use tokio_stream::StreamExt as _;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

const OWN: &str = "830571";
/// Set in the process that has mounts of its own: its scratch directory.
const OWN_MOUNTS: &str = "CARDD_TESTS_OWN_MOUNTS";

/// Runs `body` in a process with mounts of its own, which go with it. `test` is the name of the
/// calling test, by which the test program starts itself again.
fn in_own_mounts(test: &str, body: impl AsyncFnOnce(PathBuf)) {
    if let Some(directory) = std::env::var_os(OWN_MOUNTS) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        return runtime.block_on(body(PathBuf::from(directory)));
    }
    let directory = tempfile::tempdir().unwrap();
    let mut again = Command::new("unshare");
    again.arg("--mount");
    if !rustix::process::geteuid().is_root() {
        again.arg("--map-root-user");
    }
    again.arg("--").arg(std::env::current_exe().unwrap());
    again.args([test, "--exact", "--nocapture"]);
    let output = again.env(OWN_MOUNTS, directory.path()).output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{printed}"
    );
}

/// A disk of so many bytes.
fn small_disk(at: &Path, bytes: u64) {
    fs::create_dir(at).unwrap();
    let size = format!("size={bytes}");
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at);
    assert!(mount.status().unwrap().success());
}

/// Takes all space that is left, and what the store has set aside for later: its file is as long as
/// before, but has no blocks where nothing was written yet.
fn fill(file: &Path, ledger: &Path) {
    let mut dig = Command::new("fallocate");
    dig.arg("--dig-holes").arg(ledger.join("chain").join("db"));
    assert!(dig.status().unwrap().success());
    let mut filler = File::create(file).unwrap();
    while filler.write_all(&[0x55; 4096]).is_ok() {}
}

/// A card with its holder's own PIN.
async fn card(stand: &Stand) -> (Desk, String, Insertion) {
    let mut desk = Desk::at(stand, "counter").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let reader = stand.reader("a");
    let insertion = desk.card(&reader).await.unwrap();
    let at = (reader.as_str(), insertion);
    desk.change(at, ["123456", OWN, OWN]).await.unwrap();
    (desk, reader, insertion)
}

#[test]
fn a_full_disk_closes_pin_work_until_there_is_space() {
    in_own_mounts(
        "a_full_disk_closes_pin_work_until_there_is_space",
        async |directory| {
            let disk = directory.join("disk");
            small_disk(&disk, 8 * 1024 * 1024);
            let plan = Plan::with_cards(&["w2"]).ledger(&disk.join("ledger"));
            let mut stand = Stand::start(&plan).unwrap();
            stand.cardd.expect_errors();
            let (mut desk, reader, insertion) = card(&stand).await;
            let at = (reader.as_str(), insertion);
            fill(&disk.join("filler"), &disk.join("ledger"));
            // The block that was begun lasts for some records.
            let mut untouched = None;
            for _ in 0..200 {
                let sent = stand.pins_sent().unwrap();
                let Err(error) = desk.verify(at, OWN, false).await else {
                    continue;
                };
                assert_eq!(error.reason(), Some(Reason::LedgerUnavailable));
                if stand.pins_sent().unwrap() == sent {
                    untouched = Some(error);
                    break;
                }
            }
            let refused = untouched.unwrap();
            assert_eq!(refused.attempt_spent(), AttemptSpent::No);
            let status = desk.terminal.status().await.unwrap();
            assert_eq!(status.ledger, LedgerState::Unavailable);
            let sent = stand.pins_sent().unwrap();
            for _ in 0..3 {
                let refused = refusal(desk.verify(at, "760241", false).await);
                assert_eq!(
                    (refused.reason, refused.attempt_spent),
                    (Reason::LedgerUnavailable, AttemptSpent::No)
                );
            }
            assert_eq!(stand.pins_sent().unwrap(), sent);
            assert_eq!(stand.tries("w2").unwrap(), 6);
            // What needs no record goes on.
            desk.terminal.read_card(at.0, at.1).await.unwrap();
            assert_eq!(desk.status(at).await.unwrap().attempts_remaining, Some(6));

            fs::remove_file(disk.join("filler")).unwrap();
            desk.verify(at, OWN, false).await.unwrap();
            let status = desk.terminal.status().await.unwrap();
            assert_eq!(status.ledger, LedgerState::Ready);
        },
    );
}

/// Overwrites the middle of the store's file.
fn damage(ledger: &Path) {
    let store = ledger.join("chain").join("db");
    let mut bytes = fs::read(&store).unwrap();
    for byte in bytes.iter_mut().take(4096) {
        *byte ^= 0xA5;
    }
    fs::write(&store, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_ledger_is_set_aside_and_staff_confirm_the_new_one() {
    let mut stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    stand.cardd.expect_errors();
    let (desk, _, before) = card(&stand).await;
    drop(desk);
    stand.cardd.end(Signal::KILL).unwrap();
    damage(&stand.ledger());
    stand.cardd.spawn().unwrap();

    let mut desk = Desk::at(&stand, "counter").await.unwrap();
    let reader = stand.reader("a");
    let at = (
        reader.as_str(),
        desk.next_card(&reader, before).await.unwrap(),
    );
    let status = desk.terminal.status().await.unwrap();
    assert_eq!(status.ledger, LedgerState::AwaitingConfirmation);
    let sent = stand.pins_sent().unwrap();
    let closed = refusal(desk.verify(at, OWN, false).await);
    assert_eq!(
        (closed.reason, closed.attempt_spent),
        (Reason::LedgerDamaged, AttemptSpent::No)
    );
    assert_eq!(stand.pins_sent().unwrap(), sent);
    desk.terminal.read_card(at.0, at.1).await.unwrap();
    let aside = fs::read_dir(stand.ledger()).unwrap().filter_map(Result::ok);
    let aside = aside.filter(|entry| entry.file_name().to_string_lossy().contains("damaged"));
    assert_eq!(aside.count(), 1, "the damaged chain is kept");

    confirm(&stand).await;
    desk.verify(at, OWN, false).await.unwrap();
    assert_eq!(desk.status(at).await.unwrap().state, PinState::Own);
    assert_eq!(stand.tries("w2").unwrap(), 6);
}

/// Only the counter confirms, only with the head of the chain that was set aside; then the health
/// service says that work goes on.
async fn confirm(stand: &Stand) {
    let mut counter = Raw::at(stand, "counter").await.unwrap();
    let mut kiosk = Raw::at(stand, "kiosk").await.unwrap();
    let request = HealthCheckRequest {
        service: "cardd.v1.PinService".to_owned(),
    };
    let mut health = HealthClient::new(kiosk.channel.clone());
    let mut told = health.watch(request).await.unwrap().into_inner();
    let mut next = async || told.next().await.unwrap().unwrap().status();
    assert_eq!(next().await, ServingStatus::NotServing);

    let status = counter
        .terminal
        .get_status(v1::GetStatusRequest {})
        .await
        .unwrap();
    let old_head_hex = status.into_inner().old_ledger_head_hex;
    assert_eq!(old_head_hex.len(), 64);
    let right = v1::ConfirmNewChainRequest { old_head_hex };
    let wrong = v1::ConfirmNewChainRequest {
        old_head_hex: "0".repeat(64),
    };
    let denied = kiosk
        .ledger
        .confirm_new_chain(right.clone())
        .await
        .unwrap_err();
    assert_eq!(detail(&denied).reason(), v1::Reason::NotForThisDesk);
    let other = counter.ledger.confirm_new_chain(wrong).await.unwrap_err();
    assert_eq!(detail(&other).reason(), v1::Reason::RequestMalformed);
    counter
        .ledger
        .confirm_new_chain(right.clone())
        .await
        .unwrap();
    assert_eq!(next().await, ServingStatus::Serving);
    let again = counter.ledger.confirm_new_chain(right).await.unwrap_err();
    assert_eq!(detail(&again).reason(), v1::Reason::RequestMalformed);
}
