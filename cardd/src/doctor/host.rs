//! The host as the checks see it: its files, its processes, its time. A test hands in a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Where the checks look.
#[derive(Debug, Clone)]
pub struct Host {
    root: PathBuf,
    /// Wall clock, seconds since 1970.
    pub now_unix_s: u64,
    /// Number of the user who asks.
    pub user: u32,
}

/// A process of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: u32,
    pub(super) arguments: Vec<String>,
    /// `NAME=value`; `None` if we may not look.
    pub(super) environment: Option<Vec<String>>,
}

impl Host {
    /// The machine that this runs on.
    #[must_use]
    pub fn here(now_unix_s: u64) -> Self {
        Self::at(
            Path::new("/"),
            now_unix_s,
            rustix::process::getuid().as_raw(),
        )
    }

    /// Files below a folder, in place of those of the machine.
    #[must_use]
    pub fn at(root: &Path, now_unix_s: u64, user: u32) -> Self {
        Self {
            root: root.to_owned(),
            now_unix_s,
            user,
        }
    }

    /// Where an absolute path lies.
    pub(super) fn path(&self, absolute: impl AsRef<Path>) -> PathBuf {
        let absolute = absolute.as_ref();
        self.root
            .join(absolute.strip_prefix("/").unwrap_or(absolute))
    }

    /// A file's text; `None` if it is not there or we may not read it.
    pub(super) fn text(&self, absolute: impl AsRef<Path>) -> Option<String> {
        fs::read_to_string(self.path(absolute)).ok()
    }

    /// Processes of this name, as the kernel has it.
    pub(super) fn processes(&self, name: &str) -> Vec<Process> {
        let entries = fs::read_dir(self.path("/proc"))
            .into_iter()
            .flatten()
            .flatten();
        let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let mut found: Vec<_> = numbers.filter_map(|pid| self.process(pid, name)).collect();
        found.sort_by_key(|process| process.pid);
        found
    }

    /// Daemons that serve; this very program has the same name.
    pub(super) fn daemons(&self) -> Vec<Process> {
        let mut found = self.processes("cardd");
        found.retain(|process| process.arguments.iter().any(|word| word == "serve"));
        found
    }

    fn process(&self, pid: u32, name: &str) -> Option<Process> {
        let comm = self.text(format!("/proc/{pid}/comm"))?;
        if comm.trim_end() != name {
            return None;
        }
        let words = |text: String| text.split_terminator('\0').map(str::to_owned).collect();
        Some(Process {
            pid,
            arguments: self.text(format!("/proc/{pid}/cmdline")).map(words)?,
            environment: self.text(format!("/proc/{pid}/environ")).map(words),
        })
    }

    /// A line of `/proc/PID/status`.
    pub(super) fn status(&self, pid: u32, name: &str) -> Option<String> {
        let text = self.text(format!("/proc/{pid}/status"))?;
        let value = |line: &str| {
            line.strip_prefix(name)?
                .strip_prefix(':')
                .map(str::to_owned)
        };
        text.lines()
            .find_map(value)
            .map(|value| value.trim().to_owned())
    }
}

/// A folder that stands for a host.
#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Its wall clock: 2026-07-01.
    pub(in crate::doctor) const NOW: u64 = 1_782_864_000;

    pub(in crate::doctor) struct FakeHost {
        root: tempfile::TempDir,
    }

    impl FakeHost {
        pub(in crate::doctor) fn with(files: &[(&str, &str)]) -> Self {
            let fake = Self {
                root: tempfile::tempdir().unwrap(),
            };
            for (path, text) in files {
                fake.write(path, text.as_bytes());
            }
            fake
        }

        pub(in crate::doctor) fn write(&self, path: &str, bytes: &[u8]) {
            let path = self.host().path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }

        pub(in crate::doctor) fn host(&self) -> Host {
            let here = rustix::process::getuid().as_raw();
            Host::at(self.root.path(), NOW, here)
        }
    }

    #[test]
    fn processes_are_found_by_name_with_what_they_were_started_with() {
        let fake = FakeHost::with(&[
            ("/proc/12/comm", "pcscd\n"),
            ("/proc/12/cmdline", "/usr/sbin/pcscd\0--apdu\0"),
            ("/proc/12/environ", "A=b\0"),
            ("/proc/12/status", "Name:\tpcscd\nSeccomp:\t2\n"),
            ("/proc/7/comm", "other\n"),
            ("/proc/7/cmdline", "pcscd\0"),
            ("/proc/self/comm", "pcscd\n"),
        ]);
        let expected = Process {
            pid: 12,
            arguments: vec!["/usr/sbin/pcscd".to_owned(), "--apdu".to_owned()],
            environment: Some(vec!["A=b".to_owned()]),
        };
        assert_eq!(fake.host().processes("pcscd"), [expected]);
        assert_eq!(fake.host().status(12, "Seccomp").as_deref(), Some("2"));
        assert_eq!(fake.host().status(12, "Secc"), None);
    }
}
