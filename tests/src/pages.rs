//! `hall desk` as a process.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::{daemon::program, stand::Stand};

/// A running `hall desk`. Dropping it ends it.
#[derive(Debug)]
pub struct Pages {
    child: Child,
    log: PathBuf,
    /// Where its first page is, with the token of this start.
    pub url: String,
    /// The same for each page, by name.
    pub pages: Value,
}

impl Pages {
    /// Starts the pages of a desk of the stand, with this configuration, and waits for their address.
    ///
    /// # Errors
    /// It ends before it says where it is.
    pub fn start(stand: &Stand, kind: &str, config: &str) -> io::Result<Self> {
        Self::start_as(stand, kind, config, |_| {})
    }

    /// The same, with more said to the process before it is started.
    ///
    /// # Errors
    /// As [`Pages::start`].
    pub fn start_as(
        stand: &Stand,
        kind: &str,
        config: &str,
        prepare: impl FnOnce(&mut Command),
    ) -> io::Result<Self> {
        let (settings, log) = (
            stand.directory().join("desk.toml"),
            stand.directory().join("desk.log"),
        );
        fs::write(&settings, config)?;
        let mut hall = Command::new(program("hall")?);
        prepare(&mut hall);
        let mut child = hall
            .arg("--json")
            .arg("--socket")
            .arg(stand.socket(kind))
            .args([
                "desk",
                "--listen",
                "127.0.0.1:0",
                "--kind",
                kind,
                "--config",
            ])
            .arg(&settings)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        BufReader::new(out).read_line(&mut line)?;
        let said = serde_json::from_str::<Value>(&line).unwrap_or_default();
        let part = |name: &str| said.get(name).cloned().unwrap_or_default();
        let pages = Self {
            child,
            log,
            url: part("url").as_str().unwrap_or_default().to_owned(),
            pages: part("pages"),
        };
        if pages.url.is_empty() {
            return Err(io::Error::other(pages.said()));
        }
        Ok(pages)
    }

    /// `http://HOST:PORT`.
    #[must_use]
    pub fn origin(&self) -> &str {
        let path = self.url.rfind('/').unwrap_or_default();
        self.url.get(..path).unwrap_or_default()
    }

    /// Its process number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to standard error.
    #[must_use]
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
