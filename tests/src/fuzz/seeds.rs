//! Good input, from which the corpus is written.

use card_sim::{
    Card as SimCard, Persona, randomness::ScriptedRng, state::MemoryStore,
    virtual_card::VirtualCard as _,
};
use cardd::{
    apdu::{Command, Response},
    card::{Card, CardChannel, ChannelError},
    ledger::{Body, ReceiptNote},
};
use cardd_proto::{
    receipt::{self, SigningKey},
    v1,
};
use hall_client::evidence::{ChainKey, EndSeal, EvidenceRecord, export, verify::Place};
use prost::Message;

use super::{
    requests, rule_file,
    targets::{CHAIN_KEY, PERSONAS, SIGNER, sealed_seed},
};

/// Good input of a target.
#[must_use]
pub fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "sim_execute" => dialogues(),
        "sim_texts" => texts(&SIM_TEXTS),
        "card_answers" => PERSONAS.iter().filter_map(|name| answers(name)).collect(),
        "issuer_message" => hex_all(&[
            "8424000004305FBE72",
            "842400010C6DBE2000B65F32A3099EE6CB",
            "8424000114257FAD6DFBE1C641A6E094F5CF39CE8A56F20A95",
        ]),
        "requests" => requests::seeds(),
        "sealed_entry" => vec![sealed_seed().encode_to_vec()],
        "rule_file" => rule_file::seeds(),
        "config" => texts(&[cardd::config::ANNOTATED, CONFIG]),
        "ledger_body" => texts(&BODIES).into_iter().chain([note()]).collect(),
        "export" => vec![exported()],
        "receipts" => lines(),
        _other => Vec::new(),
    }
}

const SIM_TEXTS: [&str; 2] = [
    include_str!("../../../card-sim/personas/w1.toml"),
    "[[fault]]\nins = 32\npull = \"during\"\n",
];

/// The sections that the annotated file shows as comments.
const CONFIG: &str = r#"
terminal_id = "t-1"
[remote]
listen = "127.0.0.1:7443"
certificate = "/nowhere/cardd.pem"
key = "/nowhere/cardd.key"
client_ca = "/nowhere/ca.pem"
revoked = "/nowhere/crl.pem"
[[desk]]
name = "billing-1"
kind = "billing"
socket = "/run/cardd/billing.sock"
group = "cardd-billing"
users = ["his", "1001"]
[region]
code = "420100"
directory = "/var/lib/cardd/rules"
keys = [{ id = "wuhan-2026", public_key = "0101010101010101010101010101010101010101010101010101010101010101" }]
"#;

const BODIES: [&str; 3] = [
    r#"{"kind":"intent","operation":"verify","desk":"d","reader":"r","insertion":9,"card":"00112233445566778899aabbccddeeff","attempts_before":3}"#,
    r#"{"v":1,"time_unix_ms":5,"kind":"outcome","intent":2,"result":"rejected","attempts_remaining":2}"#,
    r#"{"kind":"chain_opened","why":"replaces","old_sequence":4,"old_head":"ab","damage":"w","moved_to":"m"}"#,
];

/// Two records and the seal of their end, whole under the key that the target checks with.
fn exported() -> Vec<u8> {
    let mut key = ChainKey::new(1, CHAIN_KEY.into());
    let mut place = Place::START;
    let mut file = Vec::new();
    for sequence in 1..=2 {
        let mut record = EvidenceRecord {
            sequence,
            previous_hash: place.hash,
            hash: [0; 32],
            mac: None,
            body: r#"{"v":1,"time_unix_ms":5,"kind":"stopped"}"#.to_owned(),
        };
        record.hash = record.computed_hash();
        record.mac = Some(key.record_mac(&record.hash));
        place = Place {
            sequence,
            hash: record.hash,
        };
        key = key.next();
        let _written = export::write_jsonl(&mut file, &record);
    }
    let mac = key.end_mac(&place.hash);
    let _written = export::write_end(&mut file, &EndSeal { place, mac });
    file
}

fn texts(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn hex_all(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|text| hex_bytes(text)).collect()
}

fn hex_bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap_or_default()
}

/// Pieces, each after its length.
fn framed(pieces: &[&str]) -> Vec<u8> {
    let mut all = Vec::new();
    for piece in pieces {
        let bytes = hex_bytes(piece);
        all.push(u8::try_from(bytes.len()).unwrap_or(0));
        all.extend(bytes);
    }
    all
}

/// Identify, verify, change and unblock of the vector cards.
fn dialogues() -> Vec<Vec<u8>> {
    let commands = framed(&[
        "00A404000F7378312E73682EC9E7BBE1B1A3D5CF",
        "00A4020002EF05",
        "00B2010012",
        "00B207000B",
        "00B2010540",
        "008800001011121314151617180102030405060708",
        "00A4020002EF06",
        "00B2080014",
        "0084000008",
        "0084000008",
        "0082000610F5EFE0FEA6EA27E20102030405060708",
        "0084000008",
        "842400010C6DBE2000B65F32A3099EE6CB",
        "0020000000",
        "00200000021234",
        "805E0100051234FF4321",
        "04DC052806050420200601",
        "00B0880040",
    ]);
    (0..4)
        .map(|card| [&[card], &commands[..]].concat())
        .collect()
}

/// What the software card answers when cardd identifies and reads it, and asks for its counter.
fn answers(persona: &str) -> Option<Vec<u8>> {
    let persona = Persona::ready(persona).ok()?;
    let mut card = SimCard::new(persona, MemoryStore::new(), ScriptedRng::default()).ok()?;
    let atr = card.power_on();
    let mut recorder = Recorder {
        historical: atr.iter().skip(4).take(13).copied().collect(),
        card,
        answers: Vec::new(),
    };
    if let Ok(mut card) = Card::identify(&mut recorder) {
        let _told = (card.read().is_ok(), card.pin_counter().is_ok());
    }
    // The target reads the historical bytes off the same input: the first answer's length and name.
    Some(recorder.answers)
}

/// A software card, and every answer of it after its length.
struct Recorder {
    historical: Vec<u8>,
    card: SimCard,
    answers: Vec<u8>,
}

impl CardChannel for Recorder {
    fn historical_bytes(&self) -> &[u8] {
        &self.historical
    }

    fn transmit(&mut self, command: &Command) -> Result<Response, ChannelError> {
        let bytes = command.to_bytes().ok_or(ChannelError::CommandTooLong)?;
        let answer = self.card.execute(&bytes);
        self.answers
            .push(u8::try_from(answer.len()).unwrap_or(u8::MAX));
        self.answers.extend_from_slice(&answer);
        Ok(Response::parse(&answer)?)
    }
}

fn note() -> Vec<u8> {
    let body = Body::Receipt(ReceiptNote::Cancelled {
        desk: "billing".to_owned(),
        receipt: "07".repeat(16),
    });
    serde_json::to_vec(&body).unwrap_or_default()
}

fn lines() -> Vec<Vec<u8>> {
    let mut all = vec![b"\x01F 5\nU 9 t-1 07\nC 9 t-1 08\n".to_vec()];
    let Ok(key) = SigningKey::from_seed(SIGNER.into()) else {
        return all;
    };
    let said = v1::ReceiptStatement {
        terminal_id: "t-1".to_owned(),
        receipt_id: vec![7; 16],
        bill: Some(v1::Bill {
            reference: "B-1".to_owned(),
            amount_fen: 1,
        }),
        ..v1::ReceiptStatement::default()
    };
    if let Ok(signed) = key.receipt(said) {
        all.push([b"\0", receipt::to_text(&signed).as_bytes()].concat());
    }
    let cancelled = v1::CancellationStatement {
        receipt_id: vec![7; 16],
        ..v1::CancellationStatement::default()
    };
    if let Ok(signed) = key.cancellation(cancelled) {
        all.push([b"\0", receipt::cancellation_to_text(&signed).as_bytes()].concat());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A seed that is refused at once leads the mutations nowhere.
    #[test]
    fn texts_among_the_seeds_are_good() {
        for text in [cardd::config::ANNOTATED, CONFIG] {
            let read = cardd::config::Config::parse(text);
            assert!(read.is_ok(), "{:?}", read.err());
        }
        assert!(of("rule_file").iter().all(|seed| rule_file::is_good(seed)));
    }
}
