//! What a record says, in types of its own. What a later version adds reads as
//! [`Said::Unknown`]: a record is evidence whether or not this version understands it.

use serde::Deserialize;

/// A body taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Body {
    /// Wall clock of the terminal, milliseconds since 1970.
    pub time_unix_ms: u64,
    /// Name of the kind, as stored.
    pub kind: String,
    /// What it says.
    #[serde(skip)]
    pub said: Said,
}

/// What a record says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Said {
    /// First record of a chain; `old_head` where it replaces another.
    ChainOpened {
        /// Head of the set-aside chain, hexadecimal.
        old_head: Option<String>,
    },
    /// Staff confirmed the new chain.
    ChainConfirmed {
        /// The desk.
        desk: String,
    },
    /// From here on, records carry MACs.
    MacsBegin,
    /// The hall has the first key.
    Enrolled {
        /// The desk that spoke for it.
        desk: String,
    },
    /// The daemon came up.
    Started {
        /// Its version.
        version: String,
        /// The terminal.
        terminal_id: String,
    },
    /// The daemon went down in order.
    Stopped,
    /// A desk was denied something.
    Denied {
        /// The desk.
        desk: String,
        /// What it asked for.
        operation: String,
        /// Why it was denied.
        reason: String,
        /// The card's keyed reference.
        card: Option<String>,
    },
    /// A command was about to be sent.
    Intent {
        /// `verify`, `change` and what later versions add.
        operation: String,
        /// The desk.
        desk: String,
        /// The reader.
        reader: String,
        /// The card's stay in it.
        insertion: u64,
        /// The card's keyed reference.
        card: String,
        /// Tries left right before.
        attempts_before: Option<u8>,
    },
    /// What came of an intent.
    Outcome {
        /// Its record.
        intent: u64,
        /// `succeeded`, `rejected` and so on.
        result: String,
        /// Tries left, where the result tells.
        attempts_remaining: Option<u8>,
    },
    /// An intent in doubt, held against the card's counter.
    Resolved {
        /// Its record.
        intent: u64,
        /// What the counter tells.
        verdict: String,
    },
    /// A kind that this version does not know.
    #[default]
    #[serde(other)]
    Unknown,
}

impl Body {
    /// Reads a body; `None` if it is none at all.
    #[must_use]
    pub fn parse(json: &str) -> Option<Self> {
        let mut body: Self = serde_json::from_str(json).ok()?;
        body.said = serde_json::from_str(json).unwrap_or_default();
        Some(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_read_as_what_they_say() {
        let body = Body::parse(
            r#"{"v":1,"time_unix_ms":5,"kind":"outcome","intent":3,"result":"rejected","attempts_remaining":2}"#,
        )
        .unwrap();
        assert_eq!((body.time_unix_ms, body.kind.as_str()), (5, "outcome"));
        let expected = Said::Outcome {
            intent: 3,
            result: "rejected".to_owned(),
            attempts_remaining: Some(2),
        };
        assert_eq!(body.said, expected);
    }

    #[test]
    fn what_is_new_is_unknown_and_what_is_no_body_is_none() {
        let new = r#"{"v":2,"time_unix_ms":5,"kind":"moved","to":1}"#;
        assert_eq!(Body::parse(new).unwrap().said, Said::Unknown);
        let other_form = r#"{"v":2,"time_unix_ms":5,"kind":"outcome","intent":"three"}"#;
        assert_eq!(Body::parse(other_form).unwrap().said, Said::Unknown);
        assert_eq!(Body::parse("{}"), None);
    }
}
