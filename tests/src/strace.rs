//! `strace`, which counts and spoils the system calls of a cardd.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

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

/// A `strace` at a running cardd. Dropping it lets cardd go on without it.
pub struct Attached(Child);

impl Attached {
    /// From now on something happens to these system calls (strace(1), `inject`); each thread's are
    /// counted by themselves.
    ///
    /// # Errors
    /// It cannot trace the process.
    pub fn to(pid: u32, calls: &str, what: &str) -> io::Result<Self> {
        let mut strace = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-e", &format!("trace={calls}")])
            .args(["-e", &format!("inject={calls}:{what}")])
            .args(["-p", &pid.to_string()])
            .stderr(Stdio::piped())
            .spawn()?;
        let told = strace.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut attached = Self(strace);
        let mut told = BufReader::new(told);
        let mut line = String::new();
        told.read_line(&mut line)?;
        if !line.contains("attached") {
            drop(attached.0.kill());
            return Err(io::Error::other(line));
        }
        // Nothing more that it says matters; but it must be able to say it.
        std::thread::spawn(move || io::copy(&mut told, &mut io::sink()));
        Ok(attached)
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        let pid = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // It has ended by itself where what it traced has.
            let _ended = kill_process(pid, Signal::TERM);
        }
        drop(self.0.wait());
    }
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

/// Whether a running cardd can be traced here, which lets only root look in. Says so visibly where not.
#[must_use]
pub fn can_attach() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        drop(writeln!(
            io::stderr(),
            "skipped: tracing a running cardd needs root"
        ));
    }
    root && works()
}
