//! The kept part of a ledger is bounded, and what it still has to say is kept.

#![cfg(test)]

mod ledger_desk;

use std::path::Path;

use cardd::ledger::{Body, Ledger, LedgerSettings, Note, Operation, Outcome, PinOrigin, chain};
use ledger_desk::{entry, settings, verify};

const KEPT: u64 = 20;

fn open(dir: &Path) -> Ledger {
    Ledger::open(LedgerSettings {
        retention_records: KEPT,
        ..settings(dir)
    })
    .unwrap()
}

fn assert_whole(ledger: &Ledger) {
    let (base, head) = (ledger.base().unwrap(), ledger.head().unwrap());
    let records = ledger.records(0, usize::MAX).unwrap();
    assert_eq!(chain::verify(base, &records), Ok(head));
    assert_eq!(records.len() as u64, head.sequence - base.sequence);
    // An intent that is carried on takes the place of the next one that goes.
    let carried = ledger.open_intents().unwrap().len();
    assert!(
        records.len() <= KEPT as usize + carried,
        "{}",
        records.len()
    );
}

#[test]
fn oldest_records_go_and_the_rest_verifies_from_its_base() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = open(dir.path());
    for round in 0..3 {
        for _ in 0..KEPT {
            ledger.note(Note::Stopped).unwrap();
            assert_whole(&ledger);
        }
        let head = ledger.head().unwrap();
        assert_eq!(head.sequence, 1 + (round + 1) * KEPT);
        drop(ledger);
        ledger = open(dir.path());
        assert_eq!(ledger.head().unwrap(), head);
        assert_whole(&ledger);
    }
}

#[test]
fn lower_limit_takes_effect_bit_by_bit() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger_desk::open(dir.path());
    for _ in 0..100 {
        ledger.note(Note::Stopped).unwrap();
    }
    drop(ledger);
    let ledger = open(dir.path());
    for _ in 0..3 {
        ledger.note(Note::Stopped).unwrap();
    }
    assert_whole(&ledger);
}

#[test]
fn intent_in_doubt_outlives_its_record() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let card = ledger.card_ref(&[b"card"]);
    let intent = ledger
        .begin(entry(Operation::Verify, &card))
        .unwrap()
        .sequence();
    for _ in 0..KEPT {
        ledger.note(Note::Stopped).unwrap();
    }
    assert!(ledger.base().unwrap().sequence >= intent);
    drop(ledger);

    let ledger = open(dir.path());
    assert_whole(&ledger);
    let open = ledger.open_intents_for(&card).unwrap().remove(0);
    assert_eq!(
        (open.sequence, &open.entry),
        (intent, &entry(Operation::Verify, &card))
    );
    for _ in 0..2 * KEPT {
        ledger.note(Note::Stopped).unwrap();
    }
    assert_eq!(ledger.open_intents_for(&card).unwrap(), []);
    assert_whole(&ledger);
}

/// An outcome comes in the write in which the record of its intent leaves.
#[test]
fn what_is_settled_as_its_record_leaves_is_not_carried_on() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let card = ledger.card_ref(&[b"card"]);
    let intent = ledger.begin(entry(Operation::Verify, &card)).unwrap();
    let sequence = intent.sequence();
    while ledger.base().unwrap().sequence + 1 < sequence {
        ledger.note(Note::Stopped).unwrap();
    }
    let attempts_remaining = 2;
    let rejected = Outcome::Rejected { attempts_remaining };
    ledger.close(intent, rejected).unwrap();
    assert_eq!(ledger.base().unwrap().sequence, sequence);
    assert_eq!(ledger.open_intents().unwrap(), []);
    drop(ledger);
    let ledger = open(dir.path());
    assert_eq!(ledger.open_intents().unwrap(), []);
    assert_whole(&ledger);
}

#[test]
fn own_pin_is_known_as_long_as_its_record_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let card = ledger.card_ref(&[b"card"]);
    let intent = verify(&ledger, &card, Outcome::Succeeded) - 1;
    while ledger.base().unwrap().sequence < intent {
        assert_eq!(ledger.origin(&card).unwrap(), Some(PinOrigin::Own));
        ledger.note(Note::Stopped).unwrap();
    }
    assert_eq!(ledger.origin(&card).unwrap(), None);
}

#[test]
fn records_come_in_pages() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    for _ in 0..5 {
        ledger.note(Note::Stopped).unwrap();
    }
    let numbers = |after, limit| -> Vec<u64> {
        ledger
            .records(after, limit)
            .unwrap()
            .iter()
            .map(|record| record.sequence)
            .collect()
    };
    assert_eq!(numbers(0, 2), [1, 2]);
    assert_eq!(numbers(2, 3), [3, 4, 5]);
    assert_eq!(numbers(5, 100), [6]);
    assert_eq!(numbers(6, 100), [0_u64; 0]);
    assert_eq!(numbers(u64::MAX, 100), [0_u64; 0]);
    assert!(matches!(
        ledger.records(1, 1).unwrap()[0].body,
        Body::Stopped
    ));
}
