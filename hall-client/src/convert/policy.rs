//! The rules of the region.

use cardd_proto::v1;

use super::present;
use crate::{
    error::{ContractError, Message},
    model::{RuleText, Rules, RulesInForce, RulesSource, RulesTaken, WeakPin},
};

pub(crate) fn in_force(rules: Option<v1::RulesInForce>) -> Result<RulesInForce, ContractError> {
    let rules = present(rules, "RulesInForce")?;
    Ok(RulesInForce {
        source: RulesSource::from_wire(rules.source)?,
        region: rules.region,
        region_name: rules.region_name,
        version: rules.version,
        sha256: rules.sha256,
        key_id: rules.key_id,
    })
}

pub(crate) fn rules(answer: v1::GetRulesResponse) -> Result<Rules, ContractError> {
    let text = |text: v1::RuleText| {
        Ok(RuleText {
            rule: WeakPin::from_wire(text.rule)?,
            text: Message {
                zh: text.text_zh,
                en: text.text_en,
            },
        })
    };
    Ok(Rules {
        in_force: in_force(answer.rules)?,
        min_digits: answer.min_digits,
        max_digits: answer.max_digits,
        weak: answer
            .weak
            .into_iter()
            .map(text)
            .collect::<Result<_, _>>()?,
        fewest_attempts: answer.fewest_attempts,
        agents_allowed: answer.agents_allowed,
        second_operator: answer.second_operator,
        guess_budget_per_hour: answer.guess_budget_per_hour,
    })
}

pub(crate) fn taken(answer: v1::PushRulesResponse) -> Result<RulesTaken, ContractError> {
    Ok(RulesTaken {
        in_force: in_force(answer.rules)?,
        ledger_sequence: answer.ledger_sequence,
    })
}
