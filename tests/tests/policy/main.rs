//! Rule files of the region, end to end: signed by the hall, pushed to a terminal, in force between
//! operations, recorded, kept over restarts, and the one before where the newest is damaged.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{collections::BTreeMap, fs, path::PathBuf};

use cardd_rules::region::{SigningKey, WUHAN};
use cardd_tests::{
    desk::{Desk, refusal},
    stand::{Plan, Stand},
};
use hall_client::{
    AttemptSpent, CardFailure, Change, Reason, RulesInForce, RulesSource, Terminal, WeakPin,
};
use rustix::process::Signal;

mod command;
mod killed;
mod unkept;

/// Chosen under the first rules, refused by later ones.
const OWN: &str = "7602";

struct Scene {
    stand: Stand,
    key: SigningKey,
    rules: tempfile::TempDir,
}

fn scene(cards: &[&str]) -> Scene {
    let key = SigningKey::from_seed("wuhan-test", &[9; 32]).unwrap();
    let rules = tempfile::tempdir().unwrap();
    let config = format!(
        "[region]\ncode = \"420100\"\ndirectory = {:?}\nkeys = [{{ id = {:?}, public_key = {:?} }}]",
        rules.path(),
        key.id(),
        key.public_key_hex()
    );
    let stand = Stand::start(&Plan::with_cards(cards).config(&config)).unwrap();
    Scene { stand, key, rules }
}

/// The body of Wuhan, of that version, with one text in place of another.
fn body(version: u64, old: &str, new: &str) -> String {
    let body = WUHAN.replacen("version = 1", &format!("version = {version}"), 1);
    assert!(body.contains(old), "{old}");
    body.replacen(old, new, 1)
}

impl Scene {
    fn signed(&self, body: &str) -> Vec<u8> {
        self.key.sign(body).unwrap()
    }

    async fn hall(&self) -> Terminal {
        Terminal::connect(self.stand.socket("hall")).await.unwrap()
    }

    /// Pushes what is good.
    async fn push(&self, body: &str) -> RulesInForce {
        let taken = self.hall().await.push_rules(&self.signed(body)).await;
        taken.unwrap().in_force
    }

    async fn in_force(&self) -> RulesInForce {
        self.hall().await.rules().await.unwrap().in_force
    }

    fn file(&self, version: u64) -> PathBuf {
        self.rules.path().join(format!("v{version:010}.rules"))
    }

    /// Every file that is kept, by its name.
    fn kept(&self) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.rules.path()).unwrap();
        let read = |entry: std::io::Result<fs::DirEntry>| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(path).unwrap())
        };
        entries.map(read).collect()
    }

    fn damage(&self, version: u64) {
        let mut content = fs::read(self.file(version)).unwrap();
        *content.last_mut().unwrap() ^= 1;
        fs::write(self.file(version), content).unwrap();
    }

    async fn restart(&mut self) {
        self.stand.cardd.end(Signal::TERM).unwrap();
        self.stand.cardd.spawn().unwrap();
    }

    /// Records of a kind, oldest first.
    async fn records(&self, kind: &str) -> Vec<serde_json::Value> {
        let counter = Desk::at(&self.stand, "counter").await.unwrap();
        let records = counter.records().await.unwrap();
        let of_kind = |record: &serde_json::Value| record.get("kind").is_some_and(|k| k == kind);
        records.into_iter().filter(of_kind).collect()
    }
}

#[tokio::test]
async fn a_pushed_file_is_in_force_between_operations_and_recorded() {
    let scene = scene(&["w1"]);
    let mut kiosk = Desk::at(&scene.stand, "kiosk").await.unwrap();
    let reader = scene.stand.reader("a");
    scene.stand.rack().unwrap().insert("a", "w1").unwrap();
    let insertion = kiosk.card(&reader).await.unwrap();
    let at = (reader.as_str(), insertion);
    assert_eq!(scene.in_force().await.source, RulesSource::Configuration);

    // A prompt that is open ends under the rules that it was given under.
    let prompt = kiosk
        .terminal
        .begin_entry(&reader, insertion, Change)
        .await
        .unwrap();
    let refuses_it = body(
        1,
        "also_common = [",
        &format!("also_common = [{OWN:?}, \"9417\", "),
    );
    let taken = scene.push(&refuses_it).await;
    assert_eq!((taken.source, taken.version), (RulesSource::File, 1));
    kiosk
        .finish_change(prompt, ["1234", OWN, OWN])
        .await
        .unwrap();

    // The next one begins under the new ones, and is refused in the region's own words.
    let refused = refusal(kiosk.change(at, [OWN, "9417", "9417"]).await);
    assert_eq!(
        (refused.reason, refused.weak_pin, refused.attempt_spent),
        (Reason::PinTooWeak, Some(WeakPin::Common), AttemptSpent::No)
    );
    assert!(refused.text.zh.contains("邮编"), "{}", refused.text.zh);
    assert_eq!(scene.stand.tries("w1").unwrap(), 6);

    // What a page shows before the holder types is what the refusal says.
    let shown = kiosk.terminal.rules().await.unwrap();
    let common = shown
        .weak
        .iter()
        .find(|weak| weak.rule == WeakPin::Common)
        .unwrap();
    assert_eq!(common.text, refused.text);
    assert_eq!(
        (shown.min_digits, shown.max_digits, shown.fewest_attempts),
        (4, 6, 2)
    );

    let records = scene.records("rules_taken").await;
    let [record] = records.as_slice() else {
        panic!("{records:?}")
    };
    let sha256 = taken
        .sha256
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    assert_eq!(record.get("version").unwrap(), 1);
    assert_eq!(record.get("sha256").unwrap(), &sha256);
    assert_eq!(record.get("key").unwrap(), "wuhan-test");
    assert_eq!(fs::read(scene.file(1)).unwrap(), scene.signed(&refuses_it));
}

#[tokio::test]
async fn a_file_outlives_restarts_and_a_damaged_one_leaves_the_one_before() {
    let mut scene = scene(&[]);
    let first = scene.push(&body(1, "per_hour = 10", "per_hour = 11")).await;
    let second = scene.push(&body(2, "per_hour = 10", "per_hour = 12")).await;
    scene.restart().await;
    assert_eq!(scene.in_force().await, second);
    let last = scene.records("rules_in_force").await.pop().unwrap();
    assert_eq!(
        (&last["source"], &last["version"]),
        (&"file".into(), &2.into())
    );

    scene.damage(2);
    scene.restart().await;
    let older = scene.in_force().await;
    assert_eq!((older.source, older.version), (RulesSource::OlderFile, 1));
    assert_eq!(older.sha256, first.sha256);
    let rules = scene.hall().await.rules().await.unwrap();
    assert_eq!(rules.guess_budget_per_hour, 11);
    assert!(
        scene
            .stand
            .cardd
            .log()
            .unwrap()
            .contains("a rule file is damaged and not used")
    );
    let status = scene.hall().await.status().await.unwrap();
    assert_eq!(status.rules.source, RulesSource::OlderFile);

    // The one before is the one that was in force, not the damaged one.
    scene.push(&body(3, "per_hour = 10", "per_hour = 13")).await;
    scene.damage(3);
    scene.restart().await;
    assert_eq!(scene.in_force().await, older);

    scene.damage(1);
    scene.restart().await;
    assert_eq!(scene.in_force().await.source, RulesSource::Fallback);
    let last = scene.records("rules_in_force").await.pop().unwrap();
    assert_eq!(last["source"], "fallback");

    // The same version mends what is damaged.
    let mended = scene.push(&body(3, "per_hour = 10", "per_hour = 13")).await;
    assert_eq!((mended.source, mended.version), (RulesSource::File, 3));
}

#[tokio::test]
async fn a_file_that_is_not_good_changes_nothing_and_says_why() {
    let scene = scene(&[]);
    let good = scene.push(&body(5, "per_hour = 10", "per_hour = 7")).await;
    let stranger = SigningKey::from_seed("stranger", &[7; 32]).unwrap();
    let alike = SigningKey::from_seed("wuhan-test", &[7; 32]).unwrap();
    let newer = body(6, "per_hour = 10", "per_hour = 8");
    let mut careless = scene.signed(&newer);
    let line = careless.len() - 1;
    careless.truncate(line);
    let bad = [
        (
            scene.signed(&body(5, "per_hour = 10", "per_hour = 8")),
            Reason::RulesVersion,
        ),
        (
            scene.signed(&body(4, "per_hour = 10", "per_hour = 8")),
            Reason::RulesVersion,
        ),
        (
            scene.signed(&body(6, "\"420100\"\n", "\"420200\"\n")),
            Reason::RulesRegion,
        ),
        (stranger.sign(&newer).unwrap(), Reason::RulesKeyUnknown),
        (alike.sign(&newer).unwrap(), Reason::RulesSignature),
        (careless, Reason::RulesSignature),
        (newer.clone().into_bytes(), Reason::RulesMalformed),
        (Vec::new(), Reason::RulesMalformed),
        (vec![b'#'; 33_000], Reason::RulesTooLarge),
    ];
    let (hall, kept) = (scene.hall().await, scene.kept());
    for (file, reason) in bad {
        let refused = refusal(hall.push_rules(&file).await);
        assert_eq!(
            (refused.reason, refused.attempt_spent),
            (reason, AttemptSpent::No)
        );
        assert!(refused.text.zh.contains("规则"), "{}", refused.text.zh);
        assert_eq!(scene.in_force().await, good);
        assert_eq!(scene.kept(), kept, "{reason:?}");
    }
    only_the_hall_pushes(&scene, &newer).await;
    a_full_disk_keeps_the_old(&scene, &newer, &good).await;
    assert_eq!(scene.records("rules_taken").await.len(), 1);
}

async fn only_the_hall_pushes(scene: &Scene, newer: &str) {
    for desk in ["billing", "kiosk", "counter"] {
        let terminal = Terminal::connect(scene.stand.socket(desk)).await.unwrap();
        let refused: CardFailure = refusal(terminal.push_rules(&scene.signed(newer)).await);
        assert_eq!(refused.reason, Reason::NotForThisDesk, "{desk}");
        assert!(terminal.rules().await.is_ok(), "{desk}");
    }
}

/// A directory in the place of the file that is being written stands for a disk that refuses.
async fn a_full_disk_keeps_the_old(scene: &Scene, newer: &str, good: &RulesInForce) {
    let in_the_way = scene.rules.path().join("incoming");
    fs::create_dir(&in_the_way).unwrap();
    let refused = refusal(scene.hall().await.push_rules(&scene.signed(newer)).await);
    assert_eq!(refused.reason, Reason::RulesNotKept);
    assert_eq!(&scene.in_force().await, good);
    fs::remove_dir(in_the_way).unwrap();
}

#[tokio::test]
async fn a_terminal_without_a_region_takes_no_file() {
    let stand = Stand::start(&Plan::with_cards(&[])).unwrap();
    let key = SigningKey::from_seed("wuhan-test", &[9; 32]).unwrap();
    let hall = Terminal::connect(stand.socket("hall")).await.unwrap();
    let refused = refusal(hall.push_rules(&key.sign(WUHAN).unwrap()).await);
    assert_eq!(refused.reason, Reason::RulesNotTaken);
    assert_eq!(
        hall.rules().await.unwrap().in_force.source,
        RulesSource::Configuration
    );
}

#[tokio::test]
async fn a_region_keeps_more_tries_back_and_lowers_the_guess_budget_at_once() {
    let scene = scene(&["w1"]);
    let mut kiosk = Desk::at(&scene.stand, "kiosk").await.unwrap();
    let reader = scene.stand.reader("a");
    scene.stand.rack().unwrap().insert("a", "w1").unwrap();
    let at = (reader.as_str(), kiosk.card(&reader).await.unwrap());
    scene.push(&body(1, "kiosk = 2", "kiosk = 5")).await;
    let wrong = ["7602", "9416", "9416"];
    for left in [5, 4] {
        let refused = refusal(kiosk.change(at, wrong).await);
        assert_eq!(refused.reason, Reason::PinWrong);
        assert_eq!(scene.stand.tries("w1").unwrap(), left);
    }
    let refused = refusal(kiosk.change(at, wrong).await);
    assert_eq!(refused.reason, Reason::AttemptsAtFloor);
    assert_eq!(scene.stand.tries("w1").unwrap(), 4);

    scene.push(&body(2, "per_hour = 10", "per_hour = 2")).await;
    let budget = scene.hall().await.status().await.unwrap().guess_budget;
    assert!(
        budget.kiosks_closed,
        "two tries are lost, and two are permitted"
    );
    let refused = refusal(kiosk.change(at, wrong).await);
    assert_eq!(refused.reason, Reason::GuessBudgetSpent);
}
