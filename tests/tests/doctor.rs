//! `cardd doctor` beside a running terminal: what is well, what is not, and the exit code.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _, process::Command};

use cardd_tests::{
    daemon::program,
    pcscd::{Ending, SOCKET_VARIABLE},
    stand::{Plan, Stand},
};
use serde_json::Value;

/// Findings by their check, and the exit code.
fn examined(stand: &Stand) -> (BTreeMap<String, Value>, i32) {
    let output = Command::new(program("cardd").unwrap())
        .args(["doctor", "--json", "--config"])
        .arg(stand.directory().join("cardd.toml"))
        .env(SOCKET_VARIABLE, stand.pcscd.socket())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let findings = text.lines().map(|line| {
        let finding: Value = serde_json::from_str(line).unwrap();
        (
            finding.get("check").unwrap().as_str().unwrap().to_owned(),
            finding,
        )
    });
    (findings.collect(), output.status.code().unwrap())
}

fn level(findings: &BTreeMap<String, Value>, check: &str) -> String {
    let level = findings.get(check).unwrap().get("level").unwrap();
    level.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_works_is_found_well() {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let (findings, _code) = examined(&stand);
    for check in [
        "configuration",
        "pcscd",
        "readers",
        "sockets",
        "ledger",
        "core-files",
        "landlock",
    ] {
        assert_eq!(level(&findings, check), "GOOD", "{check}: {findings:?}");
    }
    assert_eq!(level(&findings, "ledger-enrolled"), "WARNING");
    let readers = findings.get("readers").unwrap().get("found").unwrap();
    assert!(readers.as_str().unwrap().contains("Sim a"), "{readers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_service_and_an_open_ledger_are_faults() {
    let mut stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    stand.pcscd.end(Ending::Stop).unwrap();
    fs::set_permissions(stand.ledger(), fs::Permissions::from_mode(0o755)).unwrap();
    let (findings, code) = examined(&stand);
    assert_eq!(code, 8);
    for check in ["pcscd", "ledger"] {
        assert_eq!(level(&findings, check), "FAULT", "{check}: {findings:?}");
        let next = findings
            .get(check)
            .unwrap()
            .get("next")
            .unwrap()
            .as_str()
            .unwrap();
        assert!(!next.is_empty(), "{check}");
    }
    fs::set_permissions(stand.ledger(), fs::Permissions::from_mode(0o700)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_cannot_be_used_is_told_to_a_person() {
    let output = Command::new(program("cardd").unwrap())
        .args(["doctor", "--config", "/no/such/cardd.toml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(8));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("FAULT    configuration: /no/such/cardd.toml"),
        "{text}"
    );
    assert!(text.contains("→ `cardd default-config`"), "{text}");
}
