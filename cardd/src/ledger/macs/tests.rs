use super::*;
use crate::ledger::{Body, Genesis};

/// A chain of five records from key 1 on, and the keys of 1 to 6.
fn chain() -> (Vec<Record>, Vec<RecordKey>) {
    let genesis = Genesis {
        sequence: 1,
        key: [5; 32].into(),
    };
    let mut keys = vec![genesis.first_key()];
    let mut head = Head::START;
    let mut records = Vec::new();
    for time_unix_ms in 1..=5 {
        let record = Record::after(head, time_unix_ms, Body::Stopped).unwrap();
        head = record.head();
        let (record, next) = record.sealed(keys.last().unwrap());
        records.push(record);
        keys.push(next);
    }
    (records, keys)
}

fn walk(records: &[Record], key: Option<&RecordKey>) -> Result<Option<RecordKey>, ChainBroken> {
    let mut walk = MacWalk::new(key.cloned());
    let mut head = Head::START;
    for record in records {
        walk.take(record)?;
        head = record.head();
    }
    walk.end(head)
}

#[test]
fn key_that_a_crash_left_behind_catches_up() {
    let (records, keys) = chain();
    for key in &keys {
        assert_eq!(walk(&records, Some(key)), Ok(keys.last().cloned()));
    }
}

#[test]
fn key_ahead_of_the_records_tells_that_some_are_gone() {
    let (records, keys) = chain();
    for kept in 1..5 {
        assert_eq!(
            walk(&records[..kept], keys.last()),
            Err(ChainBroken::Key {
                ends: kept as u64 + 1,
                key: 6
            })
        );
    }
}

#[test]
fn record_without_the_mac_of_its_key_is_found_from_the_key_on() {
    let (records, keys) = chain();
    for at in 0..5 {
        for mac in [None, Some(crate::ledger::Mac([0; 32]))] {
            let mut changed = records.clone();
            changed[at].mac = mac;
            let sequence = changed[at].sequence;
            let wrong = Err(ChainBroken::Mac(sequence));
            assert_eq!(walk(&changed, keys.first()), wrong);
        }
    }
    let mut stripped = records.clone();
    stripped[3].mac = None;
    assert_eq!(walk(&stripped, keys.last()), Err(ChainBroken::Mac(4)));
}

#[test]
fn records_of_the_first_version_have_none() {
    let (mut records, keys) = chain();
    assert_eq!(walk(&records, None), Err(ChainBroken::KeyGone));
    for record in &mut records {
        record.mac = None;
    }
    assert_eq!(walk(&records, None), Ok(None));
    assert_eq!(walk(&records, keys.last()), Ok(keys.last().cloned()));
}
