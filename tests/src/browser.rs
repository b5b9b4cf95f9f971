//! A real Chromium for the desk's pages: runs the scripts of `tests/browser`.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Where browsers lie. `CHROMIUM` names another.
const CHROMIUM: [&str; 3] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];

/// A browser that is started by a script has one shorter than this.
const SCRIPT: u64 = 64 * 1024;

/// Whether there is a browser here. Says so visibly where there is none.
#[must_use]
pub fn is_there() -> bool {
    let there = place().is_some();
    if !there {
        let skipped = "skipped: needs Chromium or Chrome, not as a snap; CHROMIUM=/path names one";
        drop(writeln!(io::stderr(), "{skipped}"));
    }
    there
}

/// The browser that the scripts start.
fn place() -> Option<PathBuf> {
    let known = || CHROMIUM.iter().map(PathBuf::from);
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    named.or_else(|| known().find(|path| path.is_file() && !starts_a_snap(path)))
}

/// Ubuntu's package `chromium-browser` holds no browser but a script that starts a snap: it may not be
/// there, and where it is, it sees other files than we do.
fn starts_a_snap(browser: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(browser).and_then(|file| file.take(SCRIPT).read_to_end(&mut start));
    read.is_ok() && String::from_utf8_lossy(&start).contains("/snap/bin/")
}

/// Runs `node` with these arguments in `tests/browser`, with `input` on its standard input; answers
/// what it printed.
///
/// # Errors
/// Node or the tools are missing (`make setup` and `make test` bring them), or the script fails;
/// its output is in the error.
pub fn node(arguments: &[&str], input: &[u8]) -> io::Result<String> {
    let mut child = spawn(arguments)?;
    if let Some(mut standard_input) = child.stdin.take() {
        standard_input.write_all(input)?;
    }
    let output = child.wait_with_output()?;
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(out);
    }
    let err = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!(
        "node {arguments:?}\n{out}\n{err}"
    )))
}

/// Starts `node` as [`node`] does, for a conversation.
///
/// # Errors
/// Node or the tools are missing.
pub fn spawn(arguments: &[&str]) -> io::Result<Child> {
    let folder = folder();
    if !folder.join("node_modules").is_dir() {
        let missing = "tests/browser has no tools yet: npm ci --prefix tests/browser";
        return Err(io::Error::new(io::ErrorKind::NotFound, missing));
    }
    let mut command = Command::new("node");
    if let Some(browser) = place() {
        command.env("CHROMIUM", browser);
    }
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}
