//! Digits from a file descriptor that the caller opened.

use std::{
    fs::File,
    os::fd::{AsFd as _, OwnedFd},
};

use cardd_proto::secret::Secret;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open},
};
use zeroize::Zeroizing;

use super::Deadline;
use crate::cli::problem::Problem;

/// An inherited file descriptor.
#[derive(Debug)]
pub(crate) struct Descriptor(OwnedFd);

impl Descriptor {
    /// Takes the descriptor by its number; a terminal is refused, for it would show the keys.
    pub(super) fn open(number: i32) -> Result<Self, Problem> {
        let descriptor = duplicate(number)?;
        if rustix::termios::isatty(&descriptor) {
            return Err(Problem::DescriptorIsTerminal);
        }
        Ok(Self(descriptor))
    }

    /// The next line, without its end. Read byte by byte, so that the next one stays where it is.
    pub(super) fn line(&self, until: Deadline) -> Result<Secret, Problem> {
        let mut line = Secret::new();
        let mut byte = Zeroizing::new([0]);
        let mut carriage_return = false;
        let mut ended = true;
        while self.read(byte.as_mut_slice(), until)? {
            ended = false;
            if *byte == *b"\n" {
                return Ok(line);
            }
            if carriage_return {
                line.push(b'\r').map_err(|_| Problem::TooLong)?;
            }
            carriage_return = *byte == *b"\r";
            if !carriage_return {
                let [digit] = *byte;
                line.push(digit).map_err(|_| Problem::TooLong)?;
            }
        }
        if ended {
            Err(Problem::MissingLine)
        } else {
            Ok(line)
        }
    }

    /// One byte; `false` at the end of input.
    fn read(&self, byte: &mut [u8], until: Deadline) -> Result<bool, Problem> {
        loop {
            let wait = Timespec::try_from(until.left()).map_err(|_| Problem::Expired)?;
            let mut ready = [PollFd::new(&self.0, PollFlags::IN)];
            match poll(&mut ready, Some(&wait)) {
                Ok(0) => return Err(Problem::Expired),
                Ok(_) => {}
                Err(Errno::INTR) => continue,
                Err(error) => return Err(Problem::BadDescriptor(error.into())),
            }
            match rustix::io::read(self.0.as_fd(), &mut *byte) {
                Ok(count) => return Ok(count > 0),
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(error) => return Err(Problem::BadDescriptor(error.into())),
            }
        }
    }
}

/// The kernel's own duplicate (pidfd_getfd(2)), which works whoever owns the pipe; where that call
/// is filtered, as in some containers, the same file by its name.
fn duplicate(number: i32) -> Result<OwnedFd, Problem> {
    pidfd_open(getpid(), PidfdFlags::empty())
        .and_then(|this| pidfd_getfd(this, number, PidfdGetfdFlags::empty()))
        .or_else(|_| File::open(format!("/proc/self/fd/{number}")).map(OwnedFd::from))
        .map_err(Problem::BadDescriptor)
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, os::fd::AsRawFd as _, time::Duration};

    use super::*;

    fn holding(bytes: &[u8]) -> Descriptor {
        let (read, mut write) = std::io::pipe().unwrap();
        write.write_all(bytes).unwrap();
        Descriptor::open(read.as_raw_fd()).unwrap()
    }

    fn soon() -> Deadline {
        Deadline::after(Duration::from_secs(5))
    }

    #[test]
    fn lines_come_one_by_one_without_their_ends() {
        let descriptor = holding(b"8317\r\n4629\n\nlast");
        for expected in ["8317", "4629", "", "last"] {
            assert_eq!(
                descriptor.line(soon()).unwrap().expose(),
                expected.as_bytes()
            );
        }
        assert!(matches!(descriptor.line(soon()), Err(Problem::MissingLine)));
    }

    #[test]
    fn a_carriage_return_inside_a_line_stays_for_cardd_to_refuse() {
        assert_eq!(
            holding(b"83\r17\n").line(soon()).unwrap().expose(),
            b"83\r17"
        );
    }

    #[test]
    fn a_line_without_an_end_in_sight_is_refused() {
        let line = [b'7'; Secret::CAPACITY + 1];
        assert!(matches!(holding(&line).line(soon()), Err(Problem::TooLong)));
    }

    #[test]
    fn silence_ends_with_the_entry() {
        let (read, _write) = std::io::pipe().unwrap();
        let descriptor = Descriptor::open(read.as_raw_fd()).unwrap();
        let now = Deadline::after(Duration::ZERO);
        assert!(matches!(descriptor.line(now), Err(Problem::Expired)));
    }

    #[test]
    fn a_number_that_is_not_open_is_refused() {
        assert!(matches!(
            Descriptor::open(9999),
            Err(Problem::BadDescriptor(_))
        ));
    }
}
