//! The social security environment SSSE (LD/T 32).

mod application;
mod ef05;
mod ef06;
mod pin;
mod record;
mod text;

pub use pin::SocialSecurity;

pub(in crate::card) use application::select;
pub(in crate::card) use ef05::read_identity;

use crate::card::{CardChannel, CardData, CardError, Generation};

/// Reads EF05 and EF06.
pub(in crate::card) fn read_data(
    channel: &mut dyn CardChannel,
    generation: Generation,
) -> Result<CardData, CardError> {
    Ok(CardData {
        issuer: ef05::read_issuer(channel)?,
        holder: ef06::read_holder(channel, generation)?,
    })
}
