use super::{check::Walk, find::DAY_MS, *};

fn chain(length: u64) -> Vec<LedgerRecord> {
    let mut previous_hash = [0; 32];
    let record = |sequence| {
        let mut record = LedgerRecord {
            sequence,
            time_unix_ms: sequence * DAY_MS,
            body_json: format!("{{\"n\":{sequence}}}"),
            previous_hash,
            hash: [0; 32],
            mac: Some([7; 32]),
        };
        record.hash = EvidenceRecord::from(record.clone()).computed_hash();
        previous_hash = record.hash;
        record
    };
    (1..=length).map(record).collect()
}

fn verdict(portions: [&[LedgerRecord]; 2], head: u64) -> Verdict {
    let mut walk = Walk::default();
    for portion in portions {
        if walk.take(portion.to_vec()).is_err() {
            break;
        }
    }
    walk.verdict(head)
}

#[test]
fn a_whole_chain_is_whole_from_its_oldest_record_on() {
    let all = chain(6);
    let (first, second) = all.split_at(3);
    let whole = Verdict {
        records: 6,
        bad: None,
    };
    assert_eq!(verdict([first, second], 6), whole);
    let kept = Verdict {
        records: 5,
        bad: None,
    };
    assert_eq!(verdict([&first[1..], second], 6), kept);
}

#[test]
fn the_first_bad_record_is_named() {
    let bad = |change: fn(&mut Vec<LedgerRecord>)| {
        let mut all = chain(6);
        change(&mut all);
        let (first, second) = all.split_at(2);
        verdict([first, second], 6).bad
    };
    assert_eq!(
        bad(|all| all[3].body_json.push(' ')),
        Some((4, "FAULT_CONTENT"))
    );
    assert_eq!(
        bad(|all| all[3].previous_hash[0] ^= 1),
        Some((4, "FAULT_LINK"))
    );
    assert_eq!(bad(|all| drop(all.remove(3))), Some((4, "FAULT_SEQUENCE")));
    assert_eq!(bad(|all| all.truncate(4)), Some((5, "FAULT_CUT_OFF")));
    assert_eq!(bad(|_| {}), None);
}

#[test]
fn records_are_found_by_number_day_and_hash() {
    let all = chain(6);
    let found = |find: Find| -> Vec<u64> {
        let wanted = find.wanted().unwrap();
        let found = all.iter().filter(|record| wanted.is(record));
        found.map(|record| record.sequence).collect()
    };
    assert_eq!(found(Find::Number(5)), [5, 6]);
    assert_eq!(found(Find::Day("1970-01-04".to_owned())), [3]);
    let hash = hex::encode(all[1].hash);
    assert_eq!(found(Find::Hash(hash[..8].to_uppercase())), [2]);
    assert_eq!(found(Find::Hash(hash)), [2]);
}

#[test]
fn what_cannot_be_looked_for_is_told_apart() {
    for wrong in ["1970-13-01", "", "yesterday", "1969-12-31"] {
        assert!(!Find::Day(wrong.to_owned()).is_plain(), "{wrong}");
    }
    for wrong in ["", "1234567", "123456789g", &"0".repeat(65)] {
        assert!(!Find::Hash(wrong.to_owned()).is_plain(), "{wrong}");
    }
    assert!(Find::Number(0).is_plain());
}

#[test]
fn a_changed_record_is_seen_in_its_line_and_a_gap_is_none() {
    let whole = |records: &[LedgerRecord]| -> Vec<bool> {
        lines(records).iter().map(|line| line.whole).collect()
    };
    assert_eq!(whole(&chain(3)), [true, true, true]);
    let mut changed = chain(3);
    changed[1].body_json.push(' ');
    assert_eq!(whole(&changed), [true, false, true]);
    let mut gap = chain(3);
    gap.remove(1);
    assert_eq!(whole(&gap), [true, true]);
    let mut moved = chain(3);
    moved[2].previous_hash = [0; 32];
    moved[2].hash = EvidenceRecord::from(moved[2].clone()).computed_hash();
    assert_eq!(whole(&moved), [true, true, false]);
}
