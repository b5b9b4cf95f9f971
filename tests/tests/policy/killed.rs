//! cardd killed at every step of taking a rule file: the file written, its record, its place, the
//! directory. The next cardd has the whole of one file or the other, and says on record which.

use cardd_tests::strace::{self, Attached};

use super::*;

/// What taking a file waits for: file and directory, the place, the record. `strace` counts each system
/// call of each thread by itself.
const STEPS: [&str; 3] = ["fsync", "?rename,?renameat,?renameat2", "fdatasync"];
/// More of them than there are on the way.
const MOST_STEPS: u32 = 10;

/// The body of that version; its guess budget tells which one is in force.
pub(super) fn numbered(version: u64) -> String {
    body(
        version,
        "per_hour = 10",
        &format!("per_hour = {}", 10 + version),
    )
}

/// Pushes a version; cardd is killed at that step on the way, and starts again. Answers whether it was
/// killed, and the version that is then in force.
async fn pushed_and_killed(scene: &mut Scene, version: u64, at: (&str, u32)) -> (bool, u64) {
    let (hall, file) = (scene.hall().await, scene.signed(&numbered(version)));
    let kill = format!("signal=KILL:when={}", at.1);
    let strace = Attached::to(scene.stand.cardd.pid().unwrap(), at.0, &kill).unwrap();
    let told = hall.push_rules(&file).await;
    scene.stand.cardd.gone().unwrap();
    drop(strace);
    scene.stand.cardd.spawn().unwrap();
    let in_force = scene.in_force().await;
    assert_eq!(in_force.source, RulesSource::File, "{at:?}");
    assert!(told.is_err() || in_force.version == version, "{at:?}");
    (told.is_err(), in_force.version)
}

/// The whole of one of both is in force, and the one before lies beside it.
async fn check(scene: &Scene, version: u64, in_force: u64) {
    assert!([version - 1, version].contains(&in_force), "{in_force}");
    let rules = scene.hall().await.rules().await.unwrap();
    assert_eq!(u64::from(rules.guess_budget_per_hour), 10 + in_force);
    let before = fs::read(scene.file(version - 1)).unwrap();
    assert_eq!(before, scene.signed(&numbered(version - 1)));
    on_record(scene, in_force).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_one_file_or_the_other_is_in_force_and_on_record() {
    if !strace::can_attach() {
        return;
    }
    let mut scene = scene(&[]);
    scene.push(&numbered(1)).await;
    let (mut version, mut kept_the_old, mut had_the_new) = (1, Vec::new(), Vec::new());
    for calls in STEPS {
        for step in 1..MOST_STEPS {
            version += 1;
            let (killed, in_force) = pushed_and_killed(&mut scene, version, (calls, step)).await;
            check(&scene, version, in_force).await;
            if !killed {
                break;
            }
            if in_force == version {
                had_the_new.push((calls, step));
            } else {
                kept_the_old.push((calls, step));
                // Nothing is in the way of the same file.
                scene.push(&numbered(version)).await;
            }
        }
    }
    let [write, place, record] = STEPS;
    let before = [(write, 1), (place, 1), (record, 1)];
    let all = before.iter().all(|step| kept_the_old.contains(step));
    assert!(all, "{kept_the_old:?}");
    assert_eq!(had_the_new, [(write, 2)]);
}

/// The first file of all: killed between its record and its place, the rules of the configuration are in
/// force, and that is the last word on record.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_the_first_file_the_record_says_which_rules_are_in_force() {
    if !strace::can_attach() {
        return;
    }
    let mut scene = scene(&[]);
    let (hall, file) = (scene.hall().await, scene.signed(&numbered(1)));
    let [_, place, _] = STEPS;
    let pid = scene.stand.cardd.pid().unwrap();
    let strace = Attached::to(pid, place, "signal=KILL:when=1").unwrap();
    assert!(hall.push_rules(&file).await.is_err());
    scene.stand.cardd.gone().unwrap();
    drop(strace);
    scene.stand.cardd.spawn().unwrap();
    let in_force = scene.in_force().await;
    assert_eq!(in_force.source, RulesSource::Configuration);
    assert_eq!(
        scene.records("rules_taken").await.len(),
        1,
        "not the step that is meant"
    );
    let last = scene.records("rules_in_force").await.pop().unwrap();
    assert_eq!(last.get("source").unwrap(), "configuration");
    assert_eq!(last.get("version").unwrap(), 0);
}

/// A file never counts before its record does; and what this run began with is told.
async fn on_record(scene: &Scene, in_force: u64) {
    let versions = |records: &[serde_json::Value]| -> Vec<u64> {
        let version = |record: &serde_json::Value| record["version"].as_u64();
        records.iter().filter_map(version).collect()
    };
    let taken = versions(&scene.records("rules_taken").await);
    assert!(taken.contains(&in_force), "{taken:?}");
    let begun = versions(&scene.records("rules_in_force").await);
    assert_eq!(begun.last(), Some(&in_force));
}
