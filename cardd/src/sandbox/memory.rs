//! Memory that does not go to swap. Digits pass through stacks and the heap alike, so that all of
//! it is locked, each page when it is first used (MCL_ONFAULT, mlockall(2)).

use std::io;

use rustix::{
    mm::{MlockAllFlags, mlockall},
    process::{Resource, Rlimit, getrlimit, setrlimit},
    thread::{CapabilitySet, capabilities},
};

use super::Part;

/// With less than this permitted, a later allocation could fail, and cardd with it in the middle
/// of a card's command. What counts is all that is mapped, stacks that are never filled included;
/// measured: some 250 MiB.
pub const LEAST_PERMITTED: u64 = 1 << 30;

/// Lets as much be locked as we may. Only root may raise the limit that it was given, so that this
/// comes before another user is taken on.
pub fn raise_limit() {
    let without_end = Rlimit {
        current: None,
        maximum: None,
    };
    if setrlimit(Resource::Memlock, without_end).is_err() {
        let maximum = getrlimit(Resource::Memlock).maximum;
        // What stays as it was is seen by `lock`.
        let _kept = setrlimit(
            Resource::Memlock,
            Rlimit {
                current: maximum,
                maximum,
            },
        );
    }
}

/// Locks what is mapped now and later, as the user that we stay.
#[must_use]
pub fn lock() -> Part {
    let permitted = permitted();
    if !suffices(permitted) {
        return Part::Missing {
            why: too_little(permitted),
        };
    }
    let all = MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT;
    match mlockall(all) {
        Ok(()) => Part::InForce,
        Err(error) => Part::missing("mlockall", &io::Error::from(error)),
    }
}

/// Bytes that this process may lock; `None` without end. Whoever has CAP_IPC_LOCK is not counted.
#[must_use]
pub fn permitted() -> Option<u64> {
    let ours = capabilities(None).map(|sets| sets.effective);
    if ours.is_ok_and(|ours| ours.contains(CapabilitySet::IPC_LOCK)) {
        return None;
    }
    getrlimit(Resource::Memlock).current
}

/// Whether so much may be locked that nothing fails later; `None` is without end.
#[must_use]
pub fn suffices(permitted: Option<u64>) -> bool {
    permitted.is_none_or(|bytes| bytes >= LEAST_PERMITTED)
}

fn too_little(permitted: Option<u64>) -> String {
    let kib = permitted.unwrap_or(u64::MAX) / 1024;
    format!(
        "only {kib} KiB may be locked, digits may go to swap: \
         set LimitMEMLOCK=infinity in the unit, or turn swap off"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_could_run_out_does_not_suffice() {
        assert!(suffices(None));
        assert!(suffices(Some(LEAST_PERMITTED)));
        assert!(!suffices(Some(LEAST_PERMITTED - 1)));
        // What systemd and the kernel give by default.
        assert!(!suffices(Some(8 << 20)));
    }

    #[test]
    fn too_little_says_how_much_and_what_to_do() {
        let text = too_little(Some(8 << 20));
        assert!(text.contains("8192 KiB"), "{text}");
        assert!(text.contains("LimitMEMLOCK=infinity"), "{text}");
    }
}
