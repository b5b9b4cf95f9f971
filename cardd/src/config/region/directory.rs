//! The directory of the rule files.
//!
//! | in the directory | what it is |
//! |---|---|
//! | `v<version, ten digits>.rules` | a rule file that was taken, as it was pushed; the newest, and the one that was in force before it |
//! | `incoming` | a rule file that did not get to count |

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Read as _, Write as _},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use crate::{
    config::ConfigError,
    policy::{
        RulesInForce,
        region::{MAX_FILE_BYTES, RuleFile, RuleFileRefused, Trust},
    },
};

/// The rule file to begin with.
#[derive(Debug)]
pub struct Found {
    /// The newest that opens, if one does.
    pub file: Option<RuleFile>,
    /// Newer ones that do not, with the reason.
    pub damaged: Vec<(PathBuf, RuleFileFault)>,
}

/// Why a kept rule file is not used.
#[derive(Debug, thiserror::Error)]
pub enum RuleFileFault {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It does not open.
    #[error(transparent)]
    Refused(#[from] RuleFileRefused),
    /// It has another version than its name says.
    #[error("it has another version than its name")]
    OtherVersion,
}

/// The directory of the rule files.
#[derive(Debug, Clone)]
pub struct RuleDirectory(PathBuf);

impl RuleDirectory {
    /// Opens the directory; makes it, for the owner only, if it is missing.
    ///
    /// # Errors
    /// [`ConfigError::Read`].
    pub fn open(dir: &Path) -> Result<Self, ConfigError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|source| ConfigError::Read {
            path: dir.to_owned(),
            source,
        })?;
        Ok(Self(dir.to_owned()))
    }

    /// Reads the newest file that opens.
    ///
    /// # Errors
    /// [`ConfigError::Read`] if the directory cannot be read.
    pub fn newest(&self, trust: &Trust) -> Result<Found, ConfigError> {
        let mut damaged = Vec::new();
        for version in self.versions().map_err(|source| ConfigError::Read {
            path: self.0.clone(),
            source,
        })? {
            let path = self.path(version);
            match read(&path, version, trust) {
                Ok(file) => {
                    return Ok(Found {
                        file: Some(file),
                        damaged,
                    });
                }
                Err(fault) => damaged.push((path, fault)),
            }
        }
        Ok(Found {
            file: None,
            damaged,
        })
    }

    /// The rules to begin with: those of the newest file that opens, or the configured ones.
    ///
    /// # Errors
    /// [`ConfigError::Read`] if the directory cannot be read.
    pub fn in_force(
        &self,
        trust: &Trust,
        configured: RulesInForce,
    ) -> Result<RulesInForce, ConfigError> {
        let Found { file, damaged } = self.newest(trust)?;
        for (path, fault) in &damaged {
            tracing::warn!(path = %path.display(), %fault, "a rule file is damaged and not used");
        }
        Ok(match file {
            Some(file) => RulesInForce::of_file(file, !damaged.is_empty()),
            None if damaged.is_empty() => configured,
            None => configured.as_fallback(),
        })
    }

    /// Writes a file so that it outlives a power cut, where no start looks for it.
    ///
    /// # Errors
    /// What the system says.
    pub fn lay_by(&self, content: &[u8]) -> io::Result<()> {
        let mut file = File::create(self.incoming())?;
        file.write_all(content)?;
        file.sync_all()
    }

    /// Makes what was laid by the file of that version. Kept beside it is the one that was in force
    /// `before`, which is not the next older one if that was damaged; all others are dropped.
    ///
    /// # Errors
    /// What the system says; it is then laid by again, and no start of cardd finds it in its place.
    pub fn place(&self, version: u64, before: Option<u64>) -> io::Result<()> {
        fs::rename(self.incoming(), self.path(version))?;
        self.sync().inspect_err(|_| self.take_back(version))?;
        for other in self.versions()? {
            if other != version && Some(other) != before {
                // It is not looked at any more; the next file tries again.
                drop(fs::remove_file(self.path(other)));
            }
        }
        Ok(())
    }

    /// Its place may not outlive a power cut: it must not count until then and not after. The disk that
    /// refused just now may refuse this as well; what a start finds then goes on record.
    fn take_back(&self, version: u64) {
        let taken_back = fs::rename(self.path(version), self.incoming());
        if let Err(error) = taken_back.and_then(|()| self.sync()) {
            tracing::warn!(version, %error, "a rule file that is not kept may be found at a start");
        }
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }

    fn incoming(&self) -> PathBuf {
        self.0.join("incoming")
    }

    fn path(&self, version: u64) -> PathBuf {
        self.0.join(format!("v{version:010}.rules"))
    }

    /// Versions that are there, the newest first.
    fn versions(&self) -> io::Result<Vec<u64>> {
        let mut versions = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let name = entry?.file_name();
            let version = name
                .to_str()
                .and_then(|name| name.strip_prefix('v')?.strip_suffix(".rules"));
            versions.extend(version.and_then(|version| version.parse::<u64>().ok()));
        }
        versions.sort_unstable_by(|a, b| b.cmp(a));
        Ok(versions)
    }
}

fn read(path: &Path, version: u64, trust: &Trust) -> Result<RuleFile, RuleFileFault> {
    let mut content = Vec::new();
    // One byte more than any rule file has tells one that is too large.
    let bound = MAX_FILE_BYTES as u64 + 1;
    File::open(path)?.take(bound).read_to_end(&mut content)?;
    let file = RuleFile::check(&content, trust)?;
    if file.policy.version == version {
        Ok(file)
    } else {
        Err(RuleFileFault::OtherVersion)
    }
}

#[cfg(test)]
mod tests {
    use cardd_rules::region::{SigningKey, WUHAN};

    use super::*;
    use crate::policy::region::TrustedKey;

    fn key() -> SigningKey {
        SigningKey::from_seed("test", &[1; 32]).unwrap()
    }

    fn trust() -> Trust {
        Trust {
            region: "420100".to_owned(),
            keys: vec![TrustedKey::new("test", &key().public_key_hex()).unwrap()],
        }
    }

    fn signed(version: u64) -> Vec<u8> {
        let body = WUHAN.replacen("version = 1", &format!("version = {version}"), 1);
        key().sign(&body).unwrap()
    }

    /// As the terminal does it: beside the one that is in force.
    fn placed(directory: &RuleDirectory, version: u64) {
        let (before, _damaged) = newest(directory);
        directory.lay_by(&signed(version)).unwrap();
        directory.place(version, before).unwrap();
    }

    fn damage(directory: &RuleDirectory, version: u64) {
        let mut content = fs::read(directory.path(version)).unwrap();
        *content.last_mut().unwrap() ^= 1;
        fs::write(directory.path(version), &content).unwrap();
    }

    fn newest(directory: &RuleDirectory) -> (Option<u64>, usize) {
        let found = directory.newest(&trust()).unwrap();
        (
            found.file.map(|file| file.policy.version),
            found.damaged.len(),
        )
    }

    #[test]
    fn the_newest_counts_and_the_one_before_it_is_kept() {
        let scratch = tempfile::tempdir().unwrap();
        let directory = RuleDirectory::open(&scratch.path().join("rules")).unwrap();
        assert_eq!(newest(&directory), (None, 0));
        for version in [1, 2, 12] {
            placed(&directory, version);
            assert_eq!(newest(&directory), (Some(version), 0));
        }
        assert_eq!(directory.versions().unwrap(), [12, 2]);
    }

    #[test]
    fn what_was_laid_by_does_not_count() {
        let scratch = tempfile::tempdir().unwrap();
        let directory = RuleDirectory::open(scratch.path()).unwrap();
        placed(&directory, 1);
        directory.lay_by(&signed(2)).unwrap();
        assert_eq!(newest(&directory), (Some(1), 0));
        fs::write(scratch.path().join("vx.rules"), "").unwrap();
        assert_eq!(newest(&directory), (Some(1), 0), "no version, no rule file");
    }

    #[test]
    fn a_damaged_file_leaves_the_one_before_it() {
        let scratch = tempfile::tempdir().unwrap();
        let directory = RuleDirectory::open(scratch.path()).unwrap();
        placed(&directory, 1);
        placed(&directory, 2);
        damage(&directory, 2);
        assert_eq!(newest(&directory), (Some(1), 1));
        fs::write(directory.path(1), "").unwrap();
        assert_eq!(newest(&directory), (None, 2));
        // A sound file under another version's name is no way back to an older one.
        fs::write(directory.path(9), signed(1)).unwrap();
        let found = directory.newest(&trust()).unwrap();
        assert!(matches!(found.damaged[0].1, RuleFileFault::OtherVersion));
        // Room is made by the next one, and a damaged version may be pushed again.
        placed(&directory, 2);
        assert_eq!(newest(&directory), (Some(2), 0));
    }

    #[test]
    fn the_one_that_was_in_force_is_kept_where_a_newer_one_is_damaged() {
        let scratch = tempfile::tempdir().unwrap();
        let directory = RuleDirectory::open(scratch.path()).unwrap();
        placed(&directory, 1);
        placed(&directory, 2);
        damage(&directory, 2);
        placed(&directory, 3);
        assert_eq!(directory.versions().unwrap(), [3, 1]);
        damage(&directory, 3);
        assert_eq!(newest(&directory), (Some(1), 1));
    }
}
