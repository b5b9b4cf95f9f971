//! Terminals that are broken on purpose inside cardd's code: in a copy of its source, so that no
//! product build can ever hold one of them.

use crate::source_copy::{CopyError, Edit, SourceCopy};

/// A change that breaks cardd: each text is replaced, and stands in its file exactly once.
#[derive(Debug, Clone, Copy)]
pub struct Mutant {
    /// Its name.
    pub name: &'static str,
    /// The promise that must notice it.
    pub promise: &'static str,
    /// File, text, and what comes in its place.
    pub edits: &'static [Edit],
}

const COUNTS_AFTER: &[Edit] = &[
    (
        "cardd/src/ledger/handle.rs",
        "        self.writer.write(Body::Intent(entry)).map(Intent::new)",
        "        LATER.with_borrow_mut(|later| later.push(Body::Intent(entry)));\n        \
         Ok(Intent::new(self.head()?.sequence + 1))",
    ),
    (
        "cardd/src/ledger/handle.rs",
        "    pub fn close(&self, intent: Intent, outcome: Outcome) -> Result<u64, LedgerError> {\n",
        "    pub fn close(&self, intent: Intent, outcome: Outcome) -> Result<u64, LedgerError> {\n        \
         for body in LATER.take() {\n            self.writer.write(body)?;\n        }\n",
    ),
    (
        "cardd/src/ledger/handle.rs",
        "impl Ledger {\n    /// Opens the ledger",
        "std::thread_local! {\n    static LATER: std::cell::RefCell<Vec<Body>> = \
         const { std::cell::RefCell::new(Vec::new()) };\n}\n\nimpl Ledger {\n    /// Opens the ledger",
    ),
];

/// All of them.
pub const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "counts after the command instead of before",
        promise: "intent before every command with an effect",
        edits: COUNTS_AFTER,
    },
    Mutant {
        name: "the floor of an unattended desk is off by one",
        promise: "the floor",
        edits: &[(
            "cardd/src/pin/floor.rs",
            "pub const UNATTENDED: Self = Self(2);",
            "pub const UNATTENDED: Self = Self(1);",
        )],
    },
    Mutant {
        name: "the last try needs no word",
        promise: "the floor",
        edits: &[(
            "cardd/src/terminal/attempt.rs",
            "if spend == TryToSpend::Last && !attempt.accept_last_attempt {",
            "if spend == TryToSpend::Last && false {",
        )],
    },
    Mutant {
        name: "a command is sent again after a missing answer",
        promise: "the answer agrees with the card",
        edits: &[(
            "cardd/src/card/session.rs",
            "        Ok(self.channel.transmit(command)?.status_word())",
            "        let first = self.channel.transmit(command);\n        \
             let answer = first.or_else(|_| self.channel.transmit(command))?;\n        \
             Ok(answer.status_word())",
        )],
    },
    Mutant {
        name: "a missing answer counts as a success",
        promise: "the answer agrees with the card",
        edits: &[(
            "cardd/src/card/session.rs",
            "self.send(intent, command).map_err(not_answered)",
            "self.send(intent, command).map_err(not_answered).or(Ok(StatusWord::OK))",
        )],
    },
    Mutant {
        name: "the issued PIN is let through",
        promise: "no business with an issued PIN",
        edits: &[(
            "cardd/src/terminal/verify_pin.rs",
            "if pin.is_issued(opened.rules.pin_rules(), &known.facts) {",
            "if false && pin.is_issued(opened.rules.pin_rules(), &known.facts) {",
        )],
    },
    Mutant {
        name: "lost tries are not counted against the budget",
        promise: "the budget",
        edits: &[(
            "cardd/src/terminal/guesses.rs",
            "        Outcome::Rejected { .. } | Outcome::NowBlocked => true,",
            "        Outcome::Rejected { .. } | Outcome::NowBlocked => false,",
        )],
    },
    Mutant {
        name: "the card is not reset after a PIN",
        promise: "no card is left verified",
        edits: &[(
            "cardd/src/terminal/attempt.rs",
            "        Done::reset(result)",
            "        Done::leave(result)",
        )],
    },
    Mutant {
        name: "a doubt is recorded as not sent",
        promise: "the record is never wrong",
        edits: &[(
            "cardd/src/terminal/attempt.rs",
            "        Err(PinFailure::InDoubt(error)) => Outcome::InDoubt {",
            "        Err(PinFailure::InDoubt(error)) => Outcome::NotSent {",
        )],
    },
    Mutant {
        name: "a wrong PIN is told as free",
        promise: "the answer agrees with the card",
        edits: &[(
            "cardd/src/terminal/attempt.rs",
            "        Err(PinFailure::Rejected { .. } | PinFailure::NowBlocked) => AttemptSpent::Yes,",
            "        Err(PinFailure::Rejected { .. } | PinFailure::NowBlocked) => AttemptSpent::No,",
        )],
    },
    Mutant {
        name: "a doubt is settled the wrong way round",
        promise: "the record is never wrong",
        edits: &[(
            "cardd/src/ledger/recovery.rs",
            "(Ordering::Less, Operation::Verify | Operation::Change { .. }) => Verdict::TrySpent,",
            "(Ordering::Less, Operation::Verify | Operation::Change { .. }) => Verdict::Succeeded,",
        )],
    },
    Mutant {
        name: "a grant is good twice",
        promise: "no unlock without a grant",
        edits: &[
            (
                "cardd/src/terminal/cases.rs",
                "#[derive(Debug)]\npub(super) struct Case {",
                "#[derive(Debug, Clone)]\npub(super) struct Case {",
            ),
            (
                "cardd/src/terminal/cases.rs",
                "self.open.remove(&grant).ok_or(NoCase::Unknown)?",
                "self.open.get(&grant).cloned().ok_or(NoCase::Unknown)?",
            ),
        ],
    },
    Mutant {
        name: "the key of a record's MAC is used again",
        promise: "the chain verifies",
        edits: &[(
            "cardd/src/ledger/live_chain.rs",
            "        self.key = key;\n",
            "        drop(key);\n",
        )],
    },
];

/// A mutant cannot be tried.
pub type MutantError = CopyError;

/// A copy of the workspace's source, for mutants only.
pub struct Nursery(SourceCopy);

impl Nursery {
    /// Copies the source.
    ///
    /// # Errors
    /// Files.
    pub fn copy() -> Result<Self, MutantError> {
        Ok(Self(SourceCopy::new("mutants")?))
    }

    /// Builds the storm with the mutant and runs `arguments`; answers what it prints.
    ///
    /// # Errors
    /// [`MutantError`].
    pub fn storm(&self, mutant: &Mutant, arguments: &[&str]) -> Result<String, MutantError> {
        self.0.edited(mutant.edits, |copy| {
            let storm = [
                "run",
                "--offline",
                "--quiet",
                "-p",
                "cardd-tests",
                "--bin",
                "storm",
                "--",
            ];
            let output = copy.cargo(&[&storm, arguments].concat())?;
            let told = String::from_utf8_lossy(&output.stdout).into_owned();
            if told.trim().is_empty() {
                let why = String::from_utf8_lossy(&output.stderr).into_owned();
                return Err(MutantError::Build(why));
            }
            Ok(told)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source_copy::fits;

    #[test]
    fn every_mutant_still_fits_the_source() {
        for mutant in MUTANTS {
            for edit in mutant.edits {
                assert!(fits(edit).unwrap(), "{}: {}", mutant.name, edit.0);
            }
        }
    }
}
