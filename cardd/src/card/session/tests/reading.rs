use super::*;

const REST_OF_HOLDER: &str = "> 00B20A3003 < 0A0132 9000
    > 00B20B3003 < 0B0101 9000
    > 00B20C3005 < 0C03420101 9000
    > 00B20D3006 < 0D0419850615 9000";

const NUMBER: &str = "> 00B2083014 < 0812343230313031313938353036313530303033 9000";
const NAME: &str = "> 00B2093020
    < 091EB2E2CAD4B6A1000000000000000000000000000000000000000000000000 9000";

fn holder(script: Script) -> crate::card::Holder {
    match on_card(script, |card| card.read().unwrap().holder) {
        HolderData::Open(holder) => holder,
        HolderData::Protected => panic!("the holder data are open"),
    }
}

#[test]
fn issuer_and_holder_of_a_second_generation_card() {
    let script = second()
        .then(ISSUER)
        .then(NUMBER)
        .then(NAME)
        .then("> 00B24E3016 < 4E140000000000000000000000000000000000000000 9000")
        .then(REST_OF_HOLDER);
    let (data, facts) = on_card(script, |card| {
        let data = card.read().unwrap();
        let facts = data.holder_facts(card.identity());
        (data, facts)
    });
    assert_eq!(data.issuer.card_class, Some('3'));
    assert_eq!(
        data.issuer.initialising_agency.as_deref(),
        Some("915600000242010042010001")
    );
    assert_eq!(data.issuer.issued_on.unwrap().to_string(), "2014-06-01");
    assert_eq!(data.issuer.expires_on.unwrap().to_string(), "2024-06-01");
    let HolderData::Open(holder) = data.holder else {
        panic!("the holder data are open");
    };
    assert_eq!(holder.citizen_number.expose(), "420101198506150003");
    assert_eq!(holder.name.expose(), "测试丁");
    assert_eq!(holder.sex.expose(), "2");
    assert_eq!(holder.ethnic_group.expose(), "01");
    assert_eq!(holder.birth_place.expose(), "420101");
    assert_eq!(facts.birth_date.unwrap().year(), 1985);
    assert_eq!(facts.citizen_number.unwrap().expose(), "420101198506150003");
    assert_eq!(facts.card_number.unwrap().expose(), "ZZ0000125");
}

#[test]
fn the_first_generation_has_no_name_extension() {
    let script = Script::parse(SELECT_DES)
        .then(IDENTIFY_FIRST)
        .then(ISSUER)
        .then(NUMBER)
        .then(NAME)
        .then(REST_OF_HOLDER);
    assert_eq!(holder(script).name.expose(), "测试丁");
}

#[test]
fn a_missing_name_extension_is_an_empty_one() {
    let script = second()
        .then(ISSUER)
        .then(NUMBER)
        .then(NAME)
        .then("> 00B24E3016 < 6A83")
        .then(REST_OF_HOLDER);
    assert_eq!(holder(script).name.expose(), "测试丁");
}

#[test]
fn a_name_goes_on_in_its_extension_even_inside_a_character() {
    let name = format!("> 00B2093020 < 091E {} B6 9000", "61".repeat(29));
    let extension = format!("> 00B24E3016 < 4E14 A1 {} 9000", "FF".repeat(19));
    let script = second()
        .then(ISSUER)
        .then(NUMBER)
        .then(&name)
        .then(&extension)
        .then(REST_OF_HOLDER);
    assert_eq!(
        holder(script).name.expose(),
        format!("{}丁", "a".repeat(29))
    );
}

#[test]
fn protected_holder_data_are_no_error() {
    let script = Script::parse(SELECT_SM4)
        .then(IDENTIFY_THIRD)
        .then(ISSUER)
        .then("> 00B2083014 < 6982");
    let facts = on_card(script, |card| {
        let data = card.read().unwrap();
        assert_eq!(data.holder, HolderData::Protected);
        data.holder_facts(card.identity())
    });
    assert!(facts.birth_date.is_none() && facts.citizen_number.is_none());
    assert_eq!(facts.card_number.unwrap().expose(), "ZZ0000133");
}

#[test]
fn a_damaged_record_is_named() {
    let script = second()
        .then(ISSUER)
        .then("> 00B2083014 < 0912343230313031313938353036313530303033 9000");
    let expected = CardError::Damaged {
        file: CardFile::Ef06,
        tag: 0x08,
        damage: Damage::Malformed,
    };
    assert_eq!(on_card(script, |card| card.read().unwrap_err()), expected);
}
