//! Whether the daemon's memory is kept out of swap; without a daemon, whether it could be.

use super::{Finding, Host};
use crate::sandbox::memory::suffices;

const CHECK: &str = "memory";

pub(super) fn check(host: &Host) -> Finding {
    let Some(daemon) = host.daemons().into_iter().next() else {
        return Finding::good(CHECK, "cardd does not run; it tells when it starts");
    };
    let locked = host.status(daemon.pid, "VmLck");
    if locked.is_some_and(|locked| locked != "0 kB") {
        return Finding::good(CHECK, "the daemon's memory is locked");
    }
    let limit = limit(host, daemon.pid);
    let next = if suffices(limit) {
        "it could be: look at sandbox.lock_memory in the configuration"
    } else {
        "set LimitMEMLOCK=infinity in the unit (udev/cardd.service has it), or turn swap off"
    };
    Finding::warning(
        CHECK,
        "the daemon's memory is not locked: digits may go to swap",
        next,
    )
}

/// Soft limit of the process; `None` without end.
fn limit(host: &Host, pid: u32) -> Option<u64> {
    let text = host.text(format!("/proc/{pid}/limits")).unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Max locked memory"));
    let word = line.and_then(|line| line.split_whitespace().next());
    match word {
        Some("unlimited") => None,
        other => Some(other.and_then(|word| word.parse().ok()).unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Level, host::tests::FakeHost};

    fn with(locked: &str, limit: &str) -> Finding {
        let fake = FakeHost::with(&[
            ("/proc/5/comm", "cardd\n"),
            ("/proc/5/cmdline", "/usr/bin/cardd\0serve\0"),
            ("/proc/5/status", &format!("VmLck:\t   {locked} kB\n")),
            (
                "/proc/5/limits",
                &format!("Max locked memory  {limit}  {limit}  bytes\n"),
            ),
        ]);
        check(&fake.host())
    }

    #[test]
    fn locked_memory_is_good_and_unlocked_a_warning_with_its_reason() {
        assert_eq!(with("10240", "unlimited").level, Level::Good);
        let small = with("0", "8388608");
        assert_eq!(small.level, Level::Warning);
        assert!(small.next.contains("LimitMEMLOCK"), "{small:?}");
        let switched_off = with("0", "unlimited");
        assert!(
            switched_off.next.contains("lock_memory"),
            "{switched_off:?}"
        );
    }

    #[test]
    fn the_doctor_itself_is_not_the_daemon() {
        let files = [
            ("/proc/5/comm", "cardd\n"),
            ("/proc/5/cmdline", "cardd\0doctor\0"),
        ];
        assert_eq!(check(&FakeHost::with(&files).host()).level, Level::Good);
    }
}
