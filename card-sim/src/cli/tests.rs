use std::process::ExitCode;
use std::time::Duration;

use super::*;
use crate::rack::client::Client;
use crate::rack::config::{Config, SlotConfig};
use crate::rack::server::Rack;
use crate::rack::sim_cards::SimCards;

/// A rack with the empty slots `a` and `b` in a directory of its own.
struct Running {
    dir: tempfile::TempDir,
    rack: Rack,
}

fn running() -> Running {
    use rand::SeedableRng;
    let dir = tempfile::tempdir().unwrap();
    let slots = ["a", "b"]
        .map(|slot| slot.parse::<SlotConfig>().unwrap())
        .to_vec();
    let config = Config {
        slots,
        ..Config::default()
    };
    let random = || rand::rngs::StdRng::seed_from_u64(7);
    let cards = SimCards::new(None, Box::new(random));
    let rack = Rack::start(dir.path(), &config, Box::new(cards)).unwrap();
    Running { dir, rack }
}

/// What a run printed, and how it ended.
#[derive(Debug)]
struct Ran {
    out: String,
    err: String,
    code: ExitCode,
}

impl Ran {
    fn ended_with(&self, code: u8) -> bool {
        self.code == ExitCode::from(code)
    }
}

fn run_with(arguments: &[&str]) -> Ran {
    let arguments = std::iter::once("card-sim").chain(arguments.iter().copied());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(arguments.map(OsString::from), &mut out, &mut err);
    Ran {
        out: String::from_utf8(out).unwrap(),
        err: String::from_utf8(err).unwrap(),
        code,
    }
}

impl Running {
    fn rack(&self, arguments: &[&str]) -> Ran {
        let dir = self.dir.path().to_str().unwrap();
        run_with(&[&["rack", "--dir", dir], arguments].concat())
    }
}

#[test]
fn cards_go_in_and_out_by_command() {
    let rack = running();
    let ran = rack.rack(&["insert", "a", "w2"]);
    assert!(ran.ended_with(0) && ran.out.contains("w2"), "{ran:?}");
    let ran = rack.rack(&["inspect", "a"]);
    assert!(
        ran.ended_with(0) && ran.out.contains("pin: 6 of 6 attempts left"),
        "{ran:?}"
    );
    let ran = rack.rack(&["swap", "a", "w1", "--json"]);
    let slot: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (slot["card"].as_str(), slot["insertions"].as_u64()),
        (Some("w1"), Some(2))
    );
    assert!(rack.rack(&["pull", "a"]).ended_with(0));
    let ran = rack.rack(&["list", "--json"]);
    let slots: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (slots[0]["card"].as_str(), slots[1]["name"].as_str()),
        (None, Some("b"))
    );
}

#[test]
fn refusals_are_sentences_and_exit_with_one() {
    let rack = running();
    assert!(rack.rack(&["insert", "a", "w2"]).ended_with(0));
    let table: [(&[&str], &str); 7] = [
        (
            &["insert", "a", "w1"],
            "there is a card in slot \"a\" already",
        ),
        (&["insert", "b", "w2"], "the card \"w2\" is in slot \"a\""),
        (
            &["insert", "b", "nobody"],
            "there is no card and no persona named \"nobody\"",
        ),
        (&["pull", "b"], "there is no card in slot \"b\""),
        (&["pull", "c"], "there is no slot named \"c\""),
        (&["release", "a"], "no command is held in slot \"a\""),
        (
            &["inspect", "nobody"],
            "there is no slot and no card named \"nobody\"",
        ),
    ];
    for (arguments, sentence) in table {
        let ran = rack.rack(arguments);
        assert!(ran.ended_with(1), "{ran:?}");
        assert_eq!(ran.err, format!("error: {sentence}\n"));
    }
    let view = Client::connect(rack.dir.path()).unwrap().list().unwrap();
    assert_eq!(view[0].card.as_deref(), Some("w2"), "nothing moved");
}

#[test]
fn the_other_exit_codes_are_as_documented() {
    let rack = running();
    assert!(
        rack.rack(&["wait", "a", "held", "--timeout-ms", "1"])
            .ended_with(4)
    );
    assert!(run_with(&["rack", "fly"]).ended_with(2));
    assert!(rack.rack(&["pull", "a", "--at-apdu", "0"]).ended_with(2));
    assert!(rack.rack(&["hold", "a", "zz"]).ended_with(2));
    let empty = tempfile::tempdir().unwrap();
    let ran = run_with(&["rack", "--dir", empty.path().to_str().unwrap(), "list"]);
    assert!(
        ran.ended_with(3) && ran.err.contains("no rack answers"),
        "{ran:?}"
    );
    let ran = rack.rack(&["serve", "--slot", "a"]);
    assert!(
        ran.ended_with(5) && ran.err.contains("another rack serves"),
        "{ran:?}"
    );
    let ran = rack.rack(&["serve", "--config", "/does/not/exist"]);
    assert!(
        ran.ended_with(5) && ran.err.contains("cannot read /does/not/exist"),
        "{ran:?}"
    );
}

#[test]
fn stop_is_answered_and_ends_the_wait() {
    let rack = running();
    assert!(rack.rack(&["insert", "a", "w2"]).ended_with(0));
    assert!(rack.rack(&["stop"]).ended_with(0));
    rack.rack.wait();
}

#[test]
fn personas_and_completions_are_printed() {
    let ran = run_with(&["--json", "personas"]);
    let personas: Vec<serde_json::Value> = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(personas.len(), READY.len());
    assert!(run_with(&["completions", "bash"]).out.contains("card-sim"));
    assert!(run_with(&["--help"]).out.contains("Exit codes"));
}

#[test]
fn reader_conf_names_the_slots_for_each_driver() {
    let rack = running();
    let ran = rack.rack(&["reader-conf", "--slot", "a", "--library", "/l.so"]);
    let device = format!("DEVICENAME unix:{}/ifd.sock:a", rack.dir.path().display());
    assert!(
        ran.out.contains(&device) && ran.out.contains("LIBPATH /l.so"),
        "{ran:?}"
    );
    let config = rack.dir.path().join("rack.toml");
    std::fs::write(&config, "[[slot]]\nname = \"s\"\nvpcd_port = 35963\n").unwrap();
    let ran = rack.rack(&[
        "reader-conf",
        "--vpcd",
        "--config",
        config.to_str().unwrap(),
    ]);
    assert!(ran.out.contains("DEVICENAME /dev/null:35963"), "{ran:?}");
}

#[test]
fn a_client_that_talks_nonsense_is_told_so_and_may_go_on() {
    use std::io::{BufRead, BufReader};
    let rack = running();
    let socket = crate::rack::runtime_dir::control_socket(rack.dir.path());
    let mut stream = std::os::unix::net::UnixStream::connect(socket).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
        .write_all(b"{\"do\":\"fly\"}\n{\"do\":\"clear\",\"slot\":\"a\"}\n")
        .unwrap();
    let mut lines = BufReader::new(stream).lines();
    assert!(
        lines
            .next()
            .unwrap()
            .unwrap()
            .contains("\"code\":\"bad_request\"")
    );
    assert_eq!(lines.next().unwrap().unwrap(), r#"{"ok":"done"}"#);
}
