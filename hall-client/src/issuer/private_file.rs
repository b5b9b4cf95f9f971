//! Files that hold secrets.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::error::KeyError;

/// The text of a plain file that its owner alone can open (mode 0600 or less), of 1 to
/// `limit_bytes` bytes.
pub(crate) fn read(path: &Path, limit_bytes: usize) -> Result<Zeroizing<String>, KeyError> {
    let failed = |cause| KeyError::File {
        path: path.to_owned(),
        cause,
    };
    let mut file = open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let mode = metadata.permissions().mode() & 0o7777;
    let own = metadata.uid() == rustix::process::geteuid().as_raw();
    if !metadata.is_file() || mode & 0o177 != 0 || !own {
        return Err(KeyError::NotPrivate {
            path: path.to_owned(),
            mode,
        });
    }
    bounded_text(&mut file, limit_bytes)
        .map_err(failed)?
        .ok_or_else(|| KeyError::FileContent {
            path: path.to_owned(),
            limit_bytes,
        })
}

/// What a TOML file says. What its parser would say may repeat a key, so only the line is told.
pub(super) fn parsed<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, KeyError> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        let path = path.to_owned();
        KeyError::Syntax { path, line }
    })
}

/// Without waiting for the other end of a pipe.
fn open(path: &Path) -> std::io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

/// Up to `limit_bytes` bytes of text in one block that does not grow; `None` when empty, longer or
/// not UTF-8.
pub(super) fn bounded_text(
    source: &mut impl Read,
    limit_bytes: usize,
) -> std::io::Result<Option<Zeroizing<String>>> {
    let mut bytes = Zeroizing::new(vec![0; limit_bytes + 1]);
    let mut filled = 0;
    while let Some(space) = bytes.get_mut(filled..).filter(|space| !space.is_empty()) {
        match source.read(space)? {
            0 => break,
            read => filled += read,
        }
    }
    let text = bytes.get(..filled).map(str::from_utf8);
    Ok(match text {
        Some(Ok(text)) if (1..=limit_bytes).contains(&filled) => {
            Some(Zeroizing::new(text.to_owned()))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(mode: u32, text: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        std::fs::set_permissions(file.path(), PermissionsExt::from_mode(mode)).unwrap();
        file
    }

    #[test]
    fn only_the_owner_may_have_access() {
        for mode in [0o600, 0o400] {
            let file = written(mode, b"text");
            assert_eq!(read(file.path(), 4).unwrap().as_str(), "text");
        }
        for mode in [0o640, 0o604, 0o660, 0o700, 0o644] {
            let file = written(mode, b"text");
            let found = read(file.path(), 4);
            assert!(
                matches!(found, Err(KeyError::NotPrivate { mode: told, .. }) if told == mode),
                "{mode:o}"
            );
        }
        let directory = tempfile::tempdir().unwrap();
        let found = read(directory.path(), 4);
        assert!(matches!(found, Err(KeyError::NotPrivate { .. })));
    }

    #[test]
    fn length_and_encoding_are_bounded() {
        for text in [&b"texts"[..], b"", b"\xFF"] {
            let file = written(0o600, text);
            let found = read(file.path(), 4);
            assert!(
                matches!(found, Err(KeyError::FileContent { limit_bytes: 4, .. })),
                "{text:?}"
            );
        }
        let missing = read(Path::new("/nonexistent/roots"), 4);
        assert!(matches!(missing, Err(KeyError::File { .. })));
    }
}
