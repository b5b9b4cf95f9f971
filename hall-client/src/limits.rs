//! How long a client waits and how much it accepts.

use std::time::Duration;

/// Bounds of a [`Terminal`](crate::Terminal).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For the socket to accept.
    pub connect: Duration,
    /// For an answer that cardd gives from memory or from its ledger, and for each record of a
    /// list.
    pub answer: Duration,
    /// For an answer that needs the card. Longer than cardd's own `card_work_ms` (20 s as
    /// delivered), so that cardd's judgement arrives before the client gives up.
    pub card_work: Duration,
    /// Largest message, in bytes, in either direction.
    pub message_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            answer: Duration::from_secs(5),
            card_work: Duration::from_secs(30),
            message_bytes: 1 << 20,
        }
    }
}
