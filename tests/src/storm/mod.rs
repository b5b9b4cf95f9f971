//! The storm: desks, holders, thieves, operators and faults, by seed, against cardd's own code, with
//! a model that looks into the cards.
//!
//! ```text
//! dialogue ─▶ Run ──▶ Life: Terminal, Readers (by hand), Ledger ──▶ World: PC/SC, cards, time
//!              └─▶ Books: what each card truly holds ◀── looks inside ──┘
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | [`step`] | the steps of a dialogue, and their text |
//! | [`dialogue`](mod@dialogue) | dialogues from seeds |
//! | [`world`] | PC/SC, readers, cards and time, as cardd is shown them |
//! | [`bag`] | the cards |
//! | [`life`] | one life of cardd |
//! | [`hall`] | the issuer's answers |
//! | [`region`] | rule files, and what holds under them |
//! | [`run`](mod@run) | a dialogue, step by step |
//! | [`books`] | the reference model and the promises |
//! | [`shrink`](mod@shrink) | a failing dialogue made short |
//! | [`campaign`](mod@campaign) | many seeds, on all cores |
//! | [`check`], [`mutants`], [`sabotage`] | terminals that are broken on purpose |
//! | [`through_pcscd`] | the same dialogues through everything that is real |
//! | [`transcript`] | everything that happened |
//!
//! Nothing here reads a clock or waits for one, and every random number comes from the seed: a seed
//! gives the same storm each time, record for record.

pub mod bag;
pub mod books;
pub mod campaign;
pub mod check;
pub mod command;
pub mod dialogue;
pub mod hall;
pub mod life;
pub mod mutants;
pub mod region;
pub mod run;
pub mod sabotage;
pub mod shrink;
pub mod step;
pub mod through_pcscd;
pub mod transcript;
pub mod world;

/// Steps of a dialogue.
pub const LENGTH: usize = 120;
