//! `hall enrol`.

use std::{fs, path::Path, time::Duration};

use hall_client::enrol::{Authority, EnrolError, Issued, Subject};
use serde_json::json;
use time::OffsetDateTime;

use crate::cli::{args::EnrolCommand, output::Output, problem::Problem};

const DAY_S: u64 = 86_400;

pub(super) fn run(command: &EnrolCommand, output: &mut Output<'_>) -> Result<(), Problem> {
    let done = work(command).map_err(Problem::system("enrol"))?;
    output.result(|| json!({ "written": done }), |_| done.clone())
}

/// Answers what was written.
fn work(command: &EnrolCommand) -> Result<String, EnrolError> {
    let now = OffsetDateTime::now_utc();
    let days = |days: u32| Duration::from_secs(u64::from(days) * DAY_S);
    let rng = &mut rand::rng();
    match command {
        EnrolCommand::Ca {
            ca,
            name,
            days: d,
            list_days,
        } => {
            Authority::create(ca, name, days(*d), days(*list_days), now)?;
            Ok(ca.display().to_string())
        }
        EnrolCommand::Terminal {
            ca,
            host,
            out,
            days: d,
        } => {
            let subject = Subject::Terminal {
                hosts: host.clone(),
            };
            let issued = Authority::open(ca)?.issue(&subject, days(*d), now, rng)?;
            write(
                &issued,
                &out.with_extension("pem"),
                &out.with_extension("key"),
            )
        }
        EnrolCommand::Desk {
            ca,
            kind,
            name,
            operator,
            out,
            days: d,
        } => {
            let subject = Subject::Desk {
                kind: *kind,
                name: name.clone(),
                operator: operator.clone(),
            };
            let issued = Authority::open(ca)?.issue(&subject, days(*d), now, rng)?;
            write(
                &issued,
                &out.with_extension("pem"),
                &out.with_extension("key"),
            )
        }
        EnrolCommand::Renew {
            ca,
            certificate,
            key,
            days: d,
        } => {
            let issued = Authority::open(ca)?.renew(&read(certificate)?, days(*d), now, rng)?;
            write(&issued, certificate, key)
        }
        EnrolCommand::Revoke {
            ca,
            certificate,
            list_days,
        } => {
            Authority::open(ca)?.revoke(&read(certificate)?, days(*list_days), now)?;
            Ok(ca.join("crl.pem").display().to_string())
        }
        EnrolCommand::Crl { ca, list_days } => {
            Authority::open(ca)?.refresh_list(days(*list_days), now)?;
            Ok(ca.join("crl.pem").display().to_string())
        }
    }
}

fn write(issued: &Issued, certificate: &Path, key: &Path) -> Result<String, EnrolError> {
    issued.write(certificate, key)?;
    Ok(format!("{}, {}", certificate.display(), key.display()))
}

fn read(path: &Path) -> Result<String, EnrolError> {
    fs::read_to_string(path).map_err(|source| EnrolError::File {
        step: "read",
        path: path.to_owned(),
        source,
    })
}
