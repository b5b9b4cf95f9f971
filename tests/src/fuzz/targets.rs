//! The targets.

use card_sim::{
    Card as SimCard, Persona, faults::Plan, randomness::ScriptedRng, state::MemoryStore,
    virtual_card::VirtualCard as _,
};
use cardd::{
    apdu::{Command, Response, tlv},
    card::{Card, CardChannel, ChannelError, IssuerMessage},
    config::Config,
    ledger::Body,
};
use cardd_proto::{
    entry::{Binding, EntryKey, Typed, seal},
    receipt::{self, SigningKey},
    v1::{self, Purpose},
};
use hall_client::{
    evidence::{self, ChainKey, Start, export, verify},
    receipt::{Claim, ReceiptKeys, UsedReceipts, check},
};
use prost::Message;
use rand::{SeedableRng as _, rngs::StdRng};

use crate::desk::typed;

/// Takes bytes that may be anything.
pub type Target = fn(&[u8]);

/// Every target by its name, which is that of its folder in the corpus.
pub const TARGETS: [(&str, Target); 11] = [
    ("sim_execute", sim_execute),
    ("sim_texts", sim_texts),
    ("card_answers", card_answers),
    ("issuer_message", issuer_message),
    ("requests", super::requests::requests),
    ("sealed_entry", sealed_entry),
    ("rule_file", super::rule_file::rule_file),
    ("config", config),
    ("ledger_body", ledger_body),
    ("export", export),
    ("receipts", receipts),
];

/// Seed of the key that the receipts among the seeds are signed with.
pub(super) const SIGNER: [u8; 32] = [5; 32];

/// First key of the chain among the seeds.
pub(super) const CHAIN_KEY: [u8; 32] = [9; 32];

/// Cards that differ in what they read: suites, generations, damage.
pub(super) const PERSONAS: [&str; 7] =
    ["v1", "v3", "w1", "w2", "w3", "foreign-card", "damaged-file"];

/// Commands to the software card, each after its length; the first byte says which card.
///
/// # Panics
/// An answer that is no response APDU.
pub fn sim_execute(input: &[u8]) {
    let Some((which, commands)) = input.split_first() else {
        return;
    };
    let name = PERSONAS.get(usize::from(*which) % PERSONAS.len());
    let Ok(persona) = Persona::ready(name.copied().unwrap_or_default()) else {
        panic!("a ready persona is missing");
    };
    let card = SimCard::new(persona, MemoryStore::new(), ScriptedRng::default());
    let Ok(mut card) = card else {
        panic!("a ready persona makes no card");
    };
    card.power_on();
    for command in pieces(commands).take(64) {
        let answer = card.execute(command);
        assert!((2..=258).contains(&answer.len()), "{command:02X?}");
    }
}

/// Personas and fault plans as texts.
pub fn sim_texts(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let _read = Persona::from_toml(&text);
    let _read = Plan::from_toml(&text);
}

/// A card that answers anything: identified, read, its counter asked. Each answer after its length.
pub fn card_answers(input: &[u8]) {
    let mut historical = [0; 13];
    for (to, from) in historical.iter_mut().zip(input) {
        *to = *from;
    }
    let mut card = Answers {
        historical,
        answers: pieces(input),
    };
    if let Ok(mut card) = Card::identify(&mut card) {
        let _read = card.read();
        let _read = card.pin_counter();
    }
    for found in tlv::tlvs(input) {
        assert!(found.value.len() <= input.len());
    }
    let _read = tlv::find(input, &[0x84]);
}

/// Answers that are read off the input; nothing more when it is used up.
struct Answers<I> {
    historical: [u8; 13],
    answers: I,
}

impl<'a, I: Iterator<Item = &'a [u8]>> CardChannel for Answers<I> {
    fn historical_bytes(&self) -> &[u8] {
        &self.historical
    }

    fn transmit(&mut self, command: &Command) -> Result<Response, ChannelError> {
        command.to_bytes().ok_or(ChannelError::CommandTooLong)?;
        Ok(Response::parse(self.answers.next().unwrap_or_default())?)
    }
}

/// What the hall may send to a card.
///
/// # Panics
/// Another command than PIN CHANGE/UNBLOCK is taken.
pub fn issuer_message(input: &[u8]) {
    if IssuerMessage::parse(input).is_ok() {
        assert!(matches!(input, [0x84, 0x24, 0x00, 0x00 | 0x01, ..]));
    }
}

/// A sealed entry, opened with the key that the seeds are sealed to.
///
/// # Panics
/// It opens, and the ciphertext is not the one that was sealed.
pub fn sealed_entry(input: &[u8]) {
    let Ok(sealed) = v1::SealedEntry::decode(input) else {
        return;
    };
    if entry_key().open(&sealed, &entry_of()).is_ok() {
        let same = sealed_seed().ciphertext == sealed.ciphertext;
        assert!(same, "a seal that nobody made opens");
    }
}

/// A seal for [`entry_of`], to [`entry_key`].
pub(super) fn sealed_seed() -> v1::SealedEntry {
    let mut rng = StdRng::seed_from_u64(2);
    let value = Typed::Verify { pin: typed("8305") };
    seal(&value, &entry_of(), &entry_key().public_key(), &mut rng).unwrap_or_default()
}

/// The key that the seeds are sealed to.
pub(super) fn entry_key() -> EntryKey {
    EntryKey::generate(&mut StdRng::seed_from_u64(1))
}

/// What they are sealed for.
pub(super) fn entry_of() -> Binding {
    Binding {
        entry_id: [7; 16],
        insertion: 1,
        purpose: Purpose::Verify,
    }
}

/// cardd's configuration.
pub fn config(input: &[u8]) {
    let _read = Config::parse(&String::from_utf8_lossy(input));
}

/// Bodies of ledger records, as the terminal and as the hall read them. What the terminal reads, it
/// writes so that it reads the same again.
///
/// # Panics
/// It does not.
pub fn ledger_body(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let _read = evidence::body::Body::parse(&text);
    if let Ok(body) = serde_json::from_str::<Body>(&text)
        && body != Body::Unknown
        && let Ok(written) = serde_json::to_string(&body)
    {
        let again = serde_json::from_str(&written);
        assert!(again.is_ok_and(|again: Body| again == body), "{written}");
    }
}

/// An export in JSON Lines, and the check of what it holds.
pub fn export(input: &[u8]) {
    let Ok(read) = export::read_jsonl(input) else {
        return;
    };
    let start = Start::genesis(ChainKey::new(1, CHAIN_KEY.into()));
    let _read = verify::verify(&start, &read.records, read.end.as_ref());
}

/// Receipts, cancellations, and the hall's store of keys and uses; one of them by the first byte.
///
/// # Panics
/// A receipt holds that nobody signed.
pub fn receipts(input: &[u8]) {
    let Some((which, rest)) = input.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    if which % 2 == 0 {
        receipt_text(&text);
    } else {
        receipt_store(rest);
    }
}

fn receipt_text(text: &str) {
    let Ok(signer) = SigningKey::from_seed(SIGNER.into()) else {
        return;
    };
    let made = || {
        super::seeds::of("receipts")
            .iter()
            .any(|seed| seed.ends_with(text.as_bytes()))
    };
    if let Ok(receipt) = receipt::from_text(text) {
        assert_eq!(receipt::to_text(&receipt), text);
        let holds = receipt::open(&receipt, &signer.public_key()).is_ok();
        assert!(!holds || made(), "a receipt holds that nobody signed");
        let _read = receipt::claimed_key(&receipt);
    }
    if let Ok(cancellation) = receipt::cancellation_from_text(text) {
        let holds = receipt::open_cancellation(&cancellation, &signer.public_key()).is_ok();
        assert!(!holds || made(), "a cancellation holds that nobody signed");
        let _read = receipt::claimed_cancellation_key(&cancellation);
    }
}

fn receipt_store(content: &[u8]) {
    let Ok(directory) = tempfile::tempdir() else {
        return;
    };
    let place = |name: &str| directory.path().join(name);
    let _written = std::fs::write(place("receipts-used"), content);
    let _written = std::fs::write(place("receipt-keys.json"), content);
    let keys = ReceiptKeys::read(directory.path()).unwrap_or_default();
    if let Ok(mut used) = UsedReceipts::open(directory.path()) {
        let claim = Claim {
            terminal_id: "t-1",
            reference: "B-1",
            amount_fen: 1,
            insertion: None,
        };
        assert!(check(&keys, &mut used, "CR1.00.00", &claim, 1).is_err());
    }
}

/// Pieces of the input, each after one byte that is its length; the last may be short.
fn pieces(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = input;
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first()?;
        let (piece, left) = after.split_at(usize::from(*length).min(after.len()));
        rest = left;
        Some(piece)
    })
}
