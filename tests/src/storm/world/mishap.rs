//! What befalls in the middle of a command.

use std::time::Duration;

use card_sim::faults::{CardFault, PullPhase};
use pcsc::Error;

use super::{Call, Effect, Inner, What, World, exchange::WorldExchange};
use crate::storm::step::At;

impl Inner {
    /// The mishap that is due at this command.
    pub(super) fn due(&mut self, effect: Option<Effect>) -> Option<What> {
        self.commands = self.commands.saturating_add(1);
        if effect.is_some() {
            self.effects = self.effects.saturating_add(1);
        }
        let due = match self.mishap?.at {
            At::Command(n) => n == self.commands,
            At::Effect => effect.is_some(),
            At::EffectNo(n) => effect.is_some() && n == self.effects,
            At::Opening => false,
        };
        self.take_mishap(due)
    }

    /// The mishap that is due as a transaction begins.
    pub(super) fn due_at_opening(&mut self) -> Option<What> {
        let due = self.mishap?.at == At::Opening;
        self.take_mishap(due)
    }

    fn take_mishap(&mut self, due: bool) -> Option<What> {
        let mishap = due.then(|| self.mishap.take()).flatten()?;
        Some(mishap.what)
    }
}

impl WorldExchange<'_> {
    pub(super) fn with_mishap(
        &self,
        command: &[u8],
        effect: Option<Effect>,
        due: Option<What>,
    ) -> Result<Vec<u8>, Error> {
        let Some(what) = due else {
            return self.carry_out(command, effect, None);
        };
        if !what.is_late() && !matches!(what, What::Card(_)) {
            self.client.world.befall(self.at, what, &Ok(Vec::new()))?;
            // Whatever befell, this command goes on where it still can.
            return self.carry_out(command, effect, None);
        }
        let fault = match what {
            What::Card(fault) => Some(fault),
            _ => None,
        };
        let answer = self.carry_out(command, effect, fault);
        if fault.is_some() {
            return answer;
        }
        self.client.world.befall(self.at, what, &answer)?;
        answer
    }

    fn carry_out(
        &self,
        command: &[u8],
        effect: Option<Effect>,
        fault: Option<CardFault>,
    ) -> Result<Vec<u8>, Error> {
        let (mut inner, index) = self.card()?;
        let inner_ref = &mut *inner;
        let card = inner_ref.cards.get_mut(index).ok_or(Error::RemovedCard)?;
        let (answer, late_ms) = card.execute(command, fault);
        card.has_lied |= fault.is_some_and(|fault| What::Card(fault).lies());
        if effect.is_some()
            && let Some(sent) = inner_ref.sent.last_mut()
        {
            sent.torn = matches!(fault, Some(CardFault::PowerCut { .. }));
            sent.carried_out = fault != Some(CardFault::Mute { carried_out: false });
        }
        drop(inner);
        if late_ms > 0 {
            self.client.world.pass(Duration::from_millis(late_ms));
        }
        answer.ok_or(Error::NotTransacted)
    }
}

impl World {
    /// What befalls in the middle of a command. An error is what the command comes back with.
    pub(super) fn befall(
        &self,
        at: usize,
        what: What,
        answer: &Result<Vec<u8>, Error>,
    ) -> Result<(), Error> {
        match what {
            What::Pull { phase, seen } => {
                self.pull(at);
                self.moved(phase, seen)
            }
            What::Swap { card, phase, seen } => {
                self.insert(at, card);
                self.moved(phase, seen)
            }
            What::Reset => {
                self.reset_card(at)?;
                Err(Error::ResetCard)
            }
            What::Unplug { .. } => {
                self.plug(at, false);
                Err(Error::ReaderUnavailable)
            }
            What::Service { .. } => {
                self.restart_service();
                Err(Error::CommError)
            }
            What::Crash { .. } => {
                self.call(Call::Die);
                Err(Error::NoService)
            }
            What::Leave => {
                self.call(Call::Leave);
                Ok(())
            }
            What::Push(_) => {
                self.call(Call::Push);
                Ok(())
            }
            What::Card(_) | What::CrashAtRecord(_) => answer.as_ref().map(drop).map_err(|e| *e),
        }
    }

    /// The card left, seen at once or later. Where it did so after its answer, the answer comes.
    fn moved(&self, phase: PullPhase, seen: bool) -> Result<(), Error> {
        if seen {
            self.call(Call::Look);
        }
        if phase == PullPhase::After {
            return Ok(());
        }
        Err(Error::NotTransacted)
    }
}
