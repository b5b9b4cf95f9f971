//! Small changes to good input, the same for the same seed.

use rand::{Rng as _, RngExt as _, SeedableRng as _, rngs::StdRng};

/// Longest input that is made, bytes.
const LIMIT: usize = 16 << 10;

/// Values at which lengths and signs turn over.
const EDGES: [u8; 8] = [0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0xFE, 0xFF];

/// A source of changed input.
#[derive(Debug)]
pub struct Mutator(StdRng);

impl Mutator {
    /// The one of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// One of the inputs, changed in one to four places.
    pub fn next(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.pick(corpus);
        for _ in 0..self.0.random_range(1..=4) {
            self.change(&mut bytes, corpus);
        }
        bytes.truncate(LIMIT);
        bytes
    }

    fn pick(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let at = self.0.random_range(0..corpus.len().max(1));
        corpus.get(at).cloned().unwrap_or_default()
    }

    fn change(&mut self, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let at = self.0.random_range(0..=bytes.len());
        let length = self.0.random_range(1..=16).min(bytes.len() - at);
        match self.0.random_range(0..8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..at + length)),
            2 => {
                let copy = bytes.get(at..at + length).unwrap_or_default().to_vec();
                bytes.splice(at..at, copy);
            }
            3 => {
                let other = self.pick(corpus);
                let from = self.0.random_range(0..=other.len());
                bytes.splice(at.., other.into_iter().skip(from));
            }
            4 => {
                let mut noise = vec![0; length.max(1)];
                self.0.fill_bytes(&mut noise);
                bytes.splice(at..at, noise);
            }
            5 => self.put(bytes, at, EDGES),
            6 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.0.random_range(0..8);
                }
            }
            _ => {
                let noise = [self.0.random(); 8];
                self.put(bytes, at, noise);
            }
        }
    }

    fn put(&mut self, bytes: &mut [u8], at: usize, values: [u8; 8]) {
        let value = values.get(self.0.random_range(0..values.len()));
        if let (Some(byte), Some(value)) = (bytes.get_mut(at), value) {
            *byte = *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_input_and_another_makes_others() {
        let corpus = vec![vec![1, 2, 3, 4], b"text".to_vec()];
        let made = |seed| {
            let mut mutator = Mutator::new(seed);
            (0..100).map(|_| mutator.next(&corpus)).collect::<Vec<_>>()
        };
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
        let changed = made(1);
        let changed = changed.iter().filter(|bytes| !corpus.contains(bytes));
        assert!(changed.count() > 80);
        assert!(Mutator::new(1).next(&[]).len() <= LIMIT);
    }
}
