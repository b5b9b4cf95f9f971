use super::*;
use crate::apdu::MalformedResponse;

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
