//! `hall issuer`: a grant carried out with the issuer's keys.

mod keys;

use cardd_proto::secret::Secret;
use hall_client::{
    Grant, OperateError, Operated, Step, Terminal,
    counter::GRANT_BYTES,
    issuer::{IssuedValue, KeyService},
};
use rand::{
    SeedableRng as _,
    rngs::{StdRng, SysRng},
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    cli::{
        args::{GrantArgs, IssuerCommand},
        digits::{Deadline, Source},
        json,
        output::Output,
        problem::Problem,
        table,
    },
    text::Say,
};

/// The terminal is called only once keys and grant are there: the card waits for each answer.
pub(super) async fn run(
    terminal: impl Future<Output = Result<Terminal, Problem>>,
    command: &IssuerCommand,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let (args, digits) = match command {
        IssuerCommand::CheckKeys(args) => return keys::check(args, output),
        IssuerCommand::ImportKeys {
            hsm,
            hsm_pin_fd,
            from,
        } => return keys::import((hsm, *hsm_pin_fd), from, output),
        IssuerCommand::Unblock(grant) => (grant, None),
        IssuerCommand::Reload { grant, digits } => (grant, Some(*digits)),
    };
    let source = Source::open(args.grant_fd)?;
    let keys = keys::open(&args.keys)?;
    let mut rng = StdRng::try_from_rng(&mut SysRng).map_err(Problem::system("read randomness"))?;
    let issued = digits
        .map(|digits| IssuedValue::random(digits.into(), &mut rng))
        .transpose()
        .map_err(|error| Problem::Issuer(error.into()))?;
    let grant = grant(&source, args, output)?;
    let reset = issued.is_some();
    let done = operate(
        &terminal.await?,
        &grant,
        (&keys.keys, issued),
        &mut rng,
        output,
    )
    .await?;
    told(&done, reset, output)
}

fn grant(source: &Source, args: &GrantArgs, output: &Output<'_>) -> Result<Grant, Problem> {
    let line = source.pin(output.lang, Say::TypeGrant, Deadline::for_staff())?;
    let bytes = grant_bytes(&line).ok_or(Problem::NoGrant)?;
    Ok(Grant::new(*bytes, &args.operator))
}

fn grant_bytes(line: &Secret) -> Option<Zeroizing<[u8; GRANT_BYTES]>> {
    let mut bytes = Zeroizing::new([0; GRANT_BYTES]);
    hex::decode_to_slice(line.expose(), bytes.as_mut_slice()).ok()?;
    Some(bytes)
}

async fn operate(
    terminal: &Terminal,
    grant: &Grant,
    (keys, issued): (&KeyService, Option<IssuedValue>),
    rng: &mut StdRng,
    output: &mut Output<'_>,
) -> Result<Operated, Problem> {
    let mut unwritten = Ok(());
    let progress = |step| {
        if unwritten.is_ok() {
            unwritten = step_told(step, output);
        }
    };
    let done = terminal.operate(grant, keys, issued, rng, progress).await;
    let done = done.map_err(failed)?;
    // A reader of standard output that left does not undo what was done.
    unwritten.map(|()| done)
}

fn failed(error: OperateError) -> Problem {
    match error {
        OperateError::Client(error) => error.into(),
        OperateError::Key(_)
        | OperateError::Factors(_)
        | OperateError::IssuedValue(_)
        | OperateError::Suite => Problem::Issuer(error),
        OperateError::OtherOperation => Problem::OtherOperation,
    }
}

/// Progress: a line of its own for a program, a note for a person.
fn step_told(step: Step, output: &mut Output<'_>) -> Result<(), Problem> {
    if output.json {
        return output.line(&json!({ "step": json::step(step) }).to_string());
    }
    output.say(match step {
        Step::Opened => Say::StepOpened,
        Step::ReadKeyAnswered => Say::StepReadKey,
        Step::UnblockKeyAnswered => Say::StepUnblockKey,
        Step::MessageGiven => Say::StepMessage,
        Step::HolderPinWanted => Say::StepHolderPin,
    });
    Ok(())
}

fn told(done: &Operated, reset: bool, output: &mut Output<'_>) -> Result<(), Problem> {
    let (code, say) = match (reset, done.holder_pin_set) {
        (false, _) => ("UNBLOCKED", Say::Unblocked),
        (true, true) => ("RELOADED", Say::Reloaded),
        (true, false) => ("RELOADED_ISSUED", Say::ReloadedIssued),
    };
    output.result(
        || json::operated(code, done),
        |lang| table::operated(lang, say, done),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Secret {
        Secret::take_from(&mut text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn a_grant_is_64_hexadecimal_characters() {
        let bytes = grant_bytes(&line(&"A7".repeat(32))).unwrap();
        assert_eq!(*bytes, [0xA7; 32]);
        for text in [String::new(), "a7".repeat(31), "zz".repeat(32)] {
            assert!(grant_bytes(&line(&text)).is_none(), "{text}");
        }
    }
}
