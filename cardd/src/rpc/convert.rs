//! Domain to messages, a file per noun. Total: what a layer adds must be decided here.

mod card;
mod issuer;
mod ledger;
mod pin;
mod policy;
mod reader;
mod terminal;

pub(super) use card::card_data;
pub(super) use issuer::{operated, to_hall};
pub(super) use ledger::record;
pub(super) use pin::{pin_status, prompt};
pub(super) use policy::{rules, rules_in_force, weak_pin};
pub(super) use reader::{event, reader, resync};
pub(super) use terminal::{suspect, terminal_status};
