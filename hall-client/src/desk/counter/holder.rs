//! The holder's own PIN after a reset: chosen on the holder's page, sealed for cardd, told to nobody.

use super::{
    machine::{Action, Counter, Stage},
    screen::HolderScreen,
    work::CounterWork,
};
use crate::{
    Terminal,
    desk::{
        entry::{Enter, Entry},
        refusal::Refusal,
        tray::Lying,
    },
    model::Reason,
};

impl Counter {
    pub(super) fn holder_acts(&mut self, action: &Action) -> Vec<CounterWork> {
        let Some((terminal, case)) = self.holder_line() else {
            return Vec::new();
        };
        match (action, self.holder.clone()) {
            (Action::Typed, HolderScreen::Enter(enter)) => {
                self.holder = HolderScreen::Enter(enter.typed());
                Vec::new()
            }
            (Action::StartOver | Action::Back, HolderScreen::Enter(enter)) => {
                self.holder = HolderScreen::Enter(enter.again());
                Vec::new()
            }
            (Action::Submit(seal), HolderScreen::Enter(enter)) if enter.step.next().is_none() => {
                self.holder = HolderScreen::Setting;
                let sealed = seal.for_entry(&enter.entry.entry_id);
                vec![CounterWork::SetHolder(terminal, case, sealed)]
            }
            (Action::Again, HolderScreen::Refused { again: true, .. }) => {
                self.holder = HolderScreen::Wait;
                vec![CounterWork::BeginHolder(terminal, case)]
            }
            _ => Vec::new(),
        }
    }

    /// The operator's line, and the case whose card waits for its holder.
    pub(super) fn holder_line(&self) -> Option<(Terminal, u64)> {
        let operating = matches!(self.stage, Stage::Operating(_));
        let who = self.operator.as_ref().filter(|_| operating)?;
        Some((who.terminal.clone(), self.case()?.sequence))
    }

    pub(super) fn holder_begun(&mut self, begun: Result<Entry, Refusal>) {
        if self.holder == HolderScreen::Wait {
            self.holder = match begun {
                Ok(entry) => HolderScreen::Enter(Enter::begin(entry)),
                Err(refusal) => HolderScreen::Refused {
                    refusal,
                    again: false,
                },
            };
        }
    }

    /// Nobody types for a card that is not there. What comes of the operation is cardd's to say.
    pub(super) fn holders_card_went(&mut self) {
        let typing = matches!(self.holder, HolderScreen::Enter(_));
        if typing && *self.tray.lying() == Lying::Nothing {
            self.holder = HolderScreen::Refused {
                refusal: Refusal::of(Reason::CardRemoved),
                again: false,
            };
        }
    }

    /// A refused choice leaves the card waiting.
    pub(super) fn holder_set(&mut self, set: Result<(), Refusal>) {
        if self.holder == HolderScreen::Setting {
            self.holder = match set {
                Ok(()) => HolderScreen::Set,
                Err(refusal) => HolderScreen::Refused {
                    refusal,
                    again: true,
                },
            };
        }
    }
}
