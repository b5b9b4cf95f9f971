//! The ledger's file system turns read-only under a running cardd, as ext4 does when its disk fails: PIN
//! work closes before any card is touched, what needs no record goes on, and the next cardd on a disk
//! that can be written finds everything that was acknowledged.
//!
//! `CARDD_POWER_CUT_REQUIRED=1` makes a machine that cannot mount a failure instead of a skipped test.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{path::Path, process::Command};

use cardd_tests::{
    power_cut::{Disk, bench, run_in_private_mounts, unavailable},
    scene::{CARD, OWN, Scene, TRIES, WRONG},
    stand::Plan,
};
use hall_client::{AttemptSpent, LedgerState, Reason};
use rustix::process::Signal;

#[test]
fn a_read_only_disk_closes_pin_work_and_keeps_what_was_acknowledged() {
    if let Some(why) = unavailable().unwrap() {
        let required = std::env::var_os("CARDD_POWER_CUT_REQUIRED").is_some();
        assert!(!required, "loop mounts do not work here: {why}");
        eprintln!("skipped: needs loop mounts: {why}");
        return;
    }
    let output = run_in_private_mounts("on_a_disk_that_turns_read_only").unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    assert!(output.status.success(), "{printed}");
}

#[test]
fn on_a_disk_that_turns_read_only() {
    let Some(bench) = bench().unwrap() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(turns_read_only(&bench));
}

/// ext4 stops as after an error of its disk (ext4(5), `abort`).
fn stop_writing(at: &Path) {
    let mut mount = Command::new("mount");
    mount.args(["-o", "remount,abort"]).arg(at);
    assert!(mount.status().unwrap().success());
    // It notices with the next write.
    let written = std::fs::write(at.join("probe"), "x");
    assert!(written.is_err(), "the disk can still be written");
}

async fn turns_read_only(bench: &Path) {
    let disk = Disk::fresh(bench).unwrap();
    let plan = Plan::with_cards(&[CARD]).ledger(&disk.dir().join("ledger"));
    let mut scene = Scene::set(&plan).await.unwrap();
    scene.stand.cardd.expect_errors();
    let acknowledged = scene.desk.records().await.unwrap();
    let sent = scene.stand.pins_sent().unwrap();

    stop_writing(disk.dir());
    for pin in [OWN, WRONG, OWN] {
        let refused = scene.verify(pin).await.unwrap_err();
        assert_eq!(
            refused.reason(),
            Some(Reason::LedgerUnavailable),
            "{refused:?}"
        );
        assert_eq!(refused.attempt_spent(), AttemptSpent::No);
    }
    assert_eq!(
        scene.stand.pins_sent().unwrap(),
        sent,
        "no card was touched"
    );
    assert_eq!(scene.tries().unwrap(), TRIES - 1);
    let status = scene.desk.terminal.status().await.unwrap();
    assert_eq!(status.ledger, LedgerState::Unavailable);
    let at = (scene.reader.as_str(), scene.insertion);
    scene.desk.terminal.read_card(at.0, at.1).await.unwrap();
    let known = scene.desk.status(at).await.unwrap();
    assert_eq!(known.attempts_remaining, Some(TRIES - 1));

    // Another disk with what reached this one.
    disk.cut(scene.stand.cardd.pid().unwrap()).unwrap();
    scene.stand.cardd.end(Signal::KILL).unwrap();
    disk.power_on().unwrap();
    assert_eq!(scene.again().await.unwrap(), [], "nothing was begun");
    let status = scene.desk.terminal.status().await.unwrap();
    assert_eq!(status.ledger, LedgerState::Ready);
    let records = scene.desk.records().await.unwrap();
    let kept = records.get(..acknowledged.len()).unwrap();
    assert_eq!(kept, acknowledged);
    scene.restore().await.unwrap();
}
