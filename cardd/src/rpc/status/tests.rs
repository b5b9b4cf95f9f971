use std::num::NonZeroU8;

use cardd_proto::reason::code;
use tonic::Code;

use super::*;
use crate::{
    apdu::StatusWord,
    card::{CardError as CardFailure, Reached},
    pin::{AtFloor, WeakRule},
};

fn told(error: &TerminalError) -> CardError {
    card_error(error, "i")
}

fn after_send(failure: PinFailure, remaining: Option<u8>, spent: AttemptSpent) -> TerminalError {
    TerminalError::Pin {
        failure,
        remaining,
        spent,
    }
}

fn new_pin_error(refused: NewPinRefused) -> TerminalError {
    TerminalError::NewPin {
        refused,
        said: None,
    }
}

const REMOVED: ChannelError = ChannelError::CardRemoved(Reached::Unknown);

type Row = (
    TerminalError,
    Reason,
    Code,
    Option<u32>,
    v1::AttemptSpent,
    Option<u32>,
);

/// Error, reason, code, tries left, spent, status word: what a desk decides by.
fn table() -> Vec<Row> {
    use v1::AttemptSpent::{No, Unknown, Yes};
    let two = NonZeroU8::new(2).unwrap();
    let wrong = PinFailure::Rejected { remaining: two };
    let odd = PinFailure::Refused(StatusWord::WRONG_LENGTH);
    let floor = AtFloor {
        remaining: NonZeroU8::MIN,
    };
    let person = Code::FailedPrecondition;
    vec![
        (
            after_send(wrong, Some(2), AttemptSpent::Yes),
            Reason::PinWrong,
            person,
            Some(2),
            Yes,
            Some(0x63C2),
        ),
        (
            after_send(PinFailure::NowBlocked, Some(0), AttemptSpent::Yes),
            Reason::PinNowBlocked,
            person,
            Some(0),
            Yes,
            Some(0x63C0),
        ),
        (
            after_send(PinFailure::WasBlocked, Some(0), AttemptSpent::No),
            Reason::PinWasBlocked,
            person,
            Some(0),
            No,
            Some(0x6983),
        ),
        (
            after_send(odd, Some(3), AttemptSpent::No),
            Reason::CardRefused,
            person,
            Some(3),
            No,
            Some(0x6700),
        ),
        (
            after_send(PinFailure::InDoubt(REMOVED), None, AttemptSpent::Unknown),
            Reason::CardRemovedDuringChange,
            Code::Aborted,
            None,
            Unknown,
            None,
        ),
        (
            TerminalError::NoAnswerYet,
            Reason::CardMute,
            Code::Aborted,
            None,
            Unknown,
            None,
        ),
        (
            TerminalError::WasBlocked,
            Reason::PinWasBlocked,
            person,
            Some(0),
            No,
            None,
        ),
        (
            TerminalError::IssuedPin,
            Reason::IssuedPin,
            person,
            None,
            No,
            None,
        ),
        (
            TerminalError::AtFloor(floor),
            Reason::AttemptsAtFloor,
            person,
            Some(1),
            No,
            None,
        ),
        (
            TerminalError::LastAttemptUnconfirmed,
            Reason::LastAttemptUnconfirmed,
            person,
            Some(1),
            No,
            None,
        ),
        (
            TerminalError::Card(CardFailure::Channel(REMOVED)),
            Reason::CardRemoved,
            Code::Unavailable,
            None,
            No,
            None,
        ),
        (
            TerminalError::Submit(SubmitError::Busy),
            Reason::ReaderBusy,
            Code::ResourceExhausted,
            None,
            No,
            None,
        ),
        (
            TerminalError::Busy,
            Reason::ReaderBusy,
            Code::ResourceExhausted,
            None,
            No,
            None,
        ),
        (
            TerminalError::EntryTimedOut,
            Reason::EntryTimedOut,
            Code::DeadlineExceeded,
            None,
            No,
            None,
        ),
        (
            new_pin_error(NewPinRefused::Differ),
            Reason::NewPinsDiffer,
            Code::Cancelled,
            None,
            No,
            None,
        ),
        (
            TerminalError::DeskUnknown,
            Reason::DeskUnknown,
            Code::Unauthenticated,
            None,
            No,
            None,
        ),
    ]
}

#[test]
fn each_error_tells_a_desk_what_to_do_next() {
    for (error, reason, expected, remaining, spent, status_word) in table() {
        let told = told(&error);
        assert_eq!(told.reason(), reason, "{error:?}");
        assert_eq!(code(reason), expected, "{error:?}");
        assert_eq!(told.attempts_remaining, remaining, "{error:?}");
        assert_eq!(told.attempt_spent(), spent, "{error:?}");
        assert_eq!(told.status_word, status_word, "{error:?}");
    }
}

#[test]
fn a_weak_pin_is_explained_by_its_rule() {
    let told = told(&new_pin_error(NewPinRefused::Weak(WeakRule::BirthDate)));
    assert_eq!(told.reason(), Reason::PinTooWeak);
    assert_eq!(told.weak_pin(), WeakPin::BirthDate);
    assert_eq!(told.message_en, text::of_weak_pin(WeakPin::BirthDate).en);
}

#[test]
fn a_lost_answer_is_never_told_as_a_wrong_pin() {
    let broken = [
        ChannelError::CardRemoved(Reached::Unknown),
        ChannelError::CardReset(Reached::Unknown),
        ChannelError::CardMute(Reached::Unknown),
        ChannelError::ReaderGone(Reached::Unknown),
        ChannelError::ServiceDown(Reached::Unknown),
    ];
    for error in broken {
        let told = told(&after_send(
            PinFailure::InDoubt(error),
            None,
            AttemptSpent::Unknown,
        ));
        assert_eq!(code(told.reason()), Code::Aborted, "{error:?}");
        assert_eq!(told.attempt_spent(), v1::AttemptSpent::Unknown, "{error:?}");
    }
}
