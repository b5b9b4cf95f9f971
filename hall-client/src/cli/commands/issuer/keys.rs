//! The issuer's keys that the command line names, and commands that look after them.

use std::path::Path;

use hall_client::{
    OperateError,
    issuer::{
        CipherSuite, KeyError, KeyKind, KeyService, Profile, SoftwareKeys, TokenKeys, UserPin,
        token,
    },
};
use serde_json::{Value, json};

use crate::{
    cli::{
        args::KeyArgs,
        digits::{self, Deadline},
        output::Output,
        problem::Problem,
    },
    text::Say,
};

/// An open backend and the roots in it.
pub(super) struct Opened {
    pub(super) keys: KeyService,
    backend: &'static str,
    roots: Vec<(KeyKind, CipherSuite)>,
}

/// Opens what the command line names: exactly one of the two.
pub(super) fn open(args: &KeyArgs) -> Result<Opened, Problem> {
    if let Some(file) = &args.keys {
        let keys = SoftwareKeys::open(file, Profile::Simulation).map_err(failed)?;
        return Ok(Opened {
            roots: keys.roots().collect(),
            keys: KeyService::new(keys),
            backend: "SOFTWARE",
        });
    }
    // The command line demands a backend; without one there is no file to read.
    let file = args.hsm.as_deref().unwrap_or("".as_ref());
    let keys = TokenKeys::open(file, user_pin(args.hsm_pin_fd)?).map_err(failed)?;
    Ok(Opened {
        roots: keys.roots().collect(),
        keys: KeyService::new(keys),
        backend: "PKCS11",
    })
}

/// The PIN of the HSM's user, where a descriptor gives it.
fn user_pin(descriptor: Option<i32>) -> Result<Option<UserPin>, Problem> {
    let Some(number) = descriptor else {
        return Ok(None);
    };
    let line = digits::line(number, Deadline::for_staff())?;
    UserPin::new(&line).map(Some).map_err(failed)
}

pub(super) fn check(args: &KeyArgs, output: &mut Output<'_>) -> Result<(), Problem> {
    let opened = open(args)?;
    output.result(
        || seen(&opened),
        |lang| told(&opened, &lang.say(Say::KeysGood)),
    )
}

pub(super) fn import(
    (hsm, hsm_pin_fd): (&Path, Option<i32>),
    from: &Path,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let count = token::import(hsm, user_pin(hsm_pin_fd)?, from).map_err(failed)?;
    output.result(
        || json!({ "imported": count }),
        |lang| format!("{}: {count}", lang.say(Say::KeysImported)),
    )
}

fn failed(error: KeyError) -> Problem {
    Problem::Issuer(OperateError::Key(error))
}

fn seen(opened: &Opened) -> Value {
    let root = |(kind, suite): &(KeyKind, CipherSuite)| json!({ "kind": kind.to_string(), "suite": suite.to_string() });
    json!({
        "backend": opened.backend,
        "roots": opened.roots.iter().map(root).collect::<Vec<_>>(),
    })
}

fn told(opened: &Opened, good: &str) -> String {
    let roots = opened.roots.iter();
    std::iter::once(format!("{good}: {}", opened.backend))
        .chain(roots.map(|(kind, suite)| format!("{kind} {suite}")))
        .collect::<Vec<_>>()
        .join("\n")
}
