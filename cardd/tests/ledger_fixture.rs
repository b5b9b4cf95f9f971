//! A ledger of each form that was ever written opens for ever, and says what it said.

#![cfg(test)]

mod ledger_desk;

use std::path::{Path, PathBuf};

use cardd::ledger::{
    ApprovalEntry, Body, BudgetEntry, CaseEntry, Counter, DenialEntry, LedgerState, Note,
    Operation, Outcome, PinOrigin, StartEntry, Verdict, chain,
};
use ledger_desk::{copy_tree, entry, open, verify};

fn fixture(form: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/fixtures/ledger")
        .join(form)
}

#[test]
fn ledger_of_version_1_opens() {
    let dir = tempfile::tempdir().unwrap();
    copy_tree(&fixture("v1"), dir.path());
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
    let started = Note::Started(StartEntry {
        version: "0.1.0".to_owned(),
        terminal_id: "kiosk-1".to_owned(),
    });
    ledger.note(started).unwrap();
    let [own, doubtful, wrong] = [b"own", b"dbt", b"wrg"].map(|card| ledger.card_ref(&[card]));
    let denied = Note::Denied(DenialEntry {
        desk: "window 1".to_owned(),
        operation: "verify".to_owned(),
        reason: "issued_pin".to_owned(),
        card: Some(own.clone()),
    });
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

/// With MACs, cases and their approval, a spent budget, a clock that was set, resolved and standing
/// doubts, and a key of the issuer that failed.
#[test]
fn ledger_with_macs_opens() {
    let dir = tempfile::tempdir().unwrap();
    copy_tree(&fixture("macs"), dir.path());
    let ledger = open(dir.path());
    assert_eq!(ledger.state(), LedgerState::Ready);
    let records = ledger.records(0, 100).unwrap();
    assert_eq!(records.len(), 21);
    assert!(records.iter().all(|record| record.mac.is_some()));
    let head = ledger.head().unwrap();
    assert_eq!(chain::verify(ledger.base().unwrap(), &records), Ok(head));
    assert_eq!(
        head.hash.to_string(),
        "f7fcd54c3816608c97f0b010c4655eea7d93134fde87617657578ac50fe06a9e"
    );
    assert_eq!(ledger.genesis().unwrap().unwrap().sequence, 1);
    let unread = |record: &&chain::Record| record.body == Body::Unknown;
    assert_eq!(records.iter().find(unread), None);

    let [own, reset, torn] = [b"own", b"rst", b"trn"].map(|card| ledger.card_ref(&[card]));
    assert_eq!(ledger.origin(&own).unwrap(), Some(PinOrigin::Own));
    assert_eq!(ledger.origin(&reset).unwrap(), Some(PinOrigin::Issued));
    assert_eq!(ledger.unblock_key_tries(&own).unwrap(), Some(2));
    let doubt = ledger.doubt(&reset).unwrap();
    assert_eq!(doubt, Some(Operation::Reload { case: 3 }), "undecided");
    let open = ledger.open_intents_for(&torn).unwrap();
    let [left] = open.as_slice() else {
        panic!("{open:?}")
    };
    assert_eq!(left.verdict(Counter::Blocked), Verdict::NotDone);
    assert_eq!(ledger.note(Note::Stopped).unwrap(), 22);
}

/// How it was made; run by hand with the form that is to be kept.
#[test]
#[ignore = "writes a fixture"]
fn write_fixture_with_macs() {
    let dir = PathBuf::from(std::env::var_os("CARDD_FIXTURE_DIR").unwrap());
    let (settings, ahead) = ledger_desk::with_clock(&dir);
    let ledger = cardd::ledger::Ledger::open(settings).unwrap();
    let [own, reset, torn] = [b"own", b"rst", b"trn"].map(|card| ledger.card_ref(&[card]));
    let person = ledger.card_ref(&[b"person"]);
    let note = |note| ledger.note(note).unwrap();
    note(Note::Started(StartEntry {
        version: "0.1.0".to_owned(),
        terminal_id: "counter-1".to_owned(),
    }));
    let case = note(Note::CaseOpened(CaseEntry {
        desk: "window 1".to_owned(),
        operator: "operator 7".to_owned(),
        operation: "reload".to_owned(),
        card: reset.clone(),
        holder: person.clone(),
        agent: Some(person),
        reason: "forgotten".to_owned(),
        needs_second_operator: true,
    }));
    note(Note::CaseApproved(ApprovalEntry {
        case,
        operator: "operator 8".to_owned(),
    }));
    let begin = |operation, card| ledger.begin(entry(operation, card)).unwrap();
    let change = Operation::Change {
        old_is_issued: true,
    };
    ledger
        .close(begin(change, &own), Outcome::Succeeded)
        .unwrap();
    let wrong = Outcome::Rejected {
        attempts_remaining: 2,
    };
    verify(&ledger, &own, wrong);
    let unblock = Operation::Unblock { case };
    let key = Outcome::KeyRejected {
        attempts_remaining: 2,
    };
    ledger.close(begin(unblock, &own), key).unwrap();
    let reload = begin(Operation::Reload { case }, &reset);
    let sequence = reload.sequence();
    let in_doubt = || Outcome::InDoubt {
        why: "the card was removed".to_owned(),
    };
    ledger.close(reload, in_doubt()).unwrap();
    ledger
        .resolve(sequence, Verdict::Undecided, Some(3))
        .unwrap();
    let spent = begin(Operation::Verify, &own);
    let sequence = spent.sequence();
    ledger.close(spent, in_doubt()).unwrap();
    ledger
        .resolve(sequence, Verdict::TrySpent, Some(1))
        .unwrap();
    // On record before what follows.
    ahead.store(-3_600_000, std::sync::atomic::Ordering::SeqCst);
    note(Note::GuessBudgetSpent(BudgetEntry {
        spent: 10,
        limit_per_hour: 10,
    }));
    note(Note::KiosksReopened {
        desk: "window 1".to_owned(),
    });
    note(Note::Stopped);
    let blocked = cardd::ledger::IntentEntry {
        attempts_before: Some(0),
        ..entry(unblock, &torn)
    };
    drop(ledger.begin(blocked).unwrap());
    println!("{:?}", ledger.head().unwrap());
}
