//! Every ready card through the real pcscd: what it is taken for, and what it tells.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops at the first surprise"
)]

use cardd_tests::{
    desk::{Desk, refusal},
    stand::{Plan, Stand},
};
use hall_client::{Event, Generation, Happening, Holder, HolderData, Insertion, PinState, Reason};

/// What the first look at a card brings.
#[derive(Debug, PartialEq)]
enum Seen {
    Card(Generation),
    Fault(Reason),
}

use Generation::{First, Second, Third};
use Seen::{Card, Fault};

const EXPECTED: [(&str, Seen); 23] = [
    ("contactless", Card(Second)),
    ("damaged-file", Fault(Reason::CardDamaged)),
    ("double-cost", Card(Second)),
    ("empty-version", Card(Second)),
    ("foreign-card", Fault(Reason::CardUnsupported)),
    ("four-digit-pin", Card(Second)),
    ("lying-counter", Card(Second)),
    ("missing-tag-4e", Card(Second)),
    ("mute", Fault(Reason::CardUnreadable)),
    ("name-padded-00", Card(Second)),
    ("name-padded-20", Card(Second)),
    ("name-padded-ff", Card(Second)),
    ("no-9f0c", Card(Second)),
    ("one-try-left", Card(Second)),
    ("pin-blocked", Card(Second)),
    ("pin-empty", Card(Second)),
    ("puk-blocked", Card(Second)),
    ("v1", Card(Second)),
    ("v3", Card(Third)),
    ("w1", Card(First)),
    ("w2", Card(Second)),
    ("w3", Card(Third)),
    ("wrong-check-character", Card(Second)),
];

fn seen(event: &Event) -> Option<(Insertion, Seen)> {
    match &event.happening {
        Happening::CardIdentified {
            insertion, card, ..
        } => Some((*insertion, Card(card.generation))),
        Happening::CardFaulted {
            insertion, fault, ..
        } => Some((*insertion, Fault(*fault))),
        _other => None,
    }
}

#[tokio::test]
async fn each_is_taken_for_what_it_is() {
    let names = EXPECTED.map(|(name, _)| name);
    let mut ready: Vec<_> = card_sim::persona::READY
        .iter()
        .map(|(name, _)| *name)
        .collect();
    ready.sort_unstable();
    assert_eq!(ready, names, "a persona without an expectation");
    let stand = Stand::start(&Plan::with_cards(&names)).unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    let mut rack = stand.rack().unwrap();
    let mut position = 0;
    for (name, expected) in EXPECTED {
        rack.insert("a", name).unwrap();
        let find = |event: &Event| seen(event).map(|(_, seen)| (event.position, seen));
        let (now, found) = desk.event_after(position, find).await.unwrap();
        assert_eq!(found, expected, "{name}");
        rack.pull("a").unwrap();
        let gone =
            |event: &Event| (event.happening.code() == "CARD_REMOVED").then_some(event.position);
        position = desk.event_after(now, gone).await.unwrap();
    }
    assert_eq!(
        stand.pins_sent().unwrap(),
        0,
        "a first look presents no PIN"
    );
}

/// Inserts a card that is on the shelf and waits until it is known.
async fn insert(stand: &Stand, desk: &Desk, card: &str) -> (String, Insertion) {
    stand.rack().unwrap().insert("a", card).unwrap();
    let reader = stand.reader("a");
    let insertion = desk.card(&reader).await.unwrap();
    (reader, insertion)
}

fn holder(data: HolderData) -> Holder {
    match data {
        HolderData::Open(holder) => holder,
        HolderData::Protected => panic!("the holder is protected"),
    }
}

#[tokio::test]
async fn a_name_is_the_same_whatever_it_is_filled_with() {
    for (card, name) in [
        ("name-padded-00", "测试癸"),
        ("name-padded-20", "测试子"),
        ("name-padded-ff", "测试丑"),
        ("missing-tag-4e", "测试巳"),
    ] {
        let stand = Stand::start(&Plan::with_cards(&[card])).unwrap();
        let desk = Desk::at(&stand, "kiosk").await.unwrap();
        let (reader, insertion) = insert(&stand, &desk, card).await;
        let read = desk.terminal.read_card(&reader, insertion).await.unwrap();
        assert_eq!(holder(read.holder).name, name, "{card}");
    }
}

#[tokio::test]
async fn a_card_tells_issuer_and_holder() {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    let (reader, insertion) = insert(&stand, &desk, "w2").await;
    let read = desk.terminal.read_card(&reader, insertion).await.unwrap();
    assert_eq!(read.card.specification_version, "2.00");
    assert_eq!(read.card.card_number, "ZZ0000125");
    assert_eq!(
        read.issuer.card_identifier_hex.to_uppercase(),
        "420100D15600000500000012FFFFFFFF"
    );
    assert_eq!(read.issuer.region_code, "420100");
    assert_eq!(read.issuer.issued_on, "2014-06-01");
    assert_eq!(read.issuer.expires_on, "2024-06-01");
    assert_eq!(read.issuer.card_class, "3");
    let holder = holder(read.holder);
    assert_eq!(holder.name, "测试丁");
    assert_eq!(holder.citizen_number, "420101198506150003");
    assert_eq!(holder.birth_date, "1985-06-15");
    assert_eq!(
        (holder.sex.as_str(), holder.birth_place.as_str()),
        ("2", "420101")
    );
}

#[tokio::test]
async fn the_third_generation_keeps_its_holder_and_takes_a_pin_without_contact() {
    let stand = Stand::start(&Plan::with_cards(&["w3"])).unwrap();
    let mut desk = Desk::at(&stand, "billing").await.unwrap();
    let (reader, insertion) = insert(&stand, &desk, "w3").await;
    let at = (reader.as_str(), insertion);
    let read = desk.terminal.read_card(&reader, insertion).await.unwrap();
    assert_eq!(read.holder, HolderData::Protected);
    assert_eq!(read.card.generation, Third);
    desk.change(at, ["123456", "830571", "830571"])
        .await
        .unwrap();
    desk.verify(at, "830571", false).await.unwrap();
    assert_eq!(stand.tries("w3").unwrap(), 6);
}

#[tokio::test]
async fn a_wrong_check_character_and_a_missing_suite_keep_nobody_out() {
    for card in ["wrong-check-character", "no-9f0c", "contactless"] {
        let stand = Stand::start(&Plan::with_cards(&[card])).unwrap();
        let mut desk = Desk::at(&stand, "billing").await.unwrap();
        let (reader, insertion) = insert(&stand, &desk, card).await;
        let at = (reader.as_str(), insertion);
        desk.change(at, ["123456", "830571", "830571"])
            .await
            .unwrap();
        desk.verify(at, "830571", false).await.unwrap();
        assert_eq!(
            desk.status(at).await.unwrap().state,
            PinState::Own,
            "{card}"
        );
    }
}

#[tokio::test]
async fn a_card_that_cannot_be_used_says_why_each_time() {
    for (card, reason) in [
        ("mute", Reason::CardUnreadable),
        ("foreign-card", Reason::CardUnsupported),
        ("damaged-file", Reason::CardDamaged),
    ] {
        let stand = Stand::start(&Plan::with_cards(&[card])).unwrap();
        let mut desk = Desk::at(&stand, "billing").await.unwrap();
        stand.rack().unwrap().insert("a", card).unwrap();
        let (insertion, _) = desk.event(seen).await.unwrap();
        let reader = stand.reader("a");
        let at = (reader.as_str(), insertion);
        assert_eq!(refusal(desk.status(at).await).reason, reason, "{card}");
        assert_eq!(
            refusal(desk.verify(at, "830571", false).await).reason,
            reason,
            "{card}"
        );
        assert_eq!(
            refusal(desk.terminal.read_card(&reader, insertion).await).reason,
            reason,
            "{card}"
        );
        assert_eq!(stand.pins_sent().unwrap(), 0, "{card}");
    }
}
