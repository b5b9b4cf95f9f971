//! What cardd gives up once it has what it needs: whoever takes it over by a flaw finds little to
//! work with.
//!
//! | part | what it takes away | by |
//! |---|---|---|
//! | [`process`] | core files, other processes that read our memory, files of ours that others open | prctl(2), setrlimit(2) |
//! | [`memory`] | pages that go to swap | mlockall(2) |
//! | [`files`] | every file and TCP port that is not named; signals to others | Landlock |
//! | [`system_calls`] | programs, sockets, debuggers, everything that is not called | seccomp(2) |
//!
//! All sockets listen, and all names are looked up, before [`enter`]; it comes before the first
//! thread, because Landlock binds a thread and those that it starts. A part that the kernel lacks
//! is left out and said so: a terminal that does not serve protects nobody.

pub mod files;
pub mod memory;
mod outcome;
pub mod process;
pub mod system_calls;

use std::path::PathBuf;

pub use outcome::{Part, Protection};

/// What still has to work once the process is confined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Directories in which files are made, replaced and removed.
    pub kept: Vec<PathBuf>,
    /// Directories whose files are read.
    pub read: Vec<PathBuf>,
    /// Directories from which a socket is removed at the end.
    pub left: Vec<PathBuf>,
}

/// Confines the calling thread and all threads that it starts from now on, for good.
pub fn enter(needs: &Needs) -> (Part, Part) {
    (files::confine(needs), system_calls::confine())
}
