//! A short storm through everything that is real: rack, driver, pcscd, cardd as a process, gRPC.
//! `make storm` plays longer ones.

use cardd_tests::storm::{dialogue::dialogue, through_pcscd::play};

/// Steps of each dialogue.
const LENGTH: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn every_promise_holds_through_everything_that_is_real() {
    let (mut typed, mut carried_out) = (0, 0);
    for seed in 1..=2 {
        let passed = play(seed, &dialogue(seed, LENGTH)).await.unwrap();
        assert_eq!(passed.broken, None, "seed {seed}");
        typed += passed.pin_operations;
        carried_out += passed.carried_out;
    }
    assert!(typed > 10, "only {typed} PINs were typed");
    assert!(carried_out > 0, "nothing was unlocked or reset");
}
