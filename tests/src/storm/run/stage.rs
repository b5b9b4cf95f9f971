//! cardd at work: desks that wait for it, and what the world may ask for meanwhile.

use std::sync::Arc;

use cardd::{reader::Insertion, terminal::SlotView};

use super::{Desklike, Life, Run, Waiting, desk};
use crate::storm::{sabotage::Wrapper, world::Call};

impl Run {
    /// The insertion that cardd names for a reader, and its card as the world knows it.
    pub(super) fn place(&self, reader: usize) -> Option<(String, Insertion, usize, u16)> {
        let life = self.life.as_ref()?;
        let name = self.world.reader(reader);
        let (list, _) = life.terminal.list_readers(&desk(2, self.wrapper)).ok()?;
        let view = list.into_iter().find(|view| view.name.as_str() == name)?;
        let insertion = match view.slot {
            SlotView::Empty => return None,
            SlotView::Present { insertion }
            | SlotView::Identified { insertion, .. }
            | SlotView::Faulted { insertion, .. } => insertion,
        };
        let (card, stay) = self.world.card_in(reader)?;
        Some((name, insertion, card, stay))
    }

    /// Has cardd work until the desk has its answer; `None` if it died or the desk left.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        self.ask_on(self.wrapper, future)
    }

    /// As [`Run::ask`], on a disk that is broken so.
    pub(super) fn ask_on<T: Send + 'static>(
        &self,
        disk: Wrapper,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let life = self.life.as_ref()?;
        let waiting = Waiting::new(future);
        self.put_on_stage(life, disk, Arc::clone(&waiting) as Arc<dyn Desklike>);
        life.work_for(&waiting);
        self.world.set_stage(None);
        if self.world.is_dead() {
            return None;
        }
        waiting.answer()
    }

    pub(super) fn put_on_stage(&self, life: &Life, disk: Wrapper, waiting: Arc<dyn Desklike>) {
        let (world, steps) = (Arc::clone(&self.world), life.steps());
        let push = self.pusher(life);
        let copy = life.disk_copier(self.directory(self.lives), disk);
        self.world.set_stage(Some(Arc::new(move |call| match call {
            Call::Time => {
                steps.keep();
                waiting.look();
            }
            Call::Look => {
                steps.look();
            }
            Call::Leave => waiting.leave(),
            Call::Push => push(),
            Call::Die => {
                copy();
                world.kill();
            }
        })));
    }
}
