//! Software social security card.

pub mod virtual_card;
