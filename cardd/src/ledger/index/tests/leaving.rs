//! What is known when records leave, and whether the next start knows the same.

use proptest::prelude::*;

use super::*;

#[test]
fn own_pin_is_forgotten_with_its_last_evidence() {
    let mut book = Book::default();
    for _ in 0..2 {
        let intent = book.begin("a");
        book.close(intent, Outcome::Succeeded);
    }
    for left in [4, 3, 2] {
        assert_eq!(
            book.index.origin(&card("a")),
            Some(PinOrigin::Own),
            "{left} records"
        );
        book.drop_oldest();
    }
    assert_eq!(book.index.origin(&card("a")), None);
}

#[test]
fn intent_in_doubt_is_carried_once_when_its_record_goes() {
    let mut book = Book::default();
    let intent = book.begin("a");
    book.drop_oldest();
    assert_eq!(book.open(), [intent]);
    assert_eq!(book.rebuilt(), book.index);
    let open = book.index.open().next().unwrap().clone();
    assert_eq!((open.time_unix_ms, open.entry), (1000, entry("a")));
    book.drop_oldest();
    assert_eq!(book.open(), [0_u64; 0]);
    assert!(book.records.is_empty());
}

#[test]
fn carried_intent_is_closed_under_its_own_number() {
    let mut book = Book::default();
    let intent = book.begin("a");
    book.drop_oldest();
    book.close(intent, Outcome::Succeeded);
    assert_eq!(book.open(), [0_u64; 0]);
    assert_eq!(book.index.origin(&card("a")), Some(PinOrigin::Own));
    assert_eq!(book.rebuilt(), book.index);
}

#[test]
fn closed_intent_goes_without_a_word() {
    let mut book = Book::default();
    let intent = book.begin("a");
    book.close(intent, Outcome::NowBlocked);
    book.drop_oldest();
    book.drop_oldest();
    assert!(book.records.is_empty());
    assert_eq!(book.index, Index::default());
}

#[test]
fn replaced_chain_stays_unconfirmed_when_its_first_record_goes() {
    let mut book = Book::default();
    book.add(replaces());
    book.add(Body::Stopped);
    book.drop_oldest();
    assert_eq!(book.rebuilt().unconfirmed(), Some(Hash([0xAB; 32])));
    book.add(Body::ChainConfirmed {
        desk: "counter".to_owned(),
    });
    for _ in 0..3 {
        book.drop_oldest();
    }
    assert!(book.records.is_empty());
}

#[test]
fn closed_kiosks_are_said_again_until_staff_reopen_them() {
    let spent = Body::GuessBudgetSpent(BudgetEntry {
        spent: 10,
        limit_per_hour: 10,
    });
    let mut book = Book::default();
    book.add(spent.clone());
    book.drop_oldest();
    assert_eq!(book.records.last().map(|record| &record.body), Some(&spent));
    book.add(Body::KiosksReopened {
        desk: "counter".to_owned(),
    });
    book.drop_oldest();
    book.drop_oldest();
    assert!(book.records.is_empty(), "no longer worth saying");
}

#[test]
fn an_unblock_keys_tries_are_known_for_as_long_as_they_are_lost() {
    let mut book = Book::default();
    let failed = book.begin("a");
    let attempts_remaining = 1;
    book.close(failed, Outcome::KeyRejected { attempts_remaining });
    // Intent, outcome, and what is said again: each leaves in its turn.
    for _ in 0..5 {
        book.drop_oldest();
        assert_eq!(book.index.unblock_key(&card("a")), Some(1));
        assert_eq!(book.rebuilt(), book.index, "as the next start finds it");
    }
    let again = book.begin("a");
    book.close(again, Outcome::KeyBlocked);
    while book.records.len() > 1 {
        book.drop_oldest();
    }
    assert_eq!(book.rebuilt().unblock_key(&card("a")), Some(0));
    let unblock = IntentEntry {
        operation: Operation::Unblock { case: 1 },
        ..entry("a")
    };
    let unblocked = book.add(Body::Intent(unblock));
    book.close(unblocked, Outcome::Succeeded);
    assert_eq!(book.rebuilt().unblock_key(&card("a")), None);
    for _ in 0..3 {
        book.drop_oldest();
    }
    assert_eq!(book.index.unblock_key(&card("a")), None);
}

/// A PIN that the issuer set does no business, however long ago it was.
#[test]
fn a_pin_of_the_issuer_is_known_as_one_until_the_holder_sets_another() {
    let mut book = Book::default();
    let reset = book.begin_reset("a");
    book.close(reset, Outcome::Succeeded);
    // Intent, outcome, and what is said again: each leaves in its turn.
    for _ in 0..5 {
        book.drop_oldest();
        assert_eq!(book.index.origin(&card("a")), Some(PinOrigin::Issued));
        assert_eq!(book.rebuilt(), book.index, "as the next start finds it");
    }
    let change = book.begin("a");
    book.close(change, Outcome::Succeeded);
    assert_eq!(book.index.origin(&card("a")), Some(PinOrigin::Own));
    while !book.records.is_empty() {
        book.drop_oldest();
        assert_ne!(book.index.origin(&card("a")), Some(PinOrigin::Issued));
    }
}

/// The intent of a change is older than the record that says again that the PIN was the issuer's.
#[test]
fn what_is_said_again_about_a_pin_does_not_overrule_what_came_after() {
    let mut book = Book::default();
    let reset = book.begin_reset("a");
    book.close(reset, Outcome::Succeeded);
    let change = book.begin("a");
    book.drop_oldest();
    book.close(change, Outcome::Succeeded);
    while book.records.len() > 1 {
        assert_eq!(book.index.origin(&card("a")), Some(PinOrigin::Own));
        assert_eq!(book.rebuilt(), book.index);
        book.drop_oldest();
    }
    book.drop_oldest();
    assert!(book.records.is_empty(), "no longer worth saying");
}

/// Records leave in the write that others come with.
#[test]
fn what_is_said_again_after_a_success_of_the_same_write_does_not_overrule_it() {
    let mut book = Book::default();
    let reset = book.begin_reset("a");
    book.close(reset, Outcome::Succeeded);
    let change = book.begin("a");
    let oldest = book.records.remove(0);
    let again = book.index.restated(&oldest).unwrap();
    book.close(change, Outcome::Succeeded);
    book.add(again);
    book.index.forget(&oldest);
    assert_eq!(book.index.origin(&card("a")), Some(PinOrigin::Own));
    assert_eq!(book.rebuilt(), book.index);
}

/// Something that happens to a ledger.
#[derive(Debug, Clone)]
enum Step {
    Begin(u8),
    BeginReset(u8),
    Close(prop::sample::Index, Outcome),
    Resolve(prop::sample::Index, Verdict),
    Confirm,
    Drop,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let any_open = any::<prop::sample::Index>;
    let outcome = prop_oneof![
        Just(Outcome::Succeeded),
        Just(Outcome::NowBlocked),
        Just(in_doubt())
    ];
    let verdict = prop_oneof![Just(Verdict::Succeeded), Just(Verdict::Undecided)];
    let step = prop_oneof![
        4 => (0..3_u8).prop_map(Step::Begin),
        2 => (0..3_u8).prop_map(Step::BeginReset),
        3 => (any_open(), outcome).prop_map(|(open, outcome)| Step::Close(open, outcome)),
        1 => (any_open(), verdict).prop_map(|(open, verdict)| Step::Resolve(open, verdict)),
        1 => Just(Step::Confirm),
        5 => Just(Step::Drop),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    /// What a daemon knows does not depend on whether it was started anew.
    #[test]
    fn running_index_is_the_one_that_an_opening_rebuilds(steps in steps()) {
        let mut book = Book::default();
        book.add(replaces());
        for step in steps {
            let open = book.open();
            match step {
                Step::Begin(name) => drop(book.begin(&name.to_string())),
                Step::BeginReset(name) => drop(book.begin_reset(&name.to_string())),
                Step::Close(at, outcome) if !open.is_empty() => {
                    book.close(*at.get(&open), outcome);
                }
                Step::Resolve(at, verdict) if !open.is_empty() => {
                    let intent = *at.get(&open);
                    book.add(Body::Resolved { intent, verdict, attempts_now: None });
                }
                Step::Confirm => {
                    book.add(Body::ChainConfirmed { desk: "counter".to_owned() });
                }
                Step::Drop if !book.records.is_empty() => book.drop_oldest(),
                Step::Close(..) | Step::Resolve(..) | Step::Drop => {}
            }
            prop_assert_eq!(&book.rebuilt(), &book.index);
        }
    }
}
