//! Journeys at the billing desk, and the hospital system's interface: real Chromium, real cardd, real
//! pcscd, software cards.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{fs, os::unix::fs::PermissionsExt as _};

use cardd_tests::{
    browser,
    pages::{Pages, play},
    stand::{Plan, Stand},
};
use serde_json::json;

const SETTINGS: &str = include_str!("../../hall-client/desk/desk.toml");
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A billing desk with these cards on the shelf; plays the script there.
fn billing(cards: &[&str], script: &str) {
    if !browser::is_there() {
        return;
    }
    let stand = Stand::start(&Plan::with_cards(cards)).unwrap();
    let token = stand.directory().join("his.token");
    fs::write(&token, TOKEN).unwrap();
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).unwrap();
    let settings = format!("{SETTINGS}\n[his]\ntoken_file = {token:?}\n");
    let pages = Pages::start(&stand, "billing", &settings).unwrap();
    let more = json!({ "token": TOKEN });
    play(script, &stand, &pages, &more).unwrap();
    assert_eq!(pages.said(), "");
}

#[test]
fn a_holder_pays_after_changing_the_issued_pin_there_and_then() {
    billing(&["w2"], "billing-pay.mjs");
}

#[test]
fn wrong_pins_lock_the_card_and_the_bill_is_settled_later() {
    billing(&["w2", "one-try-left"], "billing-lockout.mjs");
}

#[test]
fn the_hospital_system_gets_what_its_description_says() {
    billing(&["w2"], "billing-his.mjs");
}
