//! A card, for the length of one transaction.

use super::exchange::{Answer, Repeatable, exchange};
use super::profiles::social_security::{self, SocialSecurity};
use super::{
    CardChannel, CardData, CardError, CardIdentity, CardProfile, ChannelError, PinAnswer,
    PinFailure, Reached,
};
use crate::apdu::{Command, StatusWord};
use crate::ledger::Intent;
use crate::pin::{NewPin, Pin, PinCounter};

/// An identified card with its application selected. Ends with the transaction it came from.
pub struct Card<'tx> {
    channel: &'tx mut dyn CardChannel,
    profile: &'static dyn CardProfile,
    identity: CardIdentity,
}

impl<'tx> Card<'tx> {
    /// Selects the application and reads what identifies the card.
    ///
    /// # Errors
    /// [`CardError`]; [`CardError::NotSupported`] for any other kind of card.
    pub fn identify(channel: &'tx mut dyn CardChannel) -> Result<Self, CardError> {
        let suite = social_security::select(channel)?;
        let identity = social_security::read_identity(channel, suite)?;
        Ok(Self {
            channel,
            profile: &SocialSecurity,
            identity,
        })
    }

    /// Which card it is.
    #[must_use]
    pub fn identity(&self) -> &CardIdentity {
        &self.identity
    }

    /// Reads issuer and holder data. Needs no PIN.
    ///
    /// # Errors
    /// [`CardError`]. That the holder data are protected is none: see
    /// [`HolderData`](super::HolderData).
    pub fn read(&mut self) -> Result<CardData, CardError> {
        social_security::read_data(self.channel, self.identity.generation())
    }

    /// Asks the card for the tries left. Spends none.
    ///
    /// To be asked of a card that was reset since a PIN was last presented to it. LD/T 32.5 has
    /// it answer alike at any time, but a card that answers "right already" while a PIN is in
    /// force would read as one without a PIN. Readers reset the card at the end of a transaction
    /// in which a PIN was presented.
    ///
    /// # Errors
    /// [`CardError`].
    pub fn pin_counter(&mut self) -> Result<PinCounter, CardError> {
        // Sent once, like all PIN commands: even a `6Cxx` is no reason to repeat it.
        let answer = self.channel.transmit(&self.profile.query_pin())?;
        self.profile.pin_counter(answer.status_word())
    }

    /// Presents the PIN: one command, never repeated, whatever the answer.
    ///
    /// # Errors
    /// [`PinFailure`], which tells wrong from not sent from not known.
    pub fn verify_pin(
        &mut self,
        intent: &Intent,
        pin: &Pin,
    ) -> Result<VerifiedCard<'_, 'tx>, PinFailure> {
        let answer = self.send_once(intent, &self.profile.verify_pin(pin))?;
        accepted(self.profile.verified(answer))?;
        Ok(VerifiedCard { card: self })
    }

    /// Changes the PIN: one command, never repeated, whatever the answer.
    ///
    /// # Errors
    /// [`PinFailure`]; `Rejected` means that `old` was wrong.
    pub fn change_pin(
        &mut self,
        intent: &Intent,
        old: &Pin,
        new: &NewPin,
    ) -> Result<(), PinFailure> {
        let answer = self.send_once(intent, &self.profile.change_pin(old, new))?;
        accepted(self.profile.changed(answer))
    }

    fn send_once(&mut self, intent: &Intent, command: &Command) -> Result<StatusWord, PinFailure> {
        self.send(intent, command).map_err(not_answered)
    }

    /// The only way to the card for a command that can cost a try or change it: sent once.
    pub(super) fn send(
        &mut self,
        _proof: &Intent,
        command: &Command,
    ) -> Result<StatusWord, ChannelError> {
        Ok(self.channel.transmit(command)?.status_word())
    }

    /// A command that reads, with its whole answer.
    pub(super) fn read_command(&mut self, command: Command) -> Result<Answer, ChannelError> {
        exchange(self.channel, &Repeatable::new(command))
    }
}

/// A card to which the right PIN was presented. A borrow: it cannot outlive the transaction, and
/// nothing else stands for "verified". While it lives, nothing else is done with the card:
///
/// ```compile_fail,E0499
/// use cardd::{card::Card, ledger::Intent, pin::Pin};
///
/// fn verify_and_go_on(card: &mut Card<'_>, intent: &Intent, pin: &Pin) {
///     let verified = card.verify_pin(intent, pin);
///     let counter = card.pin_counter();
///     drop((verified, counter));
/// }
/// ```
pub struct VerifiedCard<'card, 'tx> {
    card: &'card mut Card<'tx>,
}

impl VerifiedCard<'_, '_> {
    /// Which card it is.
    #[must_use]
    pub fn identity(&self) -> &CardIdentity {
        self.card.identity()
    }
}

fn accepted(answer: PinAnswer) -> Result<(), PinFailure> {
    match answer {
        PinAnswer::Accepted => Ok(()),
        PinAnswer::Rejected { remaining } => Err(PinFailure::Rejected { remaining }),
        PinAnswer::NowBlocked => Err(PinFailure::NowBlocked),
        PinAnswer::WasBlocked => Err(PinFailure::WasBlocked),
        PinAnswer::Refused(status_word) => Err(PinFailure::Refused(status_word)),
    }
}

fn not_answered(error: ChannelError) -> PinFailure {
    match error.reached() {
        Reached::No => PinFailure::NotSent(error),
        Reached::Unknown => PinFailure::InDoubt(error),
    }
}

#[cfg(test)]
mod tests;
