//! The software card: alone, and behind pcscd.

use std::{io, time::Instant};

use card_sim::{
    Card, Persona, randomness::ScriptedRng, state::MemoryStore, virtual_card::VirtualCard,
};

use super::{
    BenchError, CARD, ISSUED,
    bare::Bare,
    effort::Effort,
    must,
    report::Rates,
    samples::Samples,
    verify::{SELECT, VERIFY},
};

/// VERIFY without data: asks for the counter (LD/T 32.5 VERIFY).
const COUNTER: &str = "0020000000";
/// All tries of the card.
const WHOLE: &str = "63c6";

/// Called in this process, its state in memory.
pub(super) fn in_process(effort: &Effort) -> Result<Rates, BenchError> {
    let persona = Persona::ready(CARD).map_err(io::Error::other)?;
    let card = Card::new(persona, MemoryStore::new(), ScriptedRng::default());
    let mut card = card.map_err(io::Error::other)?;
    card.power_on();
    card.execute(&bytes(SELECT)?);
    let counter = repeat(&mut card, &bytes(COUNTER)?, effort.commands, WHOLE)?;
    let issued = bytes(&format!("0020000002{ISSUED}"))?;
    let verify = repeat(&mut card, &issued, effort.commands, "9000")?;
    Ok(Rates {
        counter_per_second: counter.per_second(),
        verify_per_second: verify.per_second(),
    })
}

/// Through libpcsclite, pcscd, our reader driver and the rack; its state in memory as well.
pub(super) fn through_pcscd(bare: &mut Bare, effort: &Effort) -> Result<Rates, BenchError> {
    let select = || vec![SELECT.to_owned()];
    let counter = bare.repeat(select(), (COUNTER.to_owned(), effort.commands), WHOLE)?;
    let verify = bare.repeat(select(), (VERIFY.to_owned(), effort.commands), "9000")?;
    Ok(Rates {
        counter_per_second: counter.per_second(),
        verify_per_second: verify.per_second(),
    })
}

fn repeat(
    card: &mut Card,
    command: &[u8],
    times: usize,
    status_word: &str,
) -> Result<Samples, BenchError> {
    let started = Instant::now();
    let mut answer = Vec::new();
    for _ in 0..times {
        answer = card.execute(command);
    }
    // One duration for all: a single command is too short for the clock.
    let each = started.elapsed() / u32::try_from(times).unwrap_or(u32::MAX);
    must(
        "answer of the card",
        hex::encode(answer).as_str(),
        status_word,
    )?;
    Ok(std::iter::repeat_n(each, times).collect())
}

fn bytes(text: &str) -> Result<Vec<u8>, BenchError> {
    Ok(hex::decode(text).map_err(io::Error::other)?)
}
