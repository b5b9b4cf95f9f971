//! A real Chromium for the desk's pages: runs the scripts of `tests/browser`.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Where browsers lie; the scripts look at the same places. `CHROMIUM` names another.
const CHROMIUM: [&str; 3] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];

/// Whether there is a browser here. Says so visibly where there is none.
#[must_use]
pub fn is_there() -> bool {
    let there = std::env::var_os("CHROMIUM").is_some()
        || CHROMIUM.iter().any(|path| Path::new(path).is_file());
    if !there {
        drop(writeln!(io::stderr(), "skipped: needs Chromium"));
    }
    there
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
    Command::new("node")
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
