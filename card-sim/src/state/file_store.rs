//! A store in one JSON file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::{CardState, StateError, StateStore};

/// One file per card, replaced atomically: new file in the same directory, flushed, renamed over
/// the old one, directory flushed. Readable by its owner only.
#[derive(Debug, Clone)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    /// A store at `path`; the directory must exist, the file need not.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn error(&self, action: &'static str) -> impl FnOnce(io::Error) -> StateError {
        let path = self.path.clone();
        move |source| StateError::Io {
            action,
            path,
            source,
        }
    }

    fn directory(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        }
    }

    fn replace(&self, text: &str) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(self.directory())?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        File::open(self.directory())?.sync_all()
    }
}

impl StateStore for FileStore {
    fn load(&self) -> Result<Option<CardState>, StateError> {
        match fs::read_to_string(&self.path).map(Zeroizing::new) {
            Ok(text) => CardState::from_json(&text).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.error("read")(error)),
        }
    }

    fn save(&mut self, state: &CardState) -> Result<(), StateError> {
        let text = state.to_json()?;
        self.replace(&text).map_err(self.error("written"))
    }
}
