//! Every text that a page shows, as the pages read it.

use cardd_proto::text::{Text, page};
use serde_json::{Map, Value, json};

use crate::model::{Doubt, Reason, WeakPin};

/// `{"page": {KEY: {zh, en}}, "reason": {CODE: ..}, "weak": {CODE: ..}, "doubt": {CODE: ..}}`.
pub(super) fn json() -> String {
    json!({
        "page": object(page::TEXTS.iter().map(|(key, text)| (*key, *text))),
        "reason": object(Reason::ALL.iter().map(|reason| (reason.code(), reason.text()))),
        "doubt": object(Doubt::ALL.iter().map(|doubt| (doubt.code(), doubt.text()))),
        "weak": object(WeakPin::ALL.iter().map(|rule| (rule.code(), rule.text()))),
    })
    .to_string()
}

fn object(texts: impl Iterator<Item = (&'static str, Text)>) -> Map<String, Value> {
    texts
        .map(|(key, text)| (key.to_owned(), json!({ "zh": text.zh, "en": text.en })))
        .collect()
}
