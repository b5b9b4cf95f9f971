//! Whether the wall clock can be believed: certificates and records live by it.

use super::{Finding, Host};

const CHECK: &str = "clock";
/// 2026-01-01: nothing that this program checks is older.
const TOO_EARLY: u64 = 1_767_225_600;
/// 2100-01-01.
const TOO_LATE: u64 = 4_102_444_800;
/// What the usual services leave behind once they have set the clock.
const SYNCHRONISED: [&str; 3] = [
    "/run/systemd/timesync/synchronized",
    "/var/lib/chrony/drift",
    "/var/lib/ntp/ntp.drift",
];

pub(super) fn check(host: &Host) -> Finding {
    if !(TOO_EARLY..TOO_LATE).contains(&host.now_unix_s) {
        let found = format!(
            "the clock stands at {} s since 1970, which cannot be",
            host.now_unix_s
        );
        let next = "set the clock (timedatectl); a dead battery shows like this after each start";
        return Finding::fault(CHECK, found, next);
    }
    if SYNCHRONISED.iter().any(|path| host.path(path).exists()) {
        return Finding::good(CHECK, "plausible, and set over the network");
    }
    let next = "switch time synchronisation on: timedatectl set-ntp true; an expired certificate lives while the clock is behind";
    Finding::warning(
        CHECK,
        "plausible; nothing shows that it is set over the network",
        next,
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::doctor::{
        Level,
        host::tests::{FakeHost, NOW},
    };

    #[test]
    fn a_synchronised_clock_is_good_and_another_a_warning() {
        let synchronised = FakeHost::with(&[("/run/systemd/timesync/synchronized", "")]);
        assert_eq!(check(&synchronised.host()).level, Level::Good);
        assert_eq!(check(&FakeHost::with(&[]).host()).level, Level::Warning);
    }

    #[test]
    fn a_clock_that_cannot_be_is_a_fault() {
        for now in [0, TOO_EARLY - 1, TOO_LATE] {
            assert_eq!(
                check(&Host::at(Path::new("/none"), now, 0)).level,
                Level::Fault,
                "{now}"
            );
        }
        assert_ne!(
            check(&Host::at(Path::new("/none"), NOW, 0)).level,
            Level::Fault
        );
    }
}
