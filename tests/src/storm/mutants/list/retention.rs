//! Records that leave the ledger.

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
        tag: "issuer_forgotten",
        name: "a PIN of the issuer's is not known as one once the record of it left",
        promise: "no business with an issued PIN",
        edits: &[(
            "cardd/src/ledger/index/origins.rs",
            "        let needed = evidence.origin == PinOrigin::Issued ||",
            r##"        let needed = (evidence.origin == PinOrigin::Issued && !crate::broken("issuer_forgotten"))
            ||"##,
        )],
    },
];
