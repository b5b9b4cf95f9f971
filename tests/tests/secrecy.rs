//! A PIN leaves no trace: not in a log at its most talkative, not in the ledger, not in an error,
//! not in what the card's wire shows. Memory is searched in `memory`.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;

use card_sim::rack::{
    control::{PullAt, Until},
    plan::{PullPhase, When},
};
use cardd_proto::{
    entry::{Binding, Typed, seal},
    v1::{BeginEntryRequest, Purpose, VerifyPinRequest},
};
use cardd_tests::{
    desk::{Desk, typed},
    raw::Raw,
    stand::{Plan, Stand},
};
use hall_client::{ClientError, Insertion, Verify};
use rand::{SeedableRng as _, rngs::StdRng};

/// The holder's own PIN.
const OWN: &str = "8305716294038517";
/// A wrong one.
const WRONG: &str = "7602419385027164";
/// One that never gets to the card.
const REFUSED: &str = "9416380275193846";
/// One whose seal is altered on its way.
const ALTERED: &str = "6917204853609172";
const CANARIES: [&str; 4] = [OWN, WRONG, REFUSED, ALTERED];

/// Every form in which digits could lie around.
fn forms(digits: &str) -> Vec<(&'static str, Vec<u8>)> {
    let ascii = digits.as_bytes();
    let values: Vec<u8> = ascii.iter().map(|digit| digit - b'0').collect();
    let packed = hex::decode(digits).unwrap();
    let spaced = |bytes: &[u8]| {
        let pairs: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        pairs.join(" ").into_bytes()
    };
    let listed = |bytes: &[u8]| {
        let numbers: Vec<_> = bytes.iter().map(u8::to_string).collect();
        numbers.join(", ").into_bytes()
    };
    let wide = ascii.iter().flat_map(|byte| [*byte, 0]).collect();
    vec![
        ("ASCII, and packed BCD in hexadecimal", ascii.to_vec()),
        ("UTF-16", wide),
        ("digit values", values.clone()),
        ("packed BCD", packed.clone()),
        ("packed BCD in spaced hexadecimal", spaced(&packed)),
        ("ASCII in hexadecimal", hex::encode(ascii).into_bytes()),
        ("ASCII in spaced hexadecimal", spaced(ascii)),
        ("packed BCD as a list", listed(&packed)),
        ("ASCII as a list", listed(ascii)),
        ("digit values as a list", listed(&values)),
    ]
}

/// The canaries that lie in `bytes`, by number and form.
fn found(bytes: &[u8]) -> Vec<(usize, &'static str)> {
    let lies = |form: &[u8]| bytes.windows(form.len()).any(|window| window == form);
    let each = CANARIES.iter().enumerate();
    each.flat_map(|(number, canary)| {
        let here = forms(canary).into_iter().filter(|(_, form)| lies(form));
        here.map(move |(name, _)| (number, name))
            .collect::<Vec<_>>()
    })
    .collect()
}

/// All that an error says to whoever prints it.
fn said(error: &ClientError) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!("{error} {error:?}"));
        cause = error.source();
    }
    text
}

struct Scene {
    stand: Stand,
    kiosk: Desk,
    billing: Desk,
    reader: String,
    insertion: Insertion,
}

async fn scene() -> Scene {
    let plan = Plan::with_cards(&["w2"]).config("[pin]\nlength = { min = 4, max = 16 }");
    let stand = Stand::start(&plan).unwrap();
    let kiosk = Desk::at(&stand, "kiosk").await.unwrap();
    let billing = Desk::at(&stand, "billing").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let reader = stand.reader("a");
    let insertion = kiosk.card(&reader).await.unwrap();
    Scene {
        stand,
        kiosk,
        billing,
        reader,
        insertion,
    }
}

impl Scene {
    /// Types every canary in every way; answers what the errors said.
    async fn type_everything(&mut self) -> Vec<String> {
        let at = (self.reader.as_str(), self.insertion);
        self.kiosk.change(at, ["123456", OWN, OWN]).await.unwrap();
        self.billing.verify(at, OWN, false).await.unwrap();
        let errors = [
            self.billing.verify(at, WRONG, false).await.unwrap_err(),
            self.kiosk
                .change(at, [WRONG, REFUSED, REFUSED])
                .await
                .unwrap_err(),
            self.kiosk
                .change(at, [OWN, REFUSED, WRONG])
                .await
                .unwrap_err(),
            self.kiosk.change(at, [OWN, OWN, OWN]).await.unwrap_err(),
            self.kiosk.verify(at, REFUSED, false).await.unwrap_err(),
        ];
        let mut said: Vec<_> = errors.iter().map(said).collect();
        said.push(self.altered().await);
        said.push(self.torn().await);
        said
    }

    /// A seal that was altered on its way.
    async fn altered(&self) -> String {
        let mut raw = Raw::at(&self.stand, "billing").await.unwrap();
        let request = BeginEntryRequest {
            reader: self.reader.clone(),
            insertion: self.insertion.get(),
            purpose: Purpose::Verify.into(),
        };
        let opened = raw.pins.begin_entry(request).await.unwrap().into_inner();
        let binding = Binding {
            entry_id: opened.entry_id.try_into().unwrap(),
            insertion: self.insertion.get(),
            purpose: Purpose::Verify,
        };
        let pin = Typed::Verify {
            pin: typed(ALTERED),
        };
        let rng = &mut StdRng::seed_from_u64(6);
        let mut entry = seal(&pin, &binding, &opened.public_key, rng).unwrap();
        *entry.ciphertext.last_mut().unwrap() ^= 1;
        let request = VerifyPinRequest {
            entry: Some(entry),
            accept_last_attempt: false,
            bill: None,
        };
        let shown = format!("{request:?}");
        let status = raw.pins.verify_pin(request).await.unwrap_err();
        format!("{shown} {status} {status:?}")
    }

    /// A card that is pulled while it works on the PIN; it comes back afterwards.
    async fn torn(&mut self) -> String {
        let terminal = &self.billing.terminal;
        let entry = terminal
            .begin_entry(&self.reader, self.insertion, Verify)
            .await
            .unwrap();
        let mut rack = self.stand.rack().unwrap();
        let (when, phase) = (When::Ins(0x20), PullPhase::After);
        rack.pull_at("a", PullAt { when, phase }).unwrap();
        let rng = &mut StdRng::seed_from_u64(7);
        let torn = entry.verify(typed(WRONG), rng).await.unwrap_err();
        rack.wait("a", Until::Empty, std::time::Duration::from_secs(10))
            .unwrap();
        rack.insert("a", "w2").unwrap();
        self.insertion = self
            .billing
            .next_card(&self.reader, self.insertion)
            .await
            .unwrap();
        said(&torn)
    }
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for canary in CANARIES {
        for (name, form) in forms(canary) {
            let hidden = [b"before ", form.as_slice(), b" after"].concat();
            let names: Vec<_> = found(&hidden).into_iter().map(|(_, name)| name).collect();
            assert!(names.contains(&name), "{name}");
        }
    }
    assert_eq!(found(b"8305 7162 9403 8517"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_digits_in_logs_ledger_errors_or_on_the_wire() {
    let mut scene = scene().await;
    for text in scene.type_everything().await {
        assert_eq!(found(text.as_bytes()), [], "{text}");
    }
    let log = scene.stand.cardd.log_without_times().unwrap();
    for line in &log {
        assert_eq!(found(line.as_bytes()), [], "cardd's log: {line}");
    }
    let log = log.join("\n");
    assert!(
        log.contains("\"level\":\"TRACE\""),
        "the log is not at its most talkative"
    );
    let pcscd = scene.stand.pcscd.log().unwrap();
    assert_eq!(found(pcscd.as_bytes()), [], "pcscd's log");
    assert!(!pcscd.contains("APDU:"), "pcscd must not log commands");
    let wire = scene.stand.exchanges(0).unwrap();
    assert!(scene.stand.pins_sent().unwrap() >= 4);
    let wire = serde_json::to_vec(&wire).unwrap();
    assert_eq!(found(&wire), [], "the rack's trace");

    let ledger = scene.stand.ledger_files().unwrap();
    assert!(ledger.len() >= 3, "{ledger:?}");
    for file in ledger {
        assert_eq!(found(&fs::read(&file).unwrap()), [], "{}", file.display());
    }
    let counter = Desk::at(&scene.stand, "counter").await.unwrap();
    let records = counter.records().await.unwrap();
    assert!(records.iter().any(|record| record["kind"] == "outcome"));
    let personal = ["测试丁", "420101198506150003", "19850615", "ZZ0000125"];
    let records = serde_json::to_string(&records).unwrap();
    for text in personal {
        assert!(
            !records.contains(text),
            "the ledger names the holder: {text}"
        );
        assert!(
            !log.contains(text) || text == "ZZ0000125",
            "the log names the holder: {text}"
        );
    }
}
