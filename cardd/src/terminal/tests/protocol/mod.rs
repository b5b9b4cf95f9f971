//! The protocol of an attempt, exhaustively: every interleaving of two desks, one card, one crash
//! and torn commands, within the bounds stated in each check. Tied to the product by replaying
//! runs of the model against the real terminal, ledger and entries.

mod model;
mod promises;

use std::time::Instant;

use model::{Guard, Protocol};
use stateright::{Checker, Model as _};

const SMALL: Protocol = Protocol {
    entries: 2,
    tears: 1,
    crashes: 1,
    without: None,
};

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// `CARDD_MODEL_ENTRIES=3` looks further than an ordinary run has time for.
#[test]
fn every_promise_holds_in_every_state() {
    let entries = std::env::var("CARDD_MODEL_ENTRIES").map_or(2, |n| n.parse().unwrap());
    let began = Instant::now();
    let protocol = Protocol { entries, ..SMALL };
    let checked = protocol.checker().threads(threads()).spawn_bfs().join();
    println!(
        "{} states, depth {}, {:?}",
        checked.unique_state_count(),
        checked.max_depth(),
        began.elapsed()
    );
    checked.assert_properties();
    assert!(checked.unique_state_count() > 10_000, "an empty model");
}

/// The promise that each guard holds up.
fn promise(guard: Guard) -> &'static str {
    match guard {
        Guard::IntentFirst => "no try without a record",
        Guard::Floor | Guard::LookAgain => "the floor",
        Guard::OneEntry | Guard::NoRetry => "one entry, one command",
        Guard::Ticket => "what a desk is told is true",
        Guard::SameStay => "one stay of the card",
        Guard::SettleFirst => "what the record says is true",
        Guard::Reset => "no right for others",
        Guard::IssuedPin | Guard::UndecidedReset => "no business with an issued PIN",
    }
}

#[test]
fn a_guard_that_is_left_out_is_missed() {
    for guard in Guard::ALL {
        let weak = Protocol {
            without: Some(guard),
            ..SMALL
        };
        let checker = weak.checker().threads(threads());
        let wanted = std::collections::BTreeSet::from([promise(guard)]);
        let found = checker
            .finish_when(stateright::HasDiscoveries::AllOf(wanted))
            .spawn_bfs()
            .join();
        assert!(found.discovery(promise(guard)).is_some(), "{guard:?}");
    }
}
