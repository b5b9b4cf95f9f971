//! The rules to begin with: the newest rule file that is whole, or those of the configuration.

use std::io;

use crate::{
    app::AppError,
    config::{Config, RuleDirectory},
    policy::{
        RulesInForce,
        region::{IssuerPolicy, PinPolicy},
    },
    terminal::{RuleBook, RuleShelf},
};

/// Opens the rule files where the configuration takes any.
pub(super) fn open(config: &Config) -> Result<RuleBook, AppError> {
    let configured = configured(config);
    let Some(trust) = config.region.trust() else {
        return Ok(RuleBook::fixed(configured));
    };
    let directory = RuleDirectory::open(&config.region.directory)?;
    let in_force = directory.in_force(&trust, configured)?;
    Ok(RuleBook {
        in_force,
        trust: Some(trust),
        shelf: Box::new(directory),
    })
}

fn configured(config: &Config) -> RulesInForce {
    let pin = PinPolicy {
        length: config.pin.length,
        rules: config.pin.rules.clone(),
    };
    let issuer = IssuerPolicy {
        agents_allowed: config.issuer.agents_allowed,
        second_operator: config.issuer.second_operator,
    };
    RulesInForce::configured(pin, issuer, config.limits.guess_budget_per_hour)
}

impl RuleShelf for RuleDirectory {
    fn lay_by(&self, file: &[u8]) -> io::Result<()> {
        RuleDirectory::lay_by(self, file)
    }

    fn place(&self, version: u64, before: Option<u64>) -> io::Result<()> {
        RuleDirectory::place(self, version, before)
    }
}
