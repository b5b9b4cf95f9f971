use super::*;

fn key() -> ChainKey {
    ChainKey::new(1, [7; 32].into())
}

fn chain(length: u64) -> Vec<EvidenceRecord> {
    let (mut key, mut at) = (key(), Place::START);
    let mut records = Vec::new();
    for sequence in 1..=length {
        let mut record = EvidenceRecord {
            sequence,
            previous_hash: at.hash,
            hash: [0; 32],
            mac: None,
            body: format!("{{\"n\":{sequence}}}"),
        };
        record.hash = record.computed_hash();
        record.mac = Some(key.record_mac(&record.hash));
        key = key.next();
        at = Place {
            sequence,
            hash: record.hash,
        };
        records.push(record);
    }
    records
}

fn stored(dir: &Path) -> Vec<u64> {
    let file = fs::read(dir.join("records.jsonl")).unwrap();
    let read = export::read_jsonl(file.as_slice()).unwrap();
    read.records.iter().map(|record| record.sequence).collect()
}

#[test]
fn goes_on_where_it_stood_whatever_a_crash_left() {
    let dir = tempfile::tempdir().unwrap();
    let records = chain(5);
    assert!(matches!(
        ChainStore::open(dir.path()),
        Err(StoreError::NoGenesis)
    ));
    ChainStore::keep_genesis(dir.path(), key()).unwrap();
    let mut store = ChainStore::open(dir.path()).unwrap();
    store.append(&records[..2], None).unwrap();
    assert!(matches!(
        ChainStore::open(dir.path()),
        Err(StoreError::InUse)
    ));
    drop(store);
    let path = dir.path().join("records.jsonl");
    let mut third = Vec::new();
    export::write_jsonl(&mut third, &records[2]).unwrap();
    // A crash while the third line was written, at each of its bytes; the whole line counts.
    let before = fs::read(&path).unwrap();
    for written in 0..=third.len() {
        fs::write(&path, [&before[..], &third[..written]].concat()).unwrap();
        let mut store = ChainStore::open(dir.path()).unwrap();
        let whole = u64::from(written == third.len());
        assert_eq!(store.place().sequence, 2 + whole, "{written}");
        if whole == 0 {
            store.append(&records[2..3], None).unwrap();
            // The next crash comes before a checkpoint is there.
            fs::remove_file(dir.path().join("checkpoint.json")).unwrap();
        }
        drop(store);
        assert_eq!(stored(dir.path()), [1, 2, 3], "{written}");
    }
    let mut store = ChainStore::open(dir.path()).unwrap();
    store.append(&records[3..], None).unwrap();
    assert_eq!(stored(dir.path()), [1, 2, 3, 4, 5]);
}

#[test]
fn bad_record_is_not_taken() {
    let dir = tempfile::tempdir().unwrap();
    ChainStore::keep_genesis(dir.path(), key()).unwrap();
    let mut store = ChainStore::open(dir.path()).unwrap();
    let mut records = chain(4);
    records[2].mac = Some([0; 32]);
    let refused = store.append(&records, None);
    assert!(matches!(
        refused,
        Err(StoreError::Bad(Bad { sequence: 3, .. }))
    ));
    assert!(stored(dir.path()).is_empty());
    store.append(&chain(4), None).unwrap();
    let again = store.append(&chain(4), None);
    assert!(matches!(
        again,
        Err(StoreError::Bad(Bad { sequence: 5, .. }))
    ));
}

#[test]
fn store_that_lost_its_end_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    ChainStore::keep_genesis(dir.path(), key()).unwrap();
    let mut store = ChainStore::open(dir.path()).unwrap();
    store.append(&chain(4), None).unwrap();
    drop(store);
    fs::write(dir.path().join("records.jsonl"), b"").unwrap();
    assert!(matches!(
        ChainStore::open(dir.path()),
        Err(StoreError::Behind(4))
    ));
}

#[test]
fn name_of_a_terminal_does_not_lead_out_of_the_store() {
    let dir = ChainStore::dir(Path::new("/s"), "../../etc", [0; 16]);
    let expected = format!("/s/terminal-_.._etc/{}", "0".repeat(32));
    assert_eq!(dir, Path::new(&expected));
}
