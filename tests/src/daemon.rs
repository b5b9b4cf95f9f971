//! cardd as a process of its own, as it runs in the field.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    os::unix::{fs::PermissionsExt as _, net::UnixDatagram},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// How long cardd may take to start, or to stop.
const PATIENCE: Duration = Duration::from_secs(20);
/// Pause between two looks at what has no event to wait for.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// A running cardd. Dropping it kills it, and fails the test if its log holds an ERROR.
#[derive(Debug)]
pub struct Daemon {
    child: Option<Child>,
    config: PathBuf,
    log: PathBuf,
    told: Option<UnixDatagram>,
    environment: Vec<(String, OsString)>,
    under: Vec<String>,
    expects_errors: bool,
}

impl Daemon {
    /// Starts cardd and waits until it says that every call is answered, as systemd does: the ledger
    /// is open, and no test needs to wait for that itself. Its log goes to `log`; `environment` is
    /// added to that of the test.
    ///
    /// # Errors
    /// It ends at once or is not ready in time; its log is in the error.
    pub fn start(
        config: &Path,
        log: &Path,
        environment: Vec<(String, OsString)>,
    ) -> io::Result<Self> {
        let mut daemon = Self {
            child: None,
            config: config.to_owned(),
            log: log.to_owned(),
            told: None,
            environment,
            under: Vec::new(),
            expects_errors: false,
        };
        daemon.spawn()?;
        Ok(daemon)
    }

    /// Starts it again after [`Daemon::end`].
    ///
    /// # Errors
    /// As [`Daemon::start`].
    pub fn spawn(&mut self) -> io::Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let cardd = program("cardd")?;
        let (ear, told) = self.listen()?;
        let mut command = match self.under.split_first() {
            None => Command::new(cardd),
            Some((tool, arguments)) => {
                let mut command = Command::new(tool);
                command.args(arguments).arg(cardd);
                command
            }
        };
        let child = command
            .args(["serve", "--config"])
            .arg(&self.config)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("NOTIFY_SOCKET", &ear)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        self.child = Some(child);
        self.told = Some(told);
        self.await_ready()
    }

    /// From the next start on it runs under a tool that becomes cardd, with these arguments; under
    /// none if there is nothing.
    pub fn under(&mut self, tool: &[String]) {
        self.under = tool.to_vec();
    }

    /// Kills it if it still runs, and waits until it is gone.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn gone(&mut self) -> io::Result<()> {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            drop(child.kill());
            child.wait()?;
        }
        Ok(())
    }

    /// Where the next cardd says how it is, whichever user it runs as.
    fn listen(&self) -> io::Result<(PathBuf, UnixDatagram)> {
        let path = self.log.with_extension("notify");
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let told = UnixDatagram::bind(&path)?;
        told.set_read_timeout(Some(LOOK_AGAIN))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666))?;
        Ok((path, told))
    }

    fn await_ready(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if self.told()?.as_deref() == Some("READY=1\n") {
                return Ok(());
            }
            if let Some(status) = self.ended()? {
                return Err(io::Error::other(format!(
                    "cardd ended: {status}\n{}",
                    self.log()?
                )));
            }
            if Instant::now() > deadline {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("cardd is not ready\n{}", self.log()?),
                ));
            }
        }
    }

    /// The next word that it said to its supervisor, if it said one.
    ///
    /// # Errors
    /// What it says cannot be heard.
    pub fn told(&self) -> io::Result<Option<String>> {
        let Some(told) = &self.told else {
            return Ok(None);
        };
        let mut said = [0; 256];
        match told.recv(&mut said) {
            Ok(length) => {
                let said = said.get(..length).unwrap_or_default();
                Ok(Some(String::from_utf8_lossy(said).into_owned()))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.as_mut().map_or(Ok(None), Child::try_wait)
    }

    /// Its process number, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Sends a signal.
    ///
    /// # Errors
    /// It does not run.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        let child = self.child.as_ref().ok_or(io::ErrorKind::NotFound)?;
        kill_process(Pid::from_child(child), signal).map_err(io::Error::from)
    }

    /// Sends a signal and waits for its end.
    ///
    /// # Errors
    /// It does not run, or does not end in time.
    pub fn end(&mut self, signal: Signal) -> io::Result<ExitStatus> {
        self.signal(signal)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.ended()? {
                self.child = None;
                return Ok(status);
            }
            if Instant::now() > deadline {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "cardd does not end",
                ));
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// Everything it has logged.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn log(&self) -> io::Result<String> {
        fs::read_to_string(&self.log)
    }

    /// Everything it has logged but the times of day and long random names: six digits of them come to be
    /// a PIN's by chance.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn log_without_times(&self) -> io::Result<Vec<String>> {
        let words = |line: &str| match line.split_once("Z\",") {
            Some((_time, words)) => without_random(words),
            None => without_random(line),
        };
        Ok(self.log()?.lines().map(words).collect())
    }

    /// This test provokes an ERROR in the log; otherwise one fails it.
    pub fn expect_errors(&mut self) {
        self.expects_errors = true;
    }
}

/// Hashes, keys and names in hexadecimal are random, and now and then hold any six digits: left out where
/// they are long, and no digits alone.
fn without_random(text: &str) -> String {
    let runs = text.split_inclusive(|letter: char| !letter.is_ascii_hexdigit());
    let kept = |run: &str| {
        let hex = run.trim_end_matches(|letter: char| !letter.is_ascii_hexdigit());
        let random = hex.len() >= 16 && hex.bytes().any(|letter| !letter.is_ascii_digit());
        match run.get(hex.len()..) {
            Some(rest) if random => format!("…{rest}"),
            _ => run.to_owned(),
        }
    };
    runs.map(kept).collect()
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
        let log = self.log().unwrap_or_default();
        let error = log
            .lines()
            .find(|line| line.contains("\"level\":\"ERROR\""));
        let silent = self.expects_errors || std::thread::panicking();
        assert!(
            silent || error.is_none(),
            "cardd logged an error: {error:?}"
        );
    }
}

/// Runs cardd to its end, for a start that is to fail or a command that only prints.
///
/// # Errors
/// It is not built.
pub fn cardd(arguments: &[&str]) -> io::Result<Output> {
    Command::new(program("cardd")?)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
}

/// A program of the workspace, built beside the running one.
///
/// # Errors
/// It is not there.
pub fn program(name: &str) -> io::Result<PathBuf> {
    let running = std::env::current_exe()?;
    let folders = running.ancestors().skip(1).take(2);
    let found = folders
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    let missing = || io::Error::new(io::ErrorKind::NotFound, format!("{name} is not built"));
    found.ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::without_random;

    #[test]
    fn random_names_are_left_out_and_digits_are_not() {
        let said =
            r#"{"incident":"3d3527917c5a309a","pin":"830571","card":"1234567890123456"} 830571"#;
        let left = r#"{"incident":"…","pin":"830571","card":"1234567890123456"} 830571"#;
        assert_eq!(without_random(said), left);
        assert_eq!(without_random("abc 830571 abc"), "abc 830571 abc");
    }
}
