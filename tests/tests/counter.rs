//! Journeys at the agency counter: real Chromium, operators with certificates, the issuer's keys in the
//! desk's own process, software cards.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use cardd_tests::{
    browser,
    hall::roots_file,
    pages::{Pages, play},
    site::{Site, desk_of},
    stand::Plan,
};
use hall_client::DeskKind;
use serde_json::{Value, json};

/// A counter with these cards and rules; plays the script there.
fn counter(cards: &[&str], config: &str, script: &str) {
    if !browser::is_there() {
        return;
    }
    let site = Site::open(Plan::with_cards(cards).config(config)).unwrap();
    let stand = &site.stand;
    let settings = format!(
        "[agency]\nterminal = \"https://{}\"\nca = {:?}\nhall_socket = {:?}\nkeys = {:?}\n",
        site.address,
        site.ca(),
        stand.socket("hall"),
        roots_file(stand.directory()).unwrap(),
    );
    let pages = Pages::start(stand, "counter", &settings).unwrap();
    let papers = |kind, name: &str, operator: &str| -> Value {
        let issued = site.issue(&desk_of(kind, name, operator)).unwrap();
        json!([issued.certificate, issued.key.as_str()])
    };
    let more = json!({
        "wang": papers(DeskKind::Counter, "c-1", "王芳"),
        "li": papers(DeskKind::Counter, "c-2", "李强"),
        "billing": papers(DeskKind::Billing, "b-1", "赵敏"),
    });
    play(script, stand, &pages, &more).unwrap();
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
