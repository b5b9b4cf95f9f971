use super::*;

#[test]
fn a_card_of_each_generation() {
    for (select, records, generation, suite, number) in [
        (
            SELECT_DES,
            IDENTIFY_FIRST,
            Generation::First,
            Suite::Des,
            "ZZ0000117",
        ),
        (
            SELECT_DES,
            IDENTIFY_SECOND,
            Generation::Second,
            Suite::Des,
            "ZZ0000125",
        ),
        (
            SELECT_SM4,
            IDENTIFY_THIRD,
            Generation::Third,
            Suite::Sm4,
            "ZZ0000133",
        ),
    ] {
        let identity = identified(&format!("{select} {records}")).unwrap();
        assert_eq!(identity.generation(), generation);
        assert_eq!(identity.suite(), Some(suite));
        assert_eq!(identity.card_number().as_text().expose(), number);
        assert!(identity.card_number().check_character_ok());
        assert_eq!(identity.identifier().region_code(), "420100");
        assert_eq!(
            hex::encode(identity.historical_bytes()),
            "000053494d8600420100000001"
        );
    }
}

#[test]
fn version_and_number_may_be_empty_or_missing() {
    for (version, number) in [
        ("0304FFFFFFFF 9000", "0709202020202020202020 9000"),
        ("6A83", "6A83"),
    ] {
        let identity = identified(&format!(
            "{SELECT_DES}
            > 00B2012812 < 0110420100D15600000500000012FFFFFFFF 9000
            > 00B2032806 < {version} > 00B207280B < {number}"
        ))
        .unwrap();
        assert_eq!(identity.generation(), Generation::Second);
        assert_eq!(identity.specification_version(), "");
        assert_eq!(identity.card_number().as_text().expose(), "");
    }
}

#[test]
fn a_card_without_its_identifier_is_damaged() {
    for (answer, damage) in [
        ("6A83", Damage::RecordMissing),
        ("0102D156 9000", Damage::WrongLength),
        ("0110D156 9000", Damage::Malformed),
        ("6A82", Damage::FileMissing),
    ] {
        let refused = identified(&format!("{SELECT_DES} > 00B2012812 < {answer}"));
        let expected = CardError::Damaged {
            file: CardFile::Ef05,
            tag: 0x01,
            damage,
        };
        assert_eq!(refused, Err(expected), "{answer}");
    }
}

#[test]
fn another_kind_of_card_is_named() {
    let refused = identified("> 00A404000F7378312E73682EC9E7BBE1B1A3D5CF < 6A82");
    assert_eq!(refused, Err(CardError::NotSupported));
}

#[test]
fn debug_shows_no_number() {
    let identity = identified(&format!("{SELECT_DES} {IDENTIFY_SECOND}")).unwrap();
    let shown = format!("{identity:?}");
    assert_eq!(
        shown,
        "CardIdentity { generation: Second, suite: Some(Des), .. }"
    );
}
