//! A power cut, as the disk sees it: whatever was handed to the block device stays, all else is
//! gone.
//!
//! A file system on a loop device, its image in memory. A writer in another process works on it
//! and says what it takes for durable; at some acknowledgement it is stopped, the image is copied
//! and the copy mounted. A disk with a volatile cache loses more than this; nothing loses less.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

/// Variable that tells a writer which directory to write in; unset outside the rig.
pub const WRITER_DIR: &str = "CARDD_POWER_CUT_DIR";

/// Variable that tells a test that it runs in mounts of its own, and where.
pub const BENCH_DIR: &str = "CARDD_POWER_CUT_BENCH";

/// What a writer prints before each number that it takes for durable.
pub const ACKNOWLEDGED: &str = "ack ";

/// Size of the file system.
const IMAGE: &str = "64M";

/// Whether this machine lets us mount; the reason if not.
///
/// # Errors
/// The commands cannot be run at all.
pub fn unavailable() -> io::Result<Option<String>> {
    let scratch = tempfile::tempdir()?;
    let script = format!(
        "set -e; cd {0}; mount -t tmpfs none {0}; cd {0}; truncate -s {IMAGE} i; \
         mkfs.ext4 -q i; mkdir m; mount -o loop i m",
        scratch.path().display()
    );
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", &script])
        .output()?;
    Ok((!output.status.success()).then(|| said(&output)))
}

/// Runs one test of this binary in a mount namespace of its own, with a file system in memory as
/// its bench. Everything mounted there goes when it ends, however it ends.
///
/// # Errors
/// The commands cannot be run at all.
pub fn run_in_private_mounts(test: &str) -> io::Result<Output> {
    let bench = tempfile::tempdir()?;
    Command::new("unshare")
        .arg("--mount")
        .arg(std::env::current_exe()?)
        .args(["--exact", test, "--nocapture"])
        .env(BENCH_DIR, bench.path())
        .output()
}

/// The bench of this process, if it runs in mounts of its own.
///
/// # Errors
/// The file system in memory cannot be mounted.
pub fn bench() -> io::Result<Option<PathBuf>> {
    let Some(dir) = std::env::var_os(BENCH_DIR).map(PathBuf::from) else {
        return Ok(None);
    };
    run(Command::new("mount")
        .args(["-t", "tmpfs", "none"])
        .arg(&dir))?;
    Ok(Some(dir))
}

/// A disk that a process works on which does not know of the rig.
#[derive(Debug)]
pub struct Disk {
    image: PathBuf,
    copy: PathBuf,
    dir: PathBuf,
}

impl Disk {
    /// A fresh file system on the bench, mounted.
    ///
    /// # Errors
    /// A command fails.
    pub fn fresh(bench: &Path) -> io::Result<Self> {
        let [image, copy, dir] = ["image", "copy", "disk"].map(|name| bench.join(name));
        fs::create_dir_all(&dir)?;
        run(Command::new("truncate").args(["-s", IMAGE]).arg(&image))?;
        run(Command::new("mkfs.ext4").arg("-q").arg(&image))?;
        mount(&image, &dir)?;
        Ok(Self { image, copy, dir })
    }

    /// Where it is mounted.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The power goes now: what reached the disk is kept, all else is lost. The process is stopped
    /// and must be killed before [`Disk::power_on`].
    ///
    /// # Errors
    /// The process does not run, or the image cannot be copied.
    pub fn cut(&self, writer: u32) -> io::Result<()> {
        let pid = i32::try_from(writer).ok().and_then(Pid::from_raw);
        kill_process(pid.ok_or(io::ErrorKind::InvalidInput)?, Signal::STOP)?;
        fs::copy(&self.image, &self.copy).map(drop)
    }

    /// What the cut left is mounted in place of what was there.
    ///
    /// # Errors
    /// A command fails.
    pub fn power_on(&self) -> io::Result<()> {
        run(Command::new("umount").arg(&self.dir))?;
        fs::rename(&self.copy, &self.image)?;
        mount(&self.image, &self.dir)
    }
}

/// A disk after the cut, mounted.
#[derive(Debug)]
pub struct Survivor {
    /// Where it is mounted.
    pub dir: PathBuf,
    /// The last number that the writer took for durable before the cut.
    pub acknowledged: u64,
}

impl Drop for Survivor {
    fn drop(&mut self) {
        // A failed unmount ends with the namespace.
        let _ = run(Command::new("umount").arg(&self.dir));
    }
}

/// Lets the test `writer` of this binary write on a fresh disk and cuts the power at its
/// `at`-th acknowledgement. Numbers rise; the cut may come while the next one is under way.
///
/// # Errors
/// A command fails, or the writer ends before its time.
pub fn cut(bench: &Path, writer: &str, at: usize) -> io::Result<Survivor> {
    let [image, copy, before, after] =
        ["image", "copy", "before", "after"].map(|name| bench.join(name));
    for dir in [&before, &after] {
        fs::create_dir_all(dir)?;
    }
    let _ = fs::remove_file(&image);
    run(Command::new("truncate").args(["-s", IMAGE]).arg(&image))?;
    run(Command::new("mkfs.ext4").arg("-q").arg(&image))?;
    mount(&image, &before)?;
    let mut child = spawn(writer, &before)?;
    let cut = cut_at(&mut child, at).and_then(|acknowledged| {
        fs::copy(&image, &copy)?;
        Ok(acknowledged)
    });
    child.kill()?;
    child.wait()?;
    run(Command::new("umount").arg(&before))?;
    let acknowledged = cut?;
    mount(&copy, &after)?;
    Ok(Survivor {
        dir: after,
        acknowledged,
    })
}

/// Stops the writer when it has acknowledged so often; the last number counts.
fn cut_at(child: &mut Child, at: usize) -> io::Result<u64> {
    let ended = || io::Error::other("the writer ended before the cut");
    let mut lines = BufReader::new(child.stdout.take().ok_or_else(ended)?).lines();
    let mut numbers = lines.by_ref().filter_map(|line| {
        let line = line.ok()?;
        line.strip_prefix(ACKNOWLEDGED)?.parse::<u64>().ok()
    });
    let acknowledged = numbers.nth(at.saturating_sub(1)).ok_or_else(ended)?;
    kill_process(Pid::from_child(child), Signal::STOP)?;
    Ok(acknowledged)
}

fn spawn(writer: &str, dir: &Path) -> io::Result<Child> {
    Command::new(std::env::current_exe()?)
        .args(["--exact", writer, "--nocapture"])
        .env(WRITER_DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
}

fn mount(image: &Path, at: &Path) -> io::Result<()> {
    run(Command::new("mount")
        .args(["-o", "loop"])
        .arg(image)
        .arg(at))
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("{command:?}: {}", said(&output))))
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}
