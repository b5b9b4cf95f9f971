//! `hall policy`, from a new key to the rules in force.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use cardd_tests::daemon::program;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_hall_command_makes_signs_checks_and_pushes() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (key, signed, wuhan) = (at("key.toml"), at("wuhan.rules"), at("wuhan.toml"));
    fs::write(&wuhan, WUHAN).unwrap();
    let line = stdout(
        &hall(
            None,
            &["policy", "new-key", "--id", "wuhan-2026", "--out", &key],
        ),
        0,
    );
    stdout(
        &hall(
            None,
            &[
                "policy",
                "sign",
                "--signing-key",
                &key,
                "--out",
                &signed,
                &wuhan,
            ],
        ),
        0,
    );
    let public_key = line.split('"').nth(3).unwrap();
    let trust = format!("wuhan-2026={public_key}");
    let checked = stdout(
        &hall(None, &["policy", "check", "--trust", &trust, &signed]),
        0,
    );
    assert!(
        checked.contains("420100") && checked.contains("wuhan-2026"),
        "{checked}"
    );
    let other = format!("wuhan-2026={}", "00".repeat(32));
    stdout(
        &hall(None, &["policy", "check", "--trust", &other, &signed]),
        13,
    );

    let rules = at("rules");
    let config = format!(
        "[region]\ncode = \"420100\"\ndirectory = {rules:?}\nkeys = [{}]",
        line.trim()
    );
    let stand = Stand::start(&Plan::with_cards(&[]).config(&config)).unwrap();
    let socket = stand.socket("hall");
    stdout(&hall(Some(&socket), &["policy", "push", &signed]), 0);
    stdout(&hall(Some(&socket), &["policy", "push", &signed]), 13);
    let shown = stdout(&hall(Some(&socket), &["--json", "policy", "show"]), 0);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["rules"]["version"], 1);
    assert_eq!(shown["rules"]["key_id"], "wuhan-2026");
    assert_eq!(shown["weak"].as_array().unwrap().len(), 10);
}

fn hall(socket: Option<&Path>, arguments: &[&str]) -> Output {
    let mut command = Command::new(program("hall").unwrap());
    if let Some(socket) = socket {
        command.arg("--socket").arg(socket);
    }
    command
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn stdout(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}
