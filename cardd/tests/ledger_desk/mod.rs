//! A desk's view of a ledger, for the tests.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use cardd::ledger::{CardRef, IntentEntry, Ledger, LedgerSettings, Moment, Operation, Outcome};

/// Settings with a fixed key and a fixed time.
pub(crate) fn settings(dir: &Path) -> LedgerSettings {
    LedgerSettings {
        dir: dir.to_owned(),
        retention_records: 1000,
        unacknowledged_limit: None,
        random: Arc::new(|| [7; 32].into()),
        now: Arc::new(|| Moment::steady(1_700_000_000_000)),
    }
}

/// The same, with a wall clock that is ahead of the other one by what is stored here, milliseconds.
#[allow(dead_code, reason = "not every test file sets it")]
pub(crate) fn with_clock(dir: &Path) -> (LedgerSettings, Arc<AtomicI64>) {
    let ahead = Arc::new(AtomicI64::new(0));
    let read = Arc::clone(&ahead);
    let running_ms = 1_700_000_000_000_u64;
    let settings = LedgerSettings {
        now: Arc::new(move || Moment {
            unix_ms: running_ms.saturating_add_signed(read.load(Ordering::SeqCst)),
            running_ms,
        }),
        ..settings(dir)
    };
    (settings, ahead)
}

pub(crate) fn open(dir: &Path) -> Ledger {
    Ledger::open(settings(dir)).unwrap()
}

/// An intent with three tries left.
pub(crate) fn entry(operation: Operation, card: &CardRef) -> IntentEntry {
    IntentEntry {
        operation,
        desk: "window 1".to_owned(),
        reader: "reader 00 00".to_owned(),
        insertion: 1,
        card: card.clone(),
        attempts_before: Some(3),
    }
}

/// One whole attempt.
#[allow(dead_code, reason = "not every test file makes one")]
pub(crate) fn verify(ledger: &Ledger, card: &CardRef, outcome: Outcome) -> u64 {
    let intent = ledger.begin(entry(Operation::Verify, card)).unwrap();
    ledger.close(intent, outcome).unwrap()
}

/// Copies a directory and what is in it.
#[allow(dead_code, reason = "not every test file copies")]
pub(crate) fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
