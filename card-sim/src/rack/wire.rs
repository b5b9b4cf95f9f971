//! The trace of exchanged APDUs.
//!
//! A trace is a log: it never holds command data or response data of a command that can carry a
//! PIN, a key or a cryptogram, and there is no switch to make it. Data is kept only for the
//! instructions that ISO 7816-4 has for reading and selecting public files.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Exchanges that the trace keeps; older ones are dropped.
pub const KEPT: usize = 512;

/// One exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Rises by one with every exchange in the rack, from 1.
    pub number: u64,
    /// Name of the slot.
    pub slot: String,
    /// Name of the card.
    pub card: String,
    /// CLA INS P1 P2 in hexadecimal, fewer for a shorter command.
    pub header: String,
    /// Lc or Le as it stands in P3 (ISO 7816-3 12.1.1), in hexadecimal; none for four bytes.
    pub p3: Option<String>,
    /// Length of the command in bytes.
    pub command_length: usize,
    /// Command bytes after P3 in hexadecimal, where they may be shown.
    pub data: Option<String>,
    /// Status word in hexadecimal; none if no answer was given to the reader.
    pub status_word: Option<String>,
    /// Length of the response with its status word, in bytes.
    pub response_length: usize,
    /// Response before the status word in hexadecimal, where it may be shown.
    pub response: Option<String>,
    /// Time the card took, in microseconds.
    pub duration_us: u64,
}

/// Instructions whose data is public: SELECT, READ BINARY, READ RECORD, GET CHALLENGE, GET RESPONSE,
/// GET DATA (ISO 7816-4).
fn shows_data(command: &[u8]) -> bool {
    matches!(
        command.get(..2),
        Some([0x00, 0xA4 | 0xB0 | 0xB2 | 0x84 | 0xC0 | 0xCA])
    )
}

impl Exchange {
    /// Describes an exchange; the number is given by [`Wire::add`].
    #[must_use]
    pub fn new(
        (slot, card): (&str, &str),
        command: &[u8],
        response: Option<&[u8]>,
        duration: Duration,
    ) -> Self {
        let shown = shows_data(command);
        let (body, status_word) = match response.map(|r| r.split_at(r.len().saturating_sub(2))) {
            Some((body, status_word)) => (Some(body), Some(hex::encode(status_word))),
            None => (None, None),
        };
        let data = command.get(5..).filter(|data| shown && !data.is_empty());
        Self {
            number: 0,
            slot: slot.to_owned(),
            card: card.to_owned(),
            header: hex::encode(command.get(..4).unwrap_or(command)),
            p3: command.get(4).map(|p3| format!("{p3:02x}")),
            command_length: command.len(),
            data: data.map(hex::encode),
            status_word,
            response_length: response.map_or(0, <[u8]>::len),
            response: body
                .filter(|body| shown && !body.is_empty())
                .map(hex::encode),
            duration_us: u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

/// The last exchanges of a rack, for any number of readers who keep their own place.
#[derive(Debug, Default)]
pub struct Wire {
    ring: Mutex<Ring>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Ring {
    last: u64,
    kept: VecDeque<Exchange>,
    closed: bool,
}

/// What [`Wire::after`] brings.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    /// Exchanges after the asked number, oldest first. The first number tells whether some were
    /// dropped in between.
    Exchanges(Vec<Exchange>),
    /// Nothing happened in time.
    Quiet,
    /// The rack stops.
    Closed,
}

impl Wire {
    /// Adds an exchange and gives it its number.
    pub fn add(&self, mut exchange: Exchange) {
        let mut ring = self.lock();
        ring.last += 1;
        exchange.number = ring.last;
        if ring.kept.len() >= KEPT {
            ring.kept.pop_front();
        }
        ring.kept.push_back(exchange);
        self.changed.notify_all();
    }

    /// Number of the last exchange, 0 if there was none.
    pub fn last(&self) -> u64 {
        self.lock().last
    }

    /// Exchanges after `number`; waits up to `patience` for one.
    pub fn after(&self, number: u64, patience: Duration) -> News {
        let ring = self.lock();
        let quiet = |ring: &mut Ring| ring.last <= number && !ring.closed;
        let (ring, _) = self
            .changed
            .wait_timeout_while(ring, patience, quiet)
            .unwrap_or_else(PoisonError::into_inner);
        let new: Vec<_> = ring
            .kept
            .iter()
            .filter(|e| e.number > number)
            .cloned()
            .collect();
        match (new.is_empty(), ring.closed) {
            (false, _) => News::Exchanges(new),
            (true, true) => News::Closed,
            (true, false) => News::Quiet,
        }
    }

    /// Ends all waits.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHERE: (&str, &str) = ("desk", "card");

    fn exchange(command: &[u8], response: Option<&[u8]>) -> Exchange {
        Exchange::new(WHERE, command, response, Duration::from_micros(7))
    }

    #[test]
    fn a_verify_shows_header_lc_and_status_word_only() {
        let e = exchange(&[0, 0x20, 0, 0, 3, 0x12, 0x34, 0x56], Some(&[0x63, 0xC2]));
        assert_eq!(
            (e.header.as_str(), e.p3.as_deref()),
            ("00200000", Some("03"))
        );
        assert_eq!(
            (e.status_word.as_deref(), e.response_length),
            (Some("63c2"), 2)
        );
        assert_eq!((e.data, e.response), (None, None));
    }

    #[test]
    fn data_of_a_secret_command_is_nowhere_in_the_record() {
        for ins in (0u8..=255).filter(|i| !matches!(i, 0xA4 | 0xB0 | 0xB2 | 0x84 | 0xC0 | 0xCA)) {
            for cla in [0x00, 0x04, 0x80, 0x84] {
                let command = [cla, ins, 0, 0, 4, 0xDE, 0xAD, 0xBE, 0xEF];
                let e = exchange(&command, Some(&[0xCA, 0xFE, 0x90, 0x00]));
                let text = serde_json::to_string(&e).unwrap();
                assert!(!text.contains("dead") && !text.contains("cafe"), "{text}");
            }
        }
    }

    #[test]
    fn public_data_is_shown() {
        let e = exchange(
            &[0, 0xA4, 4, 0, 2, 0x3F, 0x00],
            Some(&[0x6F, 0x00, 0x90, 0x00]),
        );
        assert_eq!(e.data.as_deref(), Some("3f00"));
        assert_eq!(e.response.as_deref(), Some("6f00"));
    }

    #[test]
    fn odd_lengths_are_described() {
        let e = exchange(&[0x04], Some(&[0x90]));
        assert_eq!((e.header.as_str(), e.p3.as_deref()), ("04", None));
        assert_eq!(e.status_word.as_deref(), Some("90"));
        let lost = exchange(&[], None);
        assert_eq!(
            (lost.header.as_str(), lost.status_word, lost.response_length),
            ("", None, 0)
        );
    }

    #[test]
    fn followers_keep_their_own_place_and_see_a_gap() {
        let wire = Wire::default();
        assert_eq!(wire.after(0, Duration::ZERO), News::Quiet);
        for _ in 0..KEPT + 3 {
            wire.add(exchange(&[0, 0x20, 0, 0], Some(&[0x90, 0])));
        }
        let News::Exchanges(new) = wire.after(1, Duration::ZERO) else {
            panic!("no news")
        };
        assert_eq!((new.len(), new[0].number), (KEPT, 4));
        assert_eq!(wire.after(wire.last(), Duration::ZERO), News::Quiet);
        wire.close();
        assert_eq!(
            wire.after(wire.last(), Duration::from_secs(60)),
            News::Closed
        );
    }
}
