//! pcscd: whether it answers, whether there is one and only one, and what it has for readers.

use super::{Finding, Host};
use crate::reader::{Look, LookError};

const CHECK: &str = "pcscd";
const READERS: &str = "readers";
/// Where packages put drivers.
const DRIVERS: &str = "/usr/lib/pcsc/drivers";
/// Where the client library of the system lies; another one speaks to another service.
const LIBRARIES: [&str; 2] = ["/usr/lib", "/lib"];

pub(super) fn check(host: &Host, seen: Result<Look, LookError>) -> Vec<Finding> {
    let mut findings = vec![count(host)];
    findings.extend(library(host));
    match seen {
        Ok(look) => {
            findings.push(Finding::good(CHECK, "it answers"));
            findings.push(readers(host, &look.readers));
        }
        Err(error) => findings.push(silent(host, &error)),
    }
    findings
}

/// Two services fight over the readers, and each program speaks to one of them.
fn count(host: &Host) -> Finding {
    let check = "pcscd-count";
    let pids: Vec<_> = host
        .processes("pcscd")
        .iter()
        .map(|process| process.pid.to_string())
        .collect();
    match pids.as_slice() {
        [] => Finding::good(check, "none runs; its socket starts one when it is needed"),
        [one] => Finding::good(check, format!("one runs, process {one}")),
        more => Finding::fault(
            check,
            format!("{} run: processes {}", more.len(), more.join(", ")),
            "stop all but the one of the system; a second one often comes in a snap, a flatpak or a vendor's package",
        ),
    }
}

/// The client library that this very program got.
fn library(host: &Host) -> Option<Finding> {
    let check = "client-library";
    let maps = host.text("/proc/self/maps")?;
    let mapped = maps
        .lines()
        .filter_map(|line| line.split_whitespace().nth(5));
    let path = mapped
        .into_iter()
        .find(|path| path.contains("libpcsclite"))?;
    if LIBRARIES.iter().any(|folder| path.starts_with(folder)) {
        return Some(Finding::good(check, path));
    }
    let found = format!("libpcsclite comes from {path}, not from the system");
    let next =
        "look for LD_LIBRARY_PATH and for a second copy: library and pcscd must be of one version";
    Some(Finding::warning(check, found, next))
}

fn silent(host: &Host, error: &LookError) -> Finding {
    let found = format!("it does not answer: {error}");
    let next = if host.processes("pcscd").is_empty() {
        "start it: systemctl enable --now pcscd.socket (package pcscd)"
    } else {
        "it runs and does not answer: library and daemon may be of two versions, or its polkit rule \
         keeps this user out (udev/60-cardd-pcsc.rules)"
    };
    Finding::fault(CHECK, found, next)
}

fn readers(host: &Host, readers: &[String]) -> Finding {
    if !readers.is_empty() {
        return Finding::good(READERS, readers.join(", "));
    }
    let drivers = std::fs::read_dir(host.path(DRIVERS))
        .into_iter()
        .flatten()
        .count();
    if drivers == 0 {
        let next = "install the driver of the reader; most need the package libccid";
        return Finding::fault(READERS, format!("none, and no driver in {DRIVERS}"), next);
    }
    let next =
        "plug one in; if one is, look at `lsusb`, at its cable, and at the list of its driver";
    Finding::warning(READERS, "none", next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Level, host::tests::FakeHost};

    const ONE: [(&str, &str); 2] = [
        ("/proc/12/comm", "pcscd\n"),
        ("/proc/12/cmdline", "pcscd\0"),
    ];

    fn look(readers: &[&str]) -> Result<Look, LookError> {
        Ok(Look {
            readers: readers.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    fn levels(findings: &[Finding]) -> Vec<(&'static str, Level)> {
        findings
            .iter()
            .map(|finding| (finding.check, finding.level))
            .collect()
    }

    #[test]
    fn one_service_with_a_reader_is_good() {
        let fake = FakeHost::with(&ONE);
        fake.write(
            "/proc/self/maps",
            b"7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/x86_64-linux-gnu/libpcsclite.so.1.0.0\n",
        );
        let findings = check(&fake.host(), look(&["Reader 00 00"]));
        assert_eq!(
            levels(&findings),
            [
                ("pcscd-count", Level::Good),
                ("client-library", Level::Good),
                ("pcscd", Level::Good),
                ("readers", Level::Good)
            ]
        );
    }

    #[test]
    fn a_second_service_is_a_fault() {
        let fake = FakeHost::with(&ONE);
        fake.write("/proc/31/comm", b"pcscd\n");
        fake.write("/proc/31/cmdline", b"/snap/app/pcscd\0");
        let finding = count(&fake.host());
        assert_eq!(finding.level, Level::Fault);
        assert!(finding.found.contains("12, 31"), "{finding:?}");
    }

    #[test]
    fn a_library_from_elsewhere_is_a_warning() {
        let maps = "7f00-7f01 r-xp 00000000 08:01 1 /opt/vendor/libpcsclite.so.1\n";
        let fake = FakeHost::with(&[("/proc/self/maps", maps)]);
        let finding = library(&fake.host()).unwrap();
        assert_eq!(finding.level, Level::Warning);
        assert!(finding.found.contains("/opt/vendor"), "{finding:?}");
    }

    #[test]
    fn a_silent_service_is_a_fault_and_tells_whether_it_runs() {
        let error = || LookError("the service is not running".to_owned());
        let absent = silent(&FakeHost::with(&[]).host(), &error());
        let present = silent(&FakeHost::with(&ONE).host(), &error());
        assert_eq!((absent.level, present.level), (Level::Fault, Level::Fault));
        assert!(absent.next.contains("systemctl"), "{absent:?}");
        assert!(present.next.contains("two versions"), "{present:?}");
    }

    #[test]
    fn no_reader_is_a_warning_and_no_driver_a_fault() {
        let bare = FakeHost::with(&[]);
        assert_eq!(readers(&bare.host(), &[]).level, Level::Fault);
        let fake = FakeHost::with(&[("/usr/lib/pcsc/drivers/ifd.bundle/Info.plist", "")]);
        assert_eq!(readers(&fake.host(), &[]).level, Level::Warning);
    }
}
