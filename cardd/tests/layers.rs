//! The arrows between the modules, read from the source: a new edge must be allowed here first.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Each module with what it may name. Nothing names upwards.
const ARROWS: [(&str, &[&str]); 14] = [
    ("main", &["app", "config", "log"]),
    (
        "app",
        &[
            "config", "doctor", "ledger", "log", "policy", "reader", "rpc", "sandbox", "terminal",
        ],
    ),
    // The server takes every layer's enums apart, to the wire and nothing else.
    (
        "rpc",
        &[
            "apdu", "card", "ledger", "pin", "policy", "reader", "sandbox", "terminal",
        ],
    ),
    // Looks, and decides nothing.
    ("doctor", &["config", "ledger", "reader", "sandbox"]),
    // `sandbox::Protection` is passed on to the status, no more.
    (
        "terminal",
        &["card", "ledger", "pin", "policy", "reader", "sandbox"],
    ),
    ("config", &["pin", "policy"]),
    ("log", &["config"]),
    ("policy", &["pin"]),
    // `ledger::Intent` is the proof that a card command is recorded; see `INTENT_ONLY`.
    ("card", &["apdu", "pin", "ledger"]),
    // `card::CardChannel` is what the reader implements; see `CHANNEL_ONLY`.
    ("reader", &["apdu", "card"]),
    ("ledger", &[]),
    ("sandbox", &[]),
    ("pin", &[]),
    ("apdu", &[]),
];

const INTENT_ONLY: &[&str] = &["Intent"];
const CHANNEL_ONLY: &[&str] = &["CardChannel", "ChannelError", "Reached"];

/// Each outside crate that has one home.
const HOMES: [(&str, &[&str]); 14] = [
    ("landlock", &["sandbox/files"]),
    ("seccompiler", &["sandbox/system_calls"]),
    ("pcsc", &["reader"]),
    ("sled", &["ledger/store"]),
    ("tonic", &["rpc"]),
    ("tonic_health", &["rpc"]),
    ("tonic_reflection", &["rpc"]),
    ("rustls", &["rpc/tls"]),
    ("tokio_rustls", &["rpc/tls"]),
    ("x509_parser", &["rpc/tls", "doctor/certificates"]),
    ("toml", &["config"]),
    ("nix", &["app"]),
    ("sd_notify", &["app/supervisor"]),
    ("cardd_rules", &["pin", "policy"]),
];

struct Source {
    module: String,
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    found
}

fn collect(root: &Path, directory: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if is_product(&path) {
            let name = path.strip_prefix(root).unwrap().with_extension("");
            let name = name.to_str().unwrap().to_owned();
            let module = name.split('/').next().unwrap().to_owned();
            let text = code(&fs::read_to_string(&path).unwrap());
            found.push(Source {
                module,
                path: name,
                text,
            });
        }
    }
}

/// Rust sources but for the tests that lie beside them.
fn is_product(path: &Path) -> bool {
    let tests = |part: &std::ffi::OsStr| part == "tests" || part == "tests.rs";
    path.extension().is_some_and(|extension| extension == "rs") && !path.iter().any(tests)
}

/// The text without comments and without what is only compiled into tests at the file's end.
fn code(text: &str) -> String {
    let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    product
        .lines()
        .map(|line| line.split("//").next().unwrap())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Names that follow `start` in the text, such as the module after `crate::`; a list in braces
/// gives each of its names.
fn names_after(text: &str, start: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices(start) {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
            continue;
        }
        names.extend(heads(&text[at + start.len()..]));
    }
    names
}

/// `a::b` gives `a`; `{a::b, c::{d, e}}` gives `a` and `c`.
fn heads(text: &str) -> Vec<String> {
    let Some(list) = text.strip_prefix('{') else {
        return vec![word(text)];
    };
    let mut names = Vec::new();
    let (mut depth, mut at_head) = (0, true);
    for (index, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_head = true,
            c if at_head && !c.is_whitespace() => {
                names.push(word(&list[index..]));
                at_head = false;
            }
            _ => {}
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn arrows(module: &str) -> &'static [&'static str] {
    let row = ARROWS.iter().find(|(name, _)| *name == module);
    row.unwrap_or_else(|| panic!("module {module} has no row in ARROWS"))
        .1
}

#[test]
fn no_module_names_what_it_may_not() {
    let mut seen = BTreeSet::new();
    for source in sources().iter().filter(|source| source.module != "lib") {
        let root = if source.module == "main" {
            "cardd::"
        } else {
            "crate::"
        };
        for name in names_after(&source.text, root) {
            let allowed = arrows(&source.module);
            seen.insert((source.module.clone(), name.clone()));
            assert!(
                name == source.module || allowed.contains(&name.as_str()),
                "{}.rs names {name}",
                source.path
            );
        }
    }
    // The reader of this test is to know that the search finds something.
    for edge in [
        ("terminal", "ledger"),
        ("rpc", "terminal"),
        ("reader", "card"),
        ("main", "app"),
    ] {
        assert!(
            seen.contains(&(edge.0.to_owned(), edge.1.to_owned())),
            "{edge:?} is not seen"
        );
    }
}

#[test]
fn two_arrows_carry_one_thing_each() {
    for (module, target, only) in [
        ("card", "ledger", INTENT_ONLY),
        ("reader", "card", CHANNEL_ONLY),
    ] {
        for source in sources().iter().filter(|source| source.module == module) {
            let mut names = names_after(&source.text, &format!("crate::{target}::"));
            for list in names_after_group(&source.text, target) {
                names.extend(list);
            }
            for name in names {
                assert!(
                    only.contains(&name.as_str()),
                    "{}.rs names {target}::{name}",
                    source.path
                );
            }
        }
    }
}

/// Names under `target::` inside `use crate::{..}` lists.
fn names_after_group(text: &str, target: &str) -> Vec<Vec<String>> {
    text.match_indices("use crate::{")
        .map(|(at, start)| {
            let list = &text[at + start.len()..];
            let list = &list[..list.find(';').unwrap_or(list.len())];
            names_after(list, &format!("{target}::"))
        })
        .collect()
}

#[test]
fn each_outside_crate_stays_at_home() {
    for source in sources() {
        for (name, homes) in HOMES {
            let named = !names_after(&source.text, &format!("{name}::")).is_empty()
                || source.text.contains(&format!("use {name};"));
            let at_home = homes.iter().any(|home| source.path.starts_with(home));
            assert!(!named || at_home, "{}.rs names {name}", source.path);
        }
    }
}

#[test]
fn only_the_app_reads_the_clock() {
    for source in sources() {
        let wall = [
            "SystemTime::now()",
            "UtcDateTime::now()",
            "OffsetDateTime::now",
        ];
        let read = wall.iter().find(|call| source.text.contains(**call));
        assert!(
            read.is_none() || source.module == "app",
            "{}.rs calls {read:?}",
            source.path
        );
        // The reader's threads hold their own waits against the monotonic clock.
        let may_wait = ["app", "reader"].contains(&source.module.as_str());
        let waits = source.text.contains("Instant::now()");
        assert!(
            !waits || may_wait,
            "{}.rs reads the monotonic clock",
            source.path
        );
    }
}

#[test]
fn only_configuration_storage_and_doctor_read_files() {
    for source in sources() {
        let reads = source.text.contains("fs::read") || source.text.contains("File::open");
        let may = ["config", "doctor", "ledger"].contains(&source.module.as_str());
        assert!(!reads || may, "{}.rs reads files", source.path);
    }
}

#[test]
fn the_search_tells_names_apart() {
    let text = "use crate::{card::{A, B}, pin::C};\nlet x = crate::rpc::y(); mycrate::z; \
                let m = $crate::q;";
    assert_eq!(names_after(text, "crate::"), ["card", "pin", "rpc"]);
    assert_eq!(names_after_group(text, "card"), [["A", "B"]]);
}
