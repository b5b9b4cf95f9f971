use proptest::prelude::*;

use super::*;

fn genesis() -> ChainKey {
    ChainKey::new(1, [7; 32].into())
}

fn record(previous: Place, body: String, key: Option<&ChainKey>) -> EvidenceRecord {
    let mut record = EvidenceRecord {
        sequence: previous.sequence + 1,
        previous_hash: previous.hash,
        hash: [0; 32],
        mac: None,
        body,
    };
    record.hash = record.computed_hash();
    record.mac = key.map(|key| key.record_mac(&record.hash));
    record
}

fn place(record: &EvidenceRecord) -> Place {
    Place {
        sequence: record.sequence,
        hash: record.hash,
    }
}

/// A chain of these bodies, its seal, and the key that a thief finds.
fn chain(bodies: Vec<String>) -> (Vec<EvidenceRecord>, EndSeal, ChainKey) {
    let mut key = genesis();
    let mut at = Place::START;
    let mut records = Vec::new();
    for body in bodies {
        let next = record(at, body, Some(&key));
        at = place(&next);
        key = key.next();
        records.push(next);
    }
    let mac = key.end_mac(&at.hash);
    (records, EndSeal { place: at, mac }, key)
}

fn bodies() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[ -~]{0,24}", 2..16)
}

fn check(records: &[EvidenceRecord], end: &EndSeal) -> Result<Verified, Bad> {
    verify(&Start::genesis(genesis()), records, Some(end))
}

/// Writes all records from `from` on anew, as somebody does who has this key and no older one.
fn rewrite(records: &mut [EvidenceRecord], from: usize, thief: &ChainKey) -> EndSeal {
    let mut at = match from.checked_sub(1) {
        Some(before) => place(&records[before]),
        None => Place::START,
    };
    let mut key = thief.clone();
    for slot in &mut records[from..] {
        *slot = record(at, slot.body.clone(), Some(&key));
        at = place(slot);
        key = key.next();
    }
    let mac = key.end_mac(&at.hash);
    EndSeal { place: at, mac }
}

/// Flips one bit of one field.
fn flip(record: &mut EvidenceRecord, field: usize, byte: prop::sample::Index, bit: u8) {
    let change = |bytes: &mut [u8]| bytes[byte.index(bytes.len())] ^= 1 << bit;
    match field {
        0 => record.sequence ^= 1 << byte.index(64),
        1 => change(&mut record.previous_hash),
        2 => change(&mut record.hash),
        3 => change(record.mac.as_mut().unwrap()),
        4 => record.mac = None,
        _ => record.body.push('x'),
    }
}

proptest! {
    #[test]
    fn whole_chain_is_whole_from_every_checkpoint(bodies in bodies(), at in any::<prop::sample::Index>()) {
        let (records, end, thief) = chain(bodies);
        let whole = check(&records, &end).unwrap();
        prop_assert!(whole.end_proved);
        prop_assert_eq!(whole.macs_from, Some(1));
        prop_assert_eq!(&whole.checkpoint.key, &Some(thief));
        let (first, rest) = records.split_at(at.index(records.len()));
        let half = verify(&Start::genesis(genesis()), first, None).unwrap();
        prop_assert!(!half.end_proved);
        let json = half.checkpoint.to_json().unwrap();
        let read = Checkpoint::from_json(&json).unwrap();
        let again = verify(&Start::after(&read), rest, Some(&end)).unwrap();
        prop_assert_eq!(again.checkpoint, whole.checkpoint);
    }

    #[test]
    fn any_change_of_any_record_is_found_and_named(
        bodies in bodies(),
        at in any::<prop::sample::Index>(),
        (field, byte, bit) in (0..6_usize, any::<prop::sample::Index>(), 0..8_u8),
    ) {
        let (mut records, end, _) = chain(bodies);
        let at = at.index(records.len());
        flip(&mut records[at], field, byte, bit);
        let bad = check(&records, &end).unwrap_err();
        prop_assert_eq!(bad.sequence, at as u64 + 1);
    }

    #[test]
    fn any_removal_is_found_and_named(bodies in bodies(), at in any::<prop::sample::Index>()) {
        let (mut records, end, _) = chain(bodies);
        let at = at.index(records.len());
        records.remove(at);
        let bad = check(&records, &end).unwrap_err();
        prop_assert_eq!(bad.sequence, at as u64 + 1);
    }

    #[test]
    fn any_insertion_is_found_and_named(
        bodies in bodies(),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
    ) {
        let (mut records, end, _) = chain(bodies);
        let copy = from.get(&records).clone();
        let to = to.index(records.len() + 1);
        let expected = if copy.sequence == to as u64 + 1 { to + 1 } else { to };
        records.insert(to, copy);
        let bad = check(&records, &end).unwrap_err();
        prop_assert_eq!(bad.sequence, expected as u64 + 1);
    }

    #[test]
    fn any_swap_is_found_and_named(
        bodies in bodies(),
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let (mut records, end, _) = chain(bodies);
        let (one, other) = (one.index(records.len()), other.index(records.len()));
        prop_assume!(one != other);
        records.swap(one, other);
        let bad = check(&records, &end).unwrap_err();
        prop_assert_eq!(bad.sequence, one.min(other) as u64 + 1);
    }

    #[test]
    fn any_cut_is_found_and_named(bodies in bodies(), kept in any::<prop::sample::Index>()) {
        let (mut records, end, _) = chain(bodies);
        let kept = kept.index(records.len());
        records.truncate(kept);
        let bad = check(&records, &end).unwrap_err();
        prop_assert_eq!(bad, Bad { sequence: kept as u64 + 1, fault: Fault::CutOff });
    }

    /// The thief has the terminal with its current key, knows every rule, and writes everything
    /// from the changed record on anew: hashes, MACs as far as the key goes, and the seal.
    #[test]
    fn thief_with_the_current_key_cannot_rewrite_the_past(
        bodies in bodies(),
        at in any::<prop::sample::Index>(),
        manner in 0..4_u8,
    ) {
        let (mut records, _, thief) = chain(bodies);
        let at = at.index(records.len());
        match manner {
            0 => records[at].body.push('x'),
            1 => drop(records.remove(at)),
            2 => records.insert(at, records[at].clone()),
            _ => records.truncate(at),
        }
        let from = at.min(records.len());
        let end = rewrite(&mut records, from, &thief);
        let bad = check(&records, &end).unwrap_err();
        prop_assert_eq!(bad.sequence, at as u64 + 1);
    }
}

/// What the thief can do, and no check can find: go on.
#[test]
fn whoever_has_the_current_key_can_only_go_on() {
    let (mut records, end, thief) = chain(vec!["a".to_owned(), "b".to_owned()]);
    let next = record(end.place, "forged".to_owned(), Some(&thief));
    let end = EndSeal {
        place: place(&next),
        mac: thief.next().end_mac(&next.hash),
    };
    records.push(next);
    assert_eq!(check(&records, &end).unwrap().records, 3);
}

/// An old copy of the whole chain with its own seal is whole; the checkpoint tells.
#[test]
fn chain_put_back_to_an_earlier_end_is_found_by_the_checkpoint() {
    let (early, early_end, _) = chain(vec!["a".to_owned()]);
    let (late, late_end, _) = chain(vec!["a".to_owned(), "b".to_owned()]);
    let checkpoint = check(&late, &late_end).unwrap().checkpoint;
    assert!(check(&early, &early_end).is_ok());
    let start = Start::after(&checkpoint);
    let bad = verify(&start, &early, Some(&early_end)).unwrap_err();
    assert_eq!((bad.sequence, bad.fault), (3, Fault::Sequence { found: 1 }));
    let bad = verify(&start, &[], Some(&early_end)).unwrap_err();
    assert_eq!((bad.sequence, bad.fault), (3, Fault::EndSeal));
}

#[test]
fn records_before_macs_began_are_held_by_hashes() {
    let mut at = Place::START;
    let mut records = Vec::new();
    for body in ["a", "b"] {
        let old = record(at, body.to_owned(), None);
        at = place(&old);
        records.push(old);
    }
    let key = ChainKey::new(3, [7; 32].into());
    records.push(record(at, "begin".to_owned(), Some(&key)));
    let start = Start::genesis(key);
    assert_eq!(verify(&start, &records, None).unwrap().macs_from, Some(3));
    let found = |records: &[EvidenceRecord]| {
        let bad = verify(&start, records, None).unwrap_err();
        (bad.sequence, bad.fault)
    };
    let mut missing = records.clone();
    missing[2].mac = None;
    assert_eq!(found(&missing), (3, Fault::MacMissing));
    let mut early = records.clone();
    early[1].mac = Some([0; 32]);
    assert_eq!(found(&early), (2, Fault::Mac));
    // Whole in itself, as anybody can write it: the record after it does not follow.
    let mut another = records;
    another[1] = record(place(&another[0]), "c".to_owned(), None);
    assert_eq!(found(&another), (3, Fault::Link));
}

/// Records that are whole pass through the checkpoint that the hall has, or are named.
#[test]
fn a_checkpoint_is_reached_or_what_is_cut_off_is_named() {
    let bodies = |texts: [&str; 3]| texts.map(str::to_owned).to_vec();
    let (records, end, _) = chain(bodies(["a", "b", "c"]));
    let (others, other_end, _) = chain(bodies(["a", "x", "c"]));
    let from = Checkpoint {
        place: Place::START,
        key: Some(genesis()),
    };
    let known = check(&records, &end).unwrap().checkpoint;
    assert_eq!(reaches(&from, &records, &known), Ok(()));
    assert_eq!(reaches(&known, &[], &known), Ok(()));
    for kept in 0..records.len() {
        let cut = reaches(&from, &records[..kept], &known).unwrap_err();
        assert_eq!((cut.sequence, cut.fault), (kept as u64 + 1, Fault::CutOff));
    }
    assert!(check(&others, &other_end).is_ok());
    let other = reaches(&from, &others, &known).unwrap_err();
    assert_eq!((other.sequence, other.fault), (3, Fault::Content));
}

/// The vectors that both ends are held to; computed by neither.
#[test]
fn chain_of_the_vectors_is_whole() {
    #[derive(serde::Deserialize)]
    struct Vectors {
        #[serde(with = "hex::serde")]
        genesis_key: [u8; 32],
        genesis_sequence: u64,
        #[serde(with = "hex::serde")]
        chain_id: [u8; 16],
        #[serde(with = "hex::serde")]
        enrolment_proof: [u8; 32],
        records: Vec<EvidenceRecord>,
        #[serde(with = "hex::serde")]
        end_mac: [u8; 32],
    }
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/fixtures/ledger/chain-vectors.json"
    );
    let vectors: Vectors = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let key = ChainKey::new(vectors.genesis_sequence, vectors.genesis_key.into());
    assert_eq!(key.chain_id(), vectors.chain_id);
    assert_eq!(key.enrolment_proof(), vectors.enrolment_proof);
    let end = EndSeal {
        place: place(vectors.records.last().unwrap()),
        mac: vectors.end_mac,
    };
    let verified = verify(&Start::genesis(key), &vectors.records, Some(&end)).unwrap();
    assert!(verified.end_proved);
}
