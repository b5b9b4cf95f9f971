//! Cards: the bytes of each operation and the meaning of each answer. Pure but for the channel.
//!
//! [`Card::identify`] turns a [`CardChannel`] into a [`Card`]; a right PIN turns that into a
//! [`VerifiedCard`], which is a borrow: both end with the transaction, and there is no flag or
//! cache that could outlive it. What can cost a try or change the card is sent once, whatever the
//! answer, and demands the [`Intent`](crate::ledger::Intent) that proves it is on record.

mod channel;
mod data;
mod error;
mod exchange;
mod identity;
mod issuer;
mod profile;
mod profiles;
mod session;

#[cfg(test)]
mod script;

pub use channel::{CardChannel, ChannelError, Reached};
pub use data::{CardData, Holder, HolderData, Issuer};
pub use error::{CardError, CardFile, Damage, PinFailure};
pub use identity::{CardIdentifier, CardIdentity, CardNumber, Generation, Suite};
pub use issuer::{
    Authentication, BLOCK_BYTES, Challenge, IssuerEffect, IssuerFailure, IssuerKey, IssuerMessage,
    NotAnIssuerMessage,
};
pub use profile::{CardProfile, PinAnswer};
pub use profiles::SocialSecurity;
pub use session::{Card, VerifiedCard};
