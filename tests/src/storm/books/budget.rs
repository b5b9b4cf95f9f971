//! Tries that were lost at this terminal, counted by the model.

use super::{Books, HOUR, World};
use crate::storm::step::DESKS;

impl Books {
    /// Nobody is turned away for a budget that is not spent.
    pub(super) fn turned_away(&mut self, world: &World, desk: usize) {
        self.may_close(world);
        self.holds("the budget", self.may_be_closed && desk == 1, || {
            format!("{} is turned away", DESKS.get(desk).unwrap_or(&"?"))
        });
    }

    pub(super) fn count(&mut self, world: &World, maybe_lost: bool) {
        if maybe_lost {
            self.possibly_lost.push(world.elapsed());
            self.may_close(world);
        }
    }

    /// A try was lost, which the record says that comes after that one.
    pub(super) fn certainly_lost(&mut self, world: &World, after: u64) {
        self.lost.push((world.elapsed(), after));
        self.close_if_spent(world);
    }

    /// Other rules are in force: a smaller budget may be spent already.
    pub(super) fn budget_changed(&mut self, world: &World) {
        self.may_close(world);
        self.close_if_spent(world);
    }

    /// What a run knows of the runs before it, it has from the records that are kept.
    pub(super) fn budget_restored(&mut self, world: &World) {
        let Self { lost, retained, .. } = self;
        lost.retain(|(_, after)| retained.has(*after));
        self.budget_changed(world);
    }

    /// Staff opened the unattended desks.
    pub fn reopened(&mut self) {
        (self.closed, self.may_be_closed) = (false, false);
        self.lost.clear();
        self.possibly_lost.clear();
    }

    /// cardd may take a try for younger than it is, never for older.
    fn may_close(&mut self, world: &World) {
        let now = world.elapsed();
        self.possibly_lost
            .retain(|at| now.saturating_sub(*at) < HOUR * 2);
        self.may_be_closed |= self.possibly_lost.len() >= self.rules.in_force().guesses();
    }

    fn close_if_spent(&mut self, world: &World) {
        let now = world.elapsed();
        self.lost.retain(|(at, _)| now.saturating_sub(*at) < HOUR);
        self.closed |= self.lost.len() >= self.rules.in_force().guesses();
    }
}
