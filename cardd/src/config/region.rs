//! The region's rule files: whose are taken, and where they are kept.

mod directory;

use std::path::PathBuf;

use serde::Deserialize;

use super::{ConfigError, value};
use crate::policy::region::{Trust, TrustedKey};

pub use directory::{Found, RuleDirectory, RuleFileFault};

const MAX_KEYS: usize = 16;

/// Whose rule files are taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegionConfig {
    /// Administrative division (GB/T 2260) of this terminal; empty: no rule file is taken.
    pub code: String,
    /// Directory of the rule files.
    pub directory: PathBuf,
    /// Keys whose signatures are taken.
    pub keys: Vec<TrustedKey>,
}

impl Default for RegionConfig {
    fn default() -> Self {
        Self {
            code: String::new(),
            directory: PathBuf::from("/var/lib/cardd/rules"),
            keys: Vec::new(),
        }
    }
}

impl RegionConfig {
    /// Whose files are taken; `None`: nobody's.
    #[must_use]
    pub fn trust(&self) -> Option<Trust> {
        (!self.code.is_empty()).then(|| Trust {
            region: self.code.clone(),
            keys: self.keys.clone(),
        })
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.code.is_empty() {
            return Ok(());
        }
        let is_code = self.code.len() == 6 && self.code.bytes().all(|b| b.is_ascii_digit());
        if !is_code {
            return Err(value("region.code", "six digits are expected (GB/T 2260)"));
        }
        if !(1..=MAX_KEYS).contains(&self.keys.len()) {
            return Err(value(
                "region.keys",
                format!("1 to {MAX_KEYS} keys are expected"),
            ));
        }
        if !self.directory.is_absolute() {
            return Err(value(
                "region.directory",
                format!("{:?} is not absolute", self.directory),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_needs_its_keys() {
        let config = |text: &str| {
            let region: RegionConfig = toml::from_str(text).unwrap();
            region.check().map_err(|error| error.to_string())
        };
        assert_eq!(config(""), Ok(()));
        for (text, key) in [
            ("code = \"42010\"", "region.code"),
            ("code = \"420100\"", "region.keys"),
        ] {
            let refused = config(text).unwrap_err();
            assert!(refused.starts_with(key), "{refused}");
        }
        let keys = format!(
            "keys = [{{ id = \"k\", public_key = \"{}\" }}]",
            "00".repeat(32)
        );
        assert_eq!(config(&format!("code = \"420100\"\n{keys}")), Ok(()));
        let relative = config(&format!("code = \"420100\"\ndirectory = \"rules\"\n{keys}"));
        assert!(relative.unwrap_err().starts_with("region.directory"));
        assert!(
            toml::from_str::<RegionConfig>("keys = [{ id = \"k\", public_key = \"00\" }]").is_err()
        );
    }
}
