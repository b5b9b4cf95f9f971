use proptest::prelude::*;

use super::*;
use crate::ledger::{DenialEntry, Note, Outcome};

/// A record taken apart as the store holds it, so that any byte of it can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Raw {
    sequence: u64,
    previous: [u8; 32],
    hash: [u8; 32],
    body: Vec<u8>,
}

impl Raw {
    fn of(record: &Record) -> Self {
        Self {
            sequence: record.sequence,
            previous: record.previous_hash.0,
            hash: record.hash.0,
            body: record.body_json.clone().into_bytes(),
        }
    }

    fn record(&self) -> Option<Record> {
        let body = std::str::from_utf8(&self.body).ok()?;
        Record::stored(
            self.sequence,
            Hash(self.previous),
            Hash(self.hash),
            None,
            body,
        )
    }

    fn flip(&mut self, at: usize, with: u8) {
        let mut sequence = self.sequence.to_be_bytes();
        let bytes = sequence
            .iter_mut()
            .chain(&mut self.previous)
            .chain(&mut self.hash);
        let mut bytes = bytes.chain(&mut self.body);
        *bytes.nth(at).unwrap() ^= with;
        self.sequence = u64::from_be_bytes(sequence);
    }

    fn len(&self) -> usize {
        8 + 32 + 32 + self.body.len()
    }
}

fn bodies() -> impl Strategy<Value = Vec<Body>> {
    let denied = "[a-z]{0,20}".prop_map(|reason| {
        Body::from(Note::Denied(DenialEntry {
            desk: "kiosk".to_owned(),
            operation: "verify".to_owned(),
            reason,
            card: None,
        }))
    });
    let outcome = (1..50_u64, 0..8_u8).prop_map(|(intent, attempts_remaining)| Body::Outcome {
        intent,
        outcome: Outcome::Rejected { attempts_remaining },
    });
    prop::collection::vec(prop_oneof![Just(Body::Stopped), denied, outcome], 2..20)
}

fn chain_of(bodies: Vec<Body>) -> Vec<Raw> {
    let mut head = Head::START;
    let mut time_unix_ms = 0;
    let link = |body| {
        time_unix_ms += 1;
        let record = Record::after(head, time_unix_ms, body).unwrap();
        head = record.head();
        Raw::of(&record)
    };
    bodies.into_iter().map(link).collect()
}

/// Whether the whole of it holds: every record decodes, follows, and the known head is reached.
fn holds(raw: &[Raw], known: &Raw) -> bool {
    let Some(records) = raw.iter().map(Raw::record).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let known = Head {
        sequence: known.sequence,
        hash: Hash(known.hash),
    };
    verify(Head::START, &records) == Ok(known)
}

proptest! {
    #[test]
    fn untouched_chain_holds(bodies in bodies()) {
        let chain = chain_of(bodies);
        prop_assert!(holds(&chain, chain.last().unwrap()));
    }

    #[test]
    fn any_changed_byte_is_found(
        bodies in bodies(),
        record in any::<prop::sample::Index>(),
        byte in any::<prop::sample::Index>(),
        with in 1..=255_u8,
    ) {
        let mut chain = chain_of(bodies);
        let known = chain.last().unwrap().clone();
        let record = record.get_mut(&mut chain);
        record.flip(byte.index(record.len()), with);
        prop_assert!(!holds(&chain, &known));
    }

    #[test]
    fn any_removal_is_found(bodies in bodies(), at in any::<prop::sample::Index>()) {
        let mut chain = chain_of(bodies);
        let known = chain.last().unwrap().clone();
        chain.remove(at.index(chain.len()));
        prop_assert!(!holds(&chain, &known));
    }

    #[test]
    fn any_swap_is_found(
        bodies in bodies(),
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let mut chain = chain_of(bodies);
        let known = chain.last().unwrap().clone();
        let (one, other) = (one.index(chain.len()), other.index(chain.len()));
        prop_assume!(one != other);
        chain.swap(one, other);
        prop_assert!(!holds(&chain, &known));
    }

    #[test]
    fn any_cut_is_found(bodies in bodies(), keep in any::<prop::sample::Index>()) {
        let mut chain = chain_of(bodies);
        let known = chain.last().unwrap().clone();
        chain.truncate(keep.index(chain.len()));
        prop_assert!(!holds(&chain, &known));
    }

    #[test]
    fn any_repetition_is_found(bodies in bodies(), at in any::<prop::sample::Index>()) {
        let mut chain = chain_of(bodies);
        let known = chain.last().unwrap().clone();
        let again = at.get(&chain).clone();
        chain.insert(at.index(chain.len()), again);
        prop_assert!(!holds(&chain, &known));
    }

    #[test]
    fn suffix_holds_from_its_base(bodies in bodies(), drop in any::<prop::sample::Index>()) {
        let chain = chain_of(bodies);
        let records: Vec<_> = chain.iter().map(|raw| raw.record().unwrap()).collect();
        let drop = drop.index(records.len());
        let base = records[..drop].last().map_or(Head::START, Record::head);
        let head = records.last().unwrap().head();
        prop_assert_eq!(verify(base, &records[drop..]), Ok(head));
    }
}

#[test]
fn faults_are_named() {
    let records: Vec<_> = chain_of(vec![Body::Stopped; 4])
        .iter()
        .map(|raw| raw.record().unwrap())
        .collect();
    let [first, second, third, _] = records.as_slice() else {
        panic!("four records")
    };
    let missing = verify(Head::START, [first, third]);
    assert_eq!(
        missing,
        Err(ChainBroken::Sequence {
            expected: 2,
            found: 3
        })
    );
    let changed = Record {
        body_json: second.body_json.replace("stopped", "Stopped"),
        ..second.clone()
    };
    assert_eq!(
        verify(Head::START, [first, &changed]),
        Err(ChainBroken::Content(2))
    );
    let unlinked = Record {
        previous_hash: third.hash,
        ..second.clone()
    };
    assert_eq!(
        verify(Head::START, [first, &unlinked]),
        Err(ChainBroken::Link(2))
    );
}

/// The formula, computed by another program: anyone can check a chain without this code.
#[test]
fn hash_is_sha256_of_previous_sequence_and_body() {
    let body = r#"{"v":1,"time_unix_ms":0,"kind":"stopped"}"#;
    let hash = Hash::of(Hash([0x11; 32]), 2, body);
    assert_eq!(
        hash.to_string(),
        "a6b87c138b55173a2f1b1a96f4c2001a5f8b0bfee70463f323262ce673d3c419"
    );
    assert_eq!(
        serde_json::to_string(&Stored {
            v: 1,
            time_unix_ms: 0,
            body: Body::Stopped
        })
        .unwrap(),
        body
    );
}
