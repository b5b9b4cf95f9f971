//! A process that leaves no core file and that no other process looks into.

use std::io;

use rustix::{
    fs::Mode,
    process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask},
};

/// No file that we make is for others; no core file, whatever the system would do with it.
///
/// # Errors
/// What the system said.
pub fn close() -> io::Result<()> {
    umask(Mode::RWXG | Mode::RWXO);
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    hide()
}

/// Neither a core file nor ptrace(2) or `/proc/PID/mem` for other processes of the same user
/// (PR_SET_DUMPABLE, prctl(2)). A change of user undoes it, so that it comes after one again.
///
/// # Errors
/// What the system said.
pub fn hide() -> io::Result<()> {
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}
