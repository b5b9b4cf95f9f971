//! What an event tells, part by part: for programs each part has a name, for people the parts stand in a row.

use hall_client::{CardSummary, Doubt, Happening, Insertion, Reader, Reason, Verdict};

/// One part of what happened.
pub(super) enum Part<'e> {
    Readers(&'e [Reader]),
    Up(bool),
    Reader(&'e str),
    Insertion(Insertion),
    Card(&'e CardSummary),
    Fault(Reason),
    Doubt(Doubt),
    Verdict(Verdict),
    Spent(u32),
    LimitPerHour(u32),
    Desk(&'e str),
}

/// All of them, in the order in which they are read.
pub(super) fn parts(happening: &Happening) -> Vec<Part<'_>> {
    let stay = |reader, insertion: &Insertion| [Part::Reader(reader), Part::Insertion(*insertion)];
    let at = |reader, insertion: &Insertion, more| {
        let stay = stay(reader, insertion).into_iter();
        stay.chain(more).collect()
    };
    match happening {
        Happening::Resync { readers } => vec![Part::Readers(readers)],
        Happening::ServiceChanged { up } => vec![Part::Up(*up)],
        Happening::ReaderArrived { reader } | Happening::ReaderGone { reader } => {
            vec![Part::Reader(reader)]
        }
        Happening::CardInserted { reader, insertion }
        | Happening::CardRemoved { reader, insertion } => at(reader, insertion, None),
        Happening::CardIdentified {
            reader,
            insertion,
            card,
        } => at(reader, insertion, Some(Part::Card(card))),
        Happening::CardFaulted {
            reader,
            insertion,
            fault,
        } => at(reader, insertion, Some(Part::Fault(*fault))),
        Happening::DoubtArose {
            reader,
            insertion,
            doubt,
        }
        | Happening::DoubtSettled {
            reader,
            insertion,
            doubt,
        } => at(reader, insertion, Some(Part::Doubt(*doubt))),
        Happening::DoubtResolved {
            reader,
            insertion,
            doubt,
            verdict,
        } => {
            let mut all = at(reader, insertion, Some(Part::Doubt(*doubt)));
            all.push(Part::Verdict(*verdict));
            all
        }
        Happening::GuessBudgetSpent {
            spent,
            limit_per_hour,
        } => {
            vec![Part::Spent(*spent), Part::LimitPerHour(*limit_per_hour)]
        }
        Happening::KiosksReopened { desk } => vec![Part::Desk(desk)],
    }
}

#[cfg(test)]
mod tests {
    use hall_client::Event;
    use serde_json::json;

    use super::*;
    use crate::cli::{json, table};

    fn told(happening: Happening) -> (serde_json::Value, String) {
        let event = Event {
            position: 7,
            time_unix_ms: 0,
            happening,
        };
        (json::event(&event), table::event(&event))
    }

    #[test]
    fn a_program_gets_names_and_a_person_a_row() {
        let (named, row) = told(Happening::DoubtResolved {
            reader: "R".to_owned(),
            insertion: Insertion::new(3).unwrap(),
            doubt: Doubt::Verify,
            verdict: Verdict::TrySpent,
        });
        let expected = json!({
            "position": 7, "time_unix_ms": 0, "event": "DOUBT_RESOLVED",
            "reader": "R", "insertion": 3, "doubt": "VERIFY", "verdict": "TRY_SPENT",
        });
        assert_eq!(named, expected);
        let head = "     7  1970-01-01T00:00:00Z";
        assert_eq!(
            row,
            format!("{head}  DOUBT_RESOLVED   R #3 VERIFY TRY_SPENT")
        );

        let (named, row) = told(Happening::GuessBudgetSpent {
            spent: 10,
            limit_per_hour: 9,
        });
        assert_eq!(
            (&named["spent"], &named["limit_per_hour"]),
            (&json!(10), &json!(9))
        );
        assert_eq!(row, format!("{head}  GUESS_BUDGET_SPENT  10 / 9"));

        let (named, row) = told(Happening::ServiceChanged { up: false });
        assert_eq!(named["up"], false);
        assert!(row.ends_with("  DOWN"), "{row}");
    }
}
