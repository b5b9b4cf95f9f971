//! Verification receipts end to end: a bill, a receipt, and everything that can become of it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    path::PathBuf,
    process::{Command, Output, Stdio},
    time::SystemTime,
};

use cardd_tests::{
    daemon::program,
    desk::{Desk, refusal, typed},
    set_clock::SetClock,
    stand::{Plan, Stand},
};
use hall_client::{
    AttemptSpent, ClientError, Insertion, Reason, Verify,
    receipt::{Claim, ReceiptKeys, ReceiptRefused, UsedReceipts, VerifiedBill, cancel, check},
};
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::Value;

const OWN: &str = "8305";
const BILL: (&str, u64) = ("B-2026-0017", 12_345);
const CLAIM: Claim<'_> = Claim {
    terminal_id: "stand",
    reference: BILL.0,
    amount_fen: BILL.1,
    insertion: None,
};

/// A stand with one card in it, at which a patient pays; and a hospital system's store.
struct Scene {
    stand: Stand,
    billing: Desk,
    reader: String,
    insertion: Insertion,
    keys: ReceiptKeys,
    used: UsedReceipts,
    store: PathBuf,
}

impl Scene {
    async fn set() -> Self {
        Self::set_as(&Plan::with_cards(&["w1"])).await
    }

    /// With a stand of this plan.
    async fn set_as(plan: &Plan) -> Self {
        let stand = Stand::start(plan).unwrap();
        let billing = Desk::at(&stand, "billing").await.unwrap();
        stand.rack().unwrap().insert("a", "w1").unwrap();
        let reader = stand.reader("a");
        let insertion = billing.card(&reader).await.unwrap();
        let store = stand.directory().join("store");
        let mut scene = Self {
            used: UsedReceipts::open(&store).unwrap(),
            keys: ReceiptKeys::default(),
            stand,
            billing,
            reader,
            insertion,
            store,
        };
        assert_eq!(scene.collect_keys().await, 1);
        scene
    }

    /// The same with the holder's own PIN in force.
    async fn with_own_pin() -> Self {
        Self::set().await.own_pin().await
    }

    async fn own_pin(mut self) -> Self {
        let pins = ["1234", OWN, OWN];
        let at = (self.reader.clone(), self.insertion);
        self.billing.change((&at.0, at.1), pins).await.unwrap();
        self
    }

    /// The hall collects the terminal's keys.
    async fn collect_keys(&mut self) -> usize {
        let hall = Desk::at(&self.stand, "hall").await.unwrap();
        let collected = hall.terminal.collect_receipt_keys(&mut self.keys).await;
        self.keys.write(&self.store).unwrap();
        collected.unwrap()
    }

    async fn pay_at(
        &self,
        desk: &str,
        pin: &str,
        (reference, amount): (&str, u64),
    ) -> Result<VerifiedBill, ClientError> {
        let desk = Desk::at(&self.stand, desk).await.unwrap();
        let entry = desk
            .terminal
            .begin_entry(&self.reader, self.insertion, Verify);
        let mut rng = StdRng::seed_from_u64(3);
        entry
            .await?
            .verify_for(typed(pin), reference, amount, &mut rng)
            .await
    }

    async fn pay(&self) -> String {
        self.pay_at("billing", OWN, BILL).await.unwrap().receipt
    }

    fn check(&mut self, receipt: &str, now: u64) -> Result<u64, ReceiptRefused> {
        let good = check(&self.keys, &mut self.used, receipt, &CLAIM, now);
        good.map(|good| good.verified_sequence)
    }

    /// What the ledger says about receipts.
    async fn on_record(&self) -> Vec<Value> {
        let counter = Desk::at(&self.stand, "counter").await.unwrap();
        let records = counter.records().await.unwrap();
        let receipts = records.into_iter();
        receipts.filter(|body| body["kind"] == "receipt").collect()
    }

    fn tries(&self) -> u8 {
        let inside = self.stand.inside("w1").unwrap();
        inside.counter("pin").unwrap().left
    }
}

fn now() -> u64 {
    let elapsed = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    elapsed.as_millis().try_into().unwrap()
}

#[tokio::test]
async fn a_receipt_is_good_once_and_on_record() {
    let mut scene = Scene::with_own_pin().await;
    let paid = scene.pay_at("billing", OWN, BILL).await.unwrap();
    let verified = paid.verified.ledger_sequence;
    assert_eq!(scene.check(&paid.receipt, now()).unwrap(), verified);
    let again = scene.check(&paid.receipt, now());
    assert!(matches!(again, Err(ReceiptRefused::Replayed)));

    let record = scene.on_record().await;
    assert_eq!(record[0]["event"], "key_made");
    assert_eq!(record[1]["event"], "issued");
    assert_eq!(record[1]["desk"], "billing");
    assert_eq!(record[1]["verified"], verified);
    assert_eq!(record[1]["amount_fen"], BILL.1);
    // A bill's reference may name a patient: the record has its keyed reference only.
    assert!(!record[1].to_string().contains(BILL.0));
    assert_eq!(record.len(), 2);
    assert_eq!(scene.tries(), 6);
}

#[tokio::test]
async fn an_expired_and_an_altered_one_are_refused_and_not_used_up() {
    let mut scene = Scene::with_own_pin().await;
    let receipt = scene.pay().await;
    let late = scene.check(&receipt, now() + 301_000);
    assert!(matches!(late, Err(ReceiptRefused::Expired)));
    let last = if receipt.ends_with('0') { "1" } else { "0" };
    let altered = format!("{}{last}", &receipt[..receipt.len() - 1]);
    let refused = scene.check(&altered, now());
    assert!(matches!(refused, Err(ReceiptRefused::Altered(_))));
    scene.check(&receipt, now()).unwrap();
}

#[tokio::test]
async fn a_cancelled_one_is_refused() {
    let mut scene = Scene::with_own_pin().await;
    let receipt = scene.pay().await;
    let cancelled = scene.billing.terminal.cancel_receipt(&receipt).await;
    let cancelled = cancelled.unwrap();
    let word = &cancelled.cancellation;
    cancel(&scene.keys, &mut scene.used, word, now()).unwrap();
    let refused = scene.check(&receipt, now());
    assert!(matches!(refused, Err(ReceiptRefused::Cancelled)));
    let record = scene.on_record().await;
    assert_eq!(record[2]["event"], "cancelled");
    assert_eq!(record[2]["receipt"], record[1]["receipt"]);

    let stranger = scene.billing.terminal.cancel_receipt("CR1.00.00").await;
    assert_eq!(refusal(stranger).reason, Reason::ReceiptUnknown);
    for desk in ["kiosk", "counter", "hall"] {
        let desk = Desk::at(&scene.stand, desk).await.unwrap();
        let denied = refusal(desk.terminal.cancel_receipt(&receipt).await);
        assert_eq!(denied.reason, Reason::NotForThisDesk);
    }
}

#[tokio::test]
async fn a_new_key_is_unknown_until_it_is_collected_and_outlives_a_restart() {
    let mut scene = Scene::with_own_pin().await;
    let before = scene.pay().await;
    let hall = Desk::at(&scene.stand, "hall").await.unwrap();
    hall.terminal.rotate_receipt_key().await.unwrap();
    let after = scene.pay().await;
    let unknown = scene.check(&after, now());
    assert!(matches!(unknown, Err(ReceiptRefused::UnknownKey)));
    assert_eq!(scene.collect_keys().await, 1);
    scene.check(&after, now()).unwrap();
    // Signed before the old key was retired, and good still.
    scene.check(&before, now()).unwrap();
    let denied = scene.billing.terminal.rotate_receipt_key().await;
    assert_eq!(refusal(denied).reason, Reason::NotForThisDesk);

    scene
        .stand
        .cardd
        .end(rustix::process::Signal::TERM)
        .unwrap();
    scene.stand.cardd.spawn().unwrap();
    scene.billing = Desk::at(&scene.stand, "billing").await.unwrap();
    scene.insertion = scene.billing.card(&scene.reader).await.unwrap();
    let restarted = scene.pay().await;
    scene.check(&restarted, now()).unwrap();
    assert_eq!(scene.collect_keys().await, 0);
}

#[tokio::test]
async fn who_gets_no_receipt_loses_no_try_by_asking() {
    let mut scene = Scene::set().await;
    let issued = refusal(scene.pay_at("billing", "1234", BILL).await);
    assert_eq!(issued.reason, Reason::IssuedPin);
    let pins = ["1234", OWN, OWN];
    let at = (scene.reader.clone(), scene.insertion);
    scene.billing.change((&at.0, at.1), pins).await.unwrap();
    for desk in ["kiosk", "counter"] {
        let denied = refusal(scene.pay_at(desk, OWN, BILL).await);
        assert_eq!(denied.reason, Reason::NotForThisDesk, "{desk}");
        assert_eq!(denied.attempt_spent, AttemptSpent::No, "{desk}");
    }
    let too_long = "x".repeat(65);
    for bill in [("", 1), ("a b", 1), ("账单", 1), (&too_long, 1), ("B-1", 0)] {
        let malformed = refusal(scene.pay_at("billing", "7602", bill).await);
        assert_eq!(malformed.reason, Reason::RequestMalformed, "{bill:?}");
    }
    assert_eq!(scene.tries(), 6);
    let wrong = refusal(scene.pay_at("billing", "7602", BILL).await);
    assert_eq!(wrong.reason, Reason::PinWrong);
    assert_eq!(scene.tries(), 5);
    let record = scene.on_record().await;
    assert!(
        record.iter().all(|body| body["event"] != "issued"),
        "{record:?}"
    );
}

/// The terminal's clock steps: its receipts are worth nothing to a checker whose clock is right, and
/// the card's tries are as before.
#[tokio::test]
async fn a_clock_set_back_or_forward_makes_no_receipt_good() {
    let clock = SetClock::new().unwrap();
    let plan = clock.plan(Plan::with_cards(&["w1"]));
    let mut scene = Scene::set_as(&plan).await.own_pin().await;
    for (offset, late) in [("-2d", true), ("+2d", false)] {
        clock.set(offset).unwrap();
        let receipt = scene.pay().await;
        let refused = scene.check(&receipt, now()).unwrap_err();
        let expired = matches!(refused, ReceiptRefused::Expired);
        let early = matches!(refused, ReceiptRefused::NotYetValid);
        assert_eq!((expired, early), (late, !late), "{offset}: {refused:?}");
        assert_eq!(scene.tries(), 6, "{offset}");
        clock.set("+0").unwrap();
    }
    // Under the true time again, one holds, whatever the clock showed before.
    let receipt = scene.pay().await;
    scene.check(&receipt, now()).unwrap();
    assert_eq!(scene.tries(), 6);
}

/// `hall` at a desk of the stand; `input` goes to its standard input.
fn hall(scene: &Scene, desk: &str, arguments: &[&str], input: &str) -> Output {
    use std::io::Write as _;
    let mut child = Command::new(program("hall").unwrap())
        .args(["--json", "--socket"])
        .arg(scene.stand.socket(desk))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(input.as_bytes()).unwrap();
    drop(pipe);
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_shell_every_refusal_has_its_exit_code() {
    let scene = Scene::with_own_pin().await;
    let store = scene.stand.directory().join("shell");
    let store = store.to_str().unwrap();
    let pulled = hall(
        &scene,
        "hall",
        &["receipt", "keys", "pull", "--store", store],
        "",
    );
    assert_eq!(said(&pulled)["new"], 1);
    let pay = || {
        let bill = ["--bill", BILL.0, "--amount-fen", "12345", "--pin-fd", "0"];
        let arguments = [&["pin", "verify"][..], &bill].concat();
        let paid = hall(&scene, "billing", &arguments, &format!("{OWN}\n"));
        said(&paid)["receipt"].as_str().unwrap().to_owned()
    };
    let verify = |receipt: &str, terminal: &str, amount: &str| {
        let what = [
            "--terminal",
            terminal,
            "--bill",
            BILL.0,
            "--amount-fen",
            amount,
        ];
        let arguments = [&["receipt", "verify", "--store", store][..], &what, &["-"]].concat();
        hall(&scene, "billing", &arguments, receipt).status.code()
    };
    let receipt = pay();
    assert_eq!(verify(&receipt, "another", "12345"), Some(22));
    assert_eq!(verify(&receipt, "stand", "12346"), Some(23));
    assert_eq!(
        verify(&receipt.replace("CR1", "CR2"), "stand", "12345"),
        Some(20)
    );
    assert_eq!(verify(&receipt, "stand", "12345"), Some(0));
    assert_eq!(verify(&receipt, "stand", "12345"), Some(26));

    let receipt = pay();
    let cancelled = hall(&scene, "billing", &["receipt", "cancel", "-"], &receipt);
    let word = said(&cancelled)["cancellation"]
        .as_str()
        .unwrap()
        .to_owned();
    let take = ["receipt", "take-cancellation", "--store", store, "-"];
    assert_eq!(hall(&scene, "billing", &take, &word).status.code(), Some(0));
    assert_eq!(verify(&receipt, "stand", "12345"), Some(25));

    let rotated = hall(&scene, "hall", &["receipt", "keys", "rotate"], "");
    assert_eq!(rotated.status.code(), Some(0));
    assert_eq!(verify(&pay(), "stand", "12345"), Some(21));
    let listed = hall(
        &scene,
        "hall",
        &["receipt", "keys", "list", "--store", store],
        "",
    );
    assert_eq!(said(&listed)["terminal_id"], "stand");
}
