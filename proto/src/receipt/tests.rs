use proptest::prelude::*;

use super::*;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(Zeroizing::new([seed; KEY_BYTES])).unwrap()
}

fn statement() -> ReceiptStatement {
    ReceiptStatement {
        key_id: Vec::new(),
        terminal_id: "t-1".to_owned(),
        receipt_id: vec![7; RECEIPT_ID_BYTES],
        card_ref: "00112233445566778899aabbccddeeff".to_owned(),
        insertion: 3,
        bill: Some(Bill {
            reference: "B-2026-0001".to_owned(),
            amount_fen: 12_345,
        }),
        verified_sequence: 9,
        issued_unix_ms: 1_000,
        expires_unix_ms: 2_000,
    }
}

/// RFC 8032, 7.1, test 1: seed and public key.
#[test]
fn keys_are_those_of_the_standard() {
    let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let seed: [u8; 32] = seed.unwrap().try_into().unwrap();
    let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let key = SigningKey::from_seed(Zeroizing::new(seed)).unwrap();
    assert_eq!(hex::encode(key.public_key()), public);
    assert!(!format!("{key:?}").contains("9d61"));
}

#[test]
fn a_receipt_opens_with_its_own_key_only() {
    let (mine, other) = (key(1), key(2));
    let receipt = mine.receipt(statement()).unwrap();
    let said = open(&receipt, &mine.public_key()).unwrap();
    assert_eq!(said.key_id, key_id(&mine.public_key()));
    assert_eq!(said.bill, statement().bill);
    assert_eq!(claimed_key(&receipt), Ok(key_id(&mine.public_key())));
    assert_eq!(
        open(&receipt, &other.public_key()),
        Err(NotSignedSo::Altered)
    );
    assert_eq!(from_text(&to_text(&receipt)), Ok(receipt));
}

#[test]
fn a_receipt_is_no_cancellation_and_none_is_a_receipt() {
    let mine = key(1);
    let receipt = mine.receipt(statement()).unwrap();
    let posing = Cancellation {
        statement: receipt.statement.clone(),
        signature: receipt.signature.clone(),
    };
    let refused = open_cancellation(&posing, &mine.public_key());
    assert_eq!(refused, Err(NotSignedSo::Altered));
    let text = to_text(&receipt);
    assert!(cancellation_from_text(&text).is_err());
    let cancelled = mine.cancellation(CancellationStatement {
        receipt_id: vec![7; RECEIPT_ID_BYTES],
        ..CancellationStatement::default()
    });
    let cancelled = cancelled.unwrap();
    assert!(open_cancellation(&cancelled, &mine.public_key()).is_ok());
    let line = cancellation_to_text(&cancelled);
    assert_eq!(cancellation_from_text(&line), Ok(cancelled));
}

#[test]
fn bills_that_can_be_asked_for() {
    let bill = |reference: &str, amount_fen| Bill {
        reference: reference.to_owned(),
        amount_fen,
    };
    let longest = "x".repeat(REFERENCE_LIMIT);
    for good in [bill("A", 1), bill(&longest, AMOUNT_LIMIT_FEN)] {
        assert!(is_bill(&good), "{good:?}");
    }
    for bad in [
        bill("", 1),
        bill(&format!("{longest}x"), 1),
        bill("a b", 1),
        bill("账单", 1),
        bill("A", 0),
        bill("A", AMOUNT_LIMIT_FEN + 1),
    ] {
        assert!(!is_bill(&bad), "{bad:?}");
    }
}

#[derive(Debug, Clone)]
enum Change {
    Replace(usize, char),
    Remove(usize),
    Insert(usize, char),
    Swap(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let character = prop_oneof![
        prop::char::range('0', '9'),
        prop::char::range('a', 'f'),
        prop::char::range(' ', '~'),
    ];
    prop_oneof![
        (any::<usize>(), character.clone()).prop_map(|(at, c)| Change::Replace(at, c)),
        any::<usize>().prop_map(Change::Remove),
        (any::<usize>(), character).prop_map(|(at, c)| Change::Insert(at, c)),
        any::<usize>().prop_map(Change::Swap),
    ]
}

fn changed(text: &str, change: &Change) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let len = chars.len();
    match *change {
        Change::Replace(at, c) => chars[at % len] = c,
        Change::Remove(at) => drop(chars.remove(at % len)),
        Change::Insert(at, c) => chars.insert(at % (len + 1), c),
        Change::Swap(at) => chars.swap(at % len, (at % len + 1) % len),
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Any single mutation of a receipt is refused.
    #[test]
    fn a_receipt_changed_in_one_place_is_refused(change in change()) {
        let mine = key(1);
        let text = to_text(&mine.receipt(statement()).unwrap());
        let mutant = changed(&text, &change);
        prop_assume!(mutant != text);
        let opened = from_text(&mutant).and_then(|receipt| open(&receipt, &mine.public_key()));
        prop_assert!(opened.is_err(), "{}", mutant);
    }

    /// The same of the message: any bit, in statement or signature.
    #[test]
    fn a_receipt_with_one_bit_turned_is_refused(at in any::<usize>(), bit in 0..8_u8) {
        let mine = key(1);
        let mut receipt = mine.receipt(statement()).unwrap();
        let (said, signed) = (receipt.statement.len(), receipt.signature.len());
        let at = at % (said + signed);
        match at.checked_sub(said) {
            None => receipt.statement[at] ^= 1 << bit,
            Some(at) => receipt.signature[at] ^= 1 << bit,
        }
        prop_assert_eq!(open(&receipt, &mine.public_key()), Err(NotSignedSo::Altered));
    }
}
