//! Judges PINs one after the other, for a test that counts its instructions.
//!
//! Reads `WHAT PIN` a line until the end of input, then does each between two signals to itself,
//! which the tracer sees and swallows. Everything before the first signal is prepared: between the
//! two there is nothing but the judging.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a program of a test: stops at a surprise"
)]

use std::{hint::black_box, io::Read as _};

use cardd::pin::{BirthDate, HolderFacts, Pin, PinLength, Rules};
use cardd_rules::Digits;
use rustix::process::{Signal, getpid, kill_process};

/// The PIN that others are held against.
const KNOWN: &[u8] = b"831729";

fn main() {
    let mut cases = String::new();
    std::io::stdin().read_to_string(&mut cases).unwrap();
    let bench = Bench::new();
    for case in cases.lines() {
        let Some((what, pin)) = case.split_once(' ') else {
            eprintln!("WHAT PIN is expected, not {case:?}");
            std::process::exit(2);
        };
        bench.judge(what, pin);
    }
}

struct Bench {
    rules: Rules,
    facts: HolderFacts,
    known: Pin,
}

impl Bench {
    fn new() -> Self {
        Self {
            rules: Rules::default(),
            facts: HolderFacts {
                birth_date: BirthDate::from_digits(&[1, 9, 8, 5, 0, 6, 1, 5]),
                citizen_number: Some("420101198506150003".to_owned().into()),
                card_number: Some("ZZ0074129".to_owned().into()),
            },
            known: parse(KNOWN),
        }
    }

    fn judge(&self, what: &str, typed: &str) {
        let digits: Vec<u8> = typed.bytes().map(|digit| digit - b'0').collect();
        let pin = parse(typed.as_bytes());
        match what {
            "rules" => between(|| self.rules.broken(Digits::new(&digits), &self.facts)),
            "issued" => between(|| pin.is_issued(&self.rules, &self.facts)),
            "equal" => between(|| pin.equals_in_constant_time(&self.known)),
            // The control: what a comparison must not be.
            "leaks" => between(|| typed.as_bytes().iter().zip(KNOWN).all(|(a, b)| a == b)),
            other => between(|| eprintln!("{other}: unknown")),
        }
    }
}

fn parse(typed: &[u8]) -> Pin {
    let length = PinLength::new(PinLength::CARD_MIN, PinLength::CARD_MAX).unwrap();
    Pin::parse(typed, &length).unwrap()
}

/// Once to warm up, so that what the allocator keeps is the same for every case; then watched.
fn between<T>(judging: impl Fn() -> T) {
    drop(black_box(judging()));
    signal();
    drop(black_box(judging()));
    signal();
}

fn signal() {
    kill_process(getpid(), Signal::USR1).unwrap();
}
