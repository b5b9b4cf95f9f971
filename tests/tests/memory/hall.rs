//! The `hall` command, looked at when it ends: what it leaves of the digits that it was handed, by a
//! descriptor or at a terminal, whatever came of them.

use std::{
    io::{Read as _, Write as _},
    os::fd::OwnedFd,
    process::{Command, Stdio},
};

use cardd_tests::{daemon::program, memory::ending::Ending};
use rustix::{
    process::Signal,
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};

use super::*;

/// Exit codes of `hall` (README of hall-client).
const WRONG_PIN: i32 = 3;
const REFUSED: i32 = 5;
const IN_DOUBT: i32 = 9;
const ENTRY_ENDED: i32 = 11;

impl Watched {
    /// `hall pin WHAT` at the billing desk's socket.
    fn hall(&self, what: &str) -> Command {
        let mut command = Command::new(program("hall").unwrap());
        command.arg("--socket").arg(self.stand.socket("billing"));
        command
            .args(["pin", what, "--reader", &self.reader])
            .env(QUARANTINE.0, QUARANTINE.1)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts it with these lines in its descriptor 0.
    fn typing(&self, what: &str, lines: &[&str]) -> Ending {
        let child = self.hall(what).args(["--pin-fd", "0"]).spawn().unwrap();
        let mut ending = Ending::of(child).unwrap();
        let input = ending.child.stdin.as_mut().unwrap();
        input.write_all(lines.join("\n").as_bytes()).unwrap();
        ending
    }

    /// It ends as expected and leaves nothing of any canary.
    fn assert_leaves_nothing(&self, ending: Ending, code: i32) {
        let (output, found) = ending.search(&self.typed).unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert!(shown.is_empty(), "{code}:\n{}", shown.join("\n"));
    }

    fn assert_clean_hall(&self, what: &str, pins: &[&str], code: i32) {
        let ending = self.typing(what, pins);
        self.assert_leaves_nothing(ending, code);
    }
}

#[tokio::test]
async fn nothing_stays_behind_in_hall() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("").await;
    let wrong = at.canary();
    at.assert_clean_hall("verify", &[&wrong, ""], WRONG_PIN);
    let own = at.canary();
    at.assert_clean_hall("change", &["1234", &own, &own, ""], 0);
    at.assert_clean_hall("verify", &[&own, ""], 0);
    let (new, again) = (at.canary(), at.canary());
    at.assert_clean_hall("change", &[&own, &new, &again, ""], REFUSED);
    let letter = format!("{}x", &at.canary()[..15]);
    at.assert_clean_hall("verify", &[&letter, ""], REFUSED);
    let too_long = format!("{}{}", at.canary(), at.canary());
    at.assert_clean_hall("change", &[&own, &too_long, &too_long, ""], REFUSED);

    let new = at.canary();
    let pull = PullAt {
        when: CHANGE_PIN,
        phase: PullPhase::During,
    };
    at.stand.rack().unwrap().pull_at("a", pull).unwrap();
    at.assert_clean_hall("change", &[&own, &new, &new, ""], IN_DOUBT);
}

/// The card is at work on the PIN when cardd is gone.
#[tokio::test]
async fn nothing_stays_behind_in_hall_when_its_stream_breaks() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("").await;
    let new = at.canary();
    let mut rack = at.stand.rack().unwrap();
    rack.hold("a", CHANGE_PIN, HoldPhase::Answer).unwrap();
    let ending = at.typing("change", &["1234", &new, &new, ""]);
    rack.wait("a", Until::Held, PATIENCE).unwrap();
    at.stand.cardd.end(Signal::KILL).unwrap();
    rack.release("a").unwrap();
    at.assert_leaves_nothing(ending, IN_DOUBT);
}

/// The card is slower than the desk is patient; then somebody stops in the middle of typing.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_stays_behind_in_hall_when_it_takes_too_long() {
    if !can_search() {
        return;
    }
    let limits = "[limits]\ncard_work_ms = 1000\nentry_lifetime_ms = 1000\n";
    let mut at = Watched::start(limits).await;
    let new = at.canary();
    let mut rack = at.stand.rack().unwrap();
    rack.hold("a", CHANGE_PIN, HoldPhase::Answer).unwrap();
    let ending = at.typing("change", &["1234", &new, &new, ""]);
    rack.wait("a", Until::Held, PATIENCE).unwrap();
    at.assert_leaves_nothing(ending, IN_DOUBT);
    rack.release("a").unwrap();

    // Half of it, and no more.
    let half = at.canary();
    let ending = at.typing("verify", &[&half]);
    at.assert_leaves_nothing(ending, ENTRY_ENDED);
}

/// A terminal of one's own: our end, and the one for a program.
fn terminal() -> (std::fs::File, OwnedFd) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY;
    let theirs = rustix::fs::open(name, flags, rustix::fs::Mode::empty()).unwrap();
    (ours.into(), theirs)
}

/// Typed at the prompt of a terminal, with one digit taken back.
#[tokio::test]
async fn nothing_that_was_typed_at_a_terminal_stays_behind_in_hall() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("").await;
    let wrong = at.canary();
    let (mut ours, theirs) = terminal();
    // setsid makes the terminal that of its program, and becomes the program.
    let hall = at.hall("verify");
    let child = Command::new("setsid")
        .arg("--ctty")
        .arg(hall.get_program())
        .args(hall.get_args())
        .env(QUARANTINE.0, QUARANTINE.1)
        .stdin(theirs)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let ending = Ending::of(child).unwrap();
    let mut shown = Vec::new();
    while !shown.ends_with(b": ") {
        let mut byte = [0];
        ours.read_exact(&mut byte).unwrap();
        shown.extend(byte);
    }
    ours.write_all(format!("7\x7F{wrong}\r").as_bytes())
        .unwrap();
    at.assert_leaves_nothing(ending, WRONG_PIN);
}
