//! The disk takes a rule file and then refuses to keep its place: the hall is told that it is not kept, and
//! that is so after the next start as well.

use cardd_tests::strace::{self, Attached};

use super::{killed::numbered, *};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_place_the_disk_refuses_does_not_count_at_the_next_start() {
    if !strace::can_attach() {
        return;
    }
    let mut scene = scene(&[]);
    let mut good = scene.push(&numbered(1)).await;
    // The file itself is the first; its place, and taking it back, come after it.
    for (version, refused) in [(2, "error=EIO:when=2"), (3, "error=EIO:when=2+")] {
        let (hall, file) = (scene.hall().await, scene.signed(&numbered(version)));
        let pid = scene.stand.cardd.pid().unwrap();
        let disk = Attached::to(pid, "fsync", refused).unwrap();
        let told = refusal(hall.push_rules(&file).await);
        drop(disk);
        assert_eq!(told.reason, Reason::RulesNotKept, "{refused}");
        assert_eq!(scene.in_force().await, good, "{refused}");
        assert!(!scene.file(version).exists(), "{refused}");
        scene.restart().await;
        assert_eq!(scene.in_force().await, good, "{refused}");
        let begun = scene.records("rules_in_force").await.pop().unwrap();
        assert_eq!(begun["version"], good.version, "{refused}");
        // Nothing is in the way of the same file.
        good = scene.push(&numbered(version)).await;
        assert_eq!(good.version, version);
    }
}
