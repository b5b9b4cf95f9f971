//! Tries that were lost at this terminal, counted by the model.

use super::{Books, HOUR, World};
use crate::storm::{life::BUDGET, step::DESKS};

impl Books {
    /// Nobody is turned away for a budget that is not spent.
    pub(super) fn turned_away(&mut self, world: &World, desk: usize) {
        let now = world.elapsed();
        self.possibly_lost
            .retain(|at| now.saturating_sub(*at) < HOUR * 2);
        let possible = self.possibly_lost.len() >= BUDGET as usize || self.closed;
        self.holds("the budget", possible && desk == 1, || {
            format!("{} is turned away", DESKS.get(desk).unwrap_or(&"?"))
        });
    }

    pub(super) fn count(&mut self, world: &World, maybe_lost: bool) {
        if maybe_lost {
            self.possibly_lost.push(world.elapsed());
        }
    }

    pub(super) fn certainly_lost(&mut self, world: &World) {
        let now = world.elapsed();
        self.lost.push(now);
        self.lost.retain(|at| now.saturating_sub(*at) < HOUR);
        if self.lost.len() >= BUDGET as usize {
            self.closed = true;
        }
    }
}
