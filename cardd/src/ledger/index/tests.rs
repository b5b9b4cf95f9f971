mod leaving;

use super::*;
use crate::ledger::{BudgetEntry, Head, Note, Operation};

/// Builds a chain of records and the index over it.
struct Book {
    head: Head,
    records: Vec<Record>,
    index: Index,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            head: Head::START,
            records: Vec::new(),
            index: Index::default(),
        }
    }
}

impl Book {
    fn add(&mut self, body: Body) -> u64 {
        let record = Record::after(self.head, 1000 + self.head.sequence, body).unwrap();
        self.head = record.head();
        self.index.apply(&record);
        self.records.push(record);
        self.head.sequence
    }

    fn begin(&mut self, name: &str) -> u64 {
        self.add(Body::Intent(entry(name)))
    }

    fn begin_reset(&mut self, name: &str) -> u64 {
        let operation = Operation::Reload { case: 1 };
        let entry = IntentEntry {
            operation,
            ..entry(name)
        };
        self.add(Body::Intent(entry))
    }

    fn close(&mut self, intent: u64, outcome: Outcome) -> u64 {
        self.add(Body::Outcome { intent, outcome })
    }

    /// Drops the oldest record as retention does: what it alone says is said again.
    fn drop_oldest(&mut self) {
        let oldest = self.records.remove(0);
        if let Some(body) = self.index.restated(&oldest) {
            self.add(body);
        }
        self.index.forget(&oldest);
    }

    /// The index as the next opening builds it.
    fn rebuilt(&self) -> Index {
        let mut index = Index::default();
        self.records.iter().for_each(|record| index.apply(record));
        index
    }

    fn open(&self) -> Vec<u64> {
        self.index.open().map(|open| open.sequence).collect()
    }
}

fn card(name: &str) -> CardRef {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).unwrap()
}

fn entry(name: &str) -> IntentEntry {
    IntentEntry {
        operation: Operation::Verify,
        desk: "d".to_owned(),
        reader: "r".to_owned(),
        insertion: 1,
        card: card(name),
        attempts_before: Some(3),
    }
}

fn in_doubt() -> Outcome {
    Outcome::InDoubt {
        why: "card removed".to_owned(),
    }
}

fn undecided(intent: u64) -> Body {
    Body::Resolved {
        intent,
        verdict: Verdict::Undecided,
        attempts_now: Some(3),
    }
}

fn replaces() -> Body {
    Body::ChainOpened {
        origin: ChainOrigin::Replaces {
            old_sequence: 7,
            old_head: "ab".repeat(32),
            damage: "torn".to_owned(),
            moved_to: "chain.damaged-1".to_owned(),
        },
    }
}

/// Outcome, whether the intent stays open, what is then known of the PIN.
#[test]
fn outcomes_close_intents_and_prove_own_pins() {
    let table = [
        (Outcome::Succeeded, false, Some(PinOrigin::Own)),
        (
            Outcome::Rejected {
                attempts_remaining: 1,
            },
            false,
            None,
        ),
        (Outcome::NowBlocked, false, None),
        (Outcome::WasBlocked, false, None),
        (
            Outcome::Refused {
                status_word: 0x6A80,
            },
            false,
            None,
        ),
        (
            Outcome::NotSent {
                why: "no card".to_owned(),
            },
            false,
            None,
        ),
        (in_doubt(), true, None),
    ];
    for (outcome, open, origin) in table {
        let mut book = Book::default();
        let intent = book.begin("a");
        assert_eq!(book.open(), [intent]);
        book.close(intent, outcome.clone());
        assert_eq!(!book.open().is_empty(), open, "{outcome:?}");
        assert_eq!(book.index.origin(&card("a")), origin, "{outcome:?}");
        assert_eq!(book.index.origin(&card("b")), None);
    }
}

#[test]
fn verdicts_close_intents_in_doubt() {
    for (verdict, origin) in [
        (Verdict::Succeeded, Some(PinOrigin::Own)),
        (Verdict::TrySpent, None),
        (Verdict::NotDone, None),
        (Verdict::Undecided, None),
    ] {
        let mut book = Book::default();
        let intent = book.begin("a");
        book.close(intent, in_doubt());
        assert_eq!(
            book.index.open().next().unwrap().in_doubt.as_deref(),
            Some("card removed")
        );
        book.add(Body::Resolved {
            intent,
            verdict,
            attempts_now: Some(2),
        });
        assert_eq!(book.open(), [0_u64; 0], "{verdict:?}");
        assert_eq!(book.index.origin(&card("a")), origin, "{verdict:?}");
    }
}

#[test]
fn an_undecided_doubt_stands_until_the_card_accepts_a_pin() {
    let mut book = Book::default();
    let torn = book.begin("a");
    assert_eq!(book.index.doubt(&card("a")), Some(Operation::Verify));
    book.add(undecided(torn));
    for outcome in [Outcome::NowBlocked, in_doubt()] {
        let intent = book.begin("a");
        book.close(intent, outcome);
        assert_eq!(book.index.doubt(&card("a")), Some(Operation::Verify));
        assert_eq!(book.index.doubt(&card("b")), None);
        book.add(Body::Resolved {
            intent,
            verdict: Verdict::TrySpent,
            attempts_now: Some(2),
        });
    }
    let right = book.begin("a");
    book.close(right, Outcome::Succeeded);
    assert_eq!(book.index.doubt(&card("a")), None);
}

#[test]
fn an_undecided_reset_does_no_business() {
    let mut book = Book::default();
    let own = book.begin("a");
    book.close(own, Outcome::Succeeded);
    let mut reset = entry("a");
    reset.operation = Operation::Reload { case: 1 };
    let torn = book.add(Body::Intent(reset));
    assert_eq!(book.index.origin(&card("a")), Some(PinOrigin::Own));
    book.add(undecided(torn));
    assert_eq!(book.index.origin(&card("a")), Some(PinOrigin::Issued));
}

/// Two in doubt: the older one ended where the younger one began.
#[test]
fn the_next_intent_is_the_last_word_on_the_one_before() {
    let mut book = Book::default();
    let mut later = entry("a");
    later.attempts_before = Some(2);
    book.begin("a");
    book.add(Body::Intent(later));
    let now = Counter::Attempts(6);
    let verdicts =
        |index: &Index| -> Vec<_> { index.open().map(|open| open.verdict(now)).collect() };
    let expected = [Verdict::TrySpent, Verdict::Succeeded];
    assert_eq!(verdicts(&book.index), expected);
    book.drop_oldest();
    assert_eq!(verdicts(&book.rebuilt()), expected, "carried along");
}

#[test]
fn own_pin_stays_own_after_a_wrong_try() {
    let mut book = Book::default();
    let first = book.begin("a");
    book.close(first, Outcome::Succeeded);
    let second = book.begin("a");
    book.close(second, Outcome::NowBlocked);
    assert_eq!(book.index.origin(&card("a")), Some(PinOrigin::Own));
}

#[test]
fn replaced_chain_takes_no_intent_until_confirmed() {
    let mut book = Book::default();
    book.add(replaces());
    let old_head = Hash([0xAB; 32]);
    assert_eq!(book.index.unconfirmed(), Some(old_head));
    let refused = book.index.admit(&Body::Intent(entry("a")));
    assert!(
        matches!(refused, Err(LedgerError::AwaitingConfirmation { old_head: told }) if told == old_head)
    );
    assert!(book.index.admit(&Note::Stopped.into()).is_ok());

    book.add(Body::ChainConfirmed {
        desk: "counter".to_owned(),
    });
    assert_eq!(book.index.unconfirmed(), None);
    assert!(book.index.admit(&Body::Intent(entry("a"))).is_ok());
    let again = book.index.admit(&Body::ChainConfirmed {
        desk: "counter".to_owned(),
    });
    assert!(matches!(again, Err(LedgerError::NothingToConfirm)));
}

#[test]
fn only_open_intents_are_closed() {
    let mut book = Book::default();
    let intent = book.begin("a");
    let outcome = |intent| Body::Outcome {
        intent,
        outcome: Outcome::Succeeded,
    };
    assert!(book.index.admit(&outcome(intent)).is_ok());
    assert!(matches!(
        book.index.admit(&outcome(9)),
        Err(LedgerError::NotOpen(9))
    ));
    book.close(intent, Outcome::WasBlocked);
    assert!(matches!(
        book.index.admit(&outcome(intent)),
        Err(LedgerError::NotOpen(1))
    ));
}
