//! The wall clock steps while a grant is out: it frees nothing and voids nothing.

use cardd_proto::v1;
use cardd_tests::{plan::Plan, set_clock::SetClock};

use super::{FULL, HOLDER_W1, Scene};

#[tokio::test]
async fn a_clock_set_back_or_forward_neither_voids_nor_revives_a_grant() {
    let clock = SetClock::new().unwrap();
    let plan = clock.plan(Plan::with_cards(&["w1"]));
    let mut scene = Scene::set_as("w1", &plan).await;
    for offset in ["-2d", "+2d"] {
        let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
        clock.set(offset).unwrap();
        let unlocked = scene.carry_out(&case, FULL).await;
        assert_eq!(unlocked.attempts_remaining, Some(6), "{offset}");
        let again = scene.not_good(&case.grant).await;
        assert_eq!(again, v1::Reason::GrantUnknown, "{offset}");
        assert_eq!(scene.tries(), FULL, "{offset}");
        clock.set("+0").unwrap();
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
