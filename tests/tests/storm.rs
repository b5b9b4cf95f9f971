//! A short storm: cardd's own code against seeded desks, thieves and faults, in one process. The long
//! ones are `make storm`.

use std::{fs, path::Path};

use cardd_tests::storm::{
    LENGTH,
    campaign::Campaign,
    check,
    dialogue::dialogue,
    run::{run, run_with},
    sabotage::Wrapper,
    step::{from_text, to_text},
    transcript::Transcript,
};

/// Seeds of a run within the tests.
const SEEDS: u64 = 100;

/// Seeds within which each broken terminal must be noticed.
const CAUGHT_WITHIN: u64 = 40;

#[test]
fn every_promise_holds_in_a_short_storm() {
    let campaign = Campaign {
        wrapper: Wrapper::Sound,
        most_failures: 1,
        workers: 2,
    };
    let sum = campaign.hold(1..=SEEDS, |_| {}).unwrap();
    let first = sum.failures.first();
    assert!(
        first.is_none(),
        "replay with `storm replay SEED --trace`: {first:?}"
    );
    assert_eq!(sum.storms, SEEDS);
    assert!(sum.pin_operations > 20 * SEEDS, "{}", sum.pin_operations);
}

#[test]
fn a_seed_gives_the_same_storm_twice_and_another_seed_another() {
    let storm = |seed| {
        let steps = dialogue(seed, LENGTH);
        let outcome = run_with(seed, &steps, Wrapper::Sound, Transcript::kept()).unwrap();
        (outcome.hash, outcome.lines)
    };
    let (first, second) = (storm(7), storm(7));
    let differs = first
        .1
        .iter()
        .zip(&second.1)
        .find(|(one, other)| one != other);
    assert_eq!(differs, None);
    assert_eq!(first.0, second.0);
    assert_ne!(first.0, storm(8).0);
}

#[test]
fn what_is_broken_around_cardd_is_noticed_by_the_promise_it_breaks() {
    for catch in check::wrappers(CAUGHT_WITHIN).unwrap() {
        assert!(catch.is_caught(), "{catch:?}");
    }
}

/// Dialogues that once broke a promise.
#[test]
fn what_was_mended_stays_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/storm");
    let mut replayed = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let seed = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# seed "));
        let steps = from_text(&text).unwrap();
        let outcome = run(seed.unwrap().parse().unwrap(), &steps, Wrapper::Sound).unwrap();
        assert_eq!(outcome.broken, None, "{}", path.display());
        replayed += 1;
    }
    assert!(replayed > 0);
}

#[test]
fn a_dialogue_reads_back_from_its_text() {
    let steps = dialogue(3, LENGTH);
    let text = to_text(&steps).unwrap();
    assert_eq!(from_text(&format!("# a remark\n\n{text}")).unwrap(), steps);
}
