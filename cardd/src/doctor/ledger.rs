//! The ledger's directory: for whom, how much room, whether the hall has its key, whether one was
//! set aside.

use std::{fs, os::unix::fs::MetadataExt as _};

use super::{Finding, Host};
use crate::{config::LedgerConfig, ledger};

const CHECK: &str = "ledger";
/// Room for some hundred thousand records, and for a new chain beside an old one.
const LEAST_ROOM: u64 = 256 << 20;

pub(super) fn check(host: &Host, config: &LedgerConfig) -> Vec<Finding> {
    let dir = host.path(&config.directory);
    let shown = config.directory.display();
    let Ok(metadata) = fs::metadata(&dir) else {
        let next = "start cardd once as its user, or look at the directory above as root";
        return vec![Finding::warning(
            CHECK,
            format!("{shown} is not there yet, or closed to us"),
            next,
        )];
    };
    let mut findings = vec![access(&shown.to_string(), metadata.mode())];
    findings.extend(
        rustix::fs::statvfs(&dir)
            .ok()
            .map(|room| space(room.f_bavail * room.f_frsize)),
    );
    if metadata.uid() == host.user || host.user == 0 {
        findings.extend(content(&ledger::inspect(&dir)));
    }
    findings
}

fn access(dir: &str, mode: u32) -> Finding {
    let mode = mode & 0o777;
    if mode & 0o077 == 0 {
        return Finding::good(CHECK, format!("{dir}: for its owner alone"));
    }
    let next = format!("chmod 0700 {dir}; its key makes the cards' names in the records");
    Finding::fault(
        CHECK,
        format!("{dir} is open to others: mode {mode:04o}"),
        next,
    )
}

fn space(free: u64) -> Finding {
    let check = "ledger-space";
    let mib = free >> 20;
    if free >= LEAST_ROOM {
        return Finding::good(check, format!("{mib} MiB are free"));
    }
    let next = "make room: without a record no PIN work is begun, and PIN work closes when the disk is full";
    Finding::warning(check, format!("only {mib} MiB are free"), next)
}

fn content(seen: &ledger::Inspection) -> Vec<Finding> {
    let enrolled = match seen.enrolled {
        None => None,
        Some(true) => Some(Finding::good(
            "ledger-enrolled",
            "the hall has the first key",
        )),
        Some(false) => Some(Finding::warning(
            "ledger-enrolled",
            "the hall does not have the first key: records prove nothing to it yet",
            "collect it: hall ledger pull",
        )),
    };
    let aside = match seen.set_aside.as_slice() {
        [] => Finding::good("ledger-damage", "no chain was set aside"),
        names => Finding::warning(
            "ledger-damage",
            format!("damaged chains were set aside: {}", names.join(", ")),
            "hand them to the hall before they are removed; if PIN work is closed: hall ledger confirm",
        ),
    };
    enrolled.into_iter().chain([aside]).collect()
}

#[cfg(test)]
mod tests {
    use std::{fs::Permissions, os::unix::fs::PermissionsExt as _, path::PathBuf};

    use super::*;
    use crate::doctor::{Level, host::tests::FakeHost};

    fn config() -> LedgerConfig {
        LedgerConfig {
            directory: PathBuf::from("/var/lib/cardd/ledger"),
            ..LedgerConfig::default()
        }
    }

    fn levels(fake: &FakeHost, mode: u32) -> Vec<(&'static str, Level)> {
        let dir = fake.host().path("/var/lib/cardd/ledger");
        fs::set_permissions(dir, Permissions::from_mode(mode)).unwrap();
        let findings = check(&fake.host(), &config());
        let of = findings
            .into_iter()
            .map(|finding| (finding.check, finding.level));
        of.filter(|(check, _)| *check != "ledger-space").collect()
    }

    #[test]
    fn a_closed_directory_whose_key_the_hall_has_is_good() {
        let fake = FakeHost::with(&[("/var/lib/cardd/ledger/chain/record-key", "")]);
        let good = Level::Good;
        let expected = [
            (CHECK, good),
            ("ledger-enrolled", good),
            ("ledger-damage", good),
        ];
        assert_eq!(levels(&fake, 0o700), expected);
    }

    #[test]
    fn an_open_directory_is_a_fault() {
        let fake = FakeHost::with(&[("/var/lib/cardd/ledger/chain/record-key", "")]);
        assert_eq!(levels(&fake, 0o755).first(), Some(&(CHECK, Level::Fault)));
    }

    #[test]
    fn a_key_that_waits_and_a_chain_set_aside_are_warnings() {
        let fake = FakeHost::with(&[("/var/lib/cardd/ledger/chain.damaged-17/x", "")]);
        let key = [7; 40];
        fake.write("/var/lib/cardd/ledger/chain/enrolment.key", &key);
        let warning = Level::Warning;
        let expected = [
            (CHECK, Level::Good),
            ("ledger-enrolled", warning),
            ("ledger-damage", warning),
        ];
        assert_eq!(levels(&fake, 0o700), expected);
    }

    #[test]
    fn a_directory_that_is_not_there_is_a_warning() {
        let findings = check(&FakeHost::with(&[]).host(), &config());
        let levels: Vec<_> = findings.iter().map(|finding| finding.level).collect();
        assert_eq!(levels, [Level::Warning]);
    }

    #[test]
    fn little_room_is_a_warning() {
        assert_eq!(space(LEAST_ROOM).level, Level::Good);
        assert_eq!(space(LEAST_ROOM - 1).level, Level::Warning);
    }
}
