use super::*;

fn key(sequence: u64) -> RecordKey {
    RecordKey {
        chain: ChainId([3; 16]),
        sequence,
        key: [u8::try_from(sequence).unwrap(); 32].into(),
    }
}

#[test]
fn last_key_is_there_and_no_older_one() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(RecordKeyFile::read(dir.path()).unwrap(), None);
    let file = RecordKeyFile::start(dir.path(), &key(1)).unwrap();
    for sequence in 2..6 {
        file.write(&key(sequence)).unwrap();
        assert_eq!(
            RecordKeyFile::read(dir.path()).unwrap(),
            Some(key(sequence))
        );
        let content = std::fs::read(RecordKeyFile::path(dir.path())).unwrap();
        let older = [u8::try_from(sequence - 1).unwrap(); 32];
        assert!(!content.windows(32).any(|bytes| bytes == older));
    }
}

/// An opening goes on in the same blocks: a second name of the file shows them.
#[test]
fn opening_overwrites_and_does_not_replace() {
    let dir = tempfile::tempdir().unwrap();
    RecordKeyFile::start(dir.path(), &key(1)).unwrap();
    let witness = dir.path().join("witness");
    std::fs::hard_link(RecordKeyFile::path(dir.path()), &witness).unwrap();
    RecordKeyFile::start(dir.path(), &key(2)).unwrap();
    let content = std::fs::read(witness).unwrap();
    assert_eq!(newest(&content), Some(key(2)));
    assert!(!content.windows(32).any(|bytes| bytes == [1; 32]));
}

#[test]
fn torn_slot_leaves_the_other_one() {
    let dir = tempfile::tempdir().unwrap();
    RecordKeyFile::start(dir.path(), &key(7)).unwrap();
    let whole = std::fs::read(RecordKeyFile::path(dir.path())).unwrap();
    for slot in [0, SLOT] {
        for byte in 0..USED {
            let mut torn = whole.clone();
            torn[slot + byte] ^= 0x40;
            assert_eq!(newest(&torn), Some(key(7)), "slot at {slot}, byte {byte}");
        }
    }
}

/// A crash between the two slots: the first one is ahead.
#[test]
fn newer_slot_counts() {
    let dir = tempfile::tempdir().unwrap();
    RecordKeyFile::start(dir.path(), &key(7)).unwrap();
    let mut content = std::fs::read(RecordKeyFile::path(dir.path())).unwrap();
    content[..USED].copy_from_slice(encode(&key(8)).as_slice());
    assert_eq!(newest(&content), Some(key(8)));
}

#[test]
fn what_is_no_key_file_tells_nothing() {
    for content in [vec![], vec![0; 2 * SLOT], vec![0xFF; USED]] {
        assert_eq!(newest(&content), None);
    }
}
