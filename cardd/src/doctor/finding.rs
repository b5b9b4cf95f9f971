//! What a check found, and how it is told.

use std::io::{self, Write};

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// As it should be.
    Good,
    /// The terminal works; something weakens it or will stop it.
    Warning,
    /// The terminal cannot work, or digits are in danger.
    Fault,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable name of the check.
    pub check: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found, a sentence.
    pub found: String,
    /// What to do; empty if nothing.
    pub next: String,
}

impl Finding {
    /// As it should be.
    pub(super) fn good(check: &'static str, found: impl Into<String>) -> Self {
        Self {
            check,
            level: Level::Good,
            found: found.into(),
            next: String::new(),
        }
    }

    /// The terminal works all the same.
    pub(super) fn warning(
        check: &'static str,
        found: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            check,
            level: Level::Warning,
            found: found.into(),
            next: next.into(),
        }
    }

    /// This must be mended.
    pub(super) fn fault(
        check: &'static str,
        found: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            level: Level::Fault,
            ..Self::warning(check, found, next)
        }
    }
}

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// In the order of the checks.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The worst of it.
    #[must_use]
    pub fn worst(&self) -> Level {
        let levels = self.findings.iter().map(|finding| finding.level);
        levels.max().unwrap_or(Level::Good)
    }

    /// Exit code: 0 nothing to do, 7 warnings, 8 faults.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.worst() {
            Level::Good => 0,
            Level::Warning => 7,
            Level::Fault => 8,
        }
    }

    /// For a person: a line for each finding, and below it what to do.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        for finding in &self.findings {
            let sign = match finding.level {
                Level::Good => "ok     ",
                Level::Warning => "WARNING",
                Level::Fault => "FAULT  ",
            };
            writeln!(out, "{sign}  {}: {}", finding.check, finding.found)?;
            if !finding.next.is_empty() {
                writeln!(out, "         → {}", finding.next)?;
            }
        }
        Ok(())
    }

    /// For a program: one JSON object a line, `check`, `level`, `found`, `next`.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn tell_json(&self, out: &mut impl Write) -> io::Result<()> {
        for finding in &self.findings {
            serde_json::to_writer(&mut *out, finding)?;
            writeln!(out)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(findings: Vec<Finding>) -> Report {
        Report { findings }
    }

    #[test]
    fn the_worst_finding_decides_the_exit_code() {
        let good = Finding::good("a", "fine");
        let warning = Finding::warning("b", "weak", "mend");
        let fault = Finding::fault("c", "broken", "mend");
        assert_eq!(report(vec![]).exit_code(), 0);
        assert_eq!(report(vec![good.clone()]).exit_code(), 0);
        assert_eq!(report(vec![warning.clone(), good.clone()]).exit_code(), 7);
        assert_eq!(report(vec![fault, warning, good]).exit_code(), 8);
    }

    #[test]
    fn a_person_reads_what_to_do_and_a_program_gets_a_line_each() {
        let report = report(vec![
            Finding::good("a", "fine"),
            Finding::fault("c", "broken", "mend it"),
        ]);
        let mut text = Vec::new();
        report.tell(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(
            text,
            "ok       a: fine\nFAULT    c: broken\n         → mend it\n"
        );
        let mut lines = Vec::new();
        report.tell_json(&mut lines).unwrap();
        let lines = String::from_utf8(lines).unwrap();
        let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
        let expected = serde_json::json!(
            { "check": "c", "level": "FAULT", "found": "broken", "next": "mend it" }
        );
        assert_eq!(last, expected);
    }
}
