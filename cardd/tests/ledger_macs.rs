//! The one key that is left moves with the records, over crashes and openings.

#![cfg(test)]

mod ledger_desk;

use std::{fs, path::Path};

use cardd::ledger::{
    Head, Ledger, LedgerError, LedgerSettings, LedgerState, Note, Operation, Outcome, Record,
};
use ledger_desk::{copy_tree, entry, open, settings, verify};

const KEY: &str = "chain/record-key";

fn all(ledger: &Ledger) -> Vec<Record> {
    ledger.records(0, usize::MAX).unwrap()
}

fn notes(ledger: &Ledger, count: usize) {
    for _ in 0..count {
        ledger.note(Note::Stopped).unwrap();
    }
}

/// The same key, as the hall computes it: the chain holds from its first record.
fn assert_opens_whole(dir: &Path, head: Head) {
    let ledger = open(dir);
    assert_eq!(ledger.state(), LedgerState::Ready);
    assert_eq!(ledger.head().unwrap(), head);
    let before = ledger.standing().unwrap();
    drop(ledger);
    assert_eq!(open(dir).standing().unwrap(), before);
}

/// A crash after the store had the records, before the key went on: it catches up.
#[test]
fn key_left_behind_by_a_crash_catches_up() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let key = fs::read(dir.path().join(KEY)).unwrap();
    notes(&ledger, 7);
    let (standing, head) = (ledger.standing().unwrap(), ledger.head().unwrap());
    drop(ledger);
    let newest = fs::read(dir.path().join(KEY)).unwrap();
    assert_ne!(key, newest);
    fs::write(dir.path().join(KEY), key).unwrap();
    assert_opens_whole(dir.path(), head);
    assert_eq!(open(dir.path()).standing().unwrap(), standing);
    assert_eq!(fs::read(dir.path().join(KEY)).unwrap(), newest);
}

/// The reverse cannot come of a crash: records are durable before the key goes on.
#[test]
fn chain_that_ends_before_its_key_is_set_aside_even_with_a_fitting_head() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    notes(&ledger, 3);
    drop(ledger);
    let earlier = tempfile::tempdir().unwrap();
    copy_tree(dir.path(), earlier.path());
    let ledger = open(dir.path());
    notes(&ledger, 3);
    drop(ledger);
    let key = fs::read(dir.path().join(KEY)).unwrap();
    // Who puts everything back but the key, which only goes forward.
    fs::remove_dir_all(dir.path()).unwrap();
    copy_tree(earlier.path(), dir.path());
    fs::write(dir.path().join(KEY), key).unwrap();
    let ledger = open(dir.path());
    assert!(matches!(
        ledger.state(),
        LedgerState::AwaitingConfirmation { .. }
    ));
}

#[test]
fn lost_key_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    fs::write(dir.path().join(KEY), [0; 8192]).unwrap();
    assert!(matches!(
        open(dir.path()).state(),
        LedgerState::AwaitingConfirmation { .. }
    ));
}

#[test]
fn chain_that_replaces_another_has_keys_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let random = std::sync::atomic::AtomicU8::new(1);
    let fresh = LedgerSettings {
        random: std::sync::Arc::new(move || {
            [random.fetch_add(1, std::sync::atomic::Ordering::Relaxed); 32].into()
        }),
        ..settings(dir.path())
    };
    let ledger = Ledger::open(settings(dir.path())).unwrap();
    let old = ledger.standing().unwrap();
    drop(ledger);
    fs::write(dir.path().join("chain/db"), b"not a store").unwrap();
    let new = Ledger::open(fresh).unwrap().standing().unwrap();
    assert_ne!(old.chain, new.chain);
    assert!(!new.enrolled);
}

#[test]
fn first_key_is_given_until_it_is_proved_and_then_wiped() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    assert!(!ledger.standing().unwrap().enrolled);
    let genesis = ledger.genesis().unwrap().unwrap();
    assert_eq!(ledger.genesis().unwrap().as_ref(), Some(&genesis));
    let wrong = ledger.confirm_enrolment(cardd::ledger::Mac([0; 32]), "hall");
    assert!(matches!(wrong, Err(LedgerError::NotProved)), "{wrong:?}");
    assert_eq!(
        ledger.confirm_enrolment(genesis.proof(), "hall").unwrap(),
        2
    );
    let again = ledger.confirm_enrolment(genesis.proof(), "hall");
    assert!(matches!(again, Err(LedgerError::NotProved)), "{again:?}");
    assert!(ledger.standing().unwrap().enrolled);
    drop(ledger);
    let ledger = open(dir.path());
    assert!(ledger.standing().unwrap().enrolled);
    assert_eq!(ledger.genesis().unwrap(), None);
    assert!(!dir.path().join("chain/enrolment.key").exists());
}

fn with_hall(dir: &Path, limit: u64) -> Ledger {
    Ledger::open(LedgerSettings {
        retention_records: 10,
        unacknowledged_limit: Some(limit),
        ..settings(dir)
    })
    .unwrap()
}

#[test]
fn only_what_the_hall_acknowledged_goes() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = with_hall(dir.path(), 1000);
    notes(&ledger, 30);
    assert_eq!(all(&ledger).len(), 31);
    let chain = ledger.standing().unwrap().chain;
    let place = all(&ledger)[19].head();
    ledger.acknowledge(chain, place).unwrap();
    let older = all(&ledger)[3].head();
    ledger.acknowledge(chain, older).unwrap();
    assert_eq!(ledger.standing().unwrap().acknowledged, place);
    let foreign = ledger.acknowledge(cardd::ledger::ChainId([0; 16]), place);
    assert!(matches!(foreign, Err(LedgerError::OtherChain)));
    let wrong = ledger.acknowledge(chain, Head::new(25, [0; 32]));
    assert!(matches!(wrong, Err(LedgerError::NotThisRecord(25))));
    drop(ledger);

    let ledger = with_hall(dir.path(), 1000);
    assert_eq!(ledger.standing().unwrap().acknowledged, place);
    notes(&ledger, 1);
    assert_eq!(ledger.base().unwrap(), place);
    notes(&ledger, 5);
    assert_eq!(ledger.base().unwrap(), place);
    assert_eq!(ledger.standing().unwrap().backlog.records, 17);
}

#[test]
fn full_ledger_takes_outcomes_and_no_intents_until_the_hall_collects() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = with_hall(dir.path(), 20);
    let card = ledger.card_ref(&[b"card"]);
    notes(&ledger, 18);
    let intent = ledger.begin(entry(Operation::Verify, &card)).unwrap();
    assert_eq!(ledger.state(), LedgerState::Full);
    let refused = ledger.begin(entry(Operation::Verify, &card));
    assert!(matches!(refused, Err(LedgerError::Full { limit: 20 })));
    ledger.close(intent, Outcome::Succeeded).unwrap();
    drop(ledger);

    let ledger = with_hall(dir.path(), 20);
    assert_eq!(ledger.state(), LedgerState::Full);
    let standing = ledger.standing().unwrap();
    ledger.acknowledge(standing.chain, standing.head).unwrap();
    assert_eq!(ledger.state(), LedgerState::Ready);
    verify(&ledger, &card, Outcome::Succeeded);
}
