//! Cases, grants and operators, and what each desk may do.

use super::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        tag: "grant_twice",
        name: "a grant is good twice",
        promise: "no unlock without a grant",
        edits: &[
            (
                "cardd/src/terminal/cases.rs",
                r##"#[derive(Debug)]
pub(super) struct Case {"##,
                r##"#[derive(Debug, Clone)]
pub(super) struct Case {"##,
            ),
            (
                "cardd/src/terminal/cases.rs",
                r##"        let case = self.open.remove(&grant).ok_or(NoCase::Unknown)?;
"##,
                r##"        let case = if crate::broken("grant_twice") {
            self.open.get(&grant).cloned()
        } else {
            self.open.remove(&grant)
        };
        let case = case.ok_or(NoCase::Unknown)?;
"##,
            ),
        ],
    },
    Mutant {
        tag: "any_hand",
        name: "a grant is good in any hand",
        promise: "no unlock without a grant",
        edits: &[(
            "cardd/src/terminal/cases.rs",
            r##"        } else if case.operator == operator {
            Ok(case)"##,
            r##"        } else if case.operator == operator || crate::broken("any_hand") {
            Ok(case)"##,
        )],
    },
    Mutant {
        tag: "no_second",
        name: "a second operator is not waited for",
        promise: "no unlock without a grant",
        edits: &[(
            "cardd/src/terminal/open_case.rs",
            "            approved: !needs_second_operator,\n",
            r##"            approved: !needs_second_operator || crate::broken("no_second"),
"##,
        )],
    },
    Mutant {
        tag: "same_twice",
        name: "the second operator may be the first",
        promise: "no unlock without a grant",
        edits: &[(
            "cardd/src/terminal/cases.rs",
            r##"        if case.operator == operator {
            return"##,
            r##"        if case.operator == operator && !crate::broken("same_twice") {
            return"##,
        )],
    },
    Mutant {
        tag: "any_number",
        name: "the number on the ID card is not held against the card",
        promise: "no unlock without a grant",
        edits: &[(
            "cardd/src/terminal/open_case.rs",
            r##"        Some(number) => evidence.match_card(number.expose()),
"##,
            r##"        Some(_) if crate::broken("any_number") => Ok(()),
        Some(number) => evidence.match_card(number.expose()),
"##,
        )],
    },
    Mutant {
        tag: "anybody",
        name: "every desk may do everything",
        promise: "whoever may not, cannot",
        edits: &[(
            "cardd/src/policy/decide.rs",
            "    if !may(operation).contains(&kind) {\n",
            r##"    if !may(operation).contains(&kind) && !crate::broken("anybody") {
"##,
        )],
    },
];
