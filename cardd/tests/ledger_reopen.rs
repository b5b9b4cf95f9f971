//! What a ledger still knows after it was closed and opened again.

#![cfg(test)]

mod ledger_desk;

use cardd::ledger::{
    Body, Counter, LedgerError, LedgerState, Note, Operation, Outcome, PinOrigin, StartEntry,
    Verdict, chain,
};
use ledger_desk::{entry, open, verify};

#[test]
fn first_record_opens_the_chain() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    assert_eq!(ledger.state(), LedgerState::Ready);
    let records = ledger.records(0, 10).unwrap();
    assert_eq!(records.len(), 1);
    assert!(
        matches!(records[0].body, Body::ChainOpened { .. }),
        "{:?}",
        records[0].body
    );
    assert_eq!(ledger.head().unwrap(), records[0].head());
}

#[test]
fn closed_intent_is_no_longer_open() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let card = ledger.card_ref(&[b"identifier", b"history"]);
    let intent = ledger.begin(entry(Operation::Verify, &card)).unwrap();
    assert_eq!(intent.sequence(), 2);
    assert_eq!(ledger.open_intents().unwrap().len(), 1);
    assert_eq!(
        ledger
            .close(
                intent,
                Outcome::Rejected {
                    attempts_remaining: 2
                }
            )
            .unwrap(),
        3
    );
    assert_eq!(ledger.open_intents().unwrap(), []);
    assert_eq!(ledger.origin(&card).unwrap(), None);
}

#[test]
fn dropped_intent_stands_as_in_doubt_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let card = ledger.card_ref(&[b"identifier"]);
    drop(ledger.begin(entry(Operation::Verify, &card)).unwrap());
    drop(ledger);

    let ledger = open(dir.path());
    let open_intent = ledger.open_intents_for(&card).unwrap().remove(0);
    assert_eq!(
        (open_intent.sequence, open_intent.entry.attempts_before),
        (2, Some(3))
    );
    assert_eq!(open_intent.in_doubt, None);
    assert_eq!(open_intent.verdict(Counter::Attempts(2)), Verdict::TrySpent);
    ledger.resolve(2, Verdict::TrySpent, Some(2)).unwrap();
    assert_eq!(ledger.open_intents_for(&card).unwrap(), []);
    let again = ledger.resolve(2, Verdict::TrySpent, Some(2));
    assert!(matches!(again, Err(LedgerError::NotOpen(2))), "{again:?}");
}

#[test]
fn in_doubt_outcome_keeps_the_intent_open_over_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let card = ledger.card_ref(&[b"identifier"]);
    let intent = ledger
        .begin(entry(
            Operation::Change {
                old_is_issued: true,
            },
            &card,
        ))
        .unwrap();
    ledger
        .close(
            intent,
            Outcome::InDoubt {
                why: "card removed".to_owned(),
            },
        )
        .unwrap();
    drop(ledger);

    let ledger = open(dir.path());
    let open_intent = ledger.open_intents_for(&card).unwrap().remove(0);
    assert_eq!(open_intent.in_doubt.as_deref(), Some("card removed"));
    assert_eq!(
        open_intent.entry.operation,
        Operation::Change {
            old_is_issued: true
        }
    );
    ledger
        .resolve(open_intent.sequence, Verdict::Succeeded, Some(3))
        .unwrap();
    assert_eq!(ledger.origin(&card).unwrap(), Some(PinOrigin::Own));
}

#[test]
fn own_pin_and_card_reference_outlive_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let card = ledger.card_ref(&[b"identifier", b"history"]);
    assert_ne!(card, ledger.card_ref(&[b"identifierh", b"istory"]));
    assert_eq!(ledger.origin(&card).unwrap(), None);
    verify(&ledger, &card, Outcome::Succeeded);
    drop(ledger);

    let ledger = open(dir.path());
    assert_eq!(card, ledger.card_ref(&[b"identifier", b"history"]));
    assert_eq!(ledger.origin(&card).unwrap(), Some(PinOrigin::Own));
}

#[test]
fn chain_verifies_and_goes_on_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    ledger.note(Note::Stopped).unwrap();
    let head = ledger.head().unwrap();
    drop(ledger);

    let ledger = open(dir.path());
    assert_eq!(ledger.head().unwrap(), head);
    ledger
        .note(Note::Started(StartEntry {
            version: "0.1.0".to_owned(),
            terminal_id: "t".to_owned(),
        }))
        .unwrap();
    let records = ledger.records(0, 100).unwrap();
    assert_eq!(
        chain::verify(ledger.base().unwrap(), &records),
        Ok(ledger.head().unwrap())
    );
    assert_eq!(ledger.records(head.sequence, 100).unwrap().len(), 1);
}

#[test]
fn second_opening_of_the_same_directory_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path());
    let second = cardd::ledger::Ledger::open(ledger_desk::settings(dir.path()));
    assert!(
        matches!(second, Err(LedgerError::InUse { .. })),
        "{second:?}"
    );
    drop(first);
    open(dir.path());
}
