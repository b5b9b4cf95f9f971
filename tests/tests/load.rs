//! Entries opened and dropped by the thousand: nothing grows. Two thousand in the tests; ten
//! thousand, or as many as `CARDD_LOAD` says, with `make load`.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;

use cardd_proto::v1::{self, Purpose, Reason};
use cardd_tests::{
    bench::process,
    desk::Desk,
    raw::{Raw, detail},
    stand::{Plan, Stand},
};

/// Entries opened in all, unless `CARDD_LOAD` says otherwise.
const ENTRIES: usize = 2_000;
/// After so many, everything has grown to what it needs: buffers, caches, arenas.
const WARM_UP: usize = 500;
/// What the allocator may still move by; a lost entry has some 200 bytes.
const SLACK_KIB: u64 = 256;

/// What a process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    resident_kib: u64,
    /// `None` for who is not root: cardd lets no other process of its user look.
    descriptors: Option<u64>,
    threads: usize,
}

impl Held {
    fn by(pid: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"));
        let kib = line
            .unwrap()
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .unwrap();
        Self {
            resident_kib: kib,
            descriptors: process::descriptors(Some(pid)).unwrap(),
            threads: fs::read_dir(format!("/proc/{pid}/task")).unwrap().count(),
        }
    }
}

struct Scene {
    stand: Stand,
    desk: Desk,
    billing: Raw,
    request: v1::BeginEntryRequest,
}

async fn scene() -> Scene {
    // What is logged is not what is measured.
    let plan = Plan::with_cards(&["w2"]).log_filter("warn");
    let stand = Stand::start(&plan).unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let reader = stand.reader("a");
    let insertion = desk.card(&reader).await.unwrap().get();
    let billing = Raw::at(&stand, "billing").await.unwrap();
    Scene {
        stand,
        desk,
        billing,
        request: v1::BeginEntryRequest {
            reader,
            insertion,
            purpose: Purpose::Change.into(),
        },
    }
}

impl Scene {
    /// Opens entries and drops them, in each of the ways that an entry can end without a command:
    /// given up, replaced, or sealed for something else.
    async fn open_and_drop(&mut self, entries: usize) {
        for number in 0..entries {
            let begun = self.billing.pins.begin_entry(self.request.clone()).await;
            let entry_id = begun.unwrap().into_inner().entry_id;
            match number % 3 {
                0 => {
                    let cancel = v1::CancelEntryRequest { entry_id };
                    self.billing.pins.cancel_entry(cancel).await.unwrap();
                }
                1 => self.spoil(entry_id).await,
                _replaced_by_the_next => {}
            }
        }
    }

    async fn spoil(&mut self, entry_id: Vec<u8>) {
        let request = v1::ChangePinRequest {
            entry: Some(v1::SealedEntry {
                entry_id,
                encapsulated_key: vec![9; 32],
                ciphertext: vec![7; 67],
            }),
            accept_last_attempt: false,
        };
        let refused = self.billing.pins.change_pin(request).await.unwrap_err();
        assert_eq!(detail(&refused).reason(), Reason::EntryMismatch);
    }

    async fn open_entries(&self) -> u32 {
        self.desk.terminal.status().await.unwrap().open_entries
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_by_the_thousand_leave_nothing_behind() {
    let said = std::env::var("CARDD_LOAD").ok();
    let entries: usize = said.map_or(ENTRIES, |said| said.parse().unwrap());
    let mut scene = scene().await;
    let pid = scene.stand.cardd.pid().unwrap();
    scene.open_and_drop(WARM_UP).await;
    let (before, open) = (Held::by(pid), scene.open_entries().await);
    scene
        .open_and_drop(entries.checked_sub(WARM_UP).unwrap())
        .await;
    let after = Held::by(pid);
    let grown = after.resident_kib.saturating_sub(before.resident_kib);
    assert!(grown <= SLACK_KIB, "{before:?} {after:?}");
    assert_eq!(
        after.descriptors, before.descriptors,
        "{before:?} {after:?}"
    );
    assert_eq!(after.threads, before.threads, "{before:?} {after:?}");
    assert!(scene.open_entries().await <= open.max(1));
    assert_eq!(scene.stand.tries("w2").unwrap(), 6);
    assert_eq!(scene.stand.pins_sent().unwrap(), 0);
}
