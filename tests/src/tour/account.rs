//! The ledger's records as lines.

use hall_client::LedgerRecord;
use serde_json::Value;

use super::{TourError, cast::Cast, page::Page, told};

/// What the story did to the card: a change, a good try, six wrong ones, an unlock, a good try, a
/// reset, a change, a good try, and one for a bill.
const SENT: usize = 14;

/// Lists everything the terminal recorded and holds the chain together.
pub(super) async fn tell(cast: &Cast, page: &mut Page<'_>) -> Result<(), TourError> {
    page.scene(
        "经办窗口：台账",
        "counter: the ledger of it all; no digits, no names",
    )?;
    let records = cast.counter.ledger_records(0, 1000).await?;
    told(
        "each record names the hash of the one before",
        chained(&records),
        true,
    )?;
    let bodies: Vec<Value> = records.iter().map(body).collect::<Result<_, _>>()?;
    let of_kind = |kind| {
        bodies
            .iter()
            .filter(|body| text(body, "kind") == kind)
            .count()
    };
    told("intents", of_kind("intent"), SENT)?;
    told("outcomes", of_kind("outcome"), SENT)?;
    for (record, body) in records.iter().zip(&bodies) {
        let hash: String = record
            .hash
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        page.fact(&format!("#{:<3} {hash}…", record.sequence), &line(body))?;
    }
    Ok(())
}

fn chained(records: &[LedgerRecord]) -> bool {
    let links = records.iter().zip(records.iter().skip(1));
    records.len() > 1
        && links.fold(true, |whole, (one, next)| {
            whole && next.previous_hash == one.hash
        })
}

fn body(record: &LedgerRecord) -> Result<Value, TourError> {
    serde_json::from_str(&record.body_json).map_err(|error| TourError::NotAsTold {
        what: "the body of a record",
        expected: "a JSON object".to_owned(),
        found: error.to_string(),
    })
}

fn line(body: &Value) -> String {
    match text(body, "kind") {
        "intent" => format!(
            "准备 intent   {}  desk {}  card {}…  tries before: {}",
            text(body, "operation"),
            text(body, "desk"),
            text(body, "card").get(..8).unwrap_or_default(),
            body.get("attempts_before").unwrap_or(&Value::Null)
        ),
        "outcome" => format!(
            "结果 outcome  of #{}: {}{}",
            body.get("intent").unwrap_or(&Value::Null),
            text(body, "result"),
            body.get("attempts_remaining")
                .map_or(String::new(), |left| format!(", {left} left"))
        ),
        "denied" => format!(
            "拒绝 denied   {}  desk {}: {}",
            text(body, "operation"),
            text(body, "desk"),
            text(body, "reason")
        ),
        "case_opened" => format!(
            "受理 case     {}  desk {}  operator {}  holder {}…: {}",
            text(body, "operation"),
            text(body, "desk"),
            text(body, "operator"),
            text(body, "holder").get(..8).unwrap_or_default(),
            text(body, "reason")
        ),
        "receipt" => format!(
            "凭证 receipt  {}  {}",
            text(body, "event"),
            text(body, "desk")
        ),
        other => other.to_owned(),
    }
}

fn text<'a>(body: &'a Value, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(previous: u8, hash: u8) -> LedgerRecord {
        LedgerRecord {
            mac: None,
            sequence: 1,
            time_unix_ms: 0,
            body_json: String::new(),
            previous_hash: [previous; 32],
            hash: [hash; 32],
        }
    }

    #[test]
    fn a_chain_has_no_gap() {
        assert!(chained(&[record(0, 1), record(1, 2), record(2, 3)]));
        assert!(!chained(&[record(0, 1), record(2, 3)]));
        assert!(!chained(&[]));
    }

    #[test]
    fn records_read_as_sentences() {
        let outcome =
            json!({"kind": "outcome", "intent": 3, "result": "rejected", "attempts_remaining": 5});
        assert_eq!(line(&outcome), "结果 outcome  of #3: rejected, 5 left");
        assert_eq!(line(&json!({"kind": "started"})), "started");
    }
}
