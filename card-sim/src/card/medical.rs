//! Medical transactions, CLA B0 (LD/T 32.5). The card has no transaction keys: it keeps the order of
//! the commands and the PIN condition, and never carries a transaction out.

use super::Card;
use super::answer::Reply;
use crate::apdu::{Command, StatusWord};
use crate::files::Application;

/// INITIALIZE FOR LOAD and INITIALIZE FOR PURCHASE.
const INITIALIZE: u8 = 0x28;
/// CREDIT FOR LOAD.
const CREDIT: u8 = 0x2A;
/// DEBIT FOR PURCHASE.
const DEBIT: u8 = 0x2C;
/// GET TRANSACTION PROOF.
const PROOF: u8 = 0x2E;

/// The refusal of a transaction command.
pub(super) fn refuse(card: &Card, command: &Command) -> Reply {
    if card.session.application != Application::Df04 {
        return Err(StatusWord::CONDITIONS_NOT_MET);
    }
    let needs_pin = card.state.pin.is_some() && !card.session.pin_right;
    Err(match command.ins {
        INITIALIZE if needs_pin => StatusWord::SECURITY_NOT_SATISFIED,
        INITIALIZE => StatusWord::KEY_INDEX_NOT_SUPPORTED,
        CREDIT | DEBIT => StatusWord::NOT_ACCEPTED,
        PROOF => StatusWord::MAC_NOT_AVAILABLE,
        _ => StatusWord::NOT_SUPPORTED,
    })
}
