//! What the hall collects, and who watches: both come and go, and go on where they were.

use cardd::terminal::{TerminalError, Watched};

use super::{DESKS, Run, desk};
use crate::storm::{life::at_once, sabotage::Wrapper};

impl Run {
    /// The hall pulls what it does not have yet, `most` records before its line breaks. Where its answer
    /// comes through, the terminal knows that it has them.
    pub(super) fn deliver(&mut self, most: usize, acknowledged: bool) {
        let Some(life) = &self.life else { return };
        let (terminal, hall) = (&life.terminal, desk(DESKS.len(), self.wrapper));
        let again = u64::from(self.wrapper == Wrapper::DeliversTwice);
        let after = self.books.delivery.place().saturating_sub(again);
        let pulled = terminal
            .ledger_standing(&hall)
            .and_then(|standing| Ok((standing, terminal.collect(&hall, after, most)?)));
        let told = match pulled {
            Ok((standing, records)) => {
                self.books.delivered(&standing, &records, most);
                let last = records.last().filter(|_| acknowledged);
                last.map_or(Ok(()), |last| {
                    let place = last.head();
                    self.books.delivery.acknowledged(place, standing.head);
                    terminal.acknowledge(&hall, standing.chain, place)
                })
            }
            Err(refused) => Err(refused),
        };
        self.collected(&told);
    }

    fn collected(&mut self, told: &Result<(), TerminalError>) {
        self.heard(&told.as_ref());
        if let Err(refused) = told {
            self.books.not_delivered(&refused.to_string());
        }
    }

    /// Somebody who watches comes back with the position that was seen last, and leaves again.
    pub(super) fn watch(&mut self) {
        let Some(life) = &self.life else { return };
        let (terminal, who) = (&life.terminal, desk(2, self.wrapper));
        let watching = terminal.watch(&who, self.books.onlooker.position().or(Some(0)));
        let Ok(mut watching) = watching else { return };
        let mut told = at_once(watching.next()).flatten();
        if self.wrapper == Wrapper::LosesEvents
            && let Some(Watched::Events(events)) = &mut told
        {
            events.pop();
        }
        if let Some(told) = told {
            self.books.events_told(&told, self.lives);
        }
        if let Ok((readers, position)) = terminal.list_readers(&who) {
            self.books.sees(&readers, position);
        }
    }
}
