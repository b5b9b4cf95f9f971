//! Cards that come and go, and daemons that come back.

use hall_client::Insertion;
use rustix::process::Signal;

use super::{Done, SOON, Through, card_name, slot};
use crate::{
    desk::Desk,
    storm::step::{Mishap, What},
};

impl Through {
    pub(super) async fn insert(&mut self, reader: usize, card: usize) -> Done<()> {
        let elsewhere = self.inside.iter().position(|inside| *inside == Some(card));
        for emptied in [elsewhere, Some(reader)].into_iter().flatten() {
            self.pull(emptied)?;
        }
        self.stand.rack()?.insert(slot(reader), &card_name(card))?;
        if let Some(inside) = self.inside.get_mut(reader) {
            *inside = Some(card);
        }
        self.identified().await
    }

    pub(super) fn pull(&mut self, reader: usize) -> Done<()> {
        if self
            .inside
            .get_mut(reader)
            .is_some_and(|inside| inside.take().is_some())
        {
            self.stand.rack()?.pull(slot(reader))?;
        }
        Ok(())
    }

    /// Waits until cardd knows every card that lies in a reader.
    pub(super) async fn identified(&mut self) -> Done<()> {
        let counter = self.desks.get(2).ok_or("no desk")?;
        for (reader, seen) in self.seen.iter_mut().enumerate() {
            if self.inside.get(reader).copied().flatten().is_none() {
                continue;
            }
            let name = self.stand.reader(slot(reader));
            let waited = tokio::time::timeout(SOON, current(counter, &name, *seen));
            let Ok(identified) = waited.await else {
                let list = counter.terminal.readers().await?.list;
                let status = counter.status((&name, *seen)).await;
                let text = format!("{name} does not show its card: {list:?}, {status:?}");
                return Err(text.into());
            };
            *seen = identified?;
        }
        Ok(())
    }

    pub(super) async fn again(&mut self, signal: Signal) -> Done<()> {
        self.stand.cardd.end(signal)?;
        self.stand.cardd.spawn()?;
        self.connect().await?;
        self.identified().await
    }

    /// Back to where the next step can begin.
    pub(super) async fn tidy(&mut self, reader: usize, mishap: Option<Mishap>) -> Done<()> {
        let mut rack = self.stand.rack()?;
        rack.clear(slot(reader))?;
        drop(rack.release(slot(reader)));
        if rack
            .list()?
            .iter()
            .any(|view| view.name == slot(reader) && view.card.is_none())
            && let Some(inside) = self.inside.get_mut(reader)
        {
            *inside = None;
        }
        match mishap.map(|mishap| mishap.what) {
            Some(What::Swap { card, .. }) => self.insert(reader, card).await,
            Some(What::Crash { .. }) if self.stand.cardd.pid().is_none() => {
                self.stand.cardd.spawn()?;
                self.connect().await?;
                self.identified().await
            }
            Some(_) => self.identified().await,
            None => Ok(()),
        }
    }
}

/// The stay of a card that is identified, or becomes so.
async fn current(desk: &Desk, reader: &str, seen: Insertion) -> Done<Insertion> {
    let readers = desk.terminal.readers().await?;
    let view = readers.list.iter().find(|view| view.name == reader);
    if let Some(insertion) = view.and_then(|view| view.insertion())
        && insertion >= seen
        && desk.status((reader, insertion)).await.is_ok()
    {
        return Ok(insertion);
    }
    desk.next_card(reader, seen).await
}
