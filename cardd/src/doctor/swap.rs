//! Swap and hibernation: where memory goes that is nobody's any more.

use super::{Finding, Host};

pub(super) fn check(host: &Host) -> Vec<Finding> {
    vec![swap(host), hibernation(host)]
}

fn swap(host: &Host) -> Finding {
    let check = "swap";
    let text = host.text("/proc/swaps").unwrap_or_default();
    let areas: Vec<_> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    // Compressed memory stays memory; device mapper is where an encrypted area is.
    let open: Vec<_> = areas
        .iter()
        .filter(|area| !area.contains("/zram") && !area.contains("/dm-"))
        .copied()
        .collect();
    if open.is_empty() {
        return Finding::good(check, "no swap on a plain disk");
    }
    let found = format!("swap is on: {}", open.join(", "));
    let next =
        "encrypt it, or turn it off: cardd locks its memory, pcscd and the desk's programs do not";
    Finding::warning(check, found, next)
}

fn hibernation(host: &Host) -> Finding {
    let check = "hibernation";
    let states = host.text("/sys/power/state").unwrap_or_default();
    let resumes = host
        .text("/proc/cmdline")
        .unwrap_or_default()
        .contains("resume=");
    if !states.split_whitespace().any(|state| state == "disk") || !resumes {
        return Finding::good(check, "not set up");
    }
    let next = "systemctl mask hibernate.target hybrid-sleep.target: an image on disk holds all memory, locked or not";
    Finding::warning(check, "the machine can hibernate", next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Level, host::tests::FakeHost};

    const HEADER: &str = "Filename\tType\tSize\tUsed\tPriority\n";

    #[test]
    fn a_plain_swap_area_is_a_warning() {
        let with = |areas: &str| {
            let fake = FakeHost::with(&[("/proc/swaps", &format!("{HEADER}{areas}"))]);
            swap(&fake.host()).level
        };
        assert_eq!(with(""), Level::Good);
        assert_eq!(
            with("/dev/zram0 partition 1 0 100\n/dev/dm-1 partition 1 0 -2\n"),
            Level::Good
        );
        assert_eq!(
            with("/dev/zram0 partition 1 0 100\n/swapfile file 1 0 -2\n"),
            Level::Warning
        );
    }

    #[test]
    fn hibernation_that_is_set_up_is_a_warning() {
        let with = |state: &str, line: &str| {
            let fake = FakeHost::with(&[("/sys/power/state", state), ("/proc/cmdline", line)]);
            hibernation(&fake.host()).level
        };
        assert_eq!(
            with("freeze mem disk\n", "quiet resume=/dev/sda2\n"),
            Level::Warning
        );
        assert_eq!(with("freeze mem disk\n", "quiet\n"), Level::Good);
        assert_eq!(with("freeze mem\n", "resume=/dev/sda2\n"), Level::Good);
    }
}
