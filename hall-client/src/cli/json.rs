//! Results for programs. Names and codes here are stable: add, never rename.

mod event;

use hall_client::{
    CardContents, CardSummary, Case, Doubt, Holder, HolderData, Insertion, LedgerRecord, Operated,
    PinStatus, Protection, Reader, Rules, RulesInForce, Slot, Step, SuspectCard, TerminalStatus,
    Verified,
    measure::{GUESSES, Measurement, model::name_of},
};
use serde_json::{Value, json};

pub(crate) use event::event;

pub(crate) fn status(status: &TerminalStatus) -> Value {
    json!({
        "version": status.version,
        "terminal_id": status.terminal_id,
        "started_unix_ms": status.started_unix_ms,
        "desk": { "name": status.desk.name, "kind": status.desk.kind.code() },
        "pcsc": status.pcsc.code(),
        "ledger": status.ledger.code(),
        "old_ledger_head": status.old_ledger_head_hex,
        "ledger_head_sequence": status.ledger_head_sequence,
        "ledger_unacknowledged": status.ledger_unacknowledged,
        "ledger_unacknowledged_limit": status.ledger_unacknowledged_limit,
        "ledger_enrolled": status.ledger_enrolled,
        "readers": status.readers,
        "open_entries": status.open_entries,
        "guess_budget": {
            "limit_per_hour": status.guess_budget.limit_per_hour,
            "spent": status.guess_budget.spent,
            "kiosks_closed": status.guess_budget.kiosks_closed,
        },
        "protection": status.protection.iter().map(protection).collect::<Vec<_>>(),
        "rules": rules_in_force(&status.rules),
    })
}

fn protection(protection: &Protection) -> Value {
    json!({
        "part": protection.part.code(),
        "state": protection.state.code(),
        "detail": protection.detail,
    })
}

pub(crate) fn rules_in_force(rules: &RulesInForce) -> Value {
    json!({
        "source": rules.source.code(),
        "region": rules.region,
        "region_name": rules.region_name,
        "version": rules.version,
        "sha256": hex::encode(&rules.sha256),
        "key_id": rules.key_id,
    })
}

pub(crate) fn rules(rules: &Rules) -> Value {
    let weak = rules.weak.iter().map(|weak| {
        json!({ "rule": weak.rule.code(), "text_zh": weak.text.zh, "text_en": weak.text.en })
    });
    json!({
        "rules": rules_in_force(&rules.in_force),
        "min_digits": rules.min_digits,
        "max_digits": rules.max_digits,
        "weak": weak.collect::<Vec<_>>(),
        "fewest_attempts": rules.fewest_attempts,
        "agents_allowed": rules.agents_allowed,
        "second_operator": rules.second_operator,
        "guess_budget_per_hour": rules.guess_budget_per_hour,
    })
}

/// Shares are parts of 1, in the order of `guesses`.
pub(crate) fn measured(measured: &Measurement, synthetic: bool) -> Value {
    let rows = measured.rows.iter().map(|row| {
        json!({
            "rules": name_of(row.rules),
            "space_refused": row.space_refused,
            "holders_refused": row.holders_refused,
            "stranger": row.stranger,
            "wallet": row.wallet,
        })
    });
    json!({
        "synthetic": synthetic,
        "pins": measured.pins,
        "digits": measured.digits,
        "birth_date_share": measured.habits.birth_date,
        "id_number_share": measured.habits.id_number,
        "guesses": GUESSES,
        "rows": rows.collect::<Vec<_>>(),
    })
}

pub(crate) fn suspect(card: &SuspectCard) -> Value {
    json!({
        "card_ref": card.card_ref,
        "tries_lost": card.tries_lost,
        "first_unix_ms": card.first_unix_ms,
        "last_unix_ms": card.last_unix_ms,
    })
}

pub(crate) fn reader(reader: &Reader) -> Value {
    let fault = match &reader.slot {
        Slot::Faulted { fault, .. } => Some(fault.code()),
        Slot::Empty | Slot::Present { .. } | Slot::Identified { .. } | Slot::Busy { .. } => None,
    };
    json!({
        "reader": reader.name,
        "state": reader.slot.code(),
        "insertion": reader.insertion().map(Insertion::get),
        "card": reader.card().map(summary),
        "fault": fault,
    })
}

fn summary(card: &CardSummary) -> Value {
    json!({
        "generation": card.generation.code(),
        "specification_version": card.specification_version,
        "card_number": card.card_number,
    })
}

pub(crate) fn card(reader: &str, insertion: Insertion, contents: &CardContents) -> Value {
    let (holder, protected) = match &contents.holder {
        HolderData::Open(open) => (Some(holder(open)), false),
        HolderData::Protected => (None, true),
    };
    json!({
        "reader": reader,
        "insertion": insertion.get(),
        "card": summary(&contents.card),
        "issuer": {
            "card_identifier_hex": contents.issuer.card_identifier_hex,
            "region_code": contents.issuer.region_code,
            "issued_on": contents.issuer.issued_on,
            "expires_on": contents.issuer.expires_on,
            "card_class": contents.issuer.card_class,
        },
        "holder": holder,
        "holder_protected": protected,
    })
}

fn holder(holder: &Holder) -> Value {
    json!({
        "name": holder.name,
        "citizen_number": holder.citizen_number,
        "sex": holder.sex,
        "ethnic_group": holder.ethnic_group,
        "birth_place": holder.birth_place,
        "birth_date": holder.birth_date,
    })
}

pub(crate) fn pin_status(reader: &str, insertion: Insertion, status: &PinStatus) -> Value {
    json!({
        "reader": reader,
        "insertion": insertion.get(),
        "state": status.state.code(),
        "attempts_remaining": status.attempts_remaining,
        "in_doubt": status.doubt.map(Doubt::code),
    })
}

/// `outcome` is `VERIFIED` or `CHANGED`.
pub(crate) fn verified(
    reader: &str,
    insertion: Insertion,
    outcome: &str,
    verified: &Verified,
) -> Value {
    json!({
        "reader": reader,
        "insertion": insertion.get(),
        "outcome": outcome,
        "attempts_remaining": verified.attempts_remaining,
        "ledger_sequence": verified.ledger_sequence,
    })
}

/// A case; `grant` is for the hall and for nobody else.
pub(crate) fn case(case: &Case) -> Value {
    json!({
        "case": case.sequence,
        "operator": case.grant.operator(),
        "grant": hex::encode(case.grant.bytes()),
        "needs_second_operator": case.needs_second_operator,
        "expires_in_ms": u64::try_from(case.expires_in.as_millis()).unwrap_or(u64::MAX),
    })
}

/// Stable name of a step.
pub(crate) fn step(step: Step) -> &'static str {
    match step {
        Step::Opened => "OPENED",
        Step::ReadKeyAnswered => "READ_KEY_ANSWERED",
        Step::UnblockKeyAnswered => "UNBLOCK_KEY_ANSWERED",
        Step::MessageGiven => "MESSAGE_GIVEN",
        Step::HolderPinWanted => "HOLDER_PIN_WANTED",
    }
}

/// `outcome` is `UNBLOCKED`, `RELOADED` or `RELOADED_ISSUED`.
pub(crate) fn operated(outcome: &str, operated: &Operated) -> Value {
    json!({
        "outcome": outcome,
        "attempts_remaining": operated.attempts_remaining,
        "ledger_sequence": operated.ledger_sequence,
    })
}

/// `body_json` is the text that was hashed, byte for byte: a parsed form could not be checked.
pub(crate) fn record(record: &LedgerRecord) -> Value {
    json!({
        "sequence": record.sequence,
        "time_unix_ms": record.time_unix_ms,
        "previous_hash": hex::encode(record.previous_hash),
        "hash": hex::encode(record.hash),
        "body_json": record.body_json,
    })
}

#[cfg(test)]
mod tests {
    use hall_client::{Event, Generation, Happening, PinState, Reason};

    use super::*;

    fn one() -> Insertion {
        Insertion::new(1).unwrap()
    }

    #[test]
    fn readers_have_all_names_in_every_state() {
        let faulted = Reader {
            name: "R".to_owned(),
            slot: Slot::Faulted {
                insertion: None,
                fault: Reason::CardUnreadable,
            },
        };
        assert_eq!(
            reader(&faulted),
            json!({
                "reader": "R", "state": "FAULTED", "insertion": null, "card": null,
                "fault": "CARD_UNREADABLE",
            })
        );
        let card = CardSummary {
            generation: Generation::Third,
            specification_version: "3.00".to_owned(),
            card_number: "C".to_owned(),
        };
        let known = Reader {
            slot: Slot::Identified {
                insertion: one(),
                card,
            },
            ..faulted
        };
        assert_eq!(
            reader(&known),
            json!({
                "reader": "R", "state": "IDENTIFIED", "insertion": 1, "fault": null,
                "card": {
                    "generation": "THIRD", "specification_version": "3.00", "card_number": "C",
                },
            })
        );
    }

    #[test]
    fn events_are_flat() {
        let happening = Happening::CardFaulted {
            reader: "R".to_owned(),
            insertion: one(),
            fault: Reason::CardUnsupported,
        };
        assert_eq!(
            event(&Event {
                position: 4,
                time_unix_ms: 5,
                happening
            }),
            json!({
                "position": 4, "time_unix_ms": 5, "event": "CARD_FAULTED",
                "reader": "R", "insertion": 1, "fault": "CARD_UNSUPPORTED",
            })
        );
    }

    #[test]
    fn unknown_tries_are_null_not_zero() {
        let status = PinStatus {
            state: PinState::Unknown,
            attempts_remaining: None,
            doubt: Some(Doubt::Change),
        };
        assert_eq!(
            pin_status("R", one(), &status),
            json!({
                "reader": "R", "insertion": 1, "state": "UNKNOWN", "attempts_remaining": null,
                "in_doubt": "CHANGE",
            })
        );
        let outcome = Verified {
            attempts_remaining: None,
            ledger_sequence: 3,
        };
        assert_eq!(
            verified("R", one(), "VERIFIED", &outcome),
            json!({
                "reader": "R", "insertion": 1, "outcome": "VERIFIED", "attempts_remaining": null,
                "ledger_sequence": 3,
            })
        );
    }

    #[test]
    fn a_record_keeps_the_text_that_was_hashed() {
        let value = record(&LedgerRecord {
            mac: None,
            sequence: 1,
            time_unix_ms: 2,
            body_json: "{\"b\":1, \"a\":2}".to_owned(),
            previous_hash: [0; 32],
            hash: [0xAB; 32],
        });
        assert_eq!(value["body_json"], "{\"b\":1, \"a\":2}");
        assert_eq!(value["hash"], "ab".repeat(32));
    }
}
