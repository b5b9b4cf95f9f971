//! What the kernel offers to confine the daemon, and whether a running one is confined.

use super::{Finding, Host};
use crate::sandbox::Part;

pub(super) fn check(host: &Host, landlock: &Part) -> Vec<Finding> {
    let mut findings = vec![files(landlock), system_calls(host)];
    findings.extend(daemon(host));
    findings
}

fn files(offered: &Part) -> Finding {
    let check = "landlock";
    match offered {
        Part::InForce => Finding::good(check, "this kernel has it"),
        Part::Partly { why } | Part::Missing { why } => Finding::warning(
            check,
            format!("not whole: {why}"),
            "cardd works without it; the unit's ProtectSystem=strict does part of its work",
        ),
        Part::Off => Finding::warning(check, "switched off", "set sandbox.confine = true"),
    }
}

fn system_calls(host: &Host) -> Finding {
    let check = "seccomp";
    let actions = host
        .text("/proc/sys/kernel/seccomp/actions_avail")
        .unwrap_or_default();
    if actions.split_whitespace().any(|action| action == "errno") {
        return Finding::good(check, "this kernel has it");
    }
    let next = "use a kernel with CONFIG_SECCOMP_FILTER; every distribution's has it";
    Finding::warning(check, "this kernel cannot filter system calls", next)
}

/// A daemon that runs without walls runs with sandbox.confine = false, or on a kernel without any.
fn daemon(host: &Host) -> Option<Finding> {
    let check = "confined";
    let daemon = host.daemons().into_iter().next()?;
    let is = |name: &str, value: &str| host.status(daemon.pid, name).as_deref() == Some(value);
    if !is("NoNewPrivs", "1") || !is("Seccomp", "2") {
        let next = "set sandbox.confine = true and restart it; its log says what could not be had";
        return Some(Finding::warning(
            check,
            "the running cardd is not confined",
            next,
        ));
    }
    let user = host.status(daemon.pid, "Uid").unwrap_or_default();
    if user.split_whitespace().next() == Some("0") {
        let next = "start it as its own user (User= of the unit), or set sandbox.user";
        return Some(Finding::warning(
            check,
            "the running cardd is confined and root",
            next,
        ));
    }
    Some(Finding::good(check, "the running cardd is confined"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Level, host::tests::FakeHost};

    #[test]
    fn what_the_kernel_lacks_is_a_warning() {
        assert_eq!(files(&Part::InForce).level, Level::Good);
        let missing = Part::Missing {
            why: "no".to_owned(),
        };
        assert_eq!(files(&missing).level, Level::Warning);
        let path = "/proc/sys/kernel/seccomp/actions_avail";
        let with = FakeHost::with(&[(path, "kill_process errno allow\n")]);
        assert_eq!(system_calls(&with.host()).level, Level::Good);
        assert_eq!(
            system_calls(&FakeHost::with(&[]).host()).level,
            Level::Warning
        );
    }

    #[test]
    fn a_daemon_without_walls_or_as_root_is_a_warning() {
        let with = |status: &str| {
            let fake = FakeHost::with(&[
                ("/proc/5/comm", "cardd\n"),
                ("/proc/5/cmdline", "cardd\0serve\0"),
                ("/proc/5/status", status),
            ]);
            daemon(&fake.host()).map(|finding| finding.level)
        };
        let confined = "NoNewPrivs:\t1\nSeccomp:\t2\n";
        assert_eq!(
            with(&format!("Uid:\t998\t998\n{confined}")),
            Some(Level::Good)
        );
        assert_eq!(
            with(&format!("Uid:\t0\t0\n{confined}")),
            Some(Level::Warning)
        );
        assert_eq!(
            with("Uid:\t998\nNoNewPrivs:\t0\nSeccomp:\t0\n"),
            Some(Level::Warning)
        );
        assert_eq!(daemon(&FakeHost::with(&[]).host()), None);
    }
}
