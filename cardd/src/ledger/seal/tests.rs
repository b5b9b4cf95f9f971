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
