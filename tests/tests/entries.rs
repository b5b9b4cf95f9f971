//! One entry, one command: an entry serves one desk, one insertion, one purpose, once.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::Duration;

use cardd_proto::{
    entry::{Binding, Typed, seal},
    v1::{self, AttemptSpent, BeginEntryResponse, Purpose, Reason, SealedEntry},
};
use cardd_tests::{
    desk::{Desk, typed},
    raw::{Raw, detail},
    stand::{Plan, Stand},
};
use rand::{SeedableRng as _, rngs::StdRng};

const OWN: &str = "830571";

struct Scene {
    stand: Stand,
    reader: String,
    insertion: u64,
}

/// A card with its holder's own PIN.
async fn scene() -> Scene {
    scene_with("").await
}

async fn scene_with(config: &str) -> Scene {
    let stand = Stand::start(&Plan::with_cards(&["w2"]).config(config)).unwrap();
    let mut kiosk = Desk::at(&stand, "kiosk").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let reader = stand.reader("a");
    let insertion = kiosk.card(&reader).await.unwrap();
    kiosk
        .change((&reader, insertion), ["123456", OWN, OWN])
        .await
        .unwrap();
    Scene {
        stand,
        reader,
        insertion: insertion.get(),
    }
}

impl Scene {
    /// Opens an entry for `purpose` and seals digits to it as for `sealed_as`.
    async fn entry(&self, desk: &Raw, purpose: Purpose, sealed_as: Purpose) -> SealedEntry {
        let opened = self.begin(desk, purpose).await;
        let binding = Binding {
            purpose: sealed_as,
            ..self.binding(&opened)
        };
        sealed(&opened, &binding)
    }

    async fn begin(&self, desk: &Raw, purpose: Purpose) -> BeginEntryResponse {
        let request = v1::BeginEntryRequest {
            reader: self.reader.clone(),
            insertion: self.insertion,
            purpose: purpose.into(),
        };
        let answer = desk.clone().pins.begin_entry(request).await.unwrap();
        answer.into_inner()
    }

    /// What an entry to verify is bound to.
    fn binding(&self, opened: &BeginEntryResponse) -> Binding {
        Binding {
            entry_id: opened.entry_id.as_slice().try_into().unwrap(),
            insertion: self.insertion,
            purpose: Purpose::Verify,
        }
    }

    /// What a refused VERIFY was refused for. No refusal here costs a try or reaches the card.
    async fn refused(&self, desk: &Raw, entry: Option<SealedEntry>) -> Reason {
        let before = self.stand.pins_sent().unwrap();
        let request = v1::VerifyPinRequest {
            entry,
            accept_last_attempt: false,
            bill: None,
        };
        let refusal = detail(&desk.clone().pins.verify_pin(request).await.unwrap_err());
        assert_eq!(refusal.attempt_spent(), AttemptSpent::No);
        assert_eq!(self.stand.pins_sent().unwrap(), before);
        assert_eq!(self.stand.tries("w2").unwrap(), 6);
        refusal.reason()
    }

    async fn verify(&self, desk: &Raw, entry: SealedEntry) {
        let request = v1::VerifyPinRequest {
            entry: Some(entry),
            accept_last_attempt: false,
            bill: None,
        };
        desk.clone().pins.verify_pin(request).await.unwrap();
    }
}

/// Digits sealed to the key of an entry, for whatever `binding` says.
fn sealed(opened: &BeginEntryResponse, binding: &Binding) -> SealedEntry {
    let digits = match binding.purpose {
        Purpose::Verify => Typed::Verify { pin: typed(OWN) },
        Purpose::Change | Purpose::Unspecified => Typed::Change {
            old: typed(OWN),
            new: typed("941638"),
            again: typed("941638"),
        },
        Purpose::IssuedPin => Typed::IssuedPin { pin: typed(OWN) },
        Purpose::NewPin => Typed::NewPin {
            new: typed("941638"),
        },
        Purpose::OwnPin => Typed::OwnPin {
            new: typed("941638"),
            again: typed("941638"),
        },
    };
    let rng = &mut StdRng::seed_from_u64(3);
    seal(&digits, binding, &opened.public_key, rng).unwrap()
}

#[tokio::test]
async fn an_entry_is_good_for_one_command() {
    let scene = scene().await;
    let billing = Raw::at(&scene.stand, "billing").await.unwrap();
    let entry = scene
        .entry(&billing, Purpose::Verify, Purpose::Verify)
        .await;
    scene.verify(&billing, entry.clone()).await;
    assert_eq!(
        scene.refused(&billing, Some(entry)).await,
        Reason::EntryUnknown
    );
    assert_eq!(
        scene.refused(&billing, None).await,
        Reason::RequestMalformed
    );
}

#[tokio::test]
async fn a_cancelled_or_replaced_entry_is_gone() {
    let scene = scene().await;
    let mut billing = Raw::at(&scene.stand, "billing").await.unwrap();
    let entry = scene
        .entry(&billing, Purpose::Verify, Purpose::Verify)
        .await;
    let entry_id = entry.entry_id.clone();
    let cancel = v1::CancelEntryRequest { entry_id };
    billing.pins.cancel_entry(cancel.clone()).await.unwrap();
    assert_eq!(
        scene.refused(&billing, Some(entry)).await,
        Reason::EntryUnknown
    );
    let again = billing.pins.cancel_entry(cancel).await.unwrap_err();
    assert_eq!(detail(&again).reason(), Reason::EntryUnknown);

    let first = scene
        .entry(&billing, Purpose::Verify, Purpose::Verify)
        .await;
    let second = scene
        .entry(&billing, Purpose::Verify, Purpose::Verify)
        .await;
    assert_eq!(
        scene.refused(&billing, Some(first)).await,
        Reason::EntryUnknown
    );
    scene.verify(&billing, second).await;
}

#[tokio::test]
async fn another_desk_can_neither_use_nor_void_an_entry() {
    let scene = scene().await;
    let mut billing = Raw::at(&scene.stand, "billing").await.unwrap();
    let counter = Raw::at(&scene.stand, "counter").await.unwrap();
    let entry = scene
        .entry(&counter, Purpose::Verify, Purpose::Verify)
        .await;
    assert_eq!(
        scene.refused(&billing, Some(entry.clone())).await,
        Reason::EntryUnknown
    );
    let entry_id = entry.entry_id.clone();
    let cancelled = billing
        .pins
        .cancel_entry(v1::CancelEntryRequest { entry_id })
        .await;
    assert_eq!(
        detail(&cancelled.unwrap_err()).reason(),
        Reason::EntryUnknown
    );
    scene.verify(&counter, entry).await;
}

#[tokio::test]
async fn an_entry_of_another_purpose_does_not_open() {
    let scene = scene().await;
    let billing = Raw::at(&scene.stand, "billing").await.unwrap();
    for (opened, sealed) in [
        (Purpose::Change, Purpose::Change),
        (Purpose::Change, Purpose::Verify),
        (Purpose::Verify, Purpose::Change),
    ] {
        let entry = scene.entry(&billing, opened, sealed).await;
        assert_eq!(
            scene.refused(&billing, Some(entry)).await,
            Reason::EntryMismatch,
            "{opened:?} {sealed:?}"
        );
    }
}

#[tokio::test]
async fn an_altered_seal_does_not_open_and_uses_the_entry_up() {
    let scene = scene().await;
    let billing = Raw::at(&scene.stand, "billing").await.unwrap();
    let alterations: [fn(&mut SealedEntry); 5] = [
        |entry| entry.ciphertext[0] ^= 1,
        |entry| entry.encapsulated_key[31] ^= 0x40,
        |entry| entry.ciphertext.truncate(66),
        |entry| entry.ciphertext.clear(),
        |entry| entry.encapsulated_key = vec![0; 32],
    ];
    for alter in alterations {
        let good = scene
            .entry(&billing, Purpose::Verify, Purpose::Verify)
            .await;
        let mut altered = good.clone();
        alter(&mut altered);
        assert_eq!(
            scene.refused(&billing, Some(altered)).await,
            Reason::EntryMismatch
        );
        assert_eq!(
            scene.refused(&billing, Some(good)).await,
            Reason::EntryUnknown
        );
    }
}

#[tokio::test]
async fn an_entry_ends_with_its_insertion() {
    let scene = scene().await;
    let billing = Raw::at(&scene.stand, "billing").await.unwrap();
    let desk = Desk::at(&scene.stand, "kiosk").await.unwrap();
    let entry = scene
        .entry(&billing, Purpose::Verify, Purpose::Verify)
        .await;
    scene.stand.rack().unwrap().swap("a", "w2").unwrap();
    let before = hall_client::Insertion::new(scene.insertion).unwrap();
    desk.next_card(&scene.reader, before).await.unwrap();
    assert_eq!(
        scene.refused(&billing, Some(entry)).await,
        Reason::EntryUnknown
    );
}

#[tokio::test]
async fn a_seal_for_another_entry_or_insertion_does_not_open() {
    let scene = scene().await;
    let billing = Raw::at(&scene.stand, "billing").await.unwrap();
    let other = scene.begin(&billing, Purpose::Change).await;
    let alterations: [fn(&mut Binding); 4] = [
        |binding| binding.insertion += 1,
        |binding| binding.insertion -= 1,
        |binding| binding.entry_id[0] ^= 1,
        |binding| binding.entry_id = [0; 16],
    ];
    for alter in alterations {
        let opened = scene.begin(&billing, Purpose::Verify).await;
        let mut binding = scene.binding(&opened);
        alter(&mut binding);
        let entry = SealedEntry {
            entry_id: opened.entry_id.clone(),
            ..sealed(&opened, &binding)
        };
        assert_eq!(
            scene.refused(&billing, Some(entry)).await,
            Reason::EntryMismatch,
            "{binding:?}"
        );
    }
    let opened = scene.begin(&billing, Purpose::Verify).await;
    let to_another_key = sealed(&other, &scene.binding(&opened));
    assert_eq!(
        scene.refused(&billing, Some(to_another_key)).await,
        Reason::EntryMismatch
    );
}

#[tokio::test]
async fn a_late_entry_is_refused() {
    let scene = scene_with("[limits]\nentry_lifetime_ms = 2000").await;
    let billing = Raw::at(&scene.stand, "billing").await.unwrap();
    let opened = scene.begin(&billing, Purpose::Verify).await;
    let entry = sealed(&opened, &scene.binding(&opened));
    // Its time is what is tested: it ends so long after cardd's answer at the latest.
    tokio::time::sleep(Duration::from_millis(opened.expires_in_ms)).await;
    assert_eq!(
        scene.refused(&billing, Some(entry.clone())).await,
        Reason::EntryTimedOut
    );
    assert_eq!(
        scene.refused(&billing, Some(entry)).await,
        Reason::EntryUnknown
    );
}
