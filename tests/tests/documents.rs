//! What the documents name is there: each test that SECURITY.md names, each folder of README.md.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{collections::BTreeSet, fs, path::Path};

use hall_client::desk::{Kind, every_screen};

const CODE: [&str; 5] = ["proto", "cardd", "card-sim", "hall-client", "tests"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// All Rust source under a folder, in one text.
fn source(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

/// Words in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_test_that_security_names_is_there() {
    let mut code = String::new();
    for folder in CODE {
        source(&root().join(folder), &mut code);
    }
    let text = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let snake = |word: &&str| {
        word.matches('_').count() >= 2 && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    };
    let names: Vec<_> = quoted(&text).filter(snake).collect();
    assert!(names.len() > 25, "{names:?}");
    let is_missing = |name: &&&str| !code.contains(&format!("fn {name}("));
    let missing: Vec<_> = names.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_screen_of_the_desks_has_its_picture_and_no_other_has() {
    let kinds = [
        ("kiosk", Kind::Kiosk),
        ("billing", Kind::Billing),
        ("counter", Kind::Counter),
    ];
    let mut screens = BTreeSet::new();
    for (name, kind) in kinds {
        for sample in every_screen(kind) {
            let screen = sample.screen.get("name").and_then(|name| name.as_str());
            screens.insert(format!("{name}-{}-{}.png", sample.page, screen.unwrap()));
        }
    }
    let kept = fs::read_dir(root().join("docs/screens/all")).unwrap();
    let kept = kept.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(kept.collect::<BTreeSet<_>>(), screens);
}

#[test]
fn every_folder_and_link_of_the_readme_is_there() {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let folders = quoted(&text).filter(|word| word.ends_with('/') && !word.contains(' '));
    let links = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let missing: Vec<_> = folders
        .chain(links)
        .filter(|path| !root().join(path).exists())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
