//! Bytes that are wiped when dropped and never printed.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// Up to [`Secret::CAPACITY`] secret bytes in one heap block that is never moved or grown.
///
/// There is no `Clone`, `PartialEq`, `Display` or `Serialize`; `Debug` prints a fixed text.
#[derive(ZeroizeOnDrop)]
pub struct Secret {
    bytes: Box<[u8; Secret::CAPACITY]>,
    len: usize,
}

impl Secret {
    /// Largest number of bytes that fit.
    pub const CAPACITY: usize = 64;

    /// An empty secret, to be filled with [`Secret::push`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            bytes: Box::new([0; Self::CAPACITY]),
            len: 0,
        }
    }

    /// Takes the bytes over and wipes their old place.
    ///
    /// # Errors
    /// [`SecretTooLong`] if there are more than [`Secret::CAPACITY`]; the old place is wiped all the same.
    pub fn take_from(source: &mut [u8]) -> Result<Self, SecretTooLong> {
        let mut secret = Self::new();
        let filled = source.iter().try_for_each(|byte| secret.push(*byte));
        source.zeroize();
        filled.map(|()| secret)
    }

    /// Appends one byte.
    ///
    /// # Errors
    /// [`SecretTooLong`] once [`Secret::CAPACITY`] bytes are held.
    pub fn push(&mut self, byte: u8) -> Result<(), SecretTooLong> {
        let place = self.bytes.get_mut(self.len).ok_or(SecretTooLong)?;
        *place = byte;
        self.len += 1;
        Ok(())
    }

    /// Removes and wipes the last byte; nothing happens on an empty secret.
    pub fn pop(&mut self) {
        if let Some(last) = self.len.checked_sub(1) {
            self.len = last;
            if let Some(place) = self.bytes.get_mut(last) {
                place.zeroize();
            }
        }
    }

    /// The bytes, for the one place that needs them. Do not copy them out.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Number of bytes held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no byte is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Default for Secret {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// More bytes than a [`Secret`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {} secret bytes", Secret::CAPACITY)]
pub struct SecretTooLong;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_wipes_the_source() {
        let mut source = *b"8317";
        let secret = Secret::take_from(&mut source).unwrap();
        assert_eq!(secret.expose(), b"8317");
        assert_eq!(source, [0; 4]);
    }

    #[test]
    fn taking_too_much_wipes_the_source_as_well() {
        let mut source = [7; Secret::CAPACITY + 1];
        assert_eq!(Secret::take_from(&mut source).unwrap_err(), SecretTooLong);
        assert_eq!(source, [0; Secret::CAPACITY + 1]);
    }

    #[test]
    fn popping_wipes_the_byte() {
        let mut secret = Secret::new();
        secret.push(b'9').unwrap();
        secret.pop();
        secret.pop();
        assert!(secret.is_empty());
        assert_eq!(secret.bytes[0], 0);
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = Secret::take_from(&mut b"8317".to_owned()).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }
}
