//! A damaged ledger opens with everything acknowledged, or is set aside and says so.

#![cfg(test)]

mod ledger_desk;

use std::{
    fs,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use cardd::ledger::{
    Body, ChainOrigin, Head, Ledger, LedgerError, LedgerState, Note, Operation, Outcome, chain,
};
use ledger_desk::{copy_tree, entry, open, verify};
use proptest::prelude::*;

/// A ledger with some attempts in it, closed.
fn written(dir: &Path) -> Head {
    let ledger = open(dir);
    for number in 0..20_u8 {
        let card = ledger.card_ref(&[&[number]]);
        verify(
            &ledger,
            &card,
            Outcome::Rejected {
                attempts_remaining: 2,
            },
        );
    }
    ledger.head().unwrap()
}

fn aside(dir: &Path) -> Vec<PathBuf> {
    fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("chain.damaged-"))
        .collect()
}

/// Ready with all of it, or awaiting confirmation with the old head named and the old chain kept.
fn assert_whole_or_set_aside(dir: &Path, old: Head) -> LedgerState {
    let ledger = open(dir);
    let records = ledger.records(0, usize::MAX).unwrap();
    assert_eq!(
        chain::verify(Head::START, &records),
        Ok(ledger.head().unwrap())
    );
    match ledger.state() {
        LedgerState::Ready => {
            assert_eq!(records[old.sequence as usize - 1].head(), old);
            assert!(aside(dir).is_empty());
        }
        LedgerState::AwaitingConfirmation { old_head } => {
            assert_eq!(old_head, old.hash);
            assert_eq!(records.len(), 1);
            let Body::ChainOpened {
                origin: ChainOrigin::Replaces { moved_to, .. },
            } = &records[0].body
            else {
                panic!("{:?}", records[0].body)
            };
            assert_eq!(aside(dir), [dir.join(moved_to)]);
        }
        state @ (LedgerState::Full | LedgerState::Unavailable { .. }) => panic!("{state:?}"),
    }
    ledger.state()
}

fn files_of_the_store(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(dir.join("chain"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

#[derive(Debug, Clone)]
enum Damage {
    Flip {
        at: prop::sample::Index,
        with: u8,
    },
    Zero {
        at: prop::sample::Index,
        length: usize,
    },
    Cut {
        at: prop::sample::Index,
    },
    Remove,
}

fn damages() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        6 => (at(), 1..=255_u8).prop_map(|(at, with)| Damage::Flip { at, with }),
        3 => (at(), 1..5000_usize).prop_map(|(at, length)| Damage::Zero { at, length }),
        2 => at().prop_map(|at| Damage::Cut { at }),
        1 => Just(Damage::Remove),
    ]
}

impl Damage {
    fn apply(&self, path: &Path) {
        let file = fs::File::options()
            .read(true)
            .write(true)
            .open(path)
            .unwrap();
        let length = usize::try_from(file.metadata().unwrap().len()).unwrap();
        match self {
            // An earlier damage may have left no byte.
            Self::Flip { .. } | Self::Zero { .. } | Self::Cut { .. } if length == 0 => {}
            Self::Flip { at, with } => {
                let at = at.index(length) as u64;
                let mut byte = [0];
                file.read_exact_at(&mut byte, at).unwrap();
                file.write_all_at(&[byte[0] ^ with], at).unwrap();
            }
            Self::Zero { at, length: zeros } => {
                let at = at.index(length);
                let zeros = (*zeros).min(length - at);
                file.write_all_at(&vec![0; zeros], at as u64).unwrap();
            }
            Self::Cut { at } => file.set_len(at.index(length) as u64).unwrap(),
            Self::Remove => fs::remove_file(path).unwrap(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_damage_is_survived(
        damages in prop::collection::vec((any::<prop::sample::Index>(), damages()), 1..4),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let old = written(dir.path());
        for (file, damage) in &damages {
            let files = files_of_the_store(dir.path());
            if !files.is_empty() {
                damage.apply(file.get::<PathBuf>(&files));
            }
        }
        assert_whole_or_set_aside(dir.path(), old);
    }
}

#[test]
fn untouched_ledger_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let old = written(dir.path());
    assert_eq!(
        assert_whole_or_set_aside(dir.path(), old),
        LedgerState::Ready
    );
}

#[test]
fn replaced_store_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let old = written(dir.path());
    fs::write(dir.path().join("chain/db"), b"not a store").unwrap();
    let state = assert_whole_or_set_aside(dir.path(), old);
    assert_eq!(
        state,
        LedgerState::AwaitingConfirmation { old_head: old.hash }
    );
}

/// A store that opens, with a whole chain in it, that ends too early.
#[test]
fn store_put_back_to_an_earlier_state_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    let earlier = tempfile::tempdir().unwrap();
    copy_tree(&dir.path().join("chain"), &earlier.path().join("chain"));
    let old = written(dir.path());
    fs::remove_dir_all(dir.path().join("chain")).unwrap();
    copy_tree(&earlier.path().join("chain"), &dir.path().join("chain"));

    let state = assert_whole_or_set_aside(dir.path(), old);
    assert_eq!(
        state,
        LedgerState::AwaitingConfirmation { old_head: old.hash }
    );
}

#[test]
fn removed_store_is_replaced_by_a_chain_that_names_it() {
    let dir = tempfile::tempdir().unwrap();
    let old = written(dir.path());
    fs::remove_dir_all(dir.path().join("chain")).unwrap();
    let ledger = open(dir.path());
    assert_eq!(
        ledger.state(),
        LedgerState::AwaitingConfirmation { old_head: old.hash }
    );
}

#[test]
fn damaged_head_file_costs_nothing_but_the_proof_of_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let old = written(dir.path());
    for content in [vec![], vec![0xFF; 100], vec![0; 8192]] {
        fs::write(dir.path().join("head"), content).unwrap();
        assert_eq!(
            assert_whole_or_set_aside(dir.path(), old),
            LedgerState::Ready
        );
    }
    fs::remove_file(dir.path().join("head")).unwrap();
    assert_eq!(
        assert_whole_or_set_aside(dir.path(), old),
        LedgerState::Ready
    );
}

#[test]
fn new_chain_takes_intents_only_after_the_old_head_is_confirmed() {
    let dir = tempfile::tempdir().unwrap();
    let old = written(dir.path());
    fs::write(dir.path().join("chain/db"), b"not a store").unwrap();
    let ledger = open(dir.path());
    let card = ledger.card_ref(&[b"card"]);
    let refused = ledger.begin(entry(Operation::Verify, &card));
    assert!(
        matches!(refused, Err(LedgerError::AwaitingConfirmation { old_head }) if old_head == old.hash),
        "{refused:?}"
    );
    ledger.note(Note::Stopped).unwrap();
    drop(ledger);

    let ledger = open(dir.path());
    assert_eq!(
        ledger.state(),
        LedgerState::AwaitingConfirmation { old_head: old.hash }
    );
    let other = ledger.confirm_new_chain(&"0".repeat(64), "counter");
    assert!(matches!(other, Err(LedgerError::OtherHead)), "{other:?}");
    let sequence = ledger
        .confirm_new_chain(&old.hash.to_string().to_uppercase(), "counter")
        .unwrap();
    assert_eq!(sequence, 3);
    assert_eq!(ledger.state(), LedgerState::Ready);
    let again = ledger.confirm_new_chain(&old.hash.to_string(), "counter");
    assert!(
        matches!(again, Err(LedgerError::NothingToConfirm)),
        "{again:?}"
    );
    assert_eq!(
        ledger
            .begin(entry(Operation::Verify, &card))
            .unwrap()
            .sequence(),
        4
    );
    drop(ledger);
    assert_eq!(open(dir.path()).state(), LedgerState::Ready);
}

/// A crash right after the new chain was put in place, before the head file was written.
#[test]
fn new_chain_with_the_old_head_file_is_not_set_aside_again() {
    let dir = tempfile::tempdir().unwrap();
    let old = written(dir.path());
    let head_file = fs::read(dir.path().join("head")).unwrap();
    fs::write(dir.path().join("chain/db"), b"not a store").unwrap();
    drop(open(dir.path()));
    fs::write(dir.path().join("head"), head_file).unwrap();
    let state = assert_whole_or_set_aside(dir.path(), old);
    assert_eq!(
        state,
        LedgerState::AwaitingConfirmation { old_head: old.hash }
    );
}

/// A crash before a new chain was whole leaves its building place behind.
#[test]
fn half_built_chain_is_in_nobodys_way() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("chain.new")).unwrap();
    fs::write(dir.path().join("chain.new/db"), b"half").unwrap();
    assert_eq!(open(dir.path()).state(), LedgerState::Ready);
    let ledger = Ledger::open(ledger_desk::settings(dir.path())).unwrap();
    assert_eq!(ledger.head().unwrap().sequence, 1);
}

/// A crash after the store had the intent and before the head file did: `begin` never returned.
#[test]
fn intent_that_was_never_acknowledged_is_closed_as_not_sent() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let card = ledger.card_ref(&[b"card"]);
    let acknowledged = ledger
        .begin(entry(Operation::Verify, &card))
        .unwrap()
        .sequence();
    drop(ledger);
    drop(open(dir.path()));
    let head_file = fs::read(dir.path().join("head")).unwrap();
    let ledger = open(dir.path());
    let lost = ledger
        .begin(entry(Operation::Verify, &card))
        .unwrap()
        .sequence();
    drop(ledger);
    fs::write(dir.path().join("head"), head_file).unwrap();

    let ledger = open(dir.path());
    let open: Vec<_> = ledger
        .open_intents()
        .unwrap()
        .iter()
        .map(|open| open.sequence)
        .collect();
    assert_eq!(open, [acknowledged]);
    let last = ledger.records(lost, 10).unwrap();
    let [closing] = last.as_slice() else {
        panic!("{last:?}")
    };
    assert!(
        matches!(&closing.body, Body::Outcome { intent, outcome: Outcome::NotSent { .. } } if *intent == lost),
        "{closing:?}"
    );
}
