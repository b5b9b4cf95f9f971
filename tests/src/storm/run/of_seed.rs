//! What the terminal of a seed is like.

/// Whether the region of a seed wants a second operator.
pub(in crate::storm) fn asks_for_two(seed: u64) -> bool {
    seed.is_multiple_of(2)
}

/// Records that may wait for the hall at the terminal of a seed. At every third they are so few that its
/// ledger is full now and then.
pub(in crate::storm) fn may_wait(seed: u64) -> u64 {
    if seed.is_multiple_of(3) { 50 } else { 100_000 }
}

/// Whether the ledger of a seed keeps so little that what the hall has leaves it: every fifth.
pub(in crate::storm) fn keeps_little(seed: u64) -> bool {
    seed % 5 == 3
}

/// Records that are kept at the terminal of a seed.
pub(in crate::storm) fn kept(seed: u64) -> u64 {
    if keeps_little(seed) { 24 } else { 1_000_000 }
}
