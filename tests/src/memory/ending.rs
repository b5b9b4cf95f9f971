//! A program on its way out: stopped when it ends, with all that it leaves still in its memory.

use std::{
    io,
    process::{Child, Output},
};

use nix::{
    sys::{
        ptrace::{self, Event, Options},
        signal::Signal,
        wait::{WaitStatus, waitpid},
    },
    unistd::Pid,
};

use super::{Canary, Find, search};

/// A program that will be looked at when it ends. One thread does it all (ptrace(2)); with that
/// thread the program ends as well.
#[derive(Debug)]
pub struct Ending {
    /// The program, for what is still to be handed to it.
    pub child: Child,
    pid: Pid,
}

impl Ending {
    /// Waits, from now on, for the end of a program that does not end before it is told something.
    ///
    /// # Errors
    /// It may not be traced.
    pub fn of(child: Child) -> io::Result<Self> {
        let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
        let pid = Pid::from_raw(pid);
        ptrace::seize(
            pid,
            Options::PTRACE_O_TRACEEXIT | Options::PTRACE_O_EXITKILL,
        )?;
        Ok(Self { child, pid })
    }

    /// Waits for its end; answers what it said, and every piece of the canaries that it leaves.
    ///
    /// # Errors
    /// It is gone before it could be looked at, or its memory may not be read.
    pub fn search(self, canaries: &[Canary]) -> io::Result<(Output, Vec<Find>)> {
        self.await_exit()?;
        let found = search(self.child.id(), canaries)?;
        ptrace::detach(self.pid, None)?;
        Ok((self.child.wait_with_output()?, found))
    }

    /// Up to where it has nothing left to do, passing on the signals that come on the way.
    fn await_exit(&self) -> io::Result<()> {
        loop {
            match waitpid(self.pid, None)? {
                WaitStatus::PtraceEvent(_, _, event)
                    if event == Event::PTRACE_EVENT_EXIT as i32 =>
                {
                    return Ok(());
                }
                WaitStatus::PtraceEvent(..) | WaitStatus::Stopped(_, Signal::SIGTRAP) => {
                    ptrace::cont(self.pid, None)?;
                }
                WaitStatus::Stopped(_, signal) => ptrace::cont(self.pid, signal)?,
                gone => return Err(io::Error::other(format!("it is gone: {gone:?}"))),
            }
        }
    }
}
