//! The bench, cut short: every figure comes out and is one. None is held against a clock.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::process::Command;

use serde_json::Value;

/// Figures that a machine with nothing to do may well have as zero.
const MAY_BE_ZERO: [&str; 2] = ["/idle/wakeups", "/idle/wakeups_per_second"];
/// A difference of two medians; noise may turn it round.
const ANY_SIGN: &str = "/verify/added_over_same_commands_us";

/// Every number in a JSON object, with its path.
fn numbers(path: &str, value: &Value, found: &mut Vec<(String, f64)>) {
    match value {
        Value::Number(number) => found.push((path.to_owned(), number.as_f64().unwrap())),
        Value::Object(fields) => {
            for (name, value) in fields {
                numbers(&format!("{path}/{name}"), value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Array(_) => panic!("{path}: {value}"),
        Value::String(text) => assert!(!text.is_empty() || path == "/machine/processor"),
    }
}

#[test]
fn every_figure_comes_out() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("results/bench.json");
    let output = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["--quick", "--out"])
        .arg(&file)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    let report: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();

    let mut found = Vec::new();
    numbers("", &report, &mut found);
    for (path, number) in &found {
        let fine = match path.as_str() {
            ANY_SIGN => number.is_finite(),
            path if MAY_BE_ZERO.contains(&path) => *number >= 0.0,
            _ => *number > 0.0,
        };
        assert!(fine, "{path}: {number}");
    }
    for figure in [
        "/verify/bare_apdu/median_us",
        "/verify/bare_session/median_us",
        "/verify/bare_same_commands/median_us",
        "/verify/cardd/median_us",
        "/verify/ratio_to_bare_session",
        "/simulator/in_process/verify_per_second",
        "/simulator/through_pcscd/verify_per_second",
        "/events/insert_to_identified/p99_us",
        "/events/events_per_second",
        "/returns/service/ratio_to_power",
        "/returns/reader/ratio_to_power",
        "/floods/connections",
        "/floods/slow_watchers",
        "/idle/wakeups_per_second",
        "/memory_at_start/resident_kib",
        "/memory_after_work/most_resident_kib",
    ] {
        assert!(found.iter().any(|(path, _)| path == figure), "{figure}");
    }
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("ratio to the bare session"), "{table}");
}

#[test]
fn an_unknown_option_is_wrong_usage() {
    let output = Command::new(env!("CARGO_BIN_EXE_bench"))
        .arg("--slow")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}
