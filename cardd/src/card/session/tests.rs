use std::num::NonZeroU8;

use proptest::prelude::*;

use super::super::script::Script;
use super::super::{CardFile, Damage, Generation, HolderData, Suite};
use super::*;
use crate::apdu::{MalformedResponse, Response};

const SELECT_DES: &str = "> 00A404000F7378312E73682EC9E7BBE1B1A3D5CF < 611E
    > 00C000001E < 6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860101 9000";
const SELECT_SM4: &str = "> 00A404000F7378312E73682EC9E7BBE1B1A3D5CF < 611E
    > 00C000001E < 6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860103 9000";

/// Records of three cards; the people in them are made up.
const IDENTIFY_SECOND: &str = "> 00B2012812 < 0110420100D15600000500000012FFFFFFFF 9000
    > 00B2032806 < 0304322E3030 9000
    > 00B207280B < 07095A5A30303030313235 9000";
const IDENTIFY_FIRST: &str = "> 00B2012812 < 0110420100D15600000500000011FFFFFFFF 9000
    > 00B2032806 < 0304312E3030 9000
    > 00B207280B < 07095A5A30303030313137 9000";
const IDENTIFY_THIRD: &str = "> 00B2012812 < 0110420100D15600000500000013FFFFFFFF 9000
    > 00B2032806 < 0304332E3030 9000
    > 00B207280B < 07095A5A30303030313333 9000";
const ISSUER: &str = "> 00B2022803 < 020133 9000
    > 00B204280E < 040C915600000242010042010001 9000
    > 00B2052806 < 050420140601 9000
    > 00B2062806 < 060420240601 9000";

fn second() -> Script {
    Script::parse(SELECT_DES).then(IDENTIFY_SECOND)
}

/// Runs one step on an identified card and checks that the card was asked nothing else.
fn on_card<T>(mut script: Script, step: impl FnOnce(&mut Card<'_>) -> T) -> T {
    let mut card = Card::identify(&mut script).unwrap();
    let outcome = step(&mut card);
    script.assert_done();
    outcome
}

fn identified(dialogue: &str) -> Result<CardIdentity, CardError> {
    let mut script = Script::parse(dialogue);
    let identity = Card::identify(&mut script).map(|card| card.identity().clone());
    script.assert_done();
    identity
}

fn verify(script: Script, pin: &str) -> Result<(), PinFailure> {
    let intent = Intent::for_test();
    on_card(script, |card| {
        card.verify_pin(&intent, &Pin::for_test(pin)).map(|_| ())
    })
}

fn change(script: Script, old: &str, new: &str) -> Result<(), PinFailure> {
    let intent = Intent::for_test();
    on_card(script, |card| {
        card.change_pin(&intent, &Pin::for_test(old), &NewPin::for_test(new))
    })
}

fn tries(n: u8) -> NonZeroU8 {
    NonZeroU8::new(n).unwrap()
}

mod identifying {
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
}

mod reading {
    use super::*;

    const REST_OF_HOLDER: &str = "> 00B20A3003 < 0A0132 9000
        > 00B20B3003 < 0B0101 9000
        > 00B20C3005 < 0C03420101 9000
        > 00B20D3006 < 0D0419850615 9000";

    const NUMBER: &str = "> 00B2083014 < 0812343230313031313938353036313530303033 9000";
    const NAME: &str = "> 00B2093020
        < 091EB2E2CAD4B6A1000000000000000000000000000000000000000000000000 9000";

    fn holder(script: Script) -> super::super::super::Holder {
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
}

mod presenting {
    use super::*;

    #[test]
    fn the_counter_is_asked_with_an_empty_verify() {
        let script = second().then("> 0020000000 < 63C6");
        let counter = on_card(script, |card| card.pin_counter());
        assert_eq!(counter, Ok(PinCounter::Attempts(tries(6))));
    }

    #[test]
    fn asking_for_the_counter_is_never_repeated() {
        for (answer, status_word) in [("6C02", 0x6C02_u16), ("6102", 0x6102)] {
            let script = second().then(&format!("> 0020000000 < {answer}"));
            let [sw1, sw2] = status_word.to_be_bytes();
            let refused = Err(CardError::Refused(StatusWord::new(sw1, sw2)));
            assert_eq!(on_card(script, |card| card.pin_counter()), refused);
        }
    }

    #[test]
    fn the_right_pin_makes_a_verified_card() {
        let script = second().then("> 0020000003123456 < 9000");
        let intent = Intent::for_test();
        on_card(script, |card| {
            let verified = card.verify_pin(&intent, &Pin::for_test("123456")).unwrap();
            assert_eq!(verified.identity().generation(), Generation::Second);
        });
    }

    #[test]
    fn each_failure_is_told_apart_and_nothing_is_repeated() {
        for (answer, failure) in [
            (
                "63C5",
                PinFailure::Rejected {
                    remaining: tries(5),
                },
            ),
            ("63C0", PinFailure::NowBlocked),
            ("6983", PinFailure::WasBlocked),
            ("6700", PinFailure::Refused(StatusWord::WRONG_LENGTH)),
            ("6C03", PinFailure::Refused(StatusWord::new(0x6C, 0x03))),
            ("6101", PinFailure::Refused(StatusWord::new(0x61, 0x01))),
        ] {
            let verifying = second().then(&format!("> 0020000003111111 < {answer}"));
            assert_eq!(verify(verifying, "111111"), Err(failure), "{answer}");
            let changing = second().then(&format!("> 805E010007111111FF831729 < {answer}"));
            assert_eq!(
                change(changing, "111111", "831729"),
                Err(failure),
                "{answer}"
            );
        }
    }

    #[test]
    fn the_change_is_one_command() {
        let script = second().then("> 805E0100061234FF831729 < 9000");
        assert_eq!(change(script, "1234", "831729"), Ok(()));
    }

    #[test]
    fn every_way_to_get_no_answer() {
        type Lost = fn(Reached) -> ChannelError;
        let ways: [Lost; 5] = [
            ChannelError::CardRemoved,
            ChannelError::CardReset,
            ChannelError::CardMute,
            ChannelError::ReaderGone,
            ChannelError::ServiceDown,
        ];
        for lost in ways {
            let (no, unknown) = (lost(Reached::No), lost(Reached::Unknown));
            let with = |error| second().then_fails("00200000021234", error);
            assert_eq!(verify(with(no), "1234"), Err(PinFailure::NotSent(no)));
            assert_eq!(
                verify(with(unknown), "1234"),
                Err(PinFailure::InDoubt(unknown))
            );
        }
    }

    #[test]
    fn a_cut_off_answer_leaves_doubt() {
        let script = second().then("> 00200000021234 < 90");
        let cut_off = ChannelError::Malformed(MalformedResponse::TooShort { length_bytes: 1 });
        assert_eq!(verify(script, "1234"), Err(PinFailure::InDoubt(cut_off)));
    }
}

/// Answers everything with the next of some bytes, over and over.
struct Babbler {
    answers: Vec<Vec<u8>>,
    next: usize,
    sent: usize,
}

impl CardChannel for Babbler {
    fn historical_bytes(&self) -> &[u8] {
        &[]
    }

    fn transmit(&mut self, _command: &Command) -> Result<Response, ChannelError> {
        let answer = &self.answers[self.next % self.answers.len()];
        self.next += 1;
        self.sent += 1;
        Ok(Response::parse(answer)?)
    }
}

fn answers() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let word = prop_oneof![
        4 => Just([0x90, 0x00]),
        1 => (Just(0x61), any::<u8>()).prop_map(|(sw1, sw2)| [sw1, sw2]),
        1 => (Just(0x6C), any::<u8>()).prop_map(|(sw1, sw2)| [sw1, sw2]),
        1 => Just([0x6A, 0x83]),
        2 => any::<[u8; 2]>(),
    ];
    let answer = (proptest::collection::vec(any::<u8>(), 0..40), word)
        .prop_map(|(data, word)| [data, word.to_vec()].concat());
    proptest::collection::vec(answer, 1..12)
}

/// A card that identifies, then says anything.
fn identified_then(answers: &[Vec<u8>]) -> Babbler {
    let good = [
        "9000",
        "0110420100D15600000500000012FFFFFFFF9000",
        "0304322E30309000",
        "07095A5A303030303132359000",
    ];
    let good = good.iter().map(|answer| hex::decode(answer).unwrap());
    Babbler {
        answers: good.chain(answers.iter().cloned()).collect(),
        next: 0,
        sent: 0,
    }
}

proptest! {
    #[test]
    fn no_answers_make_identifying_panic_or_go_on_for_ever(answers in answers()) {
        let mut card = Babbler { answers, next: 0, sent: 0 };
        let _ = Card::identify(&mut card);
        prop_assert!(card.sent <= 4 * 2 * 17);
    }

    #[test]
    fn no_answers_make_reading_panic(answers in answers()) {
        let mut babbler = identified_then(&answers);
        let mut card = Card::identify(&mut babbler).unwrap();
        let _ = card.read();
    }

    #[test]
    fn a_pin_command_is_sent_once_and_only_9000_is_success(answers in answers()) {
        let intent = Intent::for_test();
        let accepted = answers[0].ends_with(&[0x90, 0x00]);
        let mut babbler = identified_then(&answers);
        let mut card = Card::identify(&mut babbler).unwrap();
        let verified = card.verify_pin(&intent, &Pin::for_test("1234")).is_ok();
        prop_assert_eq!(verified, accepted);
        prop_assert_eq!(babbler.sent, 5);
    }
}
