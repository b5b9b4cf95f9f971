//! The rules in force at a terminal: those of its configuration, or of the region's rule file.
//!
//! A rule file stands in place of the configuration as a whole: lengths, issued PINs, rules, floors,
//! agents, second operator, guess budget. Nothing of the two is mixed.

use std::sync::Arc;

pub use cardd_rules::region::{
    DeskFloors, GuessLimit, IssuerPolicy, MAX_FILE_BYTES, PinPolicy, RegionPolicy, RegionText,
    RuleFile, RuleFileRefused, Trust, TrustedKey,
};

use super::{DeskKind, Grant};
use crate::pin::{PinLength, RetryFloor, Rules, WeakRule};

/// Where the rules in force come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RulesSource {
    /// The configuration: no rule file was ever taken.
    Configuration,
    /// The configuration, because every rule file is damaged.
    Fallback,
    /// A rule file.
    File {
        /// Which.
        stamp: FileStamp,
        /// Whether a newer one is damaged.
        newer_is_damaged: bool,
    },
}

/// Names a rule file for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStamp {
    /// Administrative division.
    pub region: String,
    /// Its name.
    pub region_name: String,
    /// Version of the file.
    pub version: u64,
    /// SHA-256 of the signed file.
    pub sha256: [u8; 32],
    /// Name of the key that signed it.
    pub key_id: String,
}

/// One set of rules, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesInForce {
    source: RulesSource,
    pin: PinPolicy,
    floor: DeskFloors,
    issuer: IssuerPolicy,
    guess_budget_per_hour: u32,
    texts: Vec<(WeakRule, Arc<RegionText>)>,
}

impl RulesInForce {
    /// The rules of a configuration; its floors are the promised ones.
    #[must_use]
    pub fn configured(pin: PinPolicy, issuer: IssuerPolicy, guess_budget_per_hour: u32) -> Self {
        let [unattended, staffed] =
            [RetryFloor::UNATTENDED, RetryFloor::STAFFED].map(RetryFloor::fewest_remaining);
        Self {
            source: RulesSource::Configuration,
            pin,
            floor: DeskFloors {
                billing: staffed,
                kiosk: unattended,
                counter: staffed,
            },
            issuer,
            guess_budget_per_hour,
            texts: Vec::new(),
        }
    }

    /// The same rules, where every rule file is damaged.
    #[must_use]
    pub fn as_fallback(self) -> Self {
        Self {
            source: RulesSource::Fallback,
            ..self
        }
    }

    /// The rules of a file.
    #[must_use]
    pub fn of_file(file: RuleFile, newer_is_damaged: bool) -> Self {
        let policy = file.policy;
        let text = |rule: &WeakRule| Some((*rule, Arc::new(policy.text(*rule)?.clone())));
        let texts = WeakRule::ALL.iter().filter_map(text).collect();
        let stamp = FileStamp {
            region: policy.region,
            region_name: policy.name,
            version: policy.version,
            sha256: file.sha256,
            key_id: file.key_id,
        };
        Self {
            source: RulesSource::File {
                stamp,
                newer_is_damaged,
            },
            pin: policy.pin,
            floor: policy.floor,
            issuer: policy.issuer,
            guess_budget_per_hour: policy.guesses.per_hour,
            texts,
        }
    }

    /// Where they come from.
    #[must_use]
    pub fn source(&self) -> &RulesSource {
        &self.source
    }

    /// The rule file, where there is one.
    #[must_use]
    pub fn stamp(&self) -> Option<&FileStamp> {
        match &self.source {
            RulesSource::Configuration | RulesSource::Fallback => None,
            RulesSource::File { stamp, .. } => Some(stamp),
        }
    }

    /// Permitted length of a PIN.
    #[must_use]
    pub fn pin_length(&self) -> PinLength {
        self.pin.length
    }

    /// Issued values and what a new PIN may not be.
    #[must_use]
    pub fn pin_rules(&self) -> &Rules {
        &self.pin.rules
    }

    /// The floor of a granted operation: the promised one, or what the region raised it to.
    #[must_use]
    pub fn floor(&self, grant: &Grant) -> RetryFloor {
        grant
            .floor()
            .raised_to(self.fewest_remaining(grant.desk().kind))
    }

    /// Fewest tries that must be left at a kind of desk; 0 where no holder is.
    #[must_use]
    pub fn fewest_remaining(&self, kind: DeskKind) -> u8 {
        match kind {
            DeskKind::Billing => self.floor.billing,
            DeskKind::Kiosk => self.floor.kiosk,
            DeskKind::Counter => self.floor.counter,
            DeskKind::Hall | DeskKind::Auditor => 0,
        }
    }

    /// Agents and second operator.
    #[must_use]
    pub fn issuer(&self) -> IssuerPolicy {
        self.issuer
    }

    /// Wrong tries permitted in an hour, over all cards.
    #[must_use]
    pub fn guess_budget_per_hour(&self) -> u32 {
        self.guess_budget_per_hour
    }

    /// The region's own text for a rule, if it has one.
    #[must_use]
    pub fn text(&self, rule: WeakRule) -> Option<&Arc<RegionText>> {
        let own = self.texts.iter().find(|(named, _)| *named == rule);
        own.map(|(_, text)| text)
    }
}

#[cfg(test)]
impl RulesInForce {
    /// Those of the default configuration.
    pub(crate) fn for_test(guess_budget_per_hour: u32) -> Self {
        let pin = PinPolicy {
            length: PinLength::default(),
            rules: Rules::default(),
        };
        let issuer = IssuerPolicy {
            agents_allowed: true,
            second_operator: false,
        };
        Self::configured(pin, issuer, guess_budget_per_hour)
    }
}

#[cfg(test)]
mod tests {
    use cardd_rules::region::{SigningKey, WUHAN};

    use super::*;
    use crate::policy::{Desk, Operation, decide};

    fn of(body: &str) -> RulesInForce {
        let key = SigningKey::from_seed("test", &[1; 32]).unwrap();
        let trust = Trust {
            region: "420100".to_owned(),
            keys: vec![TrustedKey::new("test", &key.public_key_hex()).unwrap()],
        };
        let file = RuleFile::check(&key.sign(body).unwrap(), &trust).unwrap();
        RulesInForce::of_file(file, false)
    }

    fn grant(kind: DeskKind) -> Grant {
        let name = "desk".to_owned();
        decide(&Desk { name, kind }, Operation::ChangePin).unwrap()
    }

    #[test]
    fn a_region_raises_floors_and_cannot_lower_the_promised_ones() {
        let raised = of(&WUHAN.replace("billing = 1", "billing = 3"));
        assert_eq!(
            raised.floor(&grant(DeskKind::Billing)).fewest_remaining(),
            3
        );
        assert_eq!(raised.floor(&grant(DeskKind::Counter)), RetryFloor::STAFFED);
        assert_eq!(
            raised.floor(&grant(DeskKind::Kiosk)),
            RetryFloor::UNATTENDED
        );
        let mut lowered = raised;
        lowered.floor.kiosk = 0;
        assert_eq!(
            lowered.floor(&grant(DeskKind::Kiosk)),
            RetryFloor::UNATTENDED
        );
    }

    #[test]
    fn a_file_stands_in_place_of_the_configuration_as_a_whole() {
        let rules = of(&WUHAN
            .replace("max = 6", "max = 8")
            .replace("per_hour = 10", "per_hour = 7"));
        assert_eq!((rules.pin_length().min(), rules.pin_length().max()), (4, 8));
        assert_eq!(rules.guess_budget_per_hour(), 7);
        assert!(rules.text(WeakRule::Common).is_some() && rules.text(WeakRule::Run).is_none());
        let stamp = rules.stamp().unwrap();
        assert_eq!((stamp.version, stamp.key_id.as_str()), (1, "test"));
    }
}
