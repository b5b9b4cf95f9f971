//! Core files of the daemon.

use super::{Finding, Host};

const CHECK: &str = "core-files";

pub(super) fn check(host: &Host) -> Finding {
    let pids: Vec<_> = host.daemons().iter().map(|process| process.pid).collect();
    let open = pids.iter().find(|pid| !is_closed(host, **pid));
    match open {
        None => Finding::good(CHECK, "none are written"),
        Some(pid) => {
            let found = format!("process {pid} may leave a core file, with what was typed in it");
            let next =
                "this is not a cardd of this version, or somebody raised its limit: restart it";
            Finding::fault(CHECK, found, next)
        }
    }
}

/// Soft and hard limit are zero. A process that tells nothing has ended.
fn is_closed(host: &Host, pid: u32) -> bool {
    let text = host.text(format!("/proc/{pid}/limits")).unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Max core file size"));
    line.is_none_or(|line| line.split_whitespace().take(2).all(|word| word == "0"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Level, host::tests::FakeHost};

    fn with(limits: &str) -> Level {
        let fake = FakeHost::with(&[
            ("/proc/5/comm", "cardd\n"),
            ("/proc/5/cmdline", "cardd\0serve\0"),
            (
                "/proc/5/limits",
                &format!("Max core file size   {limits}   bytes\n"),
            ),
        ]);
        check(&fake.host()).level
    }

    #[test]
    fn no_core_is_good_and_a_permitted_one_a_fault() {
        assert_eq!(with("0  0"), Level::Good);
        assert_eq!(with("0  unlimited"), Level::Fault);
        assert_eq!(with("unlimited  unlimited"), Level::Fault);
        assert_eq!(check(&FakeHost::with(&[]).host()).level, Level::Good);
    }
}
