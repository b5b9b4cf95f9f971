//! Whether pcscd or a reader's driver writes commands, and PINs with them, into a log.

use super::{Finding, Host, host::Process};

const CHECK: &str = "pcscd-log";
/// Bit of libccid's log level that shows what goes over the wire.
const COMM: u32 = 2;

pub(super) fn check(host: &Host) -> Finding {
    let running = host.processes("pcscd");
    if let Some(why) = running.iter().find_map(logs_commands) {
        let found = format!("PINs are written into a log: {why}");
        let next =
            "take it out of pcscd's unit or /etc/default/pcscd, restart pcscd, and delete the logs";
        return Finding::fault(CHECK, found, next);
    }
    if running.iter().any(|process| has(process, "--debug", 'd')) {
        let next = "start pcscd without --debug in production";
        return Finding::warning(CHECK, "pcscd runs with --debug", next);
    }
    if running.iter().any(|process| process.environment.is_none()) {
        let next = "ask again as root to look at its environment";
        return Finding::warning(
            CHECK,
            "its command line is good; its environment is closed to us",
            next,
        );
    }
    Finding::good(CHECK, "commands are not logged")
}

fn logs_commands(process: &Process) -> Option<String> {
    if has(process, "--apdu", 'a') {
        return Some(format!("process {} runs with --apdu", process.pid));
    }
    let level = process.environment.iter().flatten().find_map(|line| {
        let value = line.strip_prefix("LIBCCID_ifdLogLevel=")?;
        let hexadecimal = value
            .strip_prefix("0x")
            .map(|digits| u32::from_str_radix(digits, 16));
        hexadecimal.unwrap_or_else(|| value.parse()).ok()
    });
    level
        .filter(|level| level & COMM != 0)
        .map(|level| format!("LIBCCID_ifdLogLevel={level} shows what goes to the reader"))
}

/// A long option, or its letter among short ones.
fn has(process: &Process, long: &str, short: char) -> bool {
    process.arguments.iter().skip(1).any(|word| {
        let letters = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        word == long || letters.is_some_and(|letters| letters.contains(short))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Level, host::tests::FakeHost};

    fn level(command: &str, environment: Option<&str>) -> Level {
        let fake = FakeHost::with(&[("/proc/9/comm", "pcscd\n"), ("/proc/9/cmdline", command)]);
        if let Some(environment) = environment {
            fake.write("/proc/9/environ", environment.as_bytes());
        }
        check(&fake.host()).level
    }

    #[test]
    fn a_service_that_keeps_quiet_is_good() {
        assert_eq!(
            level("pcscd\0--foreground\0--auto-exit\0", Some("A=b\0")),
            Level::Good
        );
        assert_eq!(
            level("pcscd\0-f\0-x\0", Some("LIBCCID_ifdLogLevel=1\0")),
            Level::Good
        );
        assert_eq!(check(&FakeHost::with(&[]).host()).level, Level::Good);
    }

    #[test]
    fn logged_commands_are_a_fault() {
        for command in ["pcscd\0--apdu\0", "pcscd\0-f\0-a\0", "pcscd\0-fad\0"] {
            assert_eq!(level(command, Some("")), Level::Fault, "{command:?}");
        }
        for value in ["2", "3", "0x000F"] {
            let environment = format!("LIBCCID_ifdLogLevel={value}\0");
            assert_eq!(
                level("pcscd\0", Some(&environment)),
                Level::Fault,
                "{value}"
            );
        }
    }

    #[test]
    fn debug_output_and_a_closed_environment_are_warnings() {
        assert_eq!(level("pcscd\0--debug\0", Some("")), Level::Warning);
        assert_eq!(level("pcscd\0", None), Level::Warning);
    }
}
