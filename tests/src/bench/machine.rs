//! The machine that the figures belong to. No names: neither host nor user.

use std::{fs, io};

use serde::Serialize;

/// What a figure depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// Processors that this process may use.
    pub cores: usize,
    /// Model of the first processor, as the kernel names it.
    pub processor: String,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Release of the Linux kernel.
    pub kernel: String,
    /// Processes that wanted to run in the last 1, 5 and 15 minutes: what else it did.
    pub load_average: String,
    /// `release` or `debug`.
    pub build: String,
}

/// Reads them from the system.
///
/// # Errors
/// `/proc` is not there.
pub fn facts() -> io::Result<Machine> {
    let read = |name: &str| fs::read_to_string(name);
    let build = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    Ok(Machine {
        cores: std::thread::available_parallelism()?.get(),
        processor: value(&read("/proc/cpuinfo")?, "model name").unwrap_or_default(),
        memory_mib: memory_mib(&read("/proc/meminfo")?),
        kernel: read("/proc/sys/kernel/osrelease")?.trim().to_owned(),
        load_average: load_average(&read("/proc/loadavg")?),
        build: build.to_owned(),
    })
}

/// The three figures; the rest of the line is about processes.
fn load_average(text: &str) -> String {
    text.split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}

fn memory_mib(meminfo: &str) -> u64 {
    let total = value(meminfo, "MemTotal").unwrap_or_default();
    let kib = total
        .split_whitespace()
        .next()
        .and_then(|kib| kib.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// The text after `name` and a colon.
fn value(text: &str, name: &str) -> Option<String> {
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    let mut found = pairs.filter(|(key, _)| key.trim() == name);
    found.next().map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name() {
        let text = "processor\t: 0\nmodel name\t: Some CPU\nMemTotal:       2097152 kB\n";
        assert_eq!(value(text, "model name").as_deref(), Some("Some CPU"));
        assert_eq!(memory_mib(text), 2048);
        assert_eq!(value(text, "none"), None);
        assert_eq!(load_average("0.52 1.10 2.03 3/512 41\n"), "0.52 1.10 2.03");
    }

    #[test]
    fn this_machine_has_cores_and_a_kernel() {
        let machine = facts().unwrap();
        assert!(machine.cores > 0 && !machine.kernel.is_empty());
    }
}
