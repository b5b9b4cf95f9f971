//! Every screen of every page, each with something on it: what tests hold to the rules of accessibility, one
//! by one. A page that has a screen without a sample here fails them.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::{
    entry::{Enter, Entry, For, Step},
    refusal::Refusal,
    settings::{Local, NearestCounter},
    slip::SlipKey,
};
use crate::{
    desk::Kind,
    model::{Reason, WeakPin},
};

/// A screen with something on it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// The page that shows it.
    pub page: &'static str,
    /// What tells it from other samples of that page, for people.
    pub label: &'static str,
    /// The state, as it is pushed to the page.
    pub screen: Value,
}

impl Sample {
    /// A sample of a page.
    pub(super) fn new(page: &'static str, label: &'static str, screen: &impl Serialize) -> Self {
        Self {
            page,
            label,
            // A screen is made of strings, numbers and lists: it always has a JSON form.
            screen: serde_json::to_value(screen).unwrap_or_default(),
        }
    }

    /// What a page shows by itself when it hears nothing more of its server.
    pub(super) fn lost(page: &'static str) -> Self {
        let screen = serde_json::json!({ "name": "out_of_order", "why": "OUT_SESSION" });
        Self::new(page, "lost", &screen)
    }
}

/// Every screen of a desk's pages.
#[must_use]
pub fn every_screen(kind: Kind) -> Vec<Sample> {
    match kind {
        Kind::Kiosk => super::kiosk::samples(),
        Kind::Billing => super::billing::samples(),
        Kind::Counter => super::counter::samples(),
    }
}

/// A slip of a made-up card, under a key that everybody has.
pub(super) fn slip_key() -> Option<SlipKey> {
    SlipKey::parse(&"11".repeat(32))
}

pub(super) const CARD_IDENTIFIER: &str = "420100D15600000500000012FFFFFFFF";

pub(super) fn counter() -> NearestCounter {
    let local = |zh: &str, en: &str| Local {
        zh: zh.to_owned(),
        en: en.to_owned(),
    };
    NearestCounter {
        name: local(
            "示例区社会保障服务中心",
            "Example District Social Security Centre",
        ),
        address: local(
            "示例路1号一层3号窗口",
            "1 Example Road, ground floor, window 3",
        ),
        hours: local("周一至周五 9:00–17:00", "Monday to Friday, 9:00 to 17:00"),
        telephone: "12333".to_owned(),
    }
}

/// An entry for `step`, with every built-in rule.
pub(super) fn enter(purpose: For, step: Step) -> Enter {
    let text = |rule: &WeakPin| Local::from(crate::error::Message::from(rule.text()));
    Enter {
        step,
        entry: Entry {
            purpose,
            entry_id: [1; 16],
            // The base point of X25519, which every browser can seal to.
            public_key: {
                let mut point = [0; 32];
                point[0] = 9;
                point
            },
            insertion: "1".to_owned(),
            min_digits: 4,
            max_digits: 6,
            tries: (purpose != For::OwnPin).then_some(5),
            rules: WeakPin::ALL.iter().map(text).collect(),
            lifetime: Duration::from_secs(120),
        },
    }
}

/// A refusal with everything that one can have.
pub(super) fn refusal(reason: Reason) -> Refusal {
    Refusal {
        tries: Some(2),
        incident: Some("20261125-000017".to_owned()),
        ..Refusal::of(reason)
    }
}
