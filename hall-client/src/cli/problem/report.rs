//! A problem as it is shown: sentences for a person, codes for a program.

use std::error::Error as _;

use hall_client::{AttemptSpent, CardFailure, ClientError};
use serde_json::{Value, json};

use super::Problem;
use crate::text::{Lang, Say};

impl Problem {
    /// For a person: what happened and what next, the try, then what helps the staff.
    pub(crate) fn lines(&self, lang: Lang) -> Vec<String> {
        let (zh, en) = self.message();
        let spent = match self.attempt_spent() {
            AttemptSpent::No => Say::SpentNo,
            AttemptSpent::Yes => Say::SpentYes,
            AttemptSpent::Unknown => Say::SpentUnknown,
        };
        let mut lines = vec![lang.pick(&zh, &en), lang.say(spent)];
        let mut add = |label, value: String| lines.push(format!("{}: {value}", lang.say(label)));
        if let Some(failure) = self.card_failure() {
            if let Some(attempts) = failure.attempts_remaining {
                add(Say::TriesLeft, attempts.to_string());
            }
            if let Some(word) = failure.status_word {
                add(Say::StatusWord, format!("{word:04X}"));
            }
            add(Say::Incident, failure.incident_id.clone());
        } else {
            lines.extend(causes(self));
        }
        lines
    }

    /// For a program.
    pub(crate) fn json(&self) -> Value {
        let (zh, en) = self.message();
        let failure = self.card_failure();
        json!({
            "error": self.code(),
            "exit_code": self.exit().code(),
            "attempt_spent": self.attempt_spent().code(),
            "attempts_remaining": failure.and_then(|failure| failure.attempts_remaining),
            "status_word": failure.and_then(|f| f.status_word).map(|word| format!("{word:04X}")),
            "weak_pin": failure.and_then(|failure| failure.weak_pin).map(|rule| rule.code()),
            "incident_id": failure.map(|failure| failure.incident_id.as_str()),
            "message_zh": zh,
            "message_en": en,
            "causes": if failure.is_some() { Vec::new() } else { causes(self) },
        })
    }
    /// What cardd itself said.
    pub(super) const fn card_failure(&self) -> Option<&CardFailure> {
        if let Self::Client(ClientError::Card(failure)) = self {
            Some(failure)
        } else {
            None
        }
    }
}

/// The chain of causes, outermost first.
fn causes(problem: &Problem) -> Vec<String> {
    let mut lines = vec![problem.to_string()];
    let mut cause = problem.source();
    while let Some(error) = cause {
        lines.push(error.to_string());
        cause = error.source();
    }
    lines.dedup();
    lines
}
