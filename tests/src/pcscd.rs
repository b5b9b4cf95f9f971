//! A pcscd of one's own: real, private, with any readers, as root or not, many at once.
//!
//! pcscd knows one place for its socket, `/run/pcscd`; each instance gets that place for itself in
//! its own mount namespace. Clients find the socket through `PCSCLITE_CSOCK_NAME`, which
//! libpcsclite reads from the environment of the process: one process, one pcscd. A test that is
//! a client itself runs its body through [`in_own_process`].

use std::fs::{self, File};
use std::io;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Environment variable in which libpcsclite looks for the socket of pcscd.
pub const SOCKET_VARIABLE: &str = "PCSCLITE_CSOCK_NAME";

/// How long pcscd may take to start, or to stop.
const PATIENCE: Duration = Duration::from_secs(20);

/// Pause between two looks at a process or socket that has no event to wait for.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Set in the process that [`in_own_process`] starts: its scratch directory.
const OWN_PROCESS: &str = "CARDD_TESTS_OWN_PROCESS";

/// Binds the run directory over /run/pcscd and becomes pcscd: the process id stays the same. A
/// pcscd that is built with polkit asks it about every client; in here nobody would answer. A person
/// who is not root has no sbin in PATH, where pcscd is.
const ENTER: &str = r#"
    PATH="$PATH:/usr/sbin:/sbin"
    if [ ! -d /run/pcscd ]; then mount -t tmpfs tmpfs /run && mkdir /run/pcscd; fi &&
    mount --bind "$1" /run/pcscd || exit 1
    case "$(pcscd --version)" in *polkit*) open=--disable-polkit ;; *) open= ;; esac
    exec pcscd --foreground --config "$2" $open
"#;

/// A running pcscd. Dropping it kills it.
#[derive(Debug)]
pub struct PrivatePcscd {
    config: PathBuf,
    run: PathBuf,
    child: Option<Child>,
    _scratch: Option<tempfile::TempDir>,
}

/// How a pcscd is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// SIGTERM: it removes its socket.
    Stop,
    /// SIGKILL: its socket stays behind, dead.
    Kill,
}

impl PrivatePcscd {
    /// Starts pcscd with the readers that the files in `config` describe, and waits until it
    /// listens. Its socket lies in a directory of its own.
    ///
    /// # Errors
    /// pcscd or unshare is not installed, ends at once, or does not listen in time.
    pub fn start(config: &Path) -> io::Result<Self> {
        let scratch = tempfile::tempdir()?;
        let mut pcscd = Self::start_at(scratch.path(), config)?;
        pcscd._scratch = Some(scratch);
        Ok(pcscd)
    }

    /// Like [`PrivatePcscd::start`], with the socket in `run`.
    ///
    /// # Errors
    /// As [`PrivatePcscd::start`].
    pub fn start_at(run: &Path, config: &Path) -> io::Result<Self> {
        let mut pcscd = Self {
            config: config.to_path_buf(),
            run: run.to_path_buf(),
            child: None,
            _scratch: None,
        };
        pcscd.launch()?;
        Ok(pcscd)
    }

    /// The socket, for `PCSCLITE_CSOCK_NAME` of client processes.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.run.join("pcscd.comm")
    }

    /// What pcscd printed since it was first started.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn log(&self) -> io::Result<String> {
        fs::read_to_string(self.log_path())
    }

    /// The process id, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Ends pcscd and waits until it is gone.
    ///
    /// # Errors
    /// It does not end in time.
    pub fn end(&mut self, ending: Ending) -> io::Result<()> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        let signal = match ending {
            Ending::Stop => Signal::TERM,
            Ending::Kill => Signal::KILL,
        };
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.ok_or(io::ErrorKind::InvalidInput)?, signal)?;
        let ended = wait(&mut child, Instant::now() + PATIENCE);
        if ended.is_err() {
            child.kill()?;
            child.wait()?;
        }
        ended.map(drop)
    }

    /// Ends pcscd, if it runs, and starts it anew at the same socket with the same readers.
    ///
    /// # Errors
    /// As [`PrivatePcscd::end`] and [`PrivatePcscd::start`].
    pub fn restart(&mut self, ending: Ending) -> io::Result<()> {
        self.end(ending)?;
        self.launch()
    }

    fn log_path(&self) -> PathBuf {
        self.run.join("pcscd.log")
    }

    fn launch(&mut self) -> io::Result<()> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_path())?;
        let mut command = Command::new("unshare");
        command.arg("--mount");
        if !rustix::process::geteuid().is_root() {
            command.arg("--map-root-user");
        }
        command
            .args(["--", "sh", "-c", ENTER, "sh"])
            .arg(&self.run)
            .arg(&self.config);
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        // pcscd may signal its process group: it gets one of its own.
        self.child = Some(command.process_group(0).spawn()?);
        self.wait_until_it_listens()
    }

    fn wait_until_it_listens(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while UnixStream::connect(self.socket()).is_err() {
            let ended = self
                .child
                .as_mut()
                .map(Child::try_wait)
                .transpose()?
                .flatten();
            if ended.is_some() || Instant::now() > deadline {
                let log = self.log()?;
                return Err(io::Error::other(format!(
                    "pcscd does not listen: {ended:?}\n{log}"
                )));
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        Ok(())
    }
}

impl Drop for PrivatePcscd {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.end(Ending::Kill);
    }
}

fn wait(child: &mut Child, deadline: Instant) -> io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() > deadline {
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the process does not end",
            ));
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// Runs `body` in a process of its own whose `PCSCLITE_CSOCK_NAME` points into the run directory
/// given to `body`: start pcscd there with [`PrivatePcscd::start_at`]. `test` is the full name of
/// the calling test, by which the test program starts itself again. So PC/SC tests are right in
/// parallel whether the runner gives each test a process or not.
///
/// # Errors
/// The process fails; its output is in the error.
pub fn in_own_process(test: &str, body: impl FnOnce(&Path)) -> io::Result<()> {
    if let Some(run) = std::env::var_os(OWN_PROCESS) {
        body(Path::new(&run));
        return Ok(());
    }
    let run = tempfile::tempdir()?;
    let output = Command::new(std::env::current_exe()?)
        .args([test, "--exact", "--nocapture", "--include-ignored"])
        .env(OWN_PROCESS, run.path())
        .env(SOCKET_VARIABLE, run.path().join("pcscd.comm"))
        .output()?;
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    if !output.status.success() {
        let log = fs::read_to_string(run.path().join("pcscd.log")).unwrap_or_default();
        return Err(io::Error::other(format!(
            "{test} failed\n{out}\n{err}\npcscd:\n{log}"
        )));
    }
    if !out.contains("1 passed") {
        return Err(io::Error::other(format!(
            "there is no test named {test}\n{out}"
        )));
    }
    Ok(())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The library of our own reader driver, built beside the running test program.
///
/// # Errors
/// It is not there.
pub fn driver_library() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folders = program.ancestors().skip(1).take(2);
    let found = folders
        .map(|folder| folder.join("libifdcardsim.so"))
        .find(|path| path.exists());
    found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "libifdcardsim.so is not built"))
}

/// The library of Debian's vsmartcard-vpcd.
#[must_use]
pub fn stock_driver_library() -> &'static Path {
    Path::new("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
}
