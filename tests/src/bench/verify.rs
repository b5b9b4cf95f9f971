//! The same VERIFY by every path, taken in turns so that the machine's moods fall on all alike.

use std::time::{Duration, Instant};

use card_sim::rack::{client::Client, wire::Exchange};
use hall_client::{Change, Insertion, Terminal, Verify};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{
    BenchError, CARD, ISSUED, OWN, SLOT,
    bare::{Bare, Commands},
    effort::Effort,
    events,
    report::VerifyFigures,
    samples::Samples,
};
use crate::{desk::typed, stand::Stand, wire::carries_pin};

/// SELECT of the application by name (LD/T 32.5 SELECT): `sx1.sh.社会保障` in GBK.
pub(super) const SELECT: &str = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF";
/// VERIFY with [`OWN`] in packed BCD.
pub(super) const VERIFY: &str = "00200000028305";

/// Durations of each path.
#[derive(Default)]
struct Paths {
    bare_session: Samples,
    bare_same_commands: Samples,
    begin_entry: Samples,
    verify_pin: Samples,
    cardd: Samples,
}

/// A desk at the card, with all it needs.
struct Desk {
    terminal: Terminal,
    rack: Client,
    reader: String,
    insertion: Insertion,
    rng: StdRng,
    told_up_to: u64,
}

/// Gives the card the holder's own PIN, then verifies it by each path in turn.
pub(super) async fn in_turns(
    stand: &Stand,
    bare: &mut Bare,
    effort: &Effort,
) -> Result<VerifyFigures, BenchError> {
    let mut desk = Desk::with_own_pin(stand).await?;
    let (_, same_commands) = desk.verify_watched().await?;
    let mut paths = Paths::default();
    for round in 0..effort.warm_up + effort.rounds {
        if round == effort.warm_up {
            paths = Paths::default();
        }
        // Who goes first changes, so that nobody always finds the caches warm.
        if round % 2 == 0 {
            through_bare(bare, &same_commands, &mut paths)?;
            desk.through_cardd(&mut paths).await?;
        } else {
            desk.through_cardd(&mut paths).await?;
            through_bare(bare, &same_commands, &mut paths)?;
        }
    }
    let apdu = bare.repeat(
        vec![SELECT.to_owned()],
        (VERIFY.to_owned(), effort.rounds),
        "9000",
    )?;
    let (card, _) = desk.verify_watched().await?;
    Ok(figures(&paths, &apdu, card, &same_commands))
}

fn figures(
    paths: &Paths,
    apdu: &Samples,
    card: Duration,
    same_commands: &[Commands],
) -> VerifyFigures {
    let (session, same) = (
        paths.bare_session.spread(),
        paths.bare_same_commands.spread(),
    );
    let cardd = paths.cardd.spread();
    VerifyFigures {
        bare_apdu: apdu.spread(),
        bare_session: session,
        bare_same_commands: same,
        cardd_begin_entry: paths.begin_entry.spread(),
        cardd_verify_pin: paths.verify_pin.spread(),
        cardd,
        ratio_to_bare_session: cardd.median_us / session.median_us,
        ratio_to_same_commands: cardd.median_us / same.median_us,
        added_over_same_commands_us: cardd.median_us - same.median_us,
        commands_of_cardd: same_commands.iter().map(Vec::len).sum(),
        card_time_of_one_verify_us: card.as_secs_f64() * 1e6,
    }
}

fn through_bare(bare: &mut Bare, same: &[Commands], paths: &mut Paths) -> Result<(), BenchError> {
    let session = vec![vec![SELECT.to_owned(), VERIFY.to_owned()]];
    paths.bare_session.push(bare.transactions(session)?);
    let same = bare.transactions(same.to_vec())?;
    paths.bare_same_commands.push(same);
    Ok(())
}

impl Desk {
    async fn with_own_pin(stand: &Stand) -> Result<Self, BenchError> {
        let terminal = Terminal::connect(stand.socket("billing")).await?;
        let mut rack = stand.rack()?;
        let reader = stand.reader(SLOT);
        let insertion = events::insert_and_wait(&mut rack, &terminal, CARD).await?;
        let mut rng = StdRng::from_rng(&mut rand::rng());
        let entry = terminal.begin_entry(&reader, insertion, Change).await?;
        entry
            .change(typed(ISSUED), typed(OWN), typed(OWN), &mut rng)
            .await?;
        Ok(Self {
            terminal,
            rack,
            reader,
            insertion,
            rng,
            told_up_to: 0,
        })
    }

    /// What a desk does from the prompt to the answer; typing takes no time here.
    async fn through_cardd(&mut self, paths: &mut Paths) -> Result<(), BenchError> {
        let started = Instant::now();
        let entry = self
            .terminal
            .begin_entry(&self.reader, self.insertion, Verify)
            .await?;
        let prompted = started.elapsed();
        entry.verify(typed(OWN), &mut self.rng).await?;
        let answered = started.elapsed();
        paths.begin_entry.push(prompted);
        paths.verify_pin.push(answered.saturating_sub(prompted));
        paths.cardd.push(answered);
        Ok(())
    }

    /// One VERIFY with an eye on the wire: how long the card took for it, and the commands of both
    /// transactions as cardd sent them.
    async fn verify_watched(&mut self) -> Result<(Duration, Vec<Commands>), BenchError> {
        let _before = self.since()?;
        let entry = self
            .terminal
            .begin_entry(&self.reader, self.insertion, Verify)
            .await?;
        let prompt = self.since()?;
        entry.verify(typed(OWN), &mut self.rng).await?;
        let sent = self.since()?;
        let verify = sent.iter().find(|exchange| carries_pin(exchange));
        let card_us = verify.map_or(0, |exchange| exchange.duration_us);
        let commands = [prompt, sent].map(|exchanges| exchanges.iter().map(command).collect());
        Ok((Duration::from_micros(card_us), commands.to_vec()))
    }

    fn since(&mut self) -> Result<Vec<Exchange>, BenchError> {
        let exchanges = self.rack.wire(self.told_up_to)?;
        self.told_up_to = exchanges.last().map_or(self.told_up_to, |last| last.number);
        Ok(exchanges)
    }
}

/// The command again: the trace does not hold the PIN, which is known here.
fn command(exchange: &Exchange) -> String {
    if carries_pin(exchange) {
        return VERIFY.to_owned();
    }
    let (p3, data) = (exchange.p3.as_deref(), exchange.data.as_deref());
    format!(
        "{}{}{}",
        exchange.header,
        p3.unwrap_or_default(),
        data.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_found_again_in_the_trace() {
        for text in [SELECT, VERIFY, "0020000000", "00B2012812", "00C000001E"] {
            let bytes = hex::decode(text).unwrap();
            let exchange = Exchange::new(("a", "w1"), &bytes, Some(&[0x90, 0]), Duration::ZERO);
            assert_eq!(command(&exchange).to_ascii_uppercase(), text);
        }
    }
}
