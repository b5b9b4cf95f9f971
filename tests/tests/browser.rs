//! The desk's page in a real browser: what it seals is what cardd opens.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use cardd_proto::v1::{
    BeginEntryRequest, BeginEntryResponse, ChangePinRequest, Purpose, Reason, SealedEntry,
    VerifyPinRequest,
};
use cardd_tests::{
    browser,
    desk::Desk,
    raw::{Raw, detail},
    stand::{Plan, Stand},
};

/// The holder's own PIN.
const OWN: &str = "830571";

/// How many tests the scripts hold at least: a run that found none must not pass.
const SCRIPTED: usize = 25;

#[test]
fn a_page_seals_as_the_vectors_have_it() {
    if !browser::is_there() {
        return;
    }
    let report = browser::node(&["--test", "--test-reporter=tap", "seal.test.mjs"], b"").unwrap();
    let passed = report.lines().find_map(|line| line.strip_prefix("# pass "));
    let passed: usize = passed.unwrap().parse().unwrap();
    assert!(passed >= SCRIPTED, "{report}");
}

struct Scene {
    stand: Stand,
    raw: Raw,
    reader: String,
    insertion: u64,
}

impl Scene {
    async fn begin(&mut self, purpose: Purpose) -> BeginEntryResponse {
        let request = BeginEntryRequest {
            reader: self.reader.clone(),
            insertion: self.insertion,
            purpose: purpose.into(),
        };
        self.raw
            .pins
            .begin_entry(request)
            .await
            .unwrap()
            .into_inner()
    }

    /// What a page makes of these digits.
    async fn typed(&mut self, purpose: Purpose, name: &str, pins: &[&str]) -> SealedEntry {
        let opened = self.begin(purpose).await;
        let wanted = serde_json::json!({
            "entryId": hex::encode(&opened.entry_id),
            "publicKey": hex::encode(&opened.public_key),
            "insertion": self.insertion.to_string(),
            "purpose": name,
            "pins": pins,
        });
        let seal = move || browser::node(&["seal-once.mjs"], wanted.to_string().as_bytes());
        let sealed = tokio::task::spawn_blocking(seal).await.unwrap().unwrap();
        let sealed: serde_json::Value = serde_json::from_str(&sealed).unwrap();
        let field = |name: &str| hex::decode(sealed.get(name).unwrap().as_str().unwrap()).unwrap();
        SealedEntry {
            entry_id: field("entry_id"),
            encapsulated_key: field("encapsulated_key"),
            ciphertext: field("ciphertext"),
        }
    }

    async fn verify(&mut self, entry: SealedEntry) -> Result<Option<u32>, tonic::Status> {
        let request = VerifyPinRequest {
            entry: Some(entry),
            accept_last_attempt: false,
            bill: None,
        };
        let answer = self.raw.pins.verify_pin(request).await?;
        Ok(answer.into_inner().attempts_remaining)
    }
}

async fn scene() -> Scene {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let reader = stand.reader("a");
    let insertion = desk.card(&reader).await.unwrap().get();
    let raw = Raw::at(&stand, "billing").await.unwrap();
    Scene {
        stand,
        raw,
        reader,
        insertion,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_seals_opens_in_cardd() {
    if !browser::is_there() {
        return;
    }
    let mut scene = scene().await;
    let entry = scene
        .typed(Purpose::Change, "change", &["123456", OWN, OWN])
        .await;
    let request = ChangePinRequest {
        entry: Some(entry),
        accept_last_attempt: false,
    };
    let changed = scene.raw.pins.change_pin(request).await.unwrap();
    assert_eq!(changed.into_inner().attempts_remaining, Some(6));

    let entry = scene.typed(Purpose::Verify, "verify", &[OWN]).await;
    assert_eq!(scene.verify(entry).await.unwrap(), Some(6));

    let entry = scene.typed(Purpose::Verify, "own-pin", &[OWN, OWN]).await;
    let refused = detail(&scene.verify(entry).await.unwrap_err());
    assert_eq!(refused.reason(), Reason::EntryMismatch);
    assert_eq!(scene.stand.tries("w2").unwrap(), 6);
}
