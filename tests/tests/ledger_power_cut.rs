//! Acknowledged records outlive a power cut.
//!
//! `CARDD_POWER_CUTS=n` makes it n cuts instead of a few; `CARDD_POWER_CUT_REQUIRED=1` makes a
//! machine that cannot mount a failure instead of a skipped test.

#![cfg(test)]

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use cardd::ledger::{
    IntentEntry, Ledger, LedgerSettings, LedgerState, Moment, Operation, Outcome, chain,
};
use cardd_tests::power_cut::{
    ACKNOWLEDGED, Survivor, WRITER_DIR, bench, cut, run_in_private_mounts, unavailable,
};

/// Cuts of an ordinary run.
const CUTS: usize = 6;

/// Cuts of the check of the checker.
const CONTROL_CUTS: usize = 4;

#[test]
fn acknowledged_records_outlive_a_power_cut() {
    run_where_mounts_work("cut_ledger");
}

/// The rig must be able to fail: `sled` alone, as it comes, loses what it called flushed.
#[test]
fn rig_sees_records_that_a_bare_store_loses() {
    run_where_mounts_work("cut_bare_store");
}

#[test]
fn cut_ledger() {
    let Some(bench) = bench().unwrap() else {
        return;
    };
    for round in 0..cuts() {
        let survivor = cut(&bench, "write_ledger", moment(round)).unwrap();
        check(&survivor, round);
    }
}

#[test]
fn cut_bare_store() {
    let Some(bench) = bench().unwrap() else {
        return;
    };
    let losses = (0..CONTROL_CUTS)
        .filter(|round| {
            let survivor = cut(&bench, "write_bare_store", moment(*round)).unwrap();
            lost_by_bare_store(&survivor)
        })
        .count();
    assert!(losses > 0, "the rig does not see what is lost");
}

/// The writer: attempt after attempt, each record acknowledged as the ledger returns.
#[test]
fn write_ledger() {
    let Some(dir) = writer_dir() else { return };
    let ledger = open(&dir);
    let card = ledger.card_ref(&[b"card"]);
    loop {
        let intent = ledger
            .begin(IntentEntry {
                operation: Operation::Verify,
                desk: "window 1".to_owned(),
                reader: "reader 00 00".to_owned(),
                insertion: 1,
                card: card.clone(),
                attempts_before: Some(3),
            })
            .unwrap();
        acknowledge(intent.sequence());
        acknowledge(
            ledger
                .close(
                    intent,
                    Outcome::Rejected {
                        attempts_remaining: 2,
                    },
                )
                .unwrap(),
        );
    }
}

/// The control: the same store without the remedy.
#[test]
fn write_bare_store() {
    let Some(dir) = writer_dir() else { return };
    let db = sled::Config::new()
        .path(dir.join("bare"))
        .flush_every_ms(None)
        .open()
        .unwrap();
    for number in 1_u64.. {
        db.insert(number.to_be_bytes(), vec![7; 200]).unwrap();
        db.flush().unwrap();
        acknowledge(number);
    }
}

fn run_where_mounts_work(test: &str) {
    if let Some(why) = unavailable().unwrap() {
        assert!(
            std::env::var_os("CARDD_POWER_CUT_REQUIRED").is_none(),
            "power cuts are required here, but loop mounts do not work: {why}"
        );
        eprintln!("skipped: needs loop mounts: {why}");
        return;
    }
    let output = run_in_private_mounts(test).unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Everything acknowledged is there, the chain is whole, and the ledger takes intents.
fn check(survivor: &Survivor, round: usize) {
    let ledger = open(&survivor.dir);
    assert_eq!(ledger.state(), LedgerState::Ready, "cut {round}");
    let head = ledger.head().unwrap();
    assert!(
        head.sequence >= survivor.acknowledged,
        "cut {round}: {head:?}, {survivor:?}"
    );
    let base = ledger.base().unwrap();
    let records = ledger.records(base.sequence, usize::MAX).unwrap();
    assert_eq!(chain::verify(base, &records), Ok(head), "cut {round}");
    // The writer holds one intent at a time.
    assert!(ledger.open_intents().unwrap().len() <= 1, "cut {round}");
}

fn lost_by_bare_store(survivor: &Survivor) -> bool {
    let dir = survivor.dir.join("bare");
    let opened = std::panic::catch_unwind(|| sled::open(dir));
    let Ok(Ok(db)) = opened else { return true };
    db.get(survivor.acknowledged.to_be_bytes())
        .ok()
        .flatten()
        .is_none()
}

/// Few records are kept, so that a long run reuses the store's segments.
fn open(dir: &Path) -> Ledger {
    Ledger::open(LedgerSettings {
        dir: dir.join("ledger"),
        retention_records: 100,
        unacknowledged_limit: None,
        random: Arc::new(|| [7; 32].into()),
        now: Arc::new(|| Moment::steady(1_700_000_000_000)),
    })
    .unwrap()
}

/// Spread over the life of a store: from its creation to many segments.
fn moment(round: usize) -> usize {
    [1, 37, 400, 150, 1200, 11]
        .get(round % 6)
        .copied()
        .unwrap_or(1)
        + 13 * (round / 6)
}

fn cuts() -> usize {
    std::env::var("CARDD_POWER_CUTS").map_or(CUTS, |cuts| cuts.parse().unwrap())
}

fn writer_dir() -> Option<PathBuf> {
    std::env::var_os(WRITER_DIR).map(PathBuf::from)
}

/// On a line of its own, between those of the test runner.
fn acknowledge(number: u64) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{ACKNOWLEDGED}{number}").unwrap();
    out.flush().unwrap();
}
