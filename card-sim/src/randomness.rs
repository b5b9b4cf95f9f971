//! Random numbers that are known beforehand, for dialogues with fixed bytes.

use std::collections::VecDeque;
use std::convert::Infallible;

use rand::TryRng;

/// Hands out the given bytes in their order, zeros when they are used up. Not random at all.
#[derive(Debug, Clone, Default)]
pub struct ScriptedRng {
    bytes: VecDeque<u8>,
}

impl ScriptedRng {
    /// A source of exactly these bytes.
    #[must_use]
    pub fn new(bytes: impl IntoIterator<Item = u8>) -> Self {
        Self {
            bytes: bytes.into_iter().collect(),
        }
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        [(); N].map(|()| self.bytes.pop_front().unwrap_or(0))
    }
}

impl TryRng for ScriptedRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.take()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.take()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill_with(|| self.bytes.pop_front().unwrap_or(0));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn bytes_come_in_order_and_then_zeros() {
        let mut rng = ScriptedRng::new(1..=5);
        let mut first = [0xFF; 3];
        rng.fill_bytes(&mut first);
        assert_eq!(first, [1, 2, 3]);
        assert_eq!(rng.next_u32().to_le_bytes(), [4, 5, 0, 0]);
    }
}
