use std::time::Duration;

use hall_client::{
    CardFailure, Reason, WeakPin,
    error::{ContractError, Message},
    evidence::Fault,
    issuer::KeyError,
};
use serde_json::json;

use super::*;
use crate::text::Lang;

fn failed(reason: Reason) -> Problem {
    Problem::Client(ClientError::Card(CardFailure {
        reason,
        attempts_remaining: Some(2),
        attempt_spent: AttemptSpent::Yes,
        status_word: Some(0x63C2),
        incident_id: "i-9".to_owned(),
        weak_pin: Some(WeakPin::Run),
        text: Message::from(reason.text()),
    }))
}

fn system() -> io::Error {
    io::Error::other("told")
}

fn local() -> Vec<(Problem, &'static str, u8)> {
    let no = AttemptSpent::No;
    vec![
        (Problem::NoCard, "NO_CARD", 6),
        (Problem::ReaderUnknown, "READER_UNKNOWN", 6),
        (
            Problem::SeveralCards(vec!["A".to_owned(), "B".to_owned()]),
            "SEVERAL_CARDS",
            2,
        ),
        (
            Problem::LastAttemptUnconfirmed,
            "LAST_ATTEMPT_UNCONFIRMED",
            5,
        ),
        (Problem::Declined, "ENTRY_CANCELLED", 11),
        (Problem::NoTerminal(system()), "NO_TERMINAL", 2),
        (Problem::BadDescriptor(system()), "BAD_DESCRIPTOR", 2),
        (Problem::DescriptorIsTerminal, "DESCRIPTOR_IS_TERMINAL", 2),
        (Problem::MissingLine, "MISSING_LINE", 2),
        (Problem::TooLong, "ENTRY_TOO_LONG", 5),
        (Problem::Expired, "ENTRY_TIMED_OUT", 11),
        (Problem::Interrupted, "INTERRUPTED", 130),
        (Problem::NoGrant, "NO_GRANT", 5),
        (Problem::OtherOperation, "GRANT_OTHER_OPERATION", 5),
        (Problem::Issuer(OperateError::Suite), "ISSUER_KEYS", 12),
        (
            Problem::Issuer(OperateError::Key(KeyError::Slow)),
            "HALL_SILENT",
            12,
        ),
        (Problem::OutputClosed, "OUTPUT_CLOSED", 0),
        (
            Bad {
                sequence: 7,
                fault: Fault::Content,
            }
            .into(),
            "CHAIN_BAD",
            10,
        ),
        (
            CollectError::Gap { from: 1, to: 2 }.into(),
            "COLLECTION",
            10,
        ),
        (
            Problem::System {
                step: "x",
                source: system().into(),
            },
            "SYSTEM",
            1,
        ),
        (
            ClientError::Timeout {
                limit: Duration::from_secs(1),
                attempt_spent: no,
            }
            .into(),
            "NO_ANSWER",
            7,
        ),
        (
            ClientError::Contract {
                attempt_spent: no,
                cause: ContractError::Missing {
                    field: "Reader.card",
                },
            }
            .into(),
            "CONTRACT",
            1,
        ),
        (ClientError::EntryTooLong.into(), "ENTRY_TOO_LONG", 5),
    ]
}

#[test]
fn local_problems_have_code_exit_and_both_texts_and_cost_no_try() {
    for (problem, code, exit) in local() {
        let json = problem.json();
        assert_eq!(json["error"], code);
        assert_eq!(json["exit_code"], exit, "{code}");
        assert_eq!(json["attempt_spent"], "NO", "{code}");
        assert!(!json["message_zh"].as_str().unwrap().is_empty(), "{code}");
        assert!(!json["message_en"].as_str().unwrap().is_empty(), "{code}");
        assert!(
            problem
                .lines(Lang::En)
                .contains(&"No try was spent.".to_owned()),
            "{code}"
        );
    }
}

#[test]
fn every_reason_is_told_with_its_text_its_try_and_its_incident() {
    for reason in Reason::ALL {
        let lines = failed(*reason).lines(Lang::En);
        assert_eq!(
            lines,
            [
                reason.text().en.to_owned(),
                "This spent one try.".to_owned(),
                "Tries left: 2".to_owned(),
                "Status word: 63C2".to_owned(),
                "Incident: i-9".to_owned(),
            ]
        );
    }
}

#[test]
fn the_json_of_a_failure_has_stable_names() {
    let text = Reason::PinWrong.text();
    assert_eq!(
        failed(Reason::PinWrong).json(),
        json!({
            "error": "PIN_WRONG",
            "exit_code": 3,
            "attempt_spent": "YES",
            "attempts_remaining": 2,
            "status_word": "63C2",
            "weak_pin": "RUN",
            "incident_id": "i-9",
            "message_zh": text.zh,
            "message_en": text.en,
            "causes": [],
        })
    );
}

#[test]
fn a_silence_after_the_digits_sends_to_the_counter() {
    let problem = Problem::from(ClientError::Timeout {
        limit: Duration::from_secs(1),
        attempt_spent: AttemptSpent::Unknown,
    });
    assert_eq!(problem.exit(), Exit::InDoubt);
    assert!(
        problem
            .lines(Lang::En)
            .iter()
            .any(|line| line.contains("hall pin status"))
    );
}

#[test]
fn causes_are_told() {
    let problem = Problem::BadDescriptor(system());
    assert!(problem.lines(Lang::Zh).contains(&"told".to_owned()));
}
