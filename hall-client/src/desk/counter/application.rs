//! The checklist of a case: nothing of it may be left out.

use cardd_proto::secret::Secret;
use serde::Deserialize;

use crate::{
    Documents,
    model::{CaseReason, IssuerOperation},
};

/// As the page sends it; a line that is missing makes it none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Application {
    operation: Wanted,
    reason: Why,
    holder_number: String,
    holder_original_seen: bool,
    agent: bool,
    agent_number: String,
    agent_original_seen: bool,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Wanted {
    Unblock,
    Reload,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Why {
    Blocked,
    Forgotten,
    NeverKnown,
}

/// A checklist without a gap.
pub(crate) struct Filled {
    pub(super) operation: IssuerOperation,
    pub(super) reason: CaseReason,
    pub(super) documents: Documents,
}

impl Application {
    /// What goes on record; `None`: an original was not seen, or a number is missing.
    pub(super) fn filled(&self) -> Option<Filled> {
        let agent_number = if self.agent {
            Some(number(&self.agent_number).filter(|_| self.agent_original_seen)?)
        } else {
            None
        };
        let holder_number = number(&self.holder_number).filter(|_| self.holder_original_seen)?;
        Some(Filled {
            operation: match self.operation {
                Wanted::Unblock => IssuerOperation::Unblock,
                Wanted::Reload => IssuerOperation::Reload,
            },
            reason: match self.reason {
                Why::Blocked => CaseReason::Blocked,
                Why::Forgotten => CaseReason::Forgotten,
                Why::NeverKnown => CaseReason::NeverKnown,
            },
            documents: Documents {
                holder_number,
                holder_original_seen: true,
                agent_original_seen: agent_number.is_some(),
                agent_number,
            },
        })
    }
}

impl Filled {
    /// Whether somebody applies for the holder.
    pub(super) const fn by_agent(&self) -> bool {
        self.documents.agent_number.is_some()
    }
}

/// A number of an ID card, as it was typed or scanned. Whether it is one, and this card's, cardd says.
fn number(text: &str) -> Option<Secret> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    Secret::take_from(&mut text.as_bytes().to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn whole() -> Value {
        json!({
            "operation": "UNBLOCK", "reason": "BLOCKED", "holder_number": "1",
            "holder_original_seen": true, "agent": true, "agent_number": "2",
            "agent_original_seen": true,
        })
    }

    fn filled(value: &Value) -> Option<Filled> {
        let read = serde_json::from_value::<Application>(value.clone()).ok()?;
        read.filled()
    }

    #[test]
    fn no_line_of_the_checklist_may_be_left_out() {
        assert!(filled(&whole()).is_some_and(|filled| filled.by_agent()));
        for field in whole().as_object().unwrap().keys() {
            let mut partial = whole();
            partial.as_object_mut().unwrap().remove(field);
            assert!(filled(&partial).is_none(), "without {field}");
        }
    }

    #[test]
    fn no_original_may_be_unseen_and_no_number_empty() {
        for (field, value) in [
            ("holder_original_seen", json!(false)),
            ("agent_original_seen", json!(false)),
            ("holder_number", json!(" ")),
            ("agent_number", json!("")),
        ] {
            let mut partial = whole();
            partial[field] = value;
            assert!(filled(&partial).is_none(), "{field}");
        }
    }

    #[test]
    fn a_holder_alone_brings_no_agents_number() {
        let mut alone = whole();
        alone["agent"] = json!(false);
        alone["agent_original_seen"] = json!(false);
        alone["agent_number"] = json!("");
        assert!(filled(&alone).is_some_and(|filled| !filled.by_agent()));
    }
}
