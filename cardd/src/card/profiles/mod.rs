//! One profile for each kind of card.

pub(super) mod social_security;

pub use social_security::SocialSecurity;
