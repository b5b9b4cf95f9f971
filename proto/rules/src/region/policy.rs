//! The body of a rule file.

use std::{collections::BTreeMap, ops::RangeInclusive};

use serde::Deserialize;

use super::RuleFileRefused;
use crate::{PinLength, RuleSet, Rules, WeakRule};

/// Largest guess budget: wrong tries over all cards in an hour.
pub const MOST_GUESSES_PER_HOUR: u32 = 1000;

/// Issued values and more of them would be a list of PINs, not of issued ones.
const MOST_ISSUED: usize = 32;
/// A tenth of the four-digit space, beside what is built in: no list refuses everything.
const MOST_ALSO_COMMON: usize = 1000;
/// Tries that a desk may keep back.
const HIGHEST_FLOOR: u64 = 5;
const LONGEST_TEXT: usize = 200;
const LONGEST_NAME: usize = 64;

/// What a rule file says. Every section but `texts` must be there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionPolicy {
    /// Administrative division, six digits (GB/T 2260): 420100 is Wuhan.
    pub region: String,
    /// Its name, for people.
    pub name: String,
    /// Rises with each file of the region; at least 1.
    pub version: u64,
    /// Length and rules of the PIN.
    pub pin: PinPolicy,
    /// Tries that each kind of desk keeps back.
    pub floor: DeskFloors,
    /// Unlocking and resetting.
    pub issuer: IssuerPolicy,
    /// Wrong tries over all cards.
    pub guesses: GuessLimit,
    /// What a holder reads instead of the catalogue's text for a rule, by its [`WeakRule::code`].
    #[serde(default)]
    pub texts: BTreeMap<String, RegionText>,
}

/// Length and rules of the PIN.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinPolicy {
    /// Permitted number of digits.
    pub length: PinLength,
    /// Issued values and what a new PIN may not be.
    pub rules: Rules,
}

/// Fewest tries that must be left before one is spent, for each kind of desk where a holder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskFloors {
    /// 收费窗口: 1 to 5.
    pub billing: u8,
    /// 自助机: 2 to 5; it never spends the last try.
    pub kiosk: u8,
    /// 经办窗口: 1 to 5.
    pub counter: u8,
}

/// Unlocking and resetting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerPolicy {
    /// Whether somebody may apply for the holder.
    pub agents_allowed: bool,
    /// Whether a second operator must approve.
    pub second_operator: bool,
}

/// Wrong tries over all cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuessLimit {
    /// In a sliding hour, 1 to [`MOST_GUESSES_PER_HOUR`].
    pub per_hour: u32,
}

/// What a holder reads, in both languages; 1 to 200 characters each.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionText {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl RegionPolicy {
    /// Parses and checks a body.
    ///
    /// # Errors
    /// [`RuleFileRefused::Malformed`] names the line or the key.
    pub fn parse(body: &str) -> Result<Self, RuleFileRefused> {
        let policy: Self = toml::from_str(body).map_err(|error| syntax(body, &error))?;
        policy.check().map_err(RuleFileRefused::Malformed)?;
        Ok(policy)
    }

    /// The region's own text for a rule, if it has one.
    #[must_use]
    pub fn text(&self, rule: WeakRule) -> Option<&RegionText> {
        self.texts.get(rule.code())
    }

    fn check(&self) -> Result<(), String> {
        let is_code = self.region.len() == 6 && self.region.bytes().all(|b| b.is_ascii_digit());
        if !is_code {
            return Err("region: six digits are expected (GB/T 2260)".to_owned());
        }
        check_text("name", &self.name, LONGEST_NAME)?;
        self.check_numbers()?;
        self.check_lists()?;
        for (rule, text) in &self.texts {
            if WeakRule::from_code(rule).is_none() {
                return Err(format!("texts.{rule}: there is no such rule"));
            }
            check_text(&format!("texts.{rule}.zh"), &text.zh, LONGEST_TEXT)?;
            check_text(&format!("texts.{rule}.en"), &text.en, LONGEST_TEXT)?;
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), String> {
        let most_guesses = u64::from(MOST_GUESSES_PER_HOUR);
        let numbers: [(&str, u64, RangeInclusive<u64>); 5] = [
            ("version", self.version, 1..=u64::from(u32::MAX)),
            (
                "floor.billing",
                self.floor.billing.into(),
                1..=HIGHEST_FLOOR,
            ),
            ("floor.kiosk", self.floor.kiosk.into(), 2..=HIGHEST_FLOOR),
            (
                "floor.counter",
                self.floor.counter.into(),
                1..=HIGHEST_FLOOR,
            ),
            (
                "guesses.per_hour",
                self.guesses.per_hour.into(),
                1..=most_guesses,
            ),
        ];
        for (key, number, permitted) in numbers {
            if !permitted.contains(&number) {
                let (low, high) = (permitted.start(), permitted.end());
                return Err(format!("{key}: {number} is not within {low} to {high}"));
            }
        }
        Ok(())
    }

    fn check_lists(&self) -> Result<(), String> {
        let rules = &self.pin.rules;
        let lists = [
            ("pin.rules.issued", rules.issued.len(), MOST_ISSUED),
            (
                "pin.rules.issued_derived",
                rules.issued_derived.len(),
                MOST_ISSUED,
            ),
            (
                "pin.rules.also_common",
                rules.also_common.len(),
                MOST_ALSO_COMMON,
            ),
        ];
        for (key, found, most) in lists {
            if found > most {
                return Err(format!("{key}: {found} values; at most {most}"));
            }
        }
        if rules.in_force() == RuleSet::NONE {
            return Err("pin.rules: no rule is in force".to_owned());
        }
        Ok(())
    }
}

fn check_text(key: &str, text: &str, longest: usize) -> Result<(), String> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > longest || text.chars().any(char::is_control) {
        return Err(format!(
            "{key}: 1 to {longest} characters on one line are expected"
        ));
    }
    Ok(())
}

fn syntax(body: &str, error: &toml::de::Error) -> RuleFileRefused {
    let before = error.span().and_then(|span| body.get(..span.start));
    let said = error.message();
    RuleFileRefused::Malformed(match before {
        Some(before) => format!(
            "line {} of the body: {said}",
            before.matches('\n').count() + 1
        ),
        None => said.to_owned(),
    })
}
