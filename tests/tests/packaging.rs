//! The files of an installed terminal, read by the tools that will read them there. A tool that is
//! missing is named on standard error; a tool that complains fails the test.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests stop at the first surprise and say what was left out"
)]

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// Exposure of the unit as `systemd-analyze security` counts it, in tenths of ten.
const MOST_EXPOSURE: u32 = 10;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../udev")
        .join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(file(name)).unwrap()
}

/// Runs a tool; `false` if this machine has none. A complaint fails the test.
fn accepted(tool: &str, arguments: &[&str]) -> bool {
    let output = match Command::new(tool).args(arguments).output() {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            eprintln!("LEFT OUT: {tool} is not on this machine");
            return false;
        }
        Err(error) => panic!("{tool}: {error}"),
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{tool} {arguments:?}: {said}");
    true
}

/// The unit with a binary that exists, since this machine may have no cardd installed.
fn unit_with_some_binary(directory: &Path) -> String {
    let unit = text("cardd.service");
    assert!(unit.contains("ExecStart=/usr/bin/cardd serve --config /etc/cardd/cardd.toml\n"));
    let path = directory.join("cardd.service");
    fs::write(&path, unit.replace("/usr/bin/cardd", "/bin/true")).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn systemd_understands_the_unit() {
    let directory = tempfile::tempdir().unwrap();
    let unit = unit_with_some_binary(directory.path());
    accepted("systemd-analyze", &["verify", "--man=no", &unit]);
}

#[test]
fn systemd_finds_the_unit_hardened() {
    let directory = tempfile::tempdir().unwrap();
    let unit = unit_with_some_binary(directory.path());
    let threshold = format!("--threshold={MOST_EXPOSURE}");
    accepted(
        "systemd-analyze",
        &["security", "--offline=yes", "--no-pager", &threshold, &unit],
    );
}

#[test]
fn digits_reach_neither_dump_nor_swap_nor_network() {
    let unit = text("cardd.service");
    for line in [
        "LimitCORE=0",
        "LimitMEMLOCK=infinity",
        "MemorySwapMax=0",
        "RestrictAddressFamilies=AF_UNIX",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "User=cardd",
    ] {
        assert!(unit.lines().any(|candidate| candidate == line), "{line}");
    }
}

/// What cardd gives up by itself, the unit must let it give up.
#[test]
fn the_unit_leaves_cardd_the_calls_for_its_own_walls() {
    let unit = text("cardd.service");
    let permitted: Vec<_> = unit
        .lines()
        .filter_map(|line| line.strip_prefix("SystemCallFilter="))
        .flat_map(str::split_whitespace)
        .collect();
    for call in ["landlock_restrict_self", "landlock_add_rule", "seccomp"] {
        assert!(permitted.contains(&call), "{call}: {permitted:?}");
    }
}

/// Users and groups first, in an empty root; then the directories that name them.
#[test]
fn users_groups_and_directories_are_understood() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("etc")).unwrap();
    let at = format!("--root={}", root.path().display());
    if !accepted(
        "systemd-sysusers",
        &[&at, file("cardd.sysusers").to_str().unwrap()],
    ) {
        return;
    }
    let groups = fs::read_to_string(root.path().join("etc/group")).unwrap();
    for group in ["cardd-billing", "cardd-kiosk", "cardd-counter"] {
        let line = groups
            .lines()
            .find(|line| line.starts_with(&format!("{group}:")));
        assert!(
            line.is_some_and(|line| line.ends_with(":cardd")),
            "{group}: {groups}"
        );
    }
    // Cleaning reads every line and, with no age in any, touches nothing.
    accepted(
        "systemd-tmpfiles",
        &["--clean", &at, file("cardd.tmpfiles").to_str().unwrap()],
    );
}

#[test]
fn udev_understands_the_reader_rules() {
    let rules = file("70-cardd-readers.rules");
    let knows_verify = Command::new("udevadm")
        .args(["verify", "--help"])
        .output()
        .is_ok_and(|output| output.status.success());
    if knows_verify {
        accepted("udevadm", &["verify", rules.to_str().unwrap()]);
    } else {
        eprintln!("LEFT OUT: udevadm verify (systemd 254 and later); lines are checked here alone");
    }
}

/// A rule is a list of `KEY{attribute}OP"value"` (udev(7)); a line without a comparison would act
/// on every device of the machine but for the jumps before it.
#[test]
fn every_line_of_the_reader_rules_is_a_rule() {
    let text = text("70-cardd-readers.rules");
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let parts: Vec<_> = lines.flat_map(|line| line.split(", ")).map(token).collect();
    let of = |key: &str| {
        parts
            .iter()
            .filter(|part| part.0 == key)
            .map(|part| part.2)
            .collect()
    };
    let (jumps, labels): (Vec<_>, Vec<_>) = (of("GOTO"), of("LABEL"));
    assert_eq!(labels, ["cardd_readers_end"]);
    assert!(!jumps.is_empty() && jumps.iter().all(|jump| labels.contains(jump)));
    assert!(parts.contains(&("ENV{ID_USB_INTERFACES}", "!=", "*:0b????:*")));
    assert!(parts.contains(&("TAG", "+=", "systemd")));
    assert!(
        !parts.iter().any(|part| part.2 == "uaccess"),
        "pcscd owns the readers"
    );
}

/// Key, operator and value of one part of a rule.
fn token(part: &str) -> (&str, &str, &str) {
    let end = part.find(['=', '!', '+', '-', ':']).unwrap();
    let (key, rest) = part.split_at(end);
    let quote = rest.find('"').unwrap();
    let (operator, value) = rest.split_at(quote);
    let known = ["ACTION", "SUBSYSTEM", "GOTO", "LABEL", "TAG"].contains(&key)
        || (key.starts_with("ENV{") && key.ends_with('}'));
    assert!(known, "{key} in {part}");
    assert!(
        ["==", "!=", "=", "+="].contains(&operator),
        "{operator} in {part}"
    );
    let value = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap();
    assert!(!value.contains('"'), "{part}");
    (key, operator, value)
}

#[test]
fn polkit_lets_cardd_through_and_nobody_else() {
    let rule = text("60-cardd-pcsc.rules");
    for action in ["access_pcsc", "access_card"] {
        assert!(
            rule.contains(&format!("\"org.debian.pcsc-lite.{action}\"")),
            "{action}"
        );
    }
    assert!(rule.contains("subject.user == \"cardd\""));
    assert_eq!(rule.matches("polkit.Result.").count(), 1);
    for (open, close) in [('(', ')'), ('{', '}')] {
        assert_eq!(
            rule.matches(open).count(),
            rule.matches(close).count(),
            "{open}{close}"
        );
    }
}

#[test]
fn the_list_of_files_is_complete() {
    let readme = text("README.md");
    for entry in fs::read_dir(file("")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            name == "README.md" || readme.contains(&format!("| `{name}` |")),
            "{name}"
        );
    }
}
