//! The protocol of an attempt, exhaustively: every interleaving of two desks, one card, one crash
//! and torn commands, within the bounds stated in each check. Tied to the product by replaying
//! runs of the model against the real terminal, ledger and entries.

mod guard;
mod model;
mod promises;
mod replay;
mod state;
pub(super) mod world;

use std::time::Instant;

use guard::Guard;
use model::Protocol;
use stateright::{Checker, Model as _};

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// `CARDD_MODEL_TEARS=2` looks further than an ordinary run has time for.
#[test]
fn every_promise_holds_in_every_state() {
    let tears = std::env::var("CARDD_MODEL_TEARS").map_or(1, |n| n.parse().unwrap());
    let began = Instant::now();
    let protocol = Protocol {
        tears,
        ..Protocol::STRONG
    };
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
            ..Protocol::STRONG
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

/// Runs replayed against the product in an ordinary run.
const RUNS: u64 = 25;

/// Longer than what is checked exhaustively.
const LONG: Protocol = Protocol {
    entries: 8,
    tears: 4,
    crashes: 2,
    without: None,
};

/// `CARDD_MODEL_RUNS=n` replays n runs.
#[test]
fn the_product_does_what_the_model_does() {
    let runs = std::env::var("CARDD_MODEL_RUNS").map_or(RUNS, |n| n.parse().unwrap());
    let replayed = |seed| {
        let run = replay::walk(&LONG, seed, 120);
        let told = std::panic::catch_unwind(|| replay::replay(&run));
        told.unwrap_or_else(|_| {
            let actions: Vec<_> = run.iter().skip(1).map(|(action, _)| action).collect();
            panic!("seed {seed} differs, from {:?}: {actions:?}", run[0].1.card)
        })
    };
    let compared: usize = (0..runs).map(replayed).sum();
    assert!(
        compared > 4 * usize::try_from(runs).unwrap(),
        "{compared} answers and records"
    );
}
