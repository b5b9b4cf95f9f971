//! PIN block of PIN CHANGE/UNBLOCK (LD/T 32.4): length ‖ BCD ‖ 80 00… up to one block, the padding
//! only where there is room.

use thiserror::Error;
use zeroize::Zeroizing;

use super::Suite;
use crate::pin::Pin;

/// A PIN that has no room in one block of the suite, or a block that holds no PIN.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("not a PIN block of one cipher block")]
pub struct PinBlockError;

/// The block of a new PIN in clear. Under DES one block holds 14 digits at most.
///
/// # Errors
/// When the PIN does not fit one block.
pub fn pin_block(suite: Suite, pin: &Pin) -> Result<Zeroizing<Vec<u8>>, PinBlockError> {
    let size = suite.block_size();
    if pin.byte_length() + 1 > size {
        return Err(PinBlockError);
    }
    let length = u8::try_from(pin.byte_length()).map_err(|_| PinBlockError)?;
    let mut block = Zeroizing::new(Vec::with_capacity(size));
    block.push(length);
    block.extend_from_slice(pin.bcd());
    if block.len() < size {
        block.push(0x80);
    }
    block.resize(size, 0x00);
    Ok(block)
}

/// The PIN of a block in clear.
///
/// # Errors
/// When length, digits or padding are not those of a PIN block.
pub fn open_pin_block(suite: Suite, block: &[u8]) -> Result<Pin, PinBlockError> {
    let (length, rest) = block.split_first().ok_or(PinBlockError)?;
    let bcd = rest.get(..usize::from(*length)).ok_or(PinBlockError)?;
    let pin = Pin::from_bcd(bcd).map_err(|_| PinBlockError)?;
    if pin_block(suite, &pin)?.as_slice() == block {
        Ok(pin)
    } else {
        Err(PinBlockError)
    }
}
