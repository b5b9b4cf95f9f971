use cardd_proto::{
    receipt::{KEY_BYTES, SigningKey, cancellation_to_text, key_id, to_text},
    v1::{self, CancellationStatement},
};
use proptest::prelude::*;

use super::*;

const TERMINAL: &str = "t-1";
const ISSUED: u64 = 1_000_000;
const EXPIRES: u64 = ISSUED + 300_000;
const NOW: u64 = ISSUED + 1_000;

const CLAIM: Claim<'_> = Claim {
    terminal_id: TERMINAL,
    reference: "B-1",
    amount_fen: 12_345,
    insertion: Some(3),
};

fn signer(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; KEY_BYTES].into()).unwrap()
}

fn told(terminal: &str, seed: u8, retired_unix_ms: Option<u64>) -> v1::ListReceiptKeysResponse {
    let public = signer(seed).public_key();
    v1::ListReceiptKeysResponse {
        terminal_id: terminal.to_owned(),
        keys: vec![v1::ReceiptKey {
            key_id: key_id(&public).to_vec(),
            public_key: public.to_vec(),
            made_unix_ms: 1,
            retired_unix_ms,
        }],
    }
}

fn statement() -> ReceiptStatement {
    ReceiptStatement {
        key_id: Vec::new(),
        terminal_id: TERMINAL.to_owned(),
        receipt_id: vec![9; 16],
        card_ref: "ab".repeat(16),
        insertion: 3,
        bill: Some(Bill {
            reference: "B-1".to_owned(),
            amount_fen: 12_345,
        }),
        verified_sequence: 8,
        issued_unix_ms: ISSUED,
        expires_unix_ms: EXPIRES,
    }
}

fn text() -> String {
    to_text(&signer(1).receipt(statement()).unwrap())
}

fn cancellation() -> String {
    let said = CancellationStatement {
        key_id: Vec::new(),
        terminal_id: TERMINAL.to_owned(),
        receipt_id: vec![9; 16],
        cancelled_unix_ms: NOW,
        expires_unix_ms: EXPIRES,
    };
    cancellation_to_text(&signer(1).cancellation(said).unwrap())
}

/// A checker that knows the key of one terminal.
struct Desk {
    keys: ReceiptKeys,
    used: UsedReceipts,
    _directory: tempfile::TempDir,
}

impl Desk {
    fn knowing(told: &v1::ListReceiptKeysResponse) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut keys = ReceiptKeys::default();
        assert_eq!(keys.learn(told).unwrap(), 1);
        Self {
            keys,
            used: UsedReceipts::open(directory.path()).unwrap(),
            _directory: directory,
        }
    }

    fn open() -> Self {
        Self::knowing(&told(TERMINAL, 1, None))
    }

    fn check(
        &mut self,
        text: &str,
        claim: &Claim<'_>,
        now: u64,
    ) -> Result<GoodReceipt, ReceiptRefused> {
        check(&self.keys, &mut self.used, text, claim, now)
    }
}

#[test]
fn a_good_receipt_is_good_once() {
    let mut desk = Desk::open();
    let good = desk.check(&text(), &CLAIM, NOW).unwrap();
    assert_eq!(good.card_ref, "ab".repeat(16));
    assert_eq!((good.insertion, good.verified_sequence), (3, 8));
    let again = desk.check(&text(), &CLAIM, NOW + 1);
    assert!(matches!(again, Err(ReceiptRefused::Replayed)));
}

#[test]
fn it_is_for_one_terminal_bill_amount_and_insertion() {
    let mut desk = Desk::open();
    let other_bills = [
        Claim {
            reference: "B-2",
            ..CLAIM
        },
        Claim {
            amount_fen: 12_346,
            ..CLAIM
        },
        Claim {
            insertion: Some(4),
            ..CLAIM
        },
    ];
    for claim in other_bills {
        let refused = desk.check(&text(), &claim, NOW);
        assert!(
            matches!(refused, Err(ReceiptRefused::OtherBill)),
            "{claim:?}"
        );
    }
    let elsewhere = Claim {
        terminal_id: "t-2",
        ..CLAIM
    };
    let refused = desk.check(&text(), &elsewhere, NOW);
    assert!(matches!(refused, Err(ReceiptRefused::OtherTerminal(named)) if named == TERMINAL));
    // None of it used the receipt up.
    let unknown = Claim {
        insertion: None,
        ..CLAIM
    };
    assert!(desk.check(&text(), &unknown, NOW).is_ok());
}

#[test]
fn it_is_good_from_its_time_to_its_time() {
    for (now, good) in [
        (ISSUED - SKEW_MS - 1, false),
        (ISSUED - SKEW_MS, true),
        (EXPIRES - 1, true),
        (EXPIRES, false),
        (u64::MAX, false),
    ] {
        assert_eq!(
            Desk::open().check(&text(), &CLAIM, now).is_ok(),
            good,
            "{now}"
        );
    }
    let late = Desk::open().check(&text(), &CLAIM, EXPIRES);
    assert!(matches!(late, Err(ReceiptRefused::Expired)));
    let early = Desk::open().check(&text(), &CLAIM, 0);
    assert!(matches!(early, Err(ReceiptRefused::NotYetValid)));
}

#[test]
fn a_clock_that_is_set_back_revives_nothing() {
    let mut desk = Desk::open();
    desk.check(&text(), &CLAIM, NOW).unwrap();
    desk.used.forget(EXPIRES).unwrap();
    let revived = desk.check(&text(), &CLAIM, NOW);
    assert!(matches!(revived, Err(ReceiptRefused::Expired)));
}

#[test]
fn a_cancelled_receipt_is_refused_and_a_used_one_cannot_be_cancelled() {
    let mut desk = Desk::open();
    cancel(&desk.keys, &mut desk.used, &cancellation(), NOW).unwrap();
    cancel(&desk.keys, &mut desk.used, &cancellation(), NOW).unwrap();
    let refused = desk.check(&text(), &CLAIM, NOW);
    assert!(matches!(refused, Err(ReceiptRefused::Cancelled)));

    let mut desk = Desk::open();
    desk.check(&text(), &CLAIM, NOW).unwrap();
    let late = cancel(&desk.keys, &mut desk.used, &cancellation(), NOW);
    assert!(matches!(late, Err(ReceiptRefused::Replayed)));
    let posing = cancel(&desk.keys, &mut desk.used, &text(), NOW);
    assert!(matches!(posing, Err(ReceiptRefused::Altered(_))));
}

#[test]
fn keys_are_their_terminals_and_end_with_their_retirement() {
    let mut stranger = Desk::knowing(&told(TERMINAL, 2, None));
    let refused = stranger.check(&text(), &CLAIM, NOW);
    assert!(matches!(refused, Err(ReceiptRefused::UnknownKey)));
    let mut elsewhere = Desk::knowing(&told("t-2", 1, None));
    let refused = elsewhere.check(&text(), &CLAIM, NOW);
    assert!(matches!(refused, Err(ReceiptRefused::OtherTerminal(_))));
    for (retired, good) in [(ISSUED - 1, false), (ISSUED, true)] {
        let mut desk = Desk::knowing(&told(TERMINAL, 1, Some(retired)));
        assert_eq!(desk.check(&text(), &CLAIM, NOW).is_ok(), good, "{retired}");
        // What a terminal says later revives no key.
        desk.keys.learn(&told(TERMINAL, 1, None)).unwrap();
        let id = key_id(&signer(1).public_key());
        assert_eq!(desk.keys.get(id).unwrap().retired_unix_ms, Some(retired));
    }
    let mut keys = ReceiptKeys::default();
    keys.learn(&told(TERMINAL, 1, None)).unwrap();
    assert!(keys.learn(&told("t-2", 1, None)).is_err());
    let mut misnamed = told(TERMINAL, 2, None);
    misnamed.keys[0].key_id[0] ^= 1;
    assert!(keys.learn(&misnamed).is_err());
    assert!(keys.learn(&told("t 3", 3, None)).is_err());
    assert_eq!(keys.iter().count(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever is changed in the line, the checker refuses it and uses nothing up.
    #[test]
    fn any_single_mutation_is_refused(at in any::<usize>(), to in prop::char::range(' ', '~')) {
        let mut desk = Desk::open();
        let mut chars: Vec<char> = text().chars().collect();
        let at = at % chars.len();
        prop_assume!(chars[at] != to);
        chars[at] = to;
        let mutant: String = chars.into_iter().collect();
        prop_assert!(desk.check(&mutant, &CLAIM, NOW).is_err());
        prop_assert!(desk.check(&text(), &CLAIM, NOW).is_ok());
    }
}
