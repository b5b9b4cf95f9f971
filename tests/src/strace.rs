//! `strace`, which counts and spoils the system calls of a cardd.

use std::{
    io::{self, Write as _},
    process::{Command, Stdio},
};

/// The command line of a `strace` that becomes what it traces, with all its threads. `calls` is a list
/// of system calls, `what` is what happens to them (strace(1), `inject`).
#[must_use]
pub fn spoiling(calls: &str, what: &str) -> Vec<String> {
    let filters = [format!("trace={calls}"), format!("inject={calls}:{what}")];
    let [trace, inject] = filters.each_ref().map(String::as_str);
    ["strace", "-D", "-f", "-qq", "-o", "/dev/null"]
        .into_iter()
        .chain(["-e", trace, "-e", inject])
        .map(str::to_owned)
        .collect()
}

/// Whether this machine lets one process trace another. Says so visibly where it does not.
#[must_use]
pub fn works() -> bool {
    let line = spoiling("fdatasync", "error=EIO");
    let mut words = line.iter();
    let strace = Command::new(words.next().map_or("strace", String::as_str))
        .args(words)
        .arg("true")
        .stderr(Stdio::null())
        .status();
    let works = strace.is_ok_and(|status| status.success());
    if !works {
        drop(writeln!(io::stderr(), "skipped: strace may not trace here"));
    }
    works
}
