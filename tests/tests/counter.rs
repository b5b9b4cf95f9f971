//! Journeys at the agency counter: real Chromium, operators with certificates, the issuer's keys in the
//! desk's own process, software cards.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use cardd_tests::{
    browser,
    hall::roots_file,
    journey::{give_slip_key, play, slips},
    pages::Pages,
    site::{Site, desk_of},
    softhsm::SoftHsm,
    stand::Plan,
};
use hall_client::{
    DeskKind,
    desk::{Kind, every_screen},
};
use serde_json::{Value, json};

/// A counter with these cards and rules; plays the script there.
fn counter(cards: &[&str], config: &str, script: &str) {
    counter_with(cards, config, script, None, &json!({}));
}

/// The same with the issuer's keys in a hardware module, and more for the script.
fn counter_with(cards: &[&str], config: &str, script: &str, hsm: Option<&SoftHsm>, more: &Value) {
    if !browser::is_there() {
        return;
    }
    let site = Site::open(Plan::with_cards(cards).config(config)).unwrap();
    let stand = &site.stand;
    give_slip_key(stand).unwrap();
    let keys = match hsm {
        Some(hsm) => format!("hsm = {:?}", hsm.file()),
        None => format!("keys = {:?}", roots_file(stand.directory()).unwrap()),
    };
    let settings = format!(
        "[agency]\nterminal = \"https://{}\"\nca = {:?}\nhall_socket = {:?}\n{keys}\n{}",
        site.address,
        site.ca(),
        stand.socket("hall"),
        slips(stand),
    );
    let pages = Pages::start_as(stand, "counter", &settings, |hall| {
        if let Some(hsm) = hsm {
            hsm.lend(hall);
        }
    });
    let pages = pages.unwrap();
    let papers = |kind, name: &str, operator: &str| -> Value {
        let issued = site.issue(&desk_of(kind, name, operator)).unwrap();
        json!([issued.certificate, issued.key.as_str()])
    };
    let mut handed = json!({
        "wang": papers(DeskKind::Counter, "c-1", "王芳"),
        "li": papers(DeskKind::Counter, "c-2", "李强"),
        "billing": papers(DeskKind::Billing, "b-1", "赵敏"),
    });
    if let (Some(all), Some(more)) = (handed.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    play(script, stand, &pages, &handed).unwrap();
    assert_eq!(pages.said(), "");
}

#[test]
fn a_holder_has_the_pin_unlocked() {
    counter(&["w2", "pin-blocked"], "", "counter-unlock.mjs");
}

#[test]
fn an_agent_has_it_unlocked_with_a_second_operator() {
    let two = "[issuer]\nsecond_operator = true";
    counter(&["pin-blocked"], two, "counter-agent.mjs");
}

#[test]
fn a_holder_chooses_the_own_pin_after_a_reset() {
    counter(&["w2"], "", "counter-reset.mjs");
}

#[test]
fn a_holder_who_walks_away_leaves_a_card_that_does_no_business() {
    let short = "[issuer]\nholder_wait_ms = 1500";
    counter(&["w2"], short, "counter-away.mjs");
}

#[test]
fn the_slip_of_a_locked_card_is_read_by_a_scanner_and_named_at_the_counter() {
    counter(&["w2", "pin-blocked"], "", "counter-slip.mjs");
}

#[test]
fn a_card_pulled_while_the_issuer_works_ends_on_both_pages() {
    let short = "[issuer]\nholder_wait_ms = 2000";
    counter(&["w2", "pin-blocked"], short, "counter-pulled.mjs");
}

#[test]
fn past_records_are_found_checked_and_printed() {
    counter(&["pin-blocked"], "", "counter-records.mjs");
}

#[test]
fn the_issuers_keys_may_be_in_a_hardware_module() {
    let hsm = SoftHsm::with_roots("").unwrap();
    let more = json!({});
    counter_with(&["pin-blocked"], "", "counter-hsm.mjs", Some(&hsm), &more);
}

#[test]
fn every_screen_is_within_the_rules_of_accessibility() {
    let kind = json!({
        "name": "counter",
        "pages": ["operator", "holder"],
        "modules": { "operator": "/counter/operator.js", "holder": "/counter/holder.js" },
    });
    let more = json!({ "kind": kind, "samples": every_screen(Kind::Counter) });
    counter_with(&[], "", "gallery.mjs", None, &more);
}
