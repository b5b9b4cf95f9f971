//! The `hall` command as a shell sees it, without a daemon.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests stop at the first surprise, as tests do"
)]

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

fn hall(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hall"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    hall(arguments).output().unwrap()
}

fn nowhere(directory: &Path) -> String {
    directory.join("none.sock").to_str().unwrap().to_owned()
}

#[test]
fn digits_on_the_command_line_are_refused() {
    let output = run(&["pin", "verify", "--pin", "8317"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn help_tells_the_exit_codes() {
    let output = run(&["--help"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(
        text.contains("Exit codes:") && text.contains("read the tries left"),
        "{text}"
    );
}

#[test]
fn without_a_daemon_it_says_so_in_both_languages_and_that_no_try_was_spent() {
    let directory = tempfile::tempdir().unwrap();
    let output = run(&["--socket", &nowhere(directory.path()), "status"]);
    assert_eq!(output.status.code(), Some(7));
    assert!(output.stdout.is_empty());
    let text = String::from_utf8(output.stderr).unwrap();
    for part in [
        "终端服务没有应答",
        "does not answer",
        "No try was spent",
        "none.sock",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn without_a_daemon_a_program_gets_one_object() {
    let directory = tempfile::tempdir().unwrap();
    let output = run(&["--json", "--socket", &nowhere(directory.path()), "readers"]);
    let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["error"], "UNREACHABLE");
    assert_eq!(error["exit_code"], 7);
    assert_eq!(error["attempt_spent"], "NO");
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn software_keys_start_for_simulated_cards_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("roots.toml");
    let root = "[[root]]\nkind = \"puk\"\nsuite = \"des\"\nlevel = \"national\"\nkey = \"101112131415161718191A1B1C1D1E1F\"\n";
    for (profile, code) in [("simulation", 0), ("production", 12)] {
        std::fs::write(&path, format!("profile = \"{profile}\"\n{root}")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let check = ["issuer", "check-keys", "--keys", path.to_str().unwrap()];
        let output = run(&check);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
}

#[test]
fn a_closed_standard_output_is_no_failure() {
    let (read, write) = std::io::pipe().unwrap();
    drop(read);
    let output = hall(&["completions", "bash"])
        .stdout(write)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

#[test]
fn completions_and_manual_pages_are_made() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]).stdout;
        assert!(
            String::from_utf8(script)
                .unwrap()
                .contains("accept-last-attempt"),
            "{shell}"
        );
    }
    assert!(
        run(&["man"])
            .stdout
            .windows(3)
            .any(|window| window == b".TH")
    );
    let directory = tempfile::tempdir().unwrap();
    let status = run(&["man", "--directory", directory.path().to_str().unwrap()]).status;
    assert!(status.success());
    assert!(directory.path().join("hall-pin-verify.1").exists());
}

#[test]
fn pages_of_a_desk_are_not_served_to_other_hosts() {
    let output = run(&["desk", "--kind", "kiosk", "--listen", "0.0.0.0:0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("127.0.0.1") && text.contains("页面只能提供给本机"),
        "{text}"
    );
}
