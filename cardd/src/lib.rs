//! cardd: the terminal side of the social security card (社会保障卡) PIN.
//!
//! | module | what it holds | may name |
//! |---|---|---|
//! | [`app`] | puts the layers together; the only reader of the clock | everything |
//! | [`config`] | text to [`config::Config`]; every limit and default | `pin`, `policy` |
//! | [`log`] | where structured logs go | `config` |
//! | [`rpc`] | gRPC: handlers that only translate | `terminal` and what it shows |
//! | [`terminal`] | one file per operation, from the grant to the record | the five below |
//! | [`doctor`] | what keeps a terminal from working or from being safe, a check a file | `config`, `ledger`, `reader`, `sandbox` |
//! | [`sandbox`] | what the process gives up: files, ports, system calls, swap | nothing |
//! | [`policy`] | which desk may do what | `pin` |
//! | [`ledger`] | intents before, outcomes after, durable; the chain | nothing |
//! | [`card`] | bytes and meanings of the card's commands | `pin`, `apdu`, [`ledger::Intent`] |
//! | [`reader`] | PC/SC: slots, events, transactions | `apdu`, [`card::CardChannel`] |
//! | [`pin`] | digits that are wiped, rules, status, floor | nothing |
//! | [`apdu`] | commands and responses of ISO 7816-4 | nothing |
//!
//! Arrows never go up; `tests/layers.rs` reads the `use` lines and fails on any other edge.
//!
//! Invariants:
//! - A command that can cost a try or change the card demands an [`ledger::Intent`], which exists
//!   only after its record is on disk.
//! - One entry, one command: taking an entry out of the table removes it.
//! - The tries left are read from the card before each prompt and again right before the send.
//! - A desk that was told "nothing reached the card" is right: the right to send is decided once,
//!   between the waiting desk and the card's thread.
//! - A card that was presented a PIN is reset before its transaction ends.

pub mod apdu;
pub mod app;
pub mod card;
pub mod config;
pub mod doctor;
pub mod ledger;
pub mod log;
pub mod pin;
pub mod policy;
pub mod reader;
pub mod rpc;
pub mod sandbox;
pub mod terminal;
