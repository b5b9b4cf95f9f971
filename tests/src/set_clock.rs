//! A clock that can be set, for one process (Debian's libfaketime).

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use crate::plan::Plan;

/// The wall clock of one cardd. What cardd measures waits by is left alone, as the kernel leaves it
/// alone when an administrator sets the date.
pub struct SetClock {
    directory: tempfile::TempDir,
}

impl SetClock {
    /// A clock that is right.
    ///
    /// # Errors
    /// Files.
    pub fn new() -> io::Result<Self> {
        let clock = Self {
            directory: tempfile::tempdir()?,
        };
        clock.set("+0")?;
        Ok(clock)
    }

    /// So far from the true time: `-1d`, `+10m`.
    ///
    /// # Errors
    /// Files.
    pub fn set(&self, offset: &str) -> io::Result<()> {
        // In one step: the library ends a process that finds the file empty.
        let mut next = tempfile::NamedTempFile::new_in(self.directory.path())?;
        next.write_all(offset.as_bytes())?;
        next.persist(self.file())?;
        Ok(())
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("offset")
    }

    /// With a cardd that has this clock. It is unconfined: the library reads its file whenever the time
    /// is asked for.
    #[must_use]
    pub fn plan(&self, plan: Plan) -> Plan {
        let library = format!(
            "/usr/lib/{}-linux-gnu/faketime/libfaketime.so.1",
            std::env::consts::ARCH
        );
        plan.config("[sandbox]\nconfine = false")
            .environment("LD_PRELOAD", &library)
            .environment("FAKETIME_TIMESTAMP_FILE", &self.file().to_string_lossy())
            .environment("FAKETIME_NO_CACHE", "1")
            .environment("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    }
}
