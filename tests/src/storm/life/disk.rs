//! The disk of a life: what is on it at one moment, copied for the next one.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{Life, Wrapper};

impl Life {
    /// What is on its disk now, copied to `to`.
    ///
    /// # Errors
    /// The disk's.
    pub fn copy_disk(&self, to: &Path) -> io::Result<()> {
        copy(&self.directory, to)
    }

    /// Copies its disk to `to` when called. A disk that loses flushes is the one of now.
    pub fn disk_copier(&self, to: PathBuf, wrapper: Wrapper) -> impl Fn() + Send + Sync + use<> {
        let mut from = self.directory.clone();
        if wrapper == Wrapper::LosesFlushes {
            let earlier = to.with_extension("earlier");
            drop(fs::remove_dir_all(&earlier));
            drop(copy(&from, &earlier));
            from = earlier;
        }
        // A disk that cannot be copied shows at the next start.
        move || drop(copy(&from, &to))
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
