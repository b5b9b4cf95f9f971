//! The hall's keys lie in a token that takes its time: whoever asked waits for it, nobody else does.

use std::{
    sync::{Mutex, mpsc},
    time::Duration,
};

use cardd_proto::v1;
use cardd_tests::{hall::roots_file, plan::Plan};
use hall_client::issuer::{
    CardFactors, Challenge, CipherSuite, IssuerKeys, KeyError, KeyKind, KeyService, Profile,
    SessionKey, SoftwareKeys,
};
use rand::{SeedableRng as _, rngs::StdRng};
use tokio::sync::Notify;

use super::{FULL, HOLDER_W1, ONE_LEFT, Scene, carried_out::grant};

/// Keys that do nothing until a gate is opened, or for ever if nobody opens it in time.
struct Gated {
    keys: SoftwareKeys,
    asked: std::sync::Arc<Notify>,
    gate: Mutex<mpsc::Receiver<()>>,
}

impl IssuerKeys for Gated {
    fn session_key(
        &self,
        kind: KeyKind,
        suite: CipherSuite,
        factors: &CardFactors,
        challenge: &Challenge,
    ) -> Result<Box<dyn SessionKey + '_>, KeyError> {
        self.asked.notify_one();
        let opened = self.gate.lock().unwrap();
        match opened.recv_timeout(Duration::from_secs(7)) {
            // Whoever opened it opened it for good.
            Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => {}
            Err(mpsc::RecvTimeoutError::Timeout) => return Err(KeyError::Slow),
        }
        self.keys.session_key(kind, suite, factors, challenge)
    }
}

/// Both transactions share one thread: a call that stood on it would stop them both.
#[tokio::test]
async fn a_slow_key_backend_does_not_stall_another_stream() {
    let plan = Plan::with_cards(&["w1", "one-try-left"]).slots(&["a", "b"]);
    let mut scene = Scene::set_as("w1", &plan).await;
    let slow_case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
    let mut rack = scene.stand.rack().unwrap();
    rack.insert("b", "one-try-left").unwrap();
    scene.reader = scene.stand.reader("b");
    let other = scene.desk.card(&scene.reader);
    scene.insertion = scene.counted.free(&scene.stand, other).await.unwrap();
    let quick_case = scene.case(v1::IssuerOperation::Unblock, ONE_LEFT).await;
    assert_eq!(scene.counted.of("one-try-left"), (1, 3));

    let roots = roots_file(scene.stand.directory()).unwrap();
    let software = || SoftwareKeys::open(&roots, Profile::Simulation).unwrap();
    let (open, gate) = mpsc::channel();
    let asked = std::sync::Arc::new(Notify::new());
    let slow_keys = KeyService::new(Gated {
        keys: software(),
        asked: asked.clone(),
        gate: Mutex::new(gate),
    });
    let quick_keys = KeyService::new(software());
    let hall = hall_client::Terminal::connect(scene.stand.socket("hall"));
    let hall = hall.await.unwrap();
    let (mut one, mut two) = (StdRng::seed_from_u64(1), StdRng::seed_from_u64(2));
    let (slow_grant, quick_grant) = (grant(&slow_case), grant(&quick_case));
    let quick = async {
        asked.notified().await;
        let done = hall.operate(&quick_grant, &quick_keys, None, &mut two, |_| {});
        let unlocked = ("one-try-left", FULL);
        let done = scene.counted.step(&scene.stand, unlocked, done).await;
        drop(open);
        done
    };
    let slow = hall.operate(&slow_grant, &slow_keys, None, &mut one, |_| {});
    let (slow, quick) = tokio::join!(slow, quick);
    assert_eq!(quick.unwrap().attempts_remaining, Some(6));
    assert_eq!(slow.unwrap().attempts_remaining, Some(6));
    assert_eq!(scene.tries(), FULL);
}
