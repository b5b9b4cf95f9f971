//! The load, cut short: the same code, fewer readers and desks, seconds instead of minutes. What
//! must hold is checked by the load itself; no figure is held against a clock.

use cardd_tests::load::{self, Size, flood::Flood};

#[tokio::test(flavor = "multi_thread")]
async fn many_desks_are_served_and_floods_stop_nobody() {
    let report = load::run(&Size::SHORT).await.unwrap();
    assert_eq!((report.desks, report.readers), (8, 4));
    assert!(report.least_served > 0);
    assert!(
        report.refused_as_busy > 0,
        "the queue's bound was never met"
    );
    let floods: Vec<_> = report.floods.iter().map(|flood| flood.flood).collect();
    assert_eq!(floods, Flood::ALL);
}
