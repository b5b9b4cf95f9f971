//! A prompt at this process's terminal that shows no key, not even how many were pressed.

use std::{
    fs::OpenOptions,
    io,
    os::{
        fd::OwnedFd,
        unix::{fs::OpenOptionsExt as _, net::UnixStream},
    },
};

use cardd_proto::secret::Secret;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::OFlags,
    io::Errno,
    termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr},
};
use signal_hook::consts::{SIGHUP, SIGTERM};
use zeroize::Zeroizing;

use super::Deadline;
use crate::cli::problem::Problem;

/// The terminal.
///
/// While it lives, SIGTERM and SIGHUP end a prompt, which gives the terminal back as it was. They
/// no longer end the process at once: a call under way is waited for, within its own bound, so
/// that its outcome is told.
#[derive(Debug)]
pub(crate) struct Tty {
    terminal: OwnedFd,
    /// Readable once the process was asked to end.
    end: UnixStream,
}

/// What one byte from the keyboard means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Enter,
    Erase,
    EraseAll,
    Interrupt,
    End,
    Other,
    Character(u8),
}

/// What the person at the terminal sees of the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nothing,
    Keys,
}

/// What a key does to the line on the screen, which holds so many characters.
fn echo(key: Key, held: usize) -> Vec<u8> {
    const BACK: &[u8] = b"\x08 \x08";
    match key {
        Key::Character(byte) => vec![byte],
        Key::Erase => BACK.repeat(held.min(1)),
        Key::EraseAll => BACK.repeat(held),
        Key::Enter | Key::Interrupt | Key::End | Key::Other => Vec::new(),
    }
}

impl Key {
    const fn from_byte(byte: u8) -> Self {
        match byte {
            b'\r' | b'\n' => Self::Enter,
            0x08 | 0x7F => Self::Erase,
            0x15 => Self::EraseAll,
            0x03 => Self::Interrupt,
            0x04 => Self::End,
            0x00..=0x1F => Self::Other,
            _ => Self::Character(byte),
        }
    }
}

impl Tty {
    /// The controlling terminal, whatever standard input and output are.
    pub(super) fn open() -> Result<Self, Problem> {
        let terminal = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NOCTTY.bits().cast_signed())
            .open("/dev/tty")
            .map_err(Problem::NoTerminal)?;
        let (end, told) = UnixStream::pair().map_err(Problem::system("make a socket pair"))?;
        for signal in [SIGTERM, SIGHUP] {
            let told = told
                .try_clone()
                .map_err(Problem::system("make a socket pair"))?;
            signal_hook::low_level::pipe::register(signal, told)
                .map_err(Problem::system("listen for signals"))?;
        }
        let terminal = terminal.into();
        Ok(Self { terminal, end })
    }

    /// Prompts for one PIN.
    pub(super) fn ask(&self, prompt: &str, until: Deadline) -> Result<Secret, Problem> {
        self.prompt(prompt, Shown::Nothing, until)
    }

    /// Prompts for something that may be seen while it is typed.
    pub(super) fn ask_aloud(&self, prompt: &str, until: Deadline) -> Result<Secret, Problem> {
        self.prompt(prompt, Shown::Keys, until)
    }

    fn prompt(&self, prompt: &str, shown: Shown, until: Deadline) -> Result<Secret, Problem> {
        let quiet = Quiet::on(&self.terminal)?;
        self.write(prompt.as_bytes())?;
        let typed = self.type_in(shown, until);
        self.write(b"\r\n")?;
        drop(quiet);
        typed
    }

    /// Prompts for a yes; everything else is a no.
    pub(super) fn confirm(&self, question: &str, until: Deadline) -> Result<bool, Problem> {
        let answer = self.ask(question, until)?;
        Ok(matches!(answer.expose(), b"y" | b"Y" | b"yes" | b"YES"))
    }

    fn type_in(&self, shown: Shown, until: Deadline) -> Result<Secret, Problem> {
        let mut typed = Secret::new();
        loop {
            let key = self.key(until)?;
            if shown == Shown::Keys {
                self.write(&echo(key, typed.len()))?;
            }
            match key {
                Key::Enter => return Ok(typed),
                Key::Erase => typed.pop(),
                Key::EraseAll => typed = Secret::new(),
                Key::Interrupt => return Err(Problem::Interrupted),
                Key::End => return Err(Problem::MissingLine),
                Key::Other => {}
                Key::Character(byte) => typed.push(byte).map_err(|_| Problem::TooLong)?,
            }
        }
    }

    fn key(&self, until: Deadline) -> Result<Key, Problem> {
        let mut byte = Zeroizing::new([0]);
        loop {
            self.wait(until)?;
            match rustix::io::read(&self.terminal, byte.as_mut_slice()) {
                Ok(0) => return Ok(Key::End),
                Ok(_) => {
                    let [byte] = *byte;
                    return Ok(Key::from_byte(byte));
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(Problem::NoTerminal(error.into())),
            }
        }
    }

    /// Until a key is there.
    fn wait(&self, until: Deadline) -> Result<(), Problem> {
        loop {
            let left = Timespec::try_from(until.left()).map_err(|_| Problem::Expired)?;
            let mut ready = [
                PollFd::new(&self.end, PollFlags::IN),
                PollFd::new(&self.terminal, PollFlags::IN),
            ];
            match poll(&mut ready, Some(&left)) {
                Ok(0) => return Err(Problem::Expired),
                Ok(_) if ready.first().is_some_and(|end| !end.revents().is_empty()) => {
                    return Err(Problem::Interrupted);
                }
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(Problem::NoTerminal(error.into())),
            }
        }
    }

    fn write(&self, mut bytes: &[u8]) -> Result<(), Problem> {
        while !bytes.is_empty() {
            match rustix::io::write(&self.terminal, bytes) {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(Errno::INTR) => {}
                Err(error) => return Err(Problem::NoTerminal(io::Error::from(error))),
            }
        }
        Ok(())
    }
}

/// A terminal that shows no key and sends each at once; given back as it was on drop. Ctrl-C comes
/// as a key, so that it cannot end the process with the terminal still quiet.
struct Quiet<'a> {
    terminal: &'a OwnedFd,
    before: Termios,
}

impl<'a> Quiet<'a> {
    fn on(terminal: &'a OwnedFd) -> Result<Self, Problem> {
        let no_terminal = |error: rustix::io::Errno| Problem::NoTerminal(error.into());
        let before = tcgetattr(terminal).map_err(no_terminal)?;
        let mut quiet = before.clone();
        quiet.local_modes -= LocalModes::ECHO | LocalModes::ECHONL;
        quiet.local_modes -= LocalModes::ICANON | LocalModes::ISIG;
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(terminal, OptionalActions::Flush, &quiet).map_err(no_terminal)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Quiet<'_> {
    /// A terminal that is gone needs nothing back.
    fn drop(&mut self) {
        let _gone = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

#[cfg(test)]
mod tests;
