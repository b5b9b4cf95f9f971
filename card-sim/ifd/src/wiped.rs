//! Bytes that may carry a PIN.

use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{Ordering, compiler_fence};

/// Bytes of a command or response: overwritten on drop, never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Wiped(Vec<u8>);

impl Wiped {
    /// Takes over `bytes`; no copy is made, so none is left behind.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Deref for Wiped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Wiped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} bytes)", self.0.len())
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.fill(0);
        // The handler keeps to libc as its only dependency, so no zeroize here: the fence and the
        // black box keep the dead store alive.
        compiler_fence(Ordering::SeqCst);
        std::hint::black_box(&mut self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_length_only() {
        let secret = Wiped::new(vec![0x12, 0x34, 0x56]);
        assert_eq!(format!("{secret:?}"), "(3 bytes)");
    }
}
