//! Journeys at the kiosk: real Chromium, real cardd, real pcscd, software cards.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::process::Command;

use cardd_tests::{
    browser,
    counted::Counted,
    desk::{Desk, typed},
    hall::roots_file,
    journey::{give_slip_key, play, slips},
    memory::{Canary, QUARANTINE, can_search},
    pages::Pages,
    stand::{Plan, Stand},
};
use hall_client::{
    Application, Documents, Terminal,
    desk::{Kind, every_screen},
    issuer::{IssuedValue, KeyService, Profile, SoftwareKeys},
    model::{CaseReason, IssuerOperation, PinState},
};
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

const SETTINGS: &str = include_str!("../../hall-client/desk/desk.toml");

/// The citizen number on the card `w2`, made up.
const HOLDER: &str = "420101198506150003";

/// A kiosk with these cards on the shelf; plays the script there. Nothing that was typed is in a log.
fn kiosk(cards: &[&str], script: &str, settings: &str, more: &Value) {
    if !browser::is_there() {
        return;
    }
    let stand = Stand::start(&Plan::with_cards(cards)).unwrap();
    kiosk_at(&stand, script, settings, more);
}

/// The same at a stand that is there already.
fn kiosk_at(stand: &Stand, script: &str, settings: &str, more: &Value) {
    kiosk_as(stand, script, settings, more, |_| {});
}

/// The same, with more said to the desk's server before it is started.
fn kiosk_as(
    stand: &Stand,
    script: &str,
    settings: &str,
    more: &Value,
    prepare: impl FnOnce(&mut Command),
) {
    give_slip_key(stand).unwrap();
    let settings = format!("{settings}\n{}", slips(stand));
    let pages = Pages::start_as(stand, "kiosk", &settings, prepare).unwrap();
    play(script, stand, &pages, more).unwrap();
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
fn a_bag_of_cards_closes_the_kiosk_until_staff_open_it_again() {
    if !browser::is_there() {
        return;
    }
    let once = "[limits]\nguess_budget_per_hour = 1";
    let stand = Stand::start(&Plan::with_cards(&["w1", "w2"]).config(once)).unwrap();
    kiosk_at(&stand, "kiosk-bag.mjs", SETTINGS, &json!({}));
}

#[test]
fn every_reason_has_its_screen_in_both_languages() {
    let more = json!({ "refusals": hall_client::desk::every_refusal() });
    kiosk(&[], "kiosk-gallery.mjs", SETTINGS, &more);
}

#[test]
fn every_screen_is_within_the_rules_of_accessibility() {
    let kind = json!({
        "name": "kiosk", "pages": ["kiosk"], "modules": { "kiosk": "/kiosk/kiosk.js" },
    });
    let more = json!({ "kind": kind, "samples": every_screen(Kind::Kiosk) });
    kiosk(&[], "gallery.mjs", SETTINGS, &more);
}

#[test]
fn who_does_not_see_the_screen_is_guided_by_voice_and_fixed_keys() {
    kiosk(&["w2"], "kiosk-guided.mjs", SETTINGS, &json!({}));
}

/// Resets the card and lets its holder walk away: the ledger knows that an issued PIN is in force.
async fn leave_an_issued_pin(stand: &Stand, issued: &str) {
    let counter = Desk::at(stand, "counter").await.unwrap();
    let hall = Terminal::connect(stand.socket("hall")).await.unwrap();
    let roots = roots_file(stand.directory()).unwrap();
    let keys = KeyService::new(SoftwareKeys::open(&roots, Profile::Simulation).unwrap());
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let reader = stand.reader("a");
    let insertion = counter.card(&reader).await.unwrap();
    let documents = Documents {
        holder_number: typed(HOLDER),
        holder_original_seen: true,
        agent_number: None,
        agent_original_seen: false,
    };
    let application = Application {
        reader: &reader,
        insertion,
        operation: IssuerOperation::Reload,
        reason: CaseReason::NeverKnown,
        documents: &documents,
    };
    let counted = Counted::begin(stand).unwrap();
    assert_eq!(counted.of("w2"), (6, 3));
    let case = counted.free(stand, counter.terminal.open_case(&application));
    let case = case.await.unwrap();
    let value = IssuedValue::new(typed(issued)).unwrap();
    let mut rng = StdRng::seed_from_u64(1);
    let reset = hall.operate(&case.grant, &keys, Some(value), &mut rng, |_| {});
    let reset = counted.free(stand, reset).await.unwrap();
    assert!(!reset.holder_pin_set);
    let status = counter.status((&reader, insertion)).await.unwrap();
    assert_eq!(status.state, PinState::Issued);
    stand.rack().unwrap().pull("a").unwrap();
}

#[test]
fn a_card_that_is_known_to_have_the_issued_pin_says_so_and_is_led_to_the_change() {
    if !browser::is_there() {
        return;
    }
    let plan = Plan::with_cards(&["w2"]).config("[issuer]\nholder_wait_ms = 100");
    let stand = Stand::start(&plan).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(leave_an_issued_pin(&stand, "739158"));
    kiosk_at(&stand, "kiosk-issued.mjs", SETTINGS, &json!({}));
}

#[test]
fn once_they_are_sent_neither_browser_nor_server_holds_the_digits() {
    if !browser::is_there() || !can_search() {
        return;
    }
    let long = "[pin]\nlength = { min = 4, max = 16 }\n";
    let plan = Plan::with_cards(&["w1"]).config(long);
    let stand = Stand::start(&plan).unwrap();
    let mut rng = StdRng::seed_from_u64(0x63_01);
    let canaries = [Canary::new(&mut rng), Canary::new(&mut rng)].map(|canary| canary.text());
    let more = json!({ "canaries": canaries });
    kiosk_as(&stand, "kiosk-memory.mjs", "", &more, |hall| {
        hall.env(QUARANTINE.0, QUARANTINE.1);
    });
}
