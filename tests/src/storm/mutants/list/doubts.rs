//! Results that are not known, and the tries that are counted against the budget.

use super::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        tag: "free_tries",
        name: "lost tries are not counted against the budget",
        promise: "the budget",
        edits: &[(
            "cardd/src/terminal/guesses.rs",
            r##"        Outcome::Rejected { .. } | Outcome::NowBlocked => true,
"##,
            r##"        Outcome::Rejected { .. } | Outcome::NowBlocked => !crate::broken("free_tries"),
"##,
        )],
    },
    Mutant {
        tag: "free_doubts",
        name: "tries that a doubt turned out to have spent are free",
        promise: "the budget",
        edits: &[(
            "cardd/src/terminal/doubt.rs",
            "            if verdict == Verdict::TrySpent {\n",
            r##"            if verdict == Verdict::TrySpent && !crate::broken("free_doubts") {
"##,
        )],
    },
    Mutant {
        tag: "new_budget",
        name: "the budget is forgotten when cardd starts again",
        promise: "the budget",
        edits: &[(
            "cardd/src/terminal/guesses.rs",
            "            budget: GuessBudget::restore(past),\n",
            r##"            budget: if crate::broken("new_budget") {
                GuessBudget::default()
            } else {
                GuessBudget::restore(past)
            },
"##,
        )],
    },
    Mutant {
        tag: "not_sent",
        name: "a doubt is recorded as not sent",
        promise: "the record is never wrong",
        edits: &[(
            "cardd/src/terminal/attempt.rs",
            r##"        Err(PinFailure::InDoubt(error)) => Outcome::InDoubt {
"##,
            r##"        Err(PinFailure::InDoubt(error)) if crate::broken("not_sent") => Outcome::NotSent {
            why: error.to_string(),
        },
        Err(PinFailure::InDoubt(error)) => Outcome::InDoubt {
"##,
        )],
    },
    Mutant {
        tag: "wrong_way",
        name: "a doubt is settled the wrong way round",
        promise: "the record is never wrong",
        edits: &[(
            "cardd/src/ledger/recovery.rs",
            r##"        (Ordering::Less, Operation::Verify | Operation::Change { .. }) => Verdict::TrySpent,
"##,
            r##"        (Ordering::Less, Operation::Verify | Operation::Change { .. })
            if crate::broken("wrong_way") =>
        {
            Verdict::Succeeded
        }
        (Ordering::Less, Operation::Verify | Operation::Change { .. }) => Verdict::TrySpent,
"##,
        )],
    },
    Mutant {
        tag: "late_doubt",
        name: "a doubt waits for the next stay, whatever moves the counter until then",
        promise: "the record is never wrong",
        edits: &[
            (
                "cardd/src/terminal/doubt.rs",
                "            if self.is_about_a_twin(&doubt, stay) {\n",
                r##"            let same_stay = doubt.entry.insertion == stay.1.number();
            let waits = same_stay && crate::broken("late_doubt");
            if waits || self.is_about_a_twin(&doubt, stay) {
"##,
            ),
            (
                "cardd/src/ledger/index.rs",
                "        let then = self.counter_after.map_or(now, Counter::Attempts);\n",
                r##"        let then = self.counter_after.filter(|_| !crate::broken("late_doubt"));
        let then = then.map_or(now, Counter::Attempts);
"##,
            ),
        ],
    },
];
