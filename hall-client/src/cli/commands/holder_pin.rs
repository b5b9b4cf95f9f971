//! `hall counter holder-pin`: after a reset the holder chooses a PIN, while the card is held.

use std::time::Duration;

use hall_client::{ClientError, HolderPinEntry, Reason, Terminal};
use rand::{
    SeedableRng as _,
    rngs::{StdRng, SysRng},
};
use serde_json::json;

use crate::{
    cli::{
        args::HolderPinArgs,
        digits::{Deadline, Source},
        output::Output,
        problem::Problem,
    },
    text::Say,
};

/// Choices that a person may make before the command gives up; cardd's own wait ends it sooner.
const CHOICES: usize = 20;

pub(super) async fn run(
    terminal: &Terminal,
    args: &HolderPinArgs,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let source = Source::open(args.pin_fd)?;
    let mut rng = StdRng::try_from_rng(&mut SysRng).map_err(Problem::system("read randomness"))?;
    let mut wait = Duration::from_secs(args.wait);
    output.say(Say::WaitingForReset);
    for _ in 0..CHOICES {
        let entry = terminal.begin_holder_pin(args.case, wait).await?;
        wait = Duration::ZERO;
        match choose(entry, &source, &mut rng, output).await {
            Ok(sequence) => {
                return output.result(
                    || json!({ "case": args.case, "outcome": "HOLDER_PIN_SET", "ledger_sequence": sequence }),
                    |lang| format!("{}: {sequence}", lang.say(Say::HolderPinSet)),
                );
            }
            Err(problem) if source.is_person() && may_choose_again(&problem) => {
                output.problem(&problem);
            }
            Err(problem) => return Err(problem),
        }
    }
    Err(Problem::Declined)
}

async fn choose(
    entry: HolderPinEntry,
    source: &Source,
    rng: &mut StdRng,
    output: &Output<'_>,
) -> Result<u64, Problem> {
    let until = Deadline::after(entry.expires_in());
    let new = source.pin(output.lang, Say::TypeNew, until)?;
    let again = source.pin(output.lang, Say::TypeAgain, until)?;
    Ok(entry.set(new, again, rng).await?)
}

/// Whether the card goes on waiting after this refusal.
fn may_choose_again(problem: &Problem) -> bool {
    let Problem::Client(ClientError::Card(failure)) = problem else {
        return matches!(problem, Problem::TooLong);
    };
    [
        Reason::PinFormat,
        Reason::PinTooWeak,
        Reason::NewEqualsOld,
        Reason::NewPinsDiffer,
    ]
    .contains(&failure.reason)
}
