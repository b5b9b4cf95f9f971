//! What went over the wire to the cards of a rack.

use std::io;

use card_sim::rack::wire::Exchange;

use crate::stand::Stand;

/// INS of VERIFY (LD/T 32.5, ISO 7816-4).
pub const VERIFY: u8 = 0x20;
/// INS of CHANGE PIN (LD/T 32.5).
pub const CHANGE_PIN: u8 = 0x5E;
/// INS of EXTERNAL AUTHENTICATE.
pub const EXTERNAL_AUTHENTICATE: u8 = 0x82;
/// INS of PIN CHANGE/UNBLOCK.
pub const PIN_CHANGE_UNBLOCK: u8 = 0x24;

impl Stand {
    /// Number of the newest exchange with a card; 0 before the first.
    ///
    /// # Errors
    /// The rack does not answer.
    pub fn last_exchange(&self) -> io::Result<u64> {
        let all = self.exchanges(0)?;
        Ok(all.last().map_or(0, |exchange| exchange.number))
    }

    /// The exchanges after that number.
    ///
    /// # Errors
    /// The rack does not answer.
    pub fn exchanges(&self, after: u64) -> io::Result<Vec<Exchange>> {
        self.rack()?.wire(after).map_err(io::Error::other)
    }

    /// How many commands with a PIN in them went to any card so far.
    ///
    /// # Errors
    /// The rack does not answer.
    pub fn pins_sent(&self) -> io::Result<usize> {
        let all = self.exchanges(0)?;
        Ok(all.iter().filter(|exchange| carries_pin(exchange)).count())
    }
}

/// Whether a command presents a PIN: VERIFY with data, or CHANGE PIN. VERIFY with Lc 00 asks for
/// the tries left.
#[must_use]
pub fn carries_pin(exchange: &Exchange) -> bool {
    let header = exchange.header.as_str();
    header.starts_with("805e") || (header.starts_with("0020") && exchange.command_length > 5)
}
