//! Cards that give no answer to reset, before anybody is told of them.
//!
//! A card that is still being pushed in is as silent as one that lies upside down; and pcscd writes
//! down the failure of a reset after it has told the removal that caused it, so that the next card is
//! called mute. So the reader's line gives such a card its power anew first, a few times. No command
//! is sent.

use std::collections::BTreeMap;

use super::{
    ReaderName,
    roster::Roster,
    watch::{Look, Presence},
};

/// Readers with a silent card that is being woken, and PC/SC's count of events at its stay.
#[derive(Default)]
pub(super) struct Silence(BTreeMap<ReaderName, u16>);

impl Silence {
    /// Holds a look back if it shows a silent card that was not so `before`; `false` if it is to be
    /// taken in.
    pub(super) fn holds_back(
        &mut self,
        reader: &ReaderName,
        (before, look): (Option<Look>, Option<Look>),
        roster: &Roster,
    ) -> bool {
        let silent = look.filter(|look| look.presence == Presence::MuteCard);
        let Some(silent) = silent.filter(|silent| !known(before, *silent)) else {
            self.0.remove(reader);
            return false;
        };
        let stay = silent.event_count;
        if self.0.get(reader) == Some(&stay) {
            return true;
        }
        let woken = roster.wake_card(reader);
        if woken {
            self.0.insert(reader.clone(), stay);
        }
        woken
    }

    /// The readers whose line has done what it can; they are held back no more.
    pub(super) fn over(&mut self, roster: &Roster) -> Vec<ReaderName> {
        let over = self.0.extract_if(.., |reader, _| roster.is_woken(reader));
        over.map(|(reader, _)| reader).collect()
    }
}

/// Whether it is the silence that was told before.
fn known(before: Option<Look>, now: Look) -> bool {
    before.is_some_and(|before| {
        before.presence == Presence::MuteCard && before.event_count == now.event_count
    })
}
