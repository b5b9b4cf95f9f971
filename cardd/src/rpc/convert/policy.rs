//! The rules in force, as data and in words.

use cardd_proto::{
    text,
    v1::{self, WeakPin},
};

use crate::{
    pin::WeakRule,
    policy::{Desk, RulesInForce, RulesSource},
};

pub(in crate::rpc) fn rules(rules: &RulesInForce, asking: &Desk) -> v1::GetRulesResponse {
    let (length, issuer) = (rules.pin_length(), rules.issuer());
    let in_force = rules.pin_rules().in_force();
    v1::GetRulesResponse {
        rules: Some(rules_in_force(rules)),
        min_digits: length.min().into(),
        max_digits: length.max().into(),
        weak: in_force.iter().map(|rule| rule_text(rules, rule)).collect(),
        fewest_attempts: rules.fewest_remaining(asking.kind).into(),
        agents_allowed: issuer.agents_allowed,
        second_operator: issuer.second_operator,
        guess_budget_per_hour: rules.guess_budget_per_hour(),
    }
}

pub(in crate::rpc) fn rules_in_force(rules: &RulesInForce) -> v1::RulesInForce {
    let source = match rules.source() {
        RulesSource::Configuration => v1::RulesSource::Configuration,
        RulesSource::Fallback => v1::RulesSource::Fallback,
        RulesSource::File {
            newer_is_damaged: false,
            ..
        } => v1::RulesSource::File,
        RulesSource::File {
            newer_is_damaged: true,
            ..
        } => v1::RulesSource::OlderFile,
    };
    let mut message = v1::RulesInForce {
        source: source.into(),
        ..v1::RulesInForce::default()
    };
    if let Some(stamp) = rules.stamp() {
        message.region = stamp.region.clone();
        message.region_name = stamp.region_name.clone();
        message.version = stamp.version;
        message.sha256 = stamp.sha256.to_vec();
        message.key_id = stamp.key_id.clone();
    }
    message
}

fn rule_text(rules: &RulesInForce, rule: WeakRule) -> v1::RuleText {
    let weak_pin = weak_pin(rule);
    let catalogue = text::of_weak_pin(weak_pin);
    let own = rules.text(rule);
    v1::RuleText {
        rule: weak_pin.into(),
        text_zh: own.map_or(catalogue.zh, |text| &text.zh).to_owned(),
        text_en: own.map_or(catalogue.en, |text| &text.en).to_owned(),
    }
}

pub(in crate::rpc) fn weak_pin(rule: WeakRule) -> WeakPin {
    match rule {
        WeakRule::Issued => WeakPin::Issued,
        WeakRule::BirthDate => WeakPin::BirthDate,
        WeakRule::IdNumber => WeakPin::IdNumber,
        WeakRule::CardNumber => WeakPin::CardNumber,
        WeakRule::Repeat => WeakPin::Repeat,
        WeakRule::Run => WeakPin::Run,
        WeakRule::Keypad => WeakPin::Keypad,
        WeakRule::Common => WeakPin::Common,
        WeakRule::Year => WeakPin::Year,
        WeakRule::Date => WeakPin::Date,
    }
}
