//! Software social security card (社会保障卡), byte for byte, for tests of terminals.
//!
//! Three generations: 1.0x and 2.0x in the DES suite, 3.0x in the SM4 suite. The card is built after
//! LD/T 32.x-2015 (commands, security, flows) and 人社信息函〔2012〕37号 (files, tags, access
//! conditions). It shares no code with any terminal: its decoder is a second witness.
//!
//! | module | what it holds |
//! |---|---|
//! | [`virtual_card`] | the four verbs a reader needs: `power_on`, `power_off`, `reset`, `execute` |
//! | [`card`] | [`Card`]: one file per command, transmission rules, volatile session, inspection |
//! | [`apdu`] | own APDU decoder and status words |
//! | [`pin`], [`counter`] | the PIN object and the attempt counter |
//! | [`crypto`] | DES and SM4 suites: diversification, session key, authentication data, MAC, PIN block |
//! | [`files`] | file tree, records, access conditions of each generation |
//! | [`persona`] | [`Persona`]: who the card is and how it answers where no standard speaks |
//! | [`state`] | what survives power-off, written atomically |
//! | [`randomness`] | scripted random numbers for dialogues with fixed bytes |
//! | [`faults`] | what goes wrong at which command, by plan or by seed |
//! | [`rack`] | named slots that show cards to the real pcscd through our own reader driver |
//! | [`vpcd`] | the same for the stock virtual reader |
//! | [`cli`] | the `card-sim` command |
//!
//! Modules know only those below them: `card` → `persona`, `state` → `crypto`, `files` → `pin`,
//! `counter`, `apdu`; `cli` → `rack` → `vpcd`, `faults`, `card`.
//!
//! Invariants:
//! - A try is on stable storage before the compare, and given back only after success.
//! - Nothing raises an attempt counter but success or an issuer command.
//! - Every input to `execute` has an answer of at least two bytes, except from a mute card.
//! - PIN and keys are wiped on drop and never shown by `Debug`.
//! - Storage and randomness come in as arguments; no card reads a clock.
//!
//! ```
//! use card_sim::{Card, Persona};
//! use card_sim::{randomness::ScriptedRng, state::MemoryStore, virtual_card::VirtualCard};
//!
//! let persona = Persona::ready("w1")?;
//! let mut card = Card::new(persona, MemoryStore::new(), ScriptedRng::default())?;
//! card.power_on();
//! card.execute(b"\x00\xA4\x04\x00\x0Fsx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF");
//! assert_eq!(card.execute(&[0x00, 0x20, 0x00, 0x00, 0x02, 0x12, 0x34]), [0x90, 0x00]);
//! # Ok::<(), card_sim::card::CardError>(())
//! ```

pub mod apdu;
pub mod card;
pub mod cli;
pub mod counter;
pub mod crypto;
pub mod faults;
pub mod files;
pub mod persona;
pub mod pin;
pub mod rack;
pub mod randomness;
pub mod state;
pub mod virtual_card;
pub mod vpcd;

pub use card::Card;
pub use persona::Persona;
