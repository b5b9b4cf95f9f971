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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::assets::ASSETS;

    /// Keys in calls such as `t('HOME_TITLE')`; those that a page puts together are held by its journeys.
    fn named(script: &str) -> impl Iterator<Item = &str> {
        let keys = script.split("t('").skip(1);
        let keys = keys.filter_map(|rest| rest.split('\'').next());
        keys.filter(|key| {
            key.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        })
    }

    #[test]
    fn every_text_that_a_page_names_is_there() {
        let catalogue: Value = serde_json::from_str(&json()).unwrap();
        let mut seen = 0;
        for asset in ASSETS {
            let script = std::str::from_utf8(asset.bytes).unwrap();
            for key in named(script) {
                assert!(
                    catalogue["page"][key]["zh"].is_string(),
                    "{}: {key}",
                    asset.path
                );
                seen += 1;
            }
        }
        assert!(seen > 50, "{seen}");
    }

    #[test]
    fn every_code_of_cardd_has_both_languages() {
        let catalogue: Value = serde_json::from_str(&json()).unwrap();
        let parts = [
            ("reason", Reason::ALL.len()),
            ("weak", WeakPin::ALL.len()),
            ("doubt", Doubt::ALL.len()),
        ];
        for (part, codes) in parts {
            let texts = catalogue[part].as_object().unwrap();
            assert_eq!(texts.len(), codes);
            for (code, text) in texts {
                assert!(text["zh"].is_string() && text["en"].is_string(), "{code}");
            }
        }
    }
}
