//! The wall clock steps while a grant is out: it frees nothing and voids nothing.

use cardd_proto::v1;
use cardd_tests::{hall::Manner, plan::Plan};

use super::{HOLDER_W1, Scene, done};

/// A clock that can be set, for one process (Debian's libfaketime). What cardd measures waits by
/// is left alone, as the kernel leaves it alone when an administrator sets the date.
struct Clock {
    file: tempfile::NamedTempFile,
}

impl Clock {
    fn new() -> Self {
        let clock = Self {
            file: tempfile::NamedTempFile::new().unwrap(),
        };
        clock.set("+0");
        clock
    }

    /// So far from the true time: `-1d`, `+10m`.
    fn set(&self, offset: &str) {
        std::fs::write(self.file.path(), offset).unwrap();
    }

    /// Unconfined: the library reads its file whenever the time is asked for.
    fn plan(&self, plan: Plan) -> Plan {
        let plan = plan.config("[sandbox]\nconfine = false");
        let library = format!(
            "/usr/lib/{}-linux-gnu/faketime/libfaketime.so.1",
            std::env::consts::ARCH
        );
        plan.environment("LD_PRELOAD", &library)
            .environment(
                "FAKETIME_TIMESTAMP_FILE",
                self.file.path().to_str().unwrap(),
            )
            .environment("FAKETIME_NO_CACHE", "1")
            .environment("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    }
}

#[tokio::test]
async fn a_clock_set_back_or_forward_neither_voids_nor_revives_a_grant() {
    let clock = Clock::new();
    let plan = clock.plan(Plan::with_cards(&["w1"]));
    let mut scene = Scene::set_as("w1", &plan).await;
    for offset in ["-2d", "+2d"] {
        let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
        clock.set(offset);
        let begun = scene.hall.begin(&case.grant, Manner::Right, "");
        let mut transaction = begun.await.unwrap();
        let unlocked = done(&mut transaction).await;
        assert_eq!(unlocked.attempts_remaining, Some(6), "{offset}");
        let again = scene.hall.begin(&case.grant, Manner::Right, "").await;
        let again = cardd_tests::raw::detail(&again.unwrap_err());
        assert_eq!(again.reason(), v1::Reason::GrantUnknown, "{offset}");
        assert_eq!(scene.tries(), (6, 3), "{offset}");
        clock.set("+0");
    }
    // The test means nothing if cardd did not see the steps.
    let records = scene.desk.records().await.unwrap();
    let times: Vec<_> = records
        .iter()
        .filter(|record| record["kind"] == "outcome")
        .map(|record| record["time_unix_ms"].as_i64().unwrap())
        .collect();
    let [back, forward] = times[..] else {
        panic!("two outcomes: {times:?}");
    };
    let day = 86_400_000;
    assert!(forward - back > 3 * day, "{times:?}");
}
