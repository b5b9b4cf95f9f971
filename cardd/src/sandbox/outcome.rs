//! What came of each part.

use std::fmt;

/// One part of the protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Whole.
    InForce,
    /// This kernel knows only some of it.
    Partly {
        /// What is missing and what to do about it.
        why: String,
    },
    /// None of it.
    Missing {
        /// Why, and what to do about it.
        why: String,
    },
    /// The configuration says so.
    Off,
}

impl Part {
    /// A part that could not be had; the cause is told with its own causes.
    pub(super) fn missing(what: &str, error: &dyn std::error::Error) -> Self {
        let mut why = format!("{what}: {error}");
        let mut cause = error.source();
        while let Some(error) = cause {
            why.push_str(&format!(": {error}"));
            cause = error.source();
        }
        Self::Missing { why }
    }

    /// Whether something is left to be done about it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::InForce)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InForce => f.write_str("in force"),
            Self::Partly { why } => write!(f, "partly in force: {why}"),
            Self::Missing { why } => write!(f, "missing: {why}"),
            Self::Off => f.write_str("switched off in the configuration"),
        }
    }
}

/// Everything that is in force, or is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// A user of its own, who is not root.
    pub user: Part,
    /// Memory that does not go to swap.
    pub memory: Part,
    /// Files and ports: Landlock.
    pub files: Part,
    /// System calls: seccomp.
    pub system_calls: Part,
}

impl Protection {
    /// Nothing was given up: a terminal inside another program, such as a test.
    #[must_use]
    pub fn none() -> Self {
        Self {
            user: Part::Off,
            memory: Part::Off,
            files: Part::Off,
            system_calls: Part::Off,
        }
    }

    /// Every part with its name in logs and in the status.
    #[must_use]
    pub fn parts(&self) -> [(&'static str, &Part); 4] {
        [
            ("user", &self.user),
            ("memory", &self.memory),
            ("files", &self.files),
            ("system-calls", &self.system_calls),
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_missing_part_says_why_down_to_the_last_cause() {
        let error = io::Error::other(io::Error::from_raw_os_error(38));
        let part = Part::missing("no filter", &error);
        assert!(!part.is_whole());
        let text = part.to_string();
        assert!(text.starts_with("missing: no filter: "), "{text}");
        assert!(text.contains("not implemented"), "{text}");
    }

    #[test]
    fn each_part_has_a_name_of_its_own() {
        let protection = Protection {
            user: Part::InForce,
            memory: Part::Off,
            files: Part::InForce,
            system_calls: Part::InForce,
        };
        let names: Vec<_> = protection.parts().map(|(name, _)| name).to_vec();
        assert_eq!(names, ["user", "memory", "files", "system-calls"]);
        let lacking = protection
            .parts()
            .into_iter()
            .filter(|(_, part)| !part.is_whole());
        assert_eq!(
            lacking.map(|(name, _)| name).collect::<Vec<_>>(),
            ["memory"]
        );
    }
}
