//! Journeys at the kiosk: real Chromium, real cardd, real pcscd, software cards.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use cardd_tests::{
    browser,
    pages::{Pages, play},
    stand::{Plan, Stand},
};
use serde_json::{Value, json};

const SETTINGS: &str = include_str!("../../hall-client/desk/desk.toml");

/// A kiosk with these cards on the shelf; plays the script there, and answers what is left.
fn kiosk(cards: &[&str], script: &str, more: &Value) -> Option<(Stand, Pages)> {
    if !browser::is_there() {
        return None;
    }
    let stand = Stand::start(&Plan::with_cards(cards)).unwrap();
    let pages = Pages::start(&stand, "kiosk", SETTINGS).unwrap();
    play(script, &stand, &pages, more).unwrap();
    assert_eq!(pages.said(), "");
    Some((stand, pages))
}

#[test]
fn a_holder_changes_the_issued_pin() {
    kiosk(&["w2"], "kiosk-change.mjs", &json!({}));
}
