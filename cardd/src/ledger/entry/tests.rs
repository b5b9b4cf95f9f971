use super::*;
use crate::ledger::{PinOrigin, Verdict};

fn parse(body: &str) -> Body {
    let stored = Stored::parse(body).unwrap();
    assert_eq!(stored.time_unix_ms, 5);
    stored.body
}

fn card() -> CardRef {
    serde_json::from_str(r#""00112233445566778899aabbccddeeff""#).unwrap()
}

/// The form of every body of version 1, written out: it must be read for ever.
fn version_1() -> Vec<(&'static str, Body)> {
    let entry = IntentEntry {
        operation: Operation::Change {
            old_is_issued: true,
        },
        desk: "d".to_owned(),
        reader: "r".to_owned(),
        insertion: 9,
        card: card(),
        attempts_before: None,
    };
    let verify = IntentEntry {
        operation: Operation::Verify,
        attempts_before: Some(3),
        ..entry.clone()
    };
    let outcome = |outcome| Body::Outcome { intent: 2, outcome };
    let why = || "w".to_owned();
    vec![
        (
            r#""kind":"chain_opened","why":"first""#,
            Body::ChainOpened {
                origin: ChainOrigin::First,
            },
        ),
        (
            r#""kind":"chain_opened","why":"replaces","old_sequence":4,"old_head":"ab","damage":"w","moved_to":"m""#,
            Body::ChainOpened {
                origin: ChainOrigin::Replaces {
                    old_sequence: 4,
                    old_head: "ab".to_owned(),
                    damage: why(),
                    moved_to: "m".to_owned(),
                },
            },
        ),
        (
            r#""kind":"chain_confirmed","desk":"d""#,
            Body::ChainConfirmed {
                desk: "d".to_owned(),
            },
        ),
        (
            r#""kind":"started","version":"0.1.0","terminal_id":"t""#,
            Body::Started(StartEntry {
                version: "0.1.0".to_owned(),
                terminal_id: "t".to_owned(),
            }),
        ),
        (r#""kind":"stopped""#, Body::Stopped),
        (
            r#""kind":"guess_budget_spent","spent":10,"limit_per_hour":10"#,
            Body::GuessBudgetSpent(BudgetEntry {
                spent: 10,
                limit_per_hour: 10,
            }),
        ),
        (
            r#""kind":"kiosks_reopened","desk":"d""#,
            Body::KiosksReopened {
                desk: "d".to_owned(),
            },
        ),
        (
            r#""kind":"unblock_key_left","card":"00112233445566778899aabbccddeeff","attempts_remaining":1"#,
            Body::UnblockKeyLeft {
                card: card(),
                attempts_remaining: 1,
            },
        ),
        (
            r#""kind":"pin_origin_known","card":"00112233445566778899aabbccddeeff","origin":"issued","intent":7"#,
            Body::PinOriginKnown {
                card: card(),
                origin: PinOrigin::Issued,
                intent: 7,
            },
        ),
        (
            r#""kind":"receipt","event":"issued","desk":"d","receipt":"07","verified":2,"bill":"00112233445566778899aabbccddeeff","amount_fen":5"#,
            Body::Receipt(ReceiptNote::Issued {
                desk: "d".to_owned(),
                receipt: "07".to_owned(),
                verified: 2,
                bill: card(),
                amount_fen: 5,
            }),
        ),
        (
            r#""kind":"receipt","event":"cancelled","desk":"d","receipt":"07""#,
            Body::Receipt(ReceiptNote::Cancelled {
                desk: "d".to_owned(),
                receipt: "07".to_owned(),
            }),
        ),
        (
            r#""kind":"receipt","event":"key_made","key_id":"aa","public_key":"bb""#,
            Body::Receipt(ReceiptNote::KeyMade {
                key_id: "aa".to_owned(),
                public_key: "bb".to_owned(),
            }),
        ),
        (
            r#""kind":"rules_taken","desk":"d","region":"420100","version":2,"sha256":"00","key":"k""#,
            Body::RulesTaken(RulesTakenEntry {
                desk: "d".to_owned(),
                region: "420100".to_owned(),
                version: 2,
                sha256: "00".to_owned(),
                key: "k".to_owned(),
            }),
        ),
        (
            r#""kind":"rules_in_force","source":"older_file","version":1,"sha256":"00""#,
            Body::RulesInForce(RulesInForceEntry {
                source: "older_file".to_owned(),
                version: 1,
                sha256: "00".to_owned(),
            }),
        ),
        (
            r#""kind":"clock_stepped","by_ms":-5"#,
            Body::ClockStepped { by_ms: -5 },
        ),
        (
            r#""kind":"denied","desk":"d","operation":"verify","reason":"w","card":"00112233445566778899aabbccddeeff""#,
            Body::Denied(DenialEntry {
                desk: "d".to_owned(),
                operation: "verify".to_owned(),
                reason: why(),
                card: Some(card()),
            }),
        ),
        (
            r#""kind":"intent","operation":"change","old_is_issued":true,"desk":"d","reader":"r","insertion":9,"card":"00112233445566778899aabbccddeeff","attempts_before":null"#,
            Body::Intent(entry.clone()),
        ),
        (
            r#""kind":"intent","operation":"verify","desk":"d","reader":"r","insertion":9,"card":"00112233445566778899aabbccddeeff","attempts_before":3"#,
            Body::Intent(verify.clone()),
        ),
        (
            r#""kind":"outcome","intent":2,"result":"succeeded""#,
            outcome(Outcome::Succeeded),
        ),
        (
            r#""kind":"outcome","intent":2,"result":"rejected","attempts_remaining":1"#,
            outcome(Outcome::Rejected {
                attempts_remaining: 1,
            }),
        ),
        (
            r#""kind":"outcome","intent":2,"result":"now_blocked""#,
            outcome(Outcome::NowBlocked),
        ),
        (
            r#""kind":"outcome","intent":2,"result":"was_blocked""#,
            outcome(Outcome::WasBlocked),
        ),
        (
            r#""kind":"outcome","intent":2,"result":"refused","status_word":27264"#,
            outcome(Outcome::Refused {
                status_word: 0x6A80,
            }),
        ),
        (
            r#""kind":"outcome","intent":2,"result":"not_sent","why":"w""#,
            outcome(Outcome::NotSent { why: why() }),
        ),
        (
            r#""kind":"outcome","intent":2,"result":"in_doubt","why":"w""#,
            outcome(Outcome::InDoubt { why: why() }),
        ),
        (
            r#""kind":"resolved","intent":2,"verdict":"try_spent","attempts_now":0"#,
            Body::Resolved {
                intent: 2,
                verdict: Verdict::TrySpent,
                attempts_now: Some(0),
            },
        ),
        (
            r#""kind":"carried","intent":2,"begun_unix_ms":3,"in_doubt":"w","operation":"verify","desk":"d","reader":"r","insertion":9,"card":"00112233445566778899aabbccddeeff","attempts_before":3"#,
            Body::Carried {
                intent: 2,
                begun_unix_ms: 3,
                in_doubt: Some(why()),
                counter_after: None,
                entry: verify,
            },
        ),
    ]
}

#[test]
fn bodies_are_written_and_read_in_the_form_of_version_1() {
    for (text, body) in version_1() {
        let text = format!(r#"{{"v":1,"time_unix_ms":5,{text}}}"#);
        assert_eq!(parse(&text), body, "{text}");
        let stored = Stored {
            v: 1,
            time_unix_ms: 5,
            body,
        };
        assert_eq!(serde_json::to_string(&stored).unwrap(), text);
    }
}

#[test]
fn fields_of_later_versions_are_skipped() {
    let body = parse(r#"{"v":2,"time_unix_ms":5,"kind":"stopped","by":"signal","list":[1,{}]}"#);
    assert_eq!(body, Body::Stopped);
}

#[test]
fn kinds_of_later_versions_read_as_unknown() {
    for text in [
        r#"{"v":2,"time_unix_ms":5,"kind":"unblocked","grant":"x"}"#,
        r#"{"v":2,"time_unix_ms":5,"kind":"outcome","intent":2,"result":"deferred"}"#,
        r#"{"v":2,"time_unix_ms":5,"kind":"intent","operation":"reload"}"#,
    ] {
        assert_eq!(parse(text), Body::Unknown, "{text}");
    }
}

#[test]
fn what_is_no_body_is_refused() {
    for text in [
        "",
        "{}",
        "[]",
        r#"{"v":1}"#,
        r#"{"v":1,"time_unix_ms":"5"}"#,
        "\u{0}",
    ] {
        assert_eq!(Stored::parse(text), None, "{text:?}");
    }
}
