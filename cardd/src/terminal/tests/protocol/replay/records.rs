//! The records of the product, in the model's terms.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "test code: stops at a surprise"
)]

use crate::{
    ledger::{Body, Ledger, Outcome},
    terminal::tests::protocol::state::{Did, Standing},
};

/// The intents of a ledger in order, as the model knows them.
pub(super) fn standings(ledger: &Ledger) -> Vec<Standing> {
    let mut found: Vec<(u64, Standing)> = Vec::new();
    for record in ledger.records(0, 1000).unwrap() {
        let (intent, standing) = match record.body {
            Body::Intent(_) => {
                found.push((record.sequence, Standing::Open));
                continue;
            }
            Body::Outcome { intent, outcome } => (intent, closed(&outcome)),
            Body::Resolved {
                intent, verdict, ..
            } => (intent, Standing::Resolved(verdict)),
            _ => continue,
        };
        let place = found.iter_mut().find(|(sequence, _)| *sequence == intent);
        place.unwrap().1 = standing;
    }
    found.into_iter().map(|(_, standing)| standing).collect()
}

fn closed(outcome: &Outcome) -> Standing {
    match outcome {
        Outcome::Succeeded => Standing::Closed(Did::CarriedOut),
        Outcome::Rejected { .. } | Outcome::NowBlocked => Standing::Closed(Did::TookATry),
        Outcome::WasBlocked | Outcome::NotSent { .. } => Standing::Closed(Did::Nothing),
        Outcome::InDoubt { .. } => Standing::Open,
        other => panic!("{other:?}"),
    }
}
