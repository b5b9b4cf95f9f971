//! Rule files of the region: whose are taken, when they hold, and what is kept of them.

use super::Mutant;

const NEWER: &str = "only newer rules of the region hold";
const ON_RECORD: &str = "the rules in force are on record";
const BEGAN: &str = "an operation ends under the rules that it began with";

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        tag: "older_rules",
        name: "an older rule file is taken",
        promise: NEWER,
        edits: &[(
            "cardd/src/terminal/rule_book.rs",
            "        let opened = RuleFile::check_newer(file, trust, in_force);\n",
            r##"        let known = in_force.filter(|_| !crate::broken("older_rules"));
        let opened = RuleFile::check_newer(file, trust, known);
"##,
        )],
    },
    Mutant {
        tag: "any_signature",
        name: "the signature of a rule file is not looked at",
        promise: NEWER,
        edits: &[(
            "proto/rules/src/region/envelope.rs",
            r##"            .any(|key| key.verifies(&message, &parts.signature))
"##,
            r##"            .any(|key| {
                crate::broken("any_signature") || key.verifies(&message, &parts.signature)
            })
"##,
        )],
    },
    Mutant {
        tag: "any_region",
        name: "a rule file of another region is taken",
        promise: NEWER,
        edits: &[(
            "proto/rules/src/region/envelope.rs",
            "        if policy.region != trust.region {\n",
            r##"        if policy.region != trust.region && !crate::broken("any_region") {
"##,
        )],
    },
    Mutant {
        tag: "unrecorded_rules",
        name: "a rule file that is taken is not recorded",
        promise: ON_RECORD,
        edits: &[(
            "cardd/src/terminal/rule_book.rs",
            "        let sequence = self.note(taken(desk, stamp))?;\n",
            r##"        let sequence = if crate::broken("unrecorded_rules") {
            self.ledger.head()?.sequence
        } else {
            self.note(taken(desk, stamp))?
        };
"##,
        )],
    },
    Mutant {
        tag: "silent_start",
        name: "the rules that a run begins with are not recorded",
        promise: ON_RECORD,
        edits: &[(
            "cardd/src/terminal/rule_book.rs",
            r##"        if *rules.source() != RulesSource::Configuration || self.rulebook.trust.is_some() {
"##,
            r##"        let tells = !crate::broken("silent_start");
        if tells && (*rules.source() != RulesSource::Configuration || self.rulebook.trust.is_some()) {
"##,
        )],
    },
    Mutant {
        tag: "rules_before_record",
        name: "a rule file is put in its place before its record",
        promise: ON_RECORD,
        edits: &[(
            "cardd/src/terminal/rule_book.rs",
            "        tokio::task::block_in_place(|| shelf.lay_by(file)).map_err(not_kept)?;\n",
            r##"        tokio::task::block_in_place(|| shelf.lay_by(file)).map_err(not_kept)?;
        if crate::broken("rules_before_record") {
            shelf.place(stamp.version, in_force).map_err(not_kept)?;
            shelf.lay_by(file).map_err(not_kept)?;
        }
"##,
        )],
    },
    Mutant {
        tag: "rules_not_kept",
        name: "a rule file is forgotten when cardd starts again",
        promise: NEWER,
        edits: &[(
            "cardd/src/config/region/directory.rs",
            "        let Found { file, damaged } = self.newest(trust)?;\n",
            r##"        let Found { file, damaged } = self.newest(trust)?;
        let file = file.filter(|_| !crate::broken("rules_not_kept"));
"##,
        )],
    },
    Mutant {
        tag: "no_reserve",
        name: "the rule file that was in force before is not kept",
        promise: NEWER,
        edits: &[(
            "cardd/src/config/region/directory.rs",
            "            if other != version && Some(other) != before {\n",
            r##"            if other != version && (Some(other) != before || crate::broken("no_reserve")) {
"##,
        )],
    },
    Mutant {
        tag: "rules_at_once",
        name: "new rules hold within an entry that was opened before",
        promise: BEGAN,
        edits: &[(
            "cardd/src/terminal/begin_entry.rs",
            "            rules: entry.rules,\n",
            r##"            rules: if crate::broken("rules_at_once") { self.rules() } else { entry.rules },
"##,
        )],
    },
    Mutant {
        tag: "late_budget",
        name: "a smaller guess budget closes nothing before the next lost try",
        promise: "the budget",
        edits: &[(
            "cardd/src/terminal/rule_book.rs",
            "        self.close_kiosks_if_spent();\n",
            r##"        if !crate::broken("late_budget") {
            self.close_kiosks_if_spent();
        }
"##,
        )],
    },
    Mutant {
        tag: "low_floor",
        name: "a region's floors are not kept",
        promise: "the floor",
        edits: &[(
            "cardd/src/policy/region.rs",
            "            .raised_to(self.fewest_remaining(grant.desk().kind))\n",
            r##"            .raised_to(if crate::broken("low_floor") {
                0
            } else {
                self.fewest_remaining(grant.desk().kind)
            })
"##,
        )],
    },
];
