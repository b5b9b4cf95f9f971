//! A small program that leaves digits, or does not: whether the search finds them.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
};

use cardd_tests::memory::Encoding;

use super::*;

/// A desk's program as the client library makes it.
struct Program {
    child: Child,
    input: ChildStdin,
    line: String,
}

impl Program {
    /// Runs `one_verify`, types the digits, and waits for the line it says.
    fn run(arguments: &[&str], digits: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_one_verify"))
            .args(arguments)
            .env(QUARANTINE.0, QUARANTINE.1)
            .stderr(Stdio::null())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(digits.as_bytes()).unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        Self { child, input, line }
    }

    fn end(self) {
        let Self {
            mut child, input, ..
        } = self;
        drop(input);
        assert!(child.wait().unwrap().success());
    }
}

#[tokio::test]
async fn nothing_stays_behind_in_the_client() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("").await;
    let wrong = at.canary();
    let socket = at.stand.socket("billing");
    let arguments = [socket.to_str().unwrap(), &at.reader];
    let program = Program::run(&arguments, &wrong);
    assert!(program.line.contains("PIN"), "{}", program.line);
    let found = search(program.child.id(), &at.typed).unwrap();
    program.end();
    assert_eq!(found, []);
    at.assert_clean("a wrong PIN of the client");
}

#[test]
fn the_search_finds_what_is_kept() {
    let canary = Canary::new(&mut StdRng::seed_from_u64(3));
    let program = Program::run(&["keep"], &canary.text());
    let found = search(program.child.id(), &[canary]).unwrap();
    program.end();
    for encoding in [Encoding::Ascii, Encoding::Values, Encoding::PackedBcd] {
        let seen = found.iter().any(|find| find.encoding == encoding);
        assert!(seen, "{encoding:?}: {found:?}");
    }
}

/// What a missing wipe leaves: memory that was given back as it was, and is not given out again.
#[test]
fn the_search_finds_what_was_dropped_without_a_wipe() {
    let canary = Canary::new(&mut StdRng::seed_from_u64(4));
    let program = Program::run(&["drop"], &canary.text());
    let found = search(program.child.id(), &[canary]).unwrap();
    program.end();
    assert_eq!(found.len(), 9, "every piece of eight characters: {found:?}");
}

/// A panic on the way of a PIN, with the digits sealed, opened and parsed: unwinding wipes them.
#[test]
fn nothing_stays_behind_after_a_panic() {
    if !can_search() {
        return;
    }
    let canary = Canary::new(&mut StdRng::seed_from_u64(5));
    let program = Program::run(&["panic"], &canary.text());
    assert_eq!(program.line, "panicked\n");
    let found = search(program.child.id(), &[canary]).unwrap();
    program.end();
    assert_eq!(found, []);
}

/// Stacks as they are left when digits were sealed and opened, and when they could not be sealed.
#[test]
fn nothing_stays_behind_on_a_stack() {
    if !can_search() {
        return;
    }
    let rng = &mut StdRng::seed_from_u64(6);
    let canaries = [Canary::new(rng), Canary::new(rng)];
    let program = Program::run(&["rest"], &canaries.each_ref().map(Canary::text).concat());
    assert_eq!(program.line, "at rest\n");
    let found = search(program.child.id(), &canaries).unwrap();
    program.end();
    assert_eq!(found, []);
}
