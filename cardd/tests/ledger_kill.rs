//! Acknowledged records outlive a kill of the process.

#![cfg(test)]

mod ledger_desk;

use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Command, Stdio},
    thread,
};

use cardd::ledger::{LedgerState, Operation, Outcome, chain};
use ledger_desk::{entry, open};

/// Variable that makes this binary the process that is killed: its ledger's directory.
const WRITER_DIR: &str = "CARDD_KILL_TEST_DIR";

/// Kills of one ledger, one after the other.
const ROUNDS: usize = 12;

/// Threads that write at once.
const WRITERS: u8 = 4;

#[test]
fn acknowledged_records_outlive_kills() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..ROUNDS {
        let acknowledged = kill_after(dir.path().to_owned(), 1 + 37 * round % 251);
        let ledger = open(dir.path());
        assert_eq!(ledger.state(), LedgerState::Ready, "round {round}");
        let (base, head) = (ledger.base().unwrap(), ledger.head().unwrap());
        let records = ledger.records(0, usize::MAX).unwrap();
        assert_eq!(chain::verify(base, &records), Ok(head), "round {round}");
        let newest = acknowledged.into_iter().max().unwrap();
        assert!(
            head.sequence >= newest,
            "round {round}: {head:?} does not reach {newest}"
        );
        let open = ledger.open_intents().unwrap().len();
        assert!(
            open <= usize::from(WRITERS) * (round + 1),
            "round {round}: {open} open"
        );
    }
}

/// Lets the writer acknowledge so often and kills it. Returns what it acknowledged.
fn kill_after(dir: PathBuf, acknowledgements: usize) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "write_until_killed", "--nocapture"])
        .env(WRITER_DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let acknowledged = lines
        .by_ref()
        .filter_map(|line| line.unwrap().strip_prefix("ack ")?.parse().ok())
        .take(acknowledgements)
        .collect();
    child.kill().unwrap();
    child.wait().unwrap();
    acknowledged
}

#[test]
fn write_until_killed() {
    let Some(dir) = std::env::var_os(WRITER_DIR) else {
        return;
    };
    let ledger = open(dir.as_ref());
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let ledger = ledger.clone();
            scope.spawn(move || {
                let card = ledger.card_ref(&[&[writer]]);
                loop {
                    let intent = ledger.begin(entry(Operation::Verify, &card)).unwrap();
                    acknowledge(intent.sequence());
                    acknowledge(ledger.close(intent, Outcome::NowBlocked).unwrap());
                }
            });
        }
    });
}

fn acknowledge(sequence: u64) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nack {sequence}").unwrap();
    out.flush().unwrap();
}

#[test]
fn writers_at_once_get_numbers_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let mut numbers: Vec<u64> = thread::scope(|scope| {
        let writers: Vec<_> = (0..16_u8)
            .map(|writer| {
                let ledger = ledger.clone();
                scope.spawn(move || {
                    let card = ledger.card_ref(&[&[writer]]);
                    let attempt = |_| {
                        let intent = ledger.begin(entry(Operation::Verify, &card)).unwrap();
                        let begun = intent.sequence();
                        [begun, ledger.close(intent, Outcome::Succeeded).unwrap()]
                    };
                    (0..10).flat_map(attempt).collect::<Vec<_>>()
                })
            })
            .collect();
        writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap())
            .collect()
    });
    numbers.sort_unstable();
    assert_eq!(numbers, (2..=321).collect::<Vec<u64>>());
    assert_eq!(ledger.open_intents().unwrap(), []);
    let records = ledger.records(0, usize::MAX).unwrap();
    let verified = chain::verify(ledger.base().unwrap(), &records);
    assert_eq!(verified, Ok(ledger.head().unwrap()));
}
