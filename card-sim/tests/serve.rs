//! The `card-sim rack serve` process: its start, its signals, what it leaves behind.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use card_sim::rack::client::Client;
use card_sim::rack::runtime_dir::{control_socket, ifd_socket};
use rustix::process::{Pid, Signal, kill_process};

/// Starts a rack whose cards keep their state, and waits for the line that says it is ready.
#[cfg(test)]
fn serve(dir: &Path) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_card-sim"))
        .args(["rack", "serve", "--slot", "desk=w2", "--dir"])
        .arg(dir)
        .arg("--state")
        .arg(dir.join("state"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut ready)
        .unwrap();
    assert!(ready.starts_with("serving 1 slots"), "{ready}");
    child
}

#[cfg(test)]
fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

#[test]
fn a_signal_ends_it_gracefully_and_removes_its_sockets() {
    for ending in [Signal::TERM, Signal::INT] {
        let dir = tempfile::tempdir().unwrap();
        let mut child = serve(dir.path());
        assert!(ifd_socket(dir.path()).exists() && control_socket(dir.path()).exists());
        signal(&child, ending);
        assert!(child.wait().unwrap().success());
        assert!(!ifd_socket(dir.path()).exists() && !control_socket(dir.path()).exists());
    }
}

#[test]
fn a_rack_that_was_killed_leaves_nothing_in_the_way_of_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = serve(dir.path());
    signal(&first, Signal::KILL);
    assert!(!first.wait().unwrap().success());
    assert!(
        control_socket(dir.path()).exists(),
        "the dead socket is still there"
    );
    let mut second = serve(dir.path());
    let mut rack = Client::connect(dir.path()).unwrap();
    assert_eq!(rack.list().unwrap()[0].card.as_deref(), Some("w2"));
    rack.stop().unwrap();
    assert!(second.wait().unwrap().success());
}
