//! A copy of the workspace's source in which something is broken on purpose, so that no product build
//! can ever hold it. What is built from it goes to a target directory of its own: no broken program
//! ever stands where a sound one is looked for.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// File, text, and what comes in its place. The text stands in its file exactly once.
pub type Edit = (&'static str, &'static str, &'static str);

/// What is broken cannot be tried.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Files.
    #[error("the copy of the source")]
    Io(#[from] io::Error),
    /// The source has changed: the edit must be written anew.
    #[error("{0} does not hold the text of the edit exactly once")]
    Stale(PathBuf),
    /// It does not compile.
    #[error("what was broken on purpose does not compile: {0}")]
    Build(String),
}

/// Root of the workspace that this program was built from.
#[must_use]
pub fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// Whether the text of an edit stands in today's source exactly once, and is changed by it.
///
/// # Errors
/// The file cannot be read.
pub fn fits((file, text, instead): &Edit) -> io::Result<bool> {
    let source = fs::read_to_string(workspace().join(file))?;
    Ok(source.matches(text).count() == 1 && text != instead)
}

/// The copy.
pub struct SourceCopy {
    source: tempfile::TempDir,
    target: PathBuf,
}

impl SourceCopy {
    /// Copies the source. What is built from it goes to `target/NAME`.
    ///
    /// # Errors
    /// Files.
    pub fn new(name: &str) -> Result<Self, CopyError> {
        let source = tempfile::tempdir()?;
        for name in ["Cargo.toml", "Cargo.lock"] {
            fs::copy(workspace().join(name), source.path().join(name))?;
        }
        for folder in ["proto", "cardd", "card-sim", "hall-client", "tests", "udev"] {
            copy(&workspace().join(folder), &source.path().join(folder))?;
        }
        let target = workspace().join("target").join(name);
        Ok(Self { source, target })
    }

    /// Does something with the edits in place; they are taken back whatever comes of it.
    ///
    /// # Errors
    /// [`CopyError`].
    pub fn edited<T>(
        &self,
        edits: &[Edit],
        work: impl FnOnce(&Self) -> Result<T, CopyError>,
    ) -> Result<T, CopyError> {
        let made = edits.iter().try_for_each(|edit| self.edit(edit));
        let done = made.and_then(|()| work(self));
        for (file, ..) in edits {
            let (from, to) = (workspace().join(file), self.source.path().join(file));
            fs::write(to, fs::read(from)?)?;
        }
        done
    }

    fn edit(&self, (file, text, instead): &Edit) -> Result<(), CopyError> {
        let path = self.source.path().join(file);
        let source = fs::read_to_string(&path)?;
        if source.matches(text).count() != 1 {
            return Err(CopyError::Stale(path));
        }
        Ok(fs::write(path, source.replacen(text, instead, 1))?)
    }

    /// Runs cargo on the copy and collects what it says.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn cargo(&self, arguments: &[&str]) -> Result<Output, CopyError> {
        Ok(Command::new("cargo")
            .args(arguments)
            .current_dir(self.source.path())
            .env("CARGO_TARGET_DIR", &self.target)
            .env("RUSTFLAGS", "")
            .stdin(Stdio::null())
            .output()?)
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir()
            && !["target", "node_modules"]
                .iter()
                .any(|name| *entry.file_name() == **name)
        {
            copy(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
