//! A full disk closes the ledger for intents, loses nothing, and heals by itself.

#![cfg(test)]

mod ledger_desk;

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
};

use cardd::ledger::{Ledger, LedgerError, LedgerState, Operation, Outcome, chain};
use ledger_desk::{entry, open, settings, verify};

/// Variable that tells the test that it runs in mounts of its own, and where.
const BENCH_DIR: &str = "CARDD_DISK_FULL_DIR";

/// More attempts than fit into what a full disk may still have inside the store's own file.
const ATTEMPTS: usize = 20_000;

/// Runs the test below on a small file system of its own, in a user and mount namespace: no
/// rights are needed, and nothing is left behind.
#[test]
fn full_disk_closes_the_ledger_until_there_is_space() {
    let bench = tempfile::tempdir().unwrap();
    let in_namespace = |script: &str| {
        Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
            .arg(std::env::current_exe().unwrap())
            .env(BENCH_DIR, bench.path())
            .output()
            .unwrap()
    };
    let mount = "mount -t tmpfs -o size=8m none \"$CARDD_DISK_FULL_DIR\"";
    if !in_namespace(mount).status.success() {
        eprintln!("skipped: needs user namespaces");
        return;
    }
    let output = in_namespace(&format!(
        "{mount} && exec \"$0\" --exact on_a_small_disk --nocapture"
    ));
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn on_a_small_disk() {
    let Some(bench) = std::env::var_os(BENCH_DIR).map(PathBuf::from) else {
        return;
    };
    let home = bench.join("ledger");
    let ledger = open(&home);
    let card = ledger.card_ref(&[b"card"]);
    verify(&ledger, &card, Outcome::Succeeded);

    let filler = fill(&bench);
    let acknowledged = write_until_full(&ledger);
    let LedgerState::Unavailable { since_unix_ms, .. } = ledger.state() else {
        panic!("{:?}", ledger.state())
    };
    assert_eq!(since_unix_ms, 1_700_000_000_000);
    let refused = ledger.begin(entry(Operation::Verify, &card));
    assert!(
        matches!(refused, Err(LedgerError::Unavailable { .. })),
        "{refused:?}"
    );
    assert_eq!(ledger.head().unwrap().sequence, acknowledged);

    drop(ledger);
    let opened = Ledger::open(settings(&home));
    assert!(
        matches!(opened, Err(LedgerError::Unavailable { .. })),
        "{opened:?}"
    );

    fs::remove_file(&filler).unwrap();
    let ledger = open(&home);
    assert_whole(&ledger, acknowledged);
    fill(&bench);
    let acknowledged = write_until_full(&ledger);
    fs::remove_file(&filler).unwrap();
    let after = verify(&ledger, &card, Outcome::Succeeded);
    assert!(after > acknowledged);
    assert_whole(&ledger, after);
    drop(ledger);
    assert_whole(&open(&home), after);
}

/// Writes attempts until one is refused. Returns the last number that was acknowledged.
fn write_until_full(ledger: &Ledger) -> u64 {
    let card = ledger.card_ref(&[b"other card"]);
    let mut acknowledged = ledger.head().unwrap().sequence;
    for _ in 0..ATTEMPTS {
        let Ok(intent) = ledger.begin(entry(Operation::Verify, &card)) else {
            return acknowledged;
        };
        acknowledged = intent.sequence();
        let Ok(closed) = ledger.close(intent, Outcome::NowBlocked) else {
            return acknowledged;
        };
        acknowledged = closed;
    }
    panic!("the disk is never full")
}

fn assert_whole(ledger: &Ledger, acknowledged: u64) {
    assert_eq!(ledger.state(), LedgerState::Ready);
    let (base, head) = (ledger.base().unwrap(), ledger.head().unwrap());
    assert!(
        head.sequence >= acknowledged,
        "{head:?} does not reach {acknowledged}"
    );
    let records = ledger.records(0, usize::MAX).unwrap();
    assert_eq!(chain::verify(base, &records), Ok(head));
    let open = ledger.open_intents().unwrap();
    assert!(
        open.iter().all(|open| open.sequence <= acknowledged),
        "{open:?}"
    );
}

/// Takes all space there is.
fn fill(bench: &Path) -> PathBuf {
    let path = bench.join("filler");
    let mut file = File::create(&path).unwrap();
    let piece = vec![0x55; 4096];
    loop {
        match file.write_all(&piece) {
            Ok(()) => {}
            Err(full) if full.kind() == io::ErrorKind::StorageFull => return path,
            Err(error) => panic!("{error}"),
        }
    }
}
