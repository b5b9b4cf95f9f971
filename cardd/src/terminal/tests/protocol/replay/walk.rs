//! Runs that the model permits, by seed.

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use stateright::Model as _;

use super::{Action, Business, Digits, Protocol, State};

/// One run; the issuer's resets have tests of their own.
pub(in super::super) fn walk(
    protocol: &Protocol,
    seed: u64,
    longest: usize,
) -> Vec<(Action, State)> {
    let mut rng = StdRng::seed_from_u64(seed);
    let starts = protocol.init_states();
    let start = starts[rng.random_range(0..starts.len())].clone();
    let mut run = vec![(Action::Step, start)];
    while run.len() < longest {
        let (_, last) = &run[run.len() - 1];
        let mut actions = Vec::new();
        protocol.actions(last, &mut actions);
        let open = |action: &Action| !matches!(action, Action::Open(_, Business::Reset));
        let next: Vec<_> = actions
            .into_iter()
            .filter(open)
            .filter_map(|action| Some((action, protocol.next_state(last, action)?)))
            .flat_map(|step| {
                let weight = weight(step.0);
                std::iter::repeat_n(step, weight)
            })
            .collect();
        if next.is_empty() {
            break;
        }
        run.push(next[rng.random_range(0..next.len())].clone());
    }
    run
}

/// Work goes on more often than not: a run of mishaps alone compares nothing.
fn weight(action: Action) -> usize {
    match action {
        Action::Step | Action::Start(_) | Action::Sight | Action::Restart => 12,
        Action::Open(..) | Action::Insert => 6,
        Action::Type(_, Digits::Own | Digits::Next) => 4,
        Action::Type(..) | Action::Tear(_) => 2,
        Action::Pull | Action::Crash | Action::GiveUp(_) | Action::Repeat(_) => 1,
    }
}
