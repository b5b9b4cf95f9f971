//! The load, cut short: the same code, fewer readers and desks, seconds instead of minutes. What
//! must hold is checked by the load itself; no figure is held against a clock.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use cardd_tests::load::{self, Size, flood::Flood};

#[tokio::test(flavor = "multi_thread")]
async fn many_desks_are_served_and_floods_stop_nobody() {
    let told = AtomicUsize::new(0);
    let progress = |_: &str| {
        told.fetch_add(1, Relaxed);
    };
    let report = load::run(&Size::SHORT, progress).await.unwrap();
    assert!(
        told.into_inner() >= 2 + 1 + Flood::ALL.len(),
        "each part is announced"
    );
    assert_eq!((report.desks, report.readers), (8, 4));
    assert!(report.least_served > 0);
    assert!(
        report.refused_as_busy > 0,
        "the queue's bound was never met"
    );
    let floods: Vec<_> = report.floods.iter().map(|flood| flood.flood).collect();
    assert_eq!(floods, Flood::ALL);
}
