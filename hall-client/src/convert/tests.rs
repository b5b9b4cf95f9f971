use cardd_proto::v1;

use super::*;
use crate::model::{AttemptSpent, Happening, HolderData, Insertion, Reason, Slot, WeakPin};

fn summary() -> v1::CardSummary {
    v1::CardSummary {
        generation: v1::Generation::Second.into(),
        specification_version: "2.00".to_owned(),
        card_number: "A12345678".to_owned(),
    }
}

fn reader(state: v1::SlotState, insertion: u64) -> v1::Reader {
    v1::Reader {
        name: "Reader 0".to_owned(),
        state: state.into(),
        insertion,
        card: None,
        fault: 0,
    }
}

const MISSING_INSERTION: ContractError = ContractError::Missing {
    field: "Reader.insertion",
};

#[test]
fn a_slot_holds_just_the_data_of_its_state() {
    use v1::SlotState::{Busy, Empty, Faulted, Identified, Present};
    let seven = Insertion::new(7).unwrap();
    let card = card::summary(summary()).unwrap();
    let with_card = |state| v1::Reader {
        card: Some(summary()),
        ..reader(state, 7)
    };
    let faulted = |insertion| v1::Reader {
        fault: v1::Reason::CardUnreadable.into(),
        ..reader(Faulted, insertion)
    };
    let fault = Reason::CardUnreadable;
    let table = [
        (reader(Empty, 0), Ok(Slot::Empty)),
        (reader(Present, 7), Ok(Slot::Present { insertion: seven })),
        (reader(Present, 0), Err(MISSING_INSERTION)),
        (
            with_card(Identified),
            Ok(Slot::Identified {
                insertion: seven,
                card: card.clone(),
            }),
        ),
        (
            reader(Identified, 7),
            Err(ContractError::Missing {
                field: "Reader.card",
            }),
        ),
        (
            reader(Busy, 7),
            Ok(Slot::Busy {
                insertion: seven,
                card: None,
            }),
        ),
        (
            with_card(Busy),
            Ok(Slot::Busy {
                insertion: seven,
                card: Some(card),
            }),
        ),
        (reader(Busy, 0), Err(MISSING_INSERTION)),
        (
            faulted(0),
            Ok(Slot::Faulted {
                insertion: None,
                fault,
            }),
        ),
        (
            faulted(7),
            Ok(Slot::Faulted {
                insertion: Some(seven),
                fault,
            }),
        ),
        (
            reader(Faulted, 7),
            Err(ContractError::UnknownValue {
                field: "CardError.reason",
                value: 0,
            }),
        ),
    ];
    for (wire, expected) in table {
        assert_eq!(
            reader::reader(wire.clone()).map(|reader| reader.slot),
            expected,
            "{wire:?}"
        );
    }
}

#[test]
fn a_slot_state_of_a_newer_daemon_is_an_error_that_names_it() {
    let mut wire = reader(v1::SlotState::Empty, 0);
    wire.state = 42;
    let error = reader::reader(wire).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Reader.state has the value 42, which this client does not know; it is older than the \
         daemon"
    );
}

#[test]
fn every_event_keeps_its_place_and_its_data() {
    use v1::event::Kind;
    let (reader, insertion) = ("Reader 0".to_owned(), 3);
    let name = || reader.clone();
    let table = [
        (Kind::Resync(v1::Resync { readers: vec![] }), "RESYNC"),
        (
            Kind::ServiceChanged(v1::ServiceChanged { up: true }),
            "SERVICE_CHANGED",
        ),
        (
            Kind::ReaderArrived(v1::ReaderArrived { reader: name() }),
            "READER_ARRIVED",
        ),
        (
            Kind::ReaderGone(v1::ReaderGone { reader: name() }),
            "READER_GONE",
        ),
        (
            Kind::CardInserted(v1::CardInserted {
                reader: name(),
                insertion,
            }),
            "CARD_INSERTED",
        ),
        (
            Kind::CardIdentified(v1::CardIdentified {
                reader: name(),
                insertion,
                card: Some(summary()),
            }),
            "CARD_IDENTIFIED",
        ),
        (
            Kind::CardFaulted(v1::CardFaulted {
                reader: name(),
                insertion,
                reason: v1::Reason::CardUnsupported.into(),
            }),
            "CARD_FAULTED",
        ),
        (
            Kind::CardRemoved(v1::CardRemoved {
                reader: name(),
                insertion,
            }),
            "CARD_REMOVED",
        ),
        (
            Kind::DoubtResolved(v1::DoubtResolved {
                reader: name(),
                insertion,
                verdict: v1::Verdict::TrySpent.into(),
                doubt: v1::Doubt::Change.into(),
            }),
            "DOUBT_RESOLVED",
        ),
        (
            Kind::DoubtArose(v1::DoubtArose {
                reader: name(),
                insertion,
                doubt: v1::Doubt::Verify.into(),
            }),
            "DOUBT_AROSE",
        ),
        (
            Kind::DoubtSettled(v1::DoubtSettled {
                reader: name(),
                insertion,
                doubt: v1::Doubt::Reset.into(),
            }),
            "DOUBT_SETTLED",
        ),
        (
            Kind::GuessBudgetSpent(v1::GuessBudgetSpent {
                spent: 10,
                limit_per_hour: 10,
            }),
            "GUESS_BUDGET_SPENT",
        ),
        (
            Kind::KiosksReopened(v1::KiosksReopened {
                desk: "counter".to_owned(),
            }),
            "KIOSKS_REOPENED",
        ),
    ];
    for (kind, code) in table {
        let wire = v1::Event {
            position: 9,
            time_unix_ms: 1,
            kind: Some(kind),
        };
        let event = event::event(wire).unwrap();
        assert_eq!((event.position, event.time_unix_ms), (9, 1));
        assert_eq!(event.happening.code(), code);
    }
}

#[test]
fn an_event_of_an_unknown_kind_or_without_an_insertion_is_an_error() {
    let unknown = v1::Event {
        position: 9,
        time_unix_ms: 1,
        kind: None,
    };
    assert_eq!(
        event::event(unknown),
        Err(ContractError::Missing {
            field: "Event.kind"
        })
    );
    let removed = v1::CardRemoved {
        reader: "R".to_owned(),
        insertion: 0,
    };
    let wire = v1::Event {
        position: 9,
        time_unix_ms: 1,
        kind: Some(v1::event::Kind::CardRemoved(removed)),
    };
    assert_eq!(
        event::event(wire),
        Err(ContractError::Missing {
            field: "CardRemoved.insertion"
        })
    );
}

#[test]
fn resync_carries_the_readers() {
    let resync = v1::Resync {
        readers: vec![reader(v1::SlotState::Present, 4)],
    };
    let wire = v1::Event {
        position: 1,
        time_unix_ms: 1,
        kind: Some(v1::event::Kind::Resync(resync)),
    };
    let Happening::Resync { readers } = event::event(wire).unwrap().happening else {
        panic!("not a resync");
    };
    assert_eq!(readers[0].insertion(), Insertion::new(4));
}

#[test]
fn a_protected_holder_is_not_an_empty_one() {
    let mut wire = v1::ReadCardResponse {
        card: Some(summary()),
        issuer: Some(v1::Issuer {
            region_code: "440300".to_owned(),
            ..v1::Issuer::default()
        }),
        holder_data: Some(v1::read_card_response::HolderData::HolderProtected(
            v1::HolderProtected {},
        )),
    };
    let contents = card::contents(wire.clone()).unwrap();
    assert_eq!(contents.holder, HolderData::Protected);
    assert_eq!(contents.issuer.region_code, "440300");
    wire.holder_data = None;
    assert_eq!(
        card::contents(wire),
        Err(ContractError::Missing {
            field: "ReadCardResponse.holder_data"
        })
    );
}

#[test]
fn debug_shows_nothing_of_the_holder() {
    let wire = v1::ReadCardResponse {
        card: Some(summary()),
        issuer: Some(v1::Issuer::default()),
        holder_data: Some(v1::read_card_response::HolderData::Holder(v1::Holder {
            name: "张三".to_owned(),
            citizen_number: "110101199003074514".to_owned(),
            ..v1::Holder::default()
        })),
    };
    let shown = format!("{:?}", card::contents(wire).unwrap());
    assert!(
        !shown.contains("张三") && !shown.contains("1101"),
        "{shown}"
    );
}

#[test]
fn a_failure_keeps_every_field() {
    let failure = failure::from_wire(v1::CardError {
        reason: v1::Reason::PinWrong.into(),
        attempts_remaining: Some(2),
        attempt_spent: v1::AttemptSpent::Yes.into(),
        status_word: Some(0x63C2),
        incident_id: "i-1".to_owned(),
        weak_pin: 0,
        message_zh: "中".to_owned(),
        message_en: "en".to_owned(),
    })
    .unwrap();
    assert_eq!(failure.reason, Reason::PinWrong);
    assert_eq!(failure.attempts_remaining, Some(2));
    assert_eq!(failure.attempt_spent, AttemptSpent::Yes);
    assert_eq!(failure.status_word, Some(0x63C2));
    assert_eq!(failure.incident_id, "i-1");
    assert_eq!(
        (failure.text.zh.as_str(), failure.text.en.as_str()),
        ("中", "en")
    );
}

#[test]
fn a_failure_with_odd_side_fields_errs_on_the_safe_side() {
    let failure = failure::from_wire(v1::CardError {
        reason: v1::Reason::PinTooWeak.into(),
        attempt_spent: 77,
        status_word: Some(0x1_0000),
        weak_pin: v1::WeakPin::Run.into(),
        ..v1::CardError::default()
    })
    .unwrap();
    assert_eq!(failure.attempt_spent, AttemptSpent::Unknown);
    assert_eq!(failure.status_word, None);
    assert_eq!(failure.text, WeakPin::Run.text().into());
}

#[test]
fn hashes_have_their_length() {
    let wire = v1::LedgerRecord {
        sequence: 5,
        previous_hash: vec![1; 32],
        hash: vec![2; 32],
        ..v1::LedgerRecord::default()
    };
    let record = ledger::record(wire.clone()).unwrap();
    assert_eq!((record.previous_hash, record.hash), ([1; 32], [2; 32]));
    let short = v1::LedgerRecord {
        hash: vec![2; 31],
        ..wire
    };
    assert_eq!(
        ledger::record(short),
        Err(ContractError::Length {
            field: "LedgerRecord.hash",
            bytes: 31
        })
    );
}

#[test]
fn a_terminal_without_a_desk_is_an_error() {
    let wire = v1::GetStatusResponse {
        desk: Some(v1::Desk {
            name: "billing-1".to_owned(),
            kind: v1::DeskKind::Billing.into(),
        }),
        pcsc: v1::ServiceState::Up.into(),
        ledger: v1::LedgerState::Ready.into(),
        readers: 2,
        guess_budget: Some(v1::GuessBudget::default()),
        rules: Some(v1::RulesInForce {
            source: v1::RulesSource::Configuration.into(),
            ..v1::RulesInForce::default()
        }),
        ..v1::GetStatusResponse::default()
    };
    let status = terminal::status(wire.clone()).unwrap();
    assert_eq!(
        (status.desk.name.as_str(), status.readers),
        ("billing-1", 2)
    );
    assert!(
        terminal::status(v1::GetStatusResponse {
            desk: None,
            ..wire.clone()
        })
        .is_err()
    );
    assert_eq!(
        terminal::status(v1::GetStatusResponse { ledger: 9, ..wire }),
        Err(ContractError::UnknownValue {
            field: "GetStatusResponse.ledger",
            value: 9
        })
    );
}
