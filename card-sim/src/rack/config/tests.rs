use super::*;

const GOOD: &str = r#"
state_dir = "/var/lib/card-sim"
[[slot]]
name = "desk"
reader = "Desk Reader"
card = "zhang"
[[slot]]
name = "stock"
vpcd_port = 35963
[[card]]
name = "zhang"
persona = "issued"
"#;

#[test]
fn a_full_configuration_is_read() {
    let config = Config::from_toml(GOOD).unwrap();
    assert_eq!(config.slots.len(), 2);
    assert_eq!(config.slots[0].reader_name(), "Desk Reader");
    assert_eq!(config.slots[1].reader_name(), "card-sim stock");
    assert_eq!(config.slots[1].vpcd_port, Some(35963));
    assert_eq!(config.cards[0].persona, "issued");
}

fn slots(n: usize) -> String {
    (0..n)
        .map(|i| format!("[[slot]]\nname = \"s{i}\"\n"))
        .collect()
}

#[test]
fn sixteen_slots_fit_and_seventeen_do_not() {
    assert!(Config::from_toml(&slots(16)).is_ok());
    assert!(matches!(
        Config::from_toml(&slots(17)),
        Err(ConfigError::SlotCount(17))
    ));
    assert!(matches!(
        Config::from_toml(""),
        Err(ConfigError::SlotCount(0))
    ));
}

#[test]
fn each_fault_has_its_own_error() {
    type Check = fn(&ConfigError) -> bool;
    let table: [(&str, Check); 8] = [
        ("[[slot]]\nname = \"A\"", |e| {
            matches!(e, ConfigError::SlotName(_))
        }),
        ("[[slot]]\nname = \"a\"\nreader = \"x\\\"y\"", |e| {
            matches!(e, ConfigError::ReaderName(_))
        }),
        ("[[slot]]\nname = \"a\"\nreader = \"读卡器\"", |e| {
            matches!(e, ConfigError::ReaderName(_))
        }),
        ("[[slot]]\nname = \"a\"\n[[slot]]\nname = \"a\"", |e| {
            matches!(e, ConfigError::Twice("slot", _))
        }),
        (
            "[[slot]]\nname=\"a\"\nreader=\"r\"\n[[slot]]\nname=\"b\"\nreader=\"r\"",
            |e| matches!(e, ConfigError::Twice("reader", _)),
        ),
        (
            "[[slot]]\nname=\"a\"\nvpcd_port=1\n[[slot]]\nname=\"b\"\nvpcd_port=1",
            |e| matches!(e, ConfigError::Twice("vpcd port", _)),
        ),
        (
            "[[slot]]\nname=\"a\"\n[[card]]\nname=\"../x\"\npersona=\"p\"",
            |e| matches!(e, ConfigError::CardName(_)),
        ),
        ("[[slot]]\nname=\"a\"\ncolour=\"red\"", |e| {
            matches!(e, ConfigError::Toml(_))
        }),
    ];
    for (text, is_right) in table {
        let error = Config::from_toml(text).unwrap_err();
        assert!(is_right(&error), "{text}: {error:?}");
    }
}

#[test]
fn slot_options_are_a_name_and_perhaps_a_card() {
    let slot: SlotConfig = "desk=zhang".parse().unwrap();
    assert_eq!(
        (slot.name.as_str(), slot.card.as_deref()),
        ("desk", Some("zhang"))
    );
    let slot: SlotConfig = "desk".parse().unwrap();
    assert_eq!((slot.name.as_str(), slot.card), ("desk", None));
    assert!("desk=".parse::<SlotConfig>().is_err());
}
