use super::*;

#[test]
fn labels_keep_uses_apart() {
    let genesis = Genesis {
        sequence: 1,
        key: [5; 32].into(),
    };
    let key = genesis.first_key();
    let over = Hash([1; 32]);
    let next = key.next();
    let said = [
        key.mac(over).0,
        key.end(over).0,
        next.mac(over).0,
        next.end(over).0,
        *next.key,
        genesis.proof().0,
    ];
    for (at, one) in said.iter().enumerate() {
        assert!(said.iter().skip(at + 1).all(|other| other != one));
    }
    assert_eq!((next.sequence, next.chain), (2, genesis.chain()));
}

#[test]
fn debug_shows_no_key() {
    let genesis = Genesis {
        sequence: 1,
        key: [0xAB; 32].into(),
    };
    let shown = format!("{genesis:?} {:?}", genesis.first_key());
    assert!(!shown.contains("abab"), "{shown}");
    assert!(!shown.contains("171"), "{shown}");
}

/// The vectors that both ends are held to; computed by neither.
#[test]
fn chain_of_the_vectors_comes_out_byte_for_byte() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/fixtures/ledger/chain-vectors.json"
    );
    let vectors: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let hex = |value: &serde_json::Value| hex::decode(value.as_str().unwrap()).unwrap();
    let first: [u8; 32] = hex(&vectors["genesis_key"]).try_into().unwrap();
    let genesis = Genesis {
        sequence: vectors["genesis_sequence"].as_u64().unwrap(),
        key: first.into(),
    };
    assert_eq!(genesis.chain().0.as_slice(), hex(&vectors["chain_id"]));
    assert_eq!(
        genesis.proof().0.as_slice(),
        hex(&vectors["enrolment_proof"])
    );
    let (mut key, mut head) = (genesis.first_key(), crate::ledger::Head::START);
    for expected in vectors["records"].as_array().unwrap() {
        let body = expected["body"].as_str().unwrap();
        let stored = crate::ledger::entry::Stored::parse(body).unwrap();
        let record = crate::ledger::Record::after(head, stored.time_unix_ms, stored.body).unwrap();
        let (record, next) = record.sealed(&key);
        assert_eq!(record.body_json, body);
        assert_eq!(record.hash.0.as_slice(), hex(&expected["hash"]));
        assert_eq!(record.mac.unwrap().0.as_slice(), hex(&expected["mac"]));
        (key, head) = (next, record.head());
    }
    assert_eq!(key.end(head.hash).0.as_slice(), hex(&vectors["end_mac"]));
}
