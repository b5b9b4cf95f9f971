//! A ledger written by version 0.1 opens for ever, and says what it said.

#![cfg(test)]

mod ledger_desk;

use std::path::{Path, PathBuf};

use cardd::ledger::{
    Body, Counter, LedgerState, Note, Operation, Outcome, PinOrigin, Verdict, chain,
};
use ledger_desk::{copy_tree, entry, open, verify};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/ledger/v1")
}

#[test]
fn ledger_of_version_1_opens() {
    let dir = tempfile::tempdir().unwrap();
    copy_tree(&fixture(), dir.path());
    let ledger = open(dir.path());
    assert_eq!(ledger.state(), LedgerState::Ready);
    let records = ledger.records(0, 100).unwrap();
    let [old @ .., begin] = records.as_slice() else {
        panic!("{records:?}")
    };
    let head = old.last().unwrap().head();
    assert_eq!(head.sequence, 13);
    assert_eq!(
        head.hash.to_string(),
        "2aef82986a46d37600c105dd618c46314ed168113e1a9b4628dd297917d76495"
    );
    let whole = ledger.head().unwrap();
    assert_eq!(chain::verify(ledger.base().unwrap(), &records), Ok(whole));
    // What was written without MACs stays as it was; from here on they hold.
    assert!(old.iter().all(|record| record.mac.is_none()));
    assert!(begin.mac.is_some());
    assert_eq!(begin.body, Body::MacsBegin);
    assert_eq!(ledger.genesis().unwrap().unwrap().sequence, 14);

    let [own, doubtful, wrong] = [b"own", b"dbt", b"wrg"].map(|card| ledger.card_ref(&[card]));
    assert_eq!(own.as_str(), "2487c876788a8aa6c66c4538c57cd68b");
    assert_eq!(ledger.origin(&own).unwrap(), Some(PinOrigin::Own));
    assert_eq!(ledger.origin(&wrong).unwrap(), None);
    let open = ledger.open_intents().unwrap();
    let [left, torn] = open.as_slice() else {
        panic!("{open:?}")
    };
    assert_eq!(
        (left.sequence, &left.entry.card, &left.in_doubt),
        (9, &wrong, &None)
    );
    assert_eq!((torn.sequence, &torn.entry.card), (10, &doubtful));
    assert_eq!(torn.in_doubt.as_deref(), Some("card removed"));
    assert_eq!(torn.verdict(Counter::Blocked), Verdict::TrySpent);
    assert_eq!(ledger.note(Note::Stopped).unwrap(), 15);
    drop(ledger);
    let again = ledger_desk::open(dir.path());
    assert_eq!(again.head().unwrap().sequence, 15);
}

/// How it was made; run by hand with the version whose ledger is to be kept.
#[test]
#[ignore = "writes a fixture"]
fn write_fixture() {
    let dir = PathBuf::from(std::env::var_os("CARDD_FIXTURE_DIR").unwrap());
    let ledger = open(&dir);
    let started = Note::Started {
        version: "0.1.0".to_owned(),
        terminal_id: "kiosk-1".to_owned(),
    };
    ledger.note(started).unwrap();
    let [own, doubtful, wrong] = [b"own", b"dbt", b"wrg"].map(|card| ledger.card_ref(&[card]));
    let denied = Note::Denied {
        desk: "window 1".to_owned(),
        operation: "verify".to_owned(),
        reason: "issued_pin".to_owned(),
        card: Some(own.clone()),
    };
    ledger.note(denied).unwrap();
    let change = ledger
        .begin(entry(
            Operation::Change {
                old_is_issued: true,
            },
            &own,
        ))
        .unwrap();
    ledger.close(change, Outcome::Succeeded).unwrap();
    verify(
        &ledger,
        &wrong,
        Outcome::Rejected {
            attempts_remaining: 2,
        },
    );
    ledger.note(Note::Stopped).unwrap();
    drop(ledger.begin(entry(Operation::Verify, &wrong)).unwrap());
    let torn = ledger
        .begin(entry(
            Operation::Change {
                old_is_issued: false,
            },
            &doubtful,
        ))
        .unwrap();
    ledger
        .close(
            torn,
            Outcome::InDoubt {
                why: "card removed".to_owned(),
            },
        )
        .unwrap();
    verify(
        &ledger,
        &own,
        Outcome::Refused {
            status_word: 0x6A80,
        },
    );
    println!("{:?} {own}", ledger.head().unwrap());
}
