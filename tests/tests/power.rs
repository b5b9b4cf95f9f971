//! The power goes while the daemon works on a card: what the disk kept is enough.
//!
//! `CARDD_POWER_CUT_REQUIRED=1` makes a machine that cannot mount a failure instead of a skipped
//! test.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{path::Path, time::Duration};

use card_sim::rack::{
    control::Until,
    plan::{HoldPhase, When},
};
use cardd_tests::{
    desk::{Desk, typed},
    power_cut::{Disk, bench, run_in_private_mounts, unavailable},
    stand::{Plan, Stand},
    wire::CHANGE_PIN,
};
use hall_client::{Change, Insertion, LedgerState, Verdict};
use rand::{SeedableRng as _, rngs::StdRng};

const OWN: &str = "830571";
const NEXT: &str = "941638";
const WRONG: &str = "760241";
const SOON: Duration = Duration::from_secs(10);

#[test]
fn what_was_told_and_what_was_begun_outlive_a_power_cut() {
    if let Some(why) = unavailable().unwrap() {
        let required = std::env::var_os("CARDD_POWER_CUT_REQUIRED").is_some();
        assert!(!required, "loop mounts do not work here: {why}");
        eprintln!("skipped: needs loop mounts: {why}");
        return;
    }
    let output = run_in_private_mounts("on_a_disk_that_loses_power").unwrap();
    let printed = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&printed)
    );
}

#[test]
fn on_a_disk_that_loses_power() {
    let Some(bench) = bench().unwrap() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(cuts(&bench));
}

struct Scene {
    stand: Stand,
    desk: Desk,
    disk: Disk,
    reader: String,
    insertion: Insertion,
}

/// A cut after an answer, and one while the card has the command.
async fn cuts(bench: &Path) {
    let disk = Disk::fresh(bench).unwrap();
    let plan = Plan::with_cards(&["w2"]).ledger(&disk.dir().join("ledger"));
    let stand = Stand::start(&plan).unwrap();
    let desk = Desk::at(&stand, "counter").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let reader = stand.reader("a");
    let insertion = desk.card(&reader).await.unwrap();
    let mut scene = Scene {
        stand,
        desk,
        disk,
        reader,
        insertion,
    };
    let at = (scene.reader.as_str(), scene.insertion);
    let changed = scene.desk.change(at, ["123456", OWN, OWN]).await.unwrap();
    scene.cut();
    scene.power_on(&[]).await;
    let records = scene.desk.records().await.unwrap();
    assert!(records.len() as u64 >= changed.ledger_sequence);

    let at = (scene.reader.as_str(), scene.insertion);
    scene.desk.verify(at, WRONG, false).await.unwrap_err();
    let before = scene.desk.records().await.unwrap();
    let entry = scene
        .desk
        .terminal
        .begin_entry(at.0, at.1, Change)
        .await
        .unwrap();
    let mut rack = scene.stand.rack().unwrap();
    rack.hold("a", When::Ins(CHANGE_PIN), HoldPhase::Answer)
        .unwrap();
    let changing = tokio::spawn(async move {
        let rng = &mut StdRng::seed_from_u64(4);
        entry
            .change(typed(OWN), typed(NEXT), typed(NEXT), rng)
            .await
    });
    let held = move || drop(rack.wait("a", Until::Held, SOON).unwrap());
    tokio::task::spawn_blocking(held).await.unwrap();
    scene.cut();
    scene.stand.rack().unwrap().release("a").unwrap();
    changing.await.unwrap().unwrap_err();
    // The intent was on the disk before the card had the command.
    scene.power_on(&[Verdict::Succeeded]).await;
    let after = scene.desk.records().await.unwrap();
    assert_eq!(after.get(..before.len()), Some(before.as_slice()));
    let at = (scene.reader.as_str(), scene.insertion);
    scene.desk.verify(at, NEXT, false).await.unwrap();
    assert_eq!(scene.stand.tries("w2").unwrap(), 6);
}

impl Scene {
    fn cut(&mut self) {
        self.disk.cut(self.stand.cardd.pid().unwrap()).unwrap();
        self.stand.cardd.gone().unwrap();
    }

    async fn power_on(&mut self, expected: &[Verdict]) {
        self.disk.power_on().unwrap();
        self.stand.cardd.spawn().unwrap();
        self.desk = Desk::at(&self.stand, "counter").await.unwrap();
        let next = self.desk.next_card(&self.reader, self.insertion);
        self.insertion = next.await.unwrap();
        let status = self.desk.terminal.status().await.unwrap();
        assert_eq!(status.ledger, LedgerState::Ready);
        let verdicts = self.desk.verdicts(self.insertion).await.unwrap();
        assert_eq!(verdicts, expected);
    }
}
