//! No digit decides which instructions run: rules, the question for the issued PIN, and comparisons
//! are stepped through one instruction at a time, and every PIN of a length takes the same way.
//!
//! The bound is zero: not one instruction more or less, and none in another order. A control that
//! stops at the first wrong digit is seen. What is not seen here is what a processor does inside an
//! instruction, and where it reads: the rules index nothing by a digit. `make bench` holds the clock
//! to a statistical bound as well.

#![cfg(target_arch = "x86_64")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops at the first surprise"
)]

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash as _, Hasher as _},
    io::Write as _,
    process::{Child, Command, Stdio},
};

use nix::{
    sys::{
        ptrace,
        signal::Signal,
        wait::{WaitStatus, waitpid},
    },
    unistd::Pid,
};

/// PINs that keep the rules, and that break each of them, of one length.
const FOUR: [&str; 10] = [
    "8317", "1234", "0615", "4201", "4129", "7878", "8765", "2580", "1314", "0715",
];
const SIX: [&str; 10] = [
    "831729", "123456", "850615", "011985", "074129", "787878", "876543", "147258", "201314",
    "990715",
];

/// How many instructions a judgement takes, and which, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way {
    instructions: u64,
    places: u64,
}

/// A program that is stepped through; killed at the end, whatever comes.
struct Stepped {
    child: Child,
    pid: Pid,
}

impl Drop for Stepped {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Stepped {
    fn start(cases: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_judged"))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        // It waits for its input until it is traced. If it was still being loaded, it stops for that
        // first.
        ptrace::attach(pid).unwrap();
        while waitpid(pid, None).unwrap() == WaitStatus::Stopped(pid, Signal::SIGTRAP) {
            ptrace::cont(pid, None).unwrap();
        }
        child
            .stdin
            .take()
            .unwrap()
            .write_all(cases.as_bytes())
            .unwrap();
        Self { child, pid }
    }

    /// Lets it run to its next signal.
    fn to_the_signal(&self) {
        ptrace::cont(self.pid, None).unwrap();
        let stopped = waitpid(self.pid, None).unwrap();
        assert_eq!(stopped, WaitStatus::Stopped(self.pid, Signal::SIGUSR1));
    }

    /// Steps to its next signal.
    fn way(&self) -> Way {
        let (mut instructions, mut places) = (0, DefaultHasher::new());
        loop {
            ptrace::step(self.pid, None).unwrap();
            match waitpid(self.pid, None).unwrap() {
                WaitStatus::Stopped(_, Signal::SIGTRAP) => {}
                WaitStatus::Stopped(_, Signal::SIGUSR1) => break,
                other => panic!("{other:?}"),
            }
            instructions += 1;
            ptrace::getregs(self.pid).unwrap().rip.hash(&mut places);
        }
        Way {
            instructions,
            places: places.finish(),
        }
    }
}

/// The ways of one kind of judgement over some PINs.
fn ways(what: &str, pins: &[&str]) -> Vec<Way> {
    let cases: String = pins.iter().map(|pin| format!("{what} {pin}\n")).collect();
    let stepped = Stepped::start(&cases);
    let one = |_: &&str| {
        stepped.to_the_signal();
        stepped.way()
    };
    pins.iter().map(one).collect()
}

fn is_one_way(what: &str, pins: &[&str]) {
    let ways = ways(what, pins);
    assert!(
        ways[0].instructions > 100,
        "{what} is judged: {:?}",
        ways[0]
    );
    for (pin, way) in pins.iter().zip(&ways) {
        assert_eq!(way, &ways[0], "{what} {pin} beside {}", pins[0]);
    }
}

#[test]
fn the_rules_take_one_way_whatever_the_digits() {
    is_one_way("rules", &FOUR);
    is_one_way("rules", &SIX);
}

#[test]
fn the_issued_pin_is_asked_for_in_one_way() {
    is_one_way("issued", &FOUR);
    is_one_way("issued", &SIX);
}

#[test]
fn comparing_takes_one_way_whatever_the_digits() {
    is_one_way("equal", &SIX);
}

#[test]
fn a_comparison_that_stops_at_the_first_wrong_digit_is_seen() {
    let ways = ways("leaks", &["831729", "831720", "931729"]);
    assert_ne!(ways[0], ways[1]);
    assert_ne!(ways[0], ways[2]);
    assert_ne!(ways[1], ways[2]);
}
