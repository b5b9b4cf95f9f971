//! The times of records: a step of the wall clock stands before what bears the new time.

#![cfg(test)]

mod ledger_desk;

use std::{fs, path::Path, sync::atomic::Ordering};

use cardd::ledger::{
    Body, Ledger, LedgerSettings, Moment, Note, Operation, Outcome, Record, chain,
};
use ledger_desk::{entry, settings, with_clock};

const START: u64 = 1_700_000_000_000;
const DAY_MS: u64 = 86_400_000;

fn all(ledger: &Ledger) -> Vec<Record> {
    ledger.records(0, usize::MAX).unwrap()
}

/// Whatever comes next, of whatever kind: the step is the record before it, and its caller is told
/// its own number.
#[test]
fn a_step_is_on_record_before_anything_that_bears_the_new_time() {
    let dir = tempfile::tempdir().unwrap();
    let (settings, ahead) = with_clock(dir.path());
    let ledger = Ledger::open(settings).unwrap();
    let card = ledger.card_ref(&[b"card"]);
    let mut intent = None;
    let mut wall_ms = 0;
    let mut writes: [(i64, &mut dyn FnMut() -> u64); 4] = [
        (3_600_000, &mut || ledger.note(Note::Stopped).unwrap()),
        (-7_200_000, &mut || {
            let begun = ledger.begin(entry(Operation::Verify, &card)).unwrap();
            intent.insert(begun).sequence()
        }),
        (2000, &mut || ledger.note(Note::Stopped).unwrap()),
        (-2000, &mut || {
            let proof = ledger.genesis().unwrap().unwrap().proof();
            ledger.confirm_enrolment(proof, "hall").unwrap()
        }),
    ];
    for (by_ms, write) in &mut writes {
        wall_ms += *by_ms;
        ahead.store(wall_ms, Ordering::SeqCst);
        let told = write();
        let [.., step, record] = &*all(&ledger) else {
            panic!("too few records")
        };
        assert_eq!(step.body, Body::ClockStepped { by_ms: *by_ms });
        assert!(
            !matches!(record.body, Body::ClockStepped { .. }),
            "{record:?}"
        );
        assert_eq!(record.sequence, told);
        let new_ms = START.saturating_add_signed(wall_ms);
        assert_eq!((step.time_unix_ms, record.time_unix_ms), (new_ms, new_ms));
    }
    let records = all(&ledger);
    ledger.close(intent.unwrap(), Outcome::Succeeded).unwrap();
    assert_eq!(all(&ledger).len(), records.len() + 1, "told once");
    let whole = ledger.head().unwrap();
    assert_eq!(
        chain::verify(ledger.base().unwrap(), &all(&ledger)),
        Ok(whole)
    );
}

/// A kill between the store and the head, and a day until the next start: what the opening closes does
/// not bear the day, which is told by the start alone.
#[test]
fn what_an_opening_writes_bears_the_time_of_the_run_before() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger_desk::open(dir.path());
    ledger.note(Note::Stopped).unwrap();
    let head = dir.path().join("head");
    let before = fs::read(&head).unwrap();
    let card = ledger.card_ref(&[b"card"]);
    drop(ledger.begin(entry(Operation::Verify, &card)).unwrap());
    drop(ledger);
    fs::write(&head, before).unwrap();

    let ledger = Ledger::open(a_day_later(dir.path())).unwrap();
    let [.., closed] = &*all(&ledger) else {
        panic!("no record")
    };
    let Body::Outcome { outcome, .. } = &closed.body else {
        panic!("{closed:?}")
    };
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    assert_eq!(closed.time_unix_ms, START);
    ledger.note(Note::Stopped).unwrap();
    let [.., last] = &*all(&ledger) else {
        panic!("no record")
    };
    assert_eq!(
        (last.sequence, last.time_unix_ms),
        (closed.sequence + 1, START + DAY_MS)
    );
}

fn a_day_later(dir: &Path) -> LedgerSettings {
    LedgerSettings {
        now: std::sync::Arc::new(|| Moment::steady(START + DAY_MS)),
        ..settings(dir)
    }
}
