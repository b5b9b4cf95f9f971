//! What a process costs, from `/proc` (proc(5)).

use std::{fs, io, path::PathBuf, time::Duration};

use serde::Serialize;

/// While nothing happens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Idle {
    /// Voluntary context switches of all threads per second: each is a wakeup.
    pub wakeups_per_second: f64,
    /// Wakeups counted in the window.
    pub wakeups: u64,
}

/// Memory and threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// VmRSS in KiB: resident now.
    pub resident_kib: u64,
    /// VmHWM in KiB: most that was ever resident.
    pub most_resident_kib: u64,
    /// Threads.
    pub threads: u64,
}

/// Watches a process for a while.
///
/// # Errors
/// It does not run.
pub fn idle(pid: Option<u32>, window: Duration) -> io::Result<Idle> {
    let before = wakeups(pid)?;
    // The window is what is measured.
    std::thread::sleep(window);
    let wakeups = wakeups(pid)?.saturating_sub(before);
    Ok(Idle {
        wakeups_per_second: wakeups as f64 / window.as_secs_f64(),
        wakeups,
    })
}

/// Memory and threads of a process.
///
/// # Errors
/// It does not run.
pub fn memory(pid: Option<u32>) -> io::Result<Memory> {
    let status = fs::read_to_string(directory(pid)?.join("status"))?;
    let field = |name| field(&status, name).ok_or(io::ErrorKind::InvalidData);
    Ok(Memory {
        resident_kib: field("VmRSS:")?,
        most_resident_kib: field("VmHWM:")?,
        threads: field("Threads:")?,
    })
}

/// Descriptors that a process has open; `None` where the system does not let us look.
///
/// # Errors
/// It does not run.
pub fn descriptors(pid: Option<u32>) -> io::Result<Option<u64>> {
    match fs::read_dir(directory(pid)?.join("fd")) {
        Ok(open) => Ok(Some(open.count() as u64)),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(None),
        Err(error) => Err(error),
    }
}

/// Voluntary context switches of all threads that live now.
fn wakeups(pid: Option<u32>) -> io::Result<u64> {
    let mut sum = 0;
    for thread in fs::read_dir(directory(pid)?.join("task"))? {
        // A thread that ends meanwhile takes its count along.
        let status = fs::read_to_string(thread?.path().join("status")).unwrap_or_default();
        sum += field(&status, "voluntary_ctxt_switches:").unwrap_or(0);
    }
    Ok(sum)
}

fn directory(pid: Option<u32>) -> io::Result<PathBuf> {
    let pid = pid.ok_or(io::ErrorKind::NotFound)?;
    Ok(PathBuf::from(format!("/proc/{pid}")))
}

/// The number after a name at the start of a line.
fn field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let status =
            "VmHWM:\t   20 kB\nnonvoluntary_ctxt_switches:\t9\nvoluntary_ctxt_switches:\t7\n";
        assert_eq!(field(status, "VmHWM:"), Some(20));
        assert_eq!(field(status, "voluntary_ctxt_switches:"), Some(7));
        assert_eq!(field(status, "VmRSS:"), None);
    }

    #[test]
    fn this_process_has_memory_and_threads() {
        let memory = memory(Some(std::process::id())).unwrap();
        assert!(memory.resident_kib > 0 && memory.threads > 0);
        assert!(memory.most_resident_kib >= memory.resident_kib);
    }

    #[test]
    fn a_process_that_is_gone_is_an_error() {
        assert!(memory(None).is_err());
    }
}
