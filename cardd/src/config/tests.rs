use super::*;

/// The uncommented form of the annotated desk example.
const DESK: &str = r#"
[[desk]]
name = "kiosk-1"
kind = "kiosk"
socket = "/run/cardd/kiosk.sock"
"#;

#[test]
fn the_annotated_file_is_the_default() {
    let annotated = Config::parse(ANNOTATED).unwrap();
    assert_eq!(format!("{annotated:?}"), format!("{:?}", Config::default()));
}

#[test]
fn the_annotated_file_names_every_key() {
    let table: toml::Table = ANNOTATED.parse().unwrap();
    let keys = |section: &str| table[section].as_table().unwrap().len();
    assert_eq!((table.len(), keys("region")), (10, 3));
    assert_eq!((keys("issuer"), keys("sandbox")), (5, 3));
    assert_eq!((keys("log"), keys("pin"), keys("readers")), (2, 2, 3));
    assert_eq!((keys("ledger"), keys("limits"), keys("remote")), (3, 9, 7));
}

#[test]
fn an_unknown_key_is_refused_with_its_name() {
    let refused = Config::parse("[limits]\nentry_lifetime = 5").unwrap_err();
    let ConfigError::Syntax(cause) = refused else {
        panic!("{refused:?}")
    };
    assert!(cause.to_string().contains("entry_lifetime"), "{cause}");
}

#[test]
fn a_number_out_of_range_is_refused_with_its_key() {
    for (text, key) in [
        ("[limits]\nopen_entries = 0", "limits.open_entries"),
        ("[readers]\nqueue_jobs = 0", "readers.queue_jobs"),
        ("terminal_id = \"\"", "terminal_id"),
    ] {
        let refused = Config::parse(text).unwrap_err();
        assert!(refused.to_string().starts_with(key), "{text}: {refused}");
    }
}

#[test]
fn a_length_that_the_card_does_not_take_is_refused() {
    for length in [
        "{ min = 3, max = 6 }",
        "{ min = 6, max = 5 }",
        "{ min = 4, max = 17 }",
    ] {
        let refused = Config::parse(&format!("[pin]\nlength = {length}")).unwrap_err();
        let ConfigError::Syntax(cause) = refused else {
            panic!("{refused:?}")
        };
        assert!(cause.to_string().contains("PIN length"), "{cause}");
    }
}

#[test]
fn two_desks_cannot_share_a_name_or_a_socket() {
    assert_eq!(Config::parse(DESK).unwrap().desk.len(), 1);
    let twice = Config::parse(&DESK.repeat(2)).unwrap_err();
    assert_eq!(twice.to_string(), "desk.name: \"kiosk-1\" stands twice");
    let other_name = format!("{DESK}{}", DESK.replace("kiosk-1", "kiosk-2"));
    let shared = Config::parse(&other_name).unwrap_err();
    assert!(shared.to_string().starts_with("desk.socket"), "{shared}");
}

#[test]
fn a_desk_of_an_unknown_kind_is_refused() {
    let refused = Config::parse(&DESK.replace("kind = \"kiosk\"", "kind = \"bank\"")).unwrap_err();
    assert!(matches!(refused, ConfigError::Syntax(_)), "{refused:?}");
}
