//! Records that leave the ledger, and what must be said again of them.

use super::Mutant;

const PROMISE: &str = "what the hall has leaves, and nothing else";

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        tag: "drops_all",
        name: "records leave that the hall does not have",
        promise: PROMISE,
        edits: &[(
            "cardd/src/ledger/retention.rs",
            "            Some(_) => acknowledged.saturating_sub(base).min(kept),\n",
            r##"            Some(_) if crate::broken("drops_all") => kept,
            Some(_) => acknowledged.saturating_sub(base).min(kept),
"##,
        )],
    },
    Mutant {
        tag: "keeps_all",
        name: "no record ever leaves",
        promise: PROMISE,
        edits: &[(
            "cardd/src/ledger/retention.rs",
            "        let kept = head - base;\n",
            r##"        if crate::broken("keeps_all") {
            return 0;
        }
        let kept = head - base;
"##,
        )],
    },
    Mutant {
        tag: "reopened_by_time",
        name: "closed kiosks open with the next start once the record of it has left",
        promise: "the budget",
        edits: &[(
            "cardd/src/ledger/index/leaving.rs",
            r##"                .filter(|closed_by| *closed_by == record.sequence)
"##,
            r##"                .filter(|_| !crate::broken("reopened_by_time"))
                .filter(|closed_by| *closed_by == record.sequence)
"##,
        )],
    },
];
