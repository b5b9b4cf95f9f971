//! `hall policy`.

use std::{fs, path::Path};

use cardd_rules::region::{
    MAX_FILE_BYTES, RegionPolicy, RuleFile, RuleFileRefused, SigningKey, Trust, TrustedKey, WUHAN,
};
use hall_client::{
    Terminal,
    measure::{Frequencies, Habits, measure, picture, population},
    policy::{self, MAX_FREQUENCY_BYTES, PolicyError},
};
use serde_json::json;

use crate::{
    cli::{
        args::{MeasureArgs, PolicyCommand},
        json,
        output::Output,
        problem::Problem,
        table,
    },
    text::Say,
};

pub(super) async fn run(
    terminal: impl Future<Output = Result<Terminal, Problem>>,
    command: &PolicyCommand,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    match command {
        PolicyCommand::Show => show(&terminal.await?, output).await,
        PolicyCommand::Push { file } => push(terminal, file, output).await,
        PolicyCommand::NewKey { id, out } => {
            key_line(&policy::new_signing_key(id, out, &mut rand::rng())?, output)
        }
        PolicyCommand::Sign { key, out, body } => sign((key, out, body), output),
        PolicyCommand::Check { trust, file } => check(file, trust, output),
        PolicyCommand::Measure(args) => figures(args, output),
    }
}

async fn show(terminal: &Terminal, output: &mut Output<'_>) -> Result<(), Problem> {
    let rules = terminal.rules().await?;
    output.result(|| json::rules(&rules), |lang| table::rules(lang, &rules))
}

/// Read before the terminal is called: a file that is not there bothers nobody.
async fn push(
    terminal: impl Future<Output = Result<Terminal, Problem>>,
    file: &Path,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let content = policy::read(file, MAX_FILE_BYTES)?;
    let taken = terminal.await?.push_rules(&content).await?;
    output.result(
        || {
            json!({
                "rules": json::rules_in_force(&taken.in_force),
                "ledger_sequence": taken.ledger_sequence,
            })
        },
        |lang| {
            let version = taken.in_force.version;
            format!(
                "{}: {version}\n{}: {}",
                lang.say(Say::RulesTaken),
                lang.say(Say::LedgerHead),
                taken.ledger_sequence
            )
        },
    )
}

/// What the terminals are to be told about a new key.
fn key_line(key: &SigningKey, output: &mut Output<'_>) -> Result<(), Problem> {
    let (id, public_key) = (key.id(), key.public_key_hex());
    output.result(
        || json!({ "id": id, "public_key": public_key }),
        |_| format!("{{ id = {id:?}, public_key = \"{public_key}\" }}"),
    )
}

fn sign((key, out, body): (&Path, &Path, &Path), output: &mut Output<'_>) -> Result<(), Problem> {
    let key = policy::signing_key(key)?;
    let body = policy::read_text(body, MAX_FILE_BYTES)?;
    let signed = key.sign(&body).map_err(PolicyError::from)?;
    fs::write(out, &signed).map_err(Problem::system("write the signed file"))?;
    output.result(|| json!({ "written": out }), |_| out.display().to_string())
}

fn check(file: &Path, trust: &[TrustedKey], output: &mut Output<'_>) -> Result<(), Problem> {
    let said = policy::policy(file)?;
    let signed_by = signer(file, trust, &said).map_err(PolicyError::from)?;
    output.result(
        || {
            json!({
                "region": said.region,
                "region_name": said.name,
                "version": said.version,
                "signed_by": signed_by,
            })
        },
        |lang| {
            let signer = signed_by
                .clone()
                .unwrap_or_else(|| lang.say(Say::SignatureUnchecked));
            format!(
                "{} {} · {} {} · {signer}",
                said.name,
                said.region,
                lang.say(Say::Version),
                said.version
            )
        },
    )
}

/// The key whose signature holds; `None` if no key is trusted, so that none was looked for.
fn signer(
    file: &Path,
    trust: &[TrustedKey],
    said: &RegionPolicy,
) -> Result<Option<String>, RuleFileRefused> {
    if trust.is_empty() {
        return Ok(None);
    }
    let trust = Trust {
        region: said.region.clone(),
        keys: trust.to_vec(),
    };
    let content = policy::read(file, MAX_FILE_BYTES).unwrap_or_default();
    RuleFile::check(&content, &trust).map(|opened| Some(opened.key_id))
}

fn figures(args: &MeasureArgs, output: &mut Output<'_>) -> Result<(), Problem> {
    let said = match &args.rules {
        Some(file) => policy::policy(file)?,
        None => RegionPolicy::parse(WUHAN).map_err(PolicyError::from)?,
    };
    let habits = Habits {
        birth_date: args.birth_date_share,
        id_number: args.id_number_share,
    };
    let frequencies = frequencies(args)?;
    let measured = measure(&frequencies, &said.pin.rules, habits);
    let synthetic = args.frequencies.is_none();
    if let Some(svg) = &args.svg {
        let drawn = picture::draw(&measured, synthetic);
        fs::write(svg, drawn).map_err(Problem::system("write the picture"))?;
    }
    if synthetic {
        output.say(Say::Synthetic);
    }
    output.result(
        || json::measured(&measured, synthetic),
        |lang| table::measured(lang, &measured),
    )
}

fn frequencies(args: &MeasureArgs) -> Result<Frequencies, Problem> {
    let made_up = || population::synthetic(args.seed, population::HOLDERS, args.digits.into());
    let read = match &args.frequencies {
        None => made_up(),
        Some(file) => Frequencies::parse(&policy::read_text(file, MAX_FREQUENCY_BYTES)?),
    };
    read.map_err(Problem::Frequencies)
}
