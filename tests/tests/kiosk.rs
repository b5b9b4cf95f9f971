//! Journeys at the kiosk: real Chromium, real cardd, real pcscd, software cards.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{fs, os::unix::fs::PermissionsExt as _};

use cardd_tests::{
    browser,
    pages::{Pages, play},
    stand::{Plan, Stand},
};
use serde_json::{Value, json};

const SETTINGS: &str = include_str!("../../hall-client/desk/desk.toml");

/// The agency's key for slips in these tests.
const SLIP_KEY: &str = "11";

/// A kiosk with these cards on the shelf; plays the script there. Nothing that was typed is in a log.
fn kiosk(cards: &[&str], script: &str, settings: &str, more: &Value) {
    if !browser::is_there() {
        return;
    }
    let stand = Stand::start(&Plan::with_cards(cards)).unwrap();
    let key = stand.directory().join("slip.key");
    fs::write(&key, SLIP_KEY.repeat(32)).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let settings = format!("{settings}\n[slip]\nkey_file = {key:?}\n");
    let pages = Pages::start(&stand, "kiosk", &settings).unwrap();
    play(script, &stand, &pages, more).unwrap();
    assert_eq!(pages.said(), "");
    let log = stand.cardd.log_without_times().unwrap();
    for digits in ["\"123456\"", "830571", "602847", "941638"] {
        let line = log.iter().find(|line| line.contains(digits));
        assert_eq!(line, None, "{digits} is in cardd's log");
    }
}

#[test]
fn a_holder_changes_the_issued_pin() {
    kiosk(&["w2"], "kiosk-change.mjs", SETTINGS, &json!({}));
}

#[test]
fn wrong_pins_end_at_the_floor_and_a_locked_card_gets_advice() {
    let cards = ["w2", "pin-blocked", "foreign-card", "mute", "pin-empty"];
    kiosk(&cards, "kiosk-wrong.mjs", SETTINGS, &json!({}));
}

#[test]
fn a_card_pulled_at_any_screen_and_a_holder_who_leaves_leave_nothing() {
    let impatient = "[patience]\nchoice_s = 10\n";
    kiosk(&["w2"], "kiosk-pulls.mjs", impatient, &json!({}));
}

#[test]
fn no_pixel_tells_which_key_was_pressed_and_no_other_origin_gets_in() {
    kiosk(&["w2"], "kiosk-keypad.mjs", SETTINGS, &json!({}));
}

#[test]
fn every_reason_has_its_screen_in_both_languages() {
    let more = json!({ "refusals": hall_client::desk::every_refusal() });
    kiosk(&[], "kiosk-gallery.mjs", SETTINGS, &more);
}
