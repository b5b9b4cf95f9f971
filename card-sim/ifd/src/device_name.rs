//! DEVICENAME of a `reader.conf` stanza: `unix:SOCKET:SLOT[,answer_timeout_ms=N]`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use crate::frame::MAX_SLOT_NAME;

/// How long a card may take to answer one command when DEVICENAME does not say.
pub const DEFAULT_ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Where a reader finds its slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceName {
    socket: PathBuf,
    slot: String,
    answer_timeout: Duration,
}

/// DEVICENAME is not of the form `unix:SOCKET:SLOT[,answer_timeout_ms=N]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceNameError;

impl fmt::Display for DeviceNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "DEVICENAME is not of the form unix:SOCKET:SLOT[,answer_timeout_ms=N]"
        )
    }
}

impl std::error::Error for DeviceNameError {}

impl DeviceName {
    /// Names `slot` behind the rack's `socket`.
    ///
    /// # Errors
    /// A relative socket path, a path that `reader.conf` cannot carry (white space, `#`, `"`), or
    /// a slot name that is not [`is_slot_name`].
    pub fn new(socket: &Path, slot: &str) -> Result<Self, DeviceNameError> {
        let fits = |c: char| !c.is_whitespace() && c != '#' && c != '"';
        let plain = socket
            .to_str()
            .is_some_and(|s| s.starts_with('/') && s.chars().all(fits));
        if !plain || !is_slot_name(slot) {
            return Err(DeviceNameError);
        }
        Ok(Self {
            socket: socket.to_path_buf(),
            slot: slot.to_owned(),
            answer_timeout: DEFAULT_ANSWER_TIMEOUT,
        })
    }

    /// The rack's socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The slot's name in the rack.
    #[must_use]
    pub fn slot(&self) -> &str {
        &self.slot
    }

    /// How long a card may take to answer.
    #[must_use]
    pub fn answer_timeout(&self) -> Duration {
        self.answer_timeout
    }
}

/// Whether `name` can name a slot: 1 to 32 of `a-z`, `0-9`, `-`, `_`.
#[must_use]
pub fn is_slot_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (1..=MAX_SLOT_NAME).contains(&name.len()) && name.bytes().all(allowed)
}

impl FromStr for DeviceName {
    type Err = DeviceNameError;

    fn from_str(text: &str) -> Result<Self, DeviceNameError> {
        let rest = text.strip_prefix("unix:").ok_or(DeviceNameError)?;
        let (socket, slot) = rest.rsplit_once(':').ok_or(DeviceNameError)?;
        let (slot, option) = match slot.split_once(',') {
            Some((slot, option)) => (slot, Some(option)),
            None => (slot, None),
        };
        let mut name = Self::new(Path::new(socket), slot)?;
        if let Some(option) = option {
            let text = option
                .strip_prefix("answer_timeout_ms=")
                .ok_or(DeviceNameError)?;
            let ms = text
                .parse()
                .ok()
                .filter(|ms| *ms > 0)
                .ok_or(DeviceNameError)?;
            name.answer_timeout = Duration::from_millis(ms);
        }
        Ok(name)
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unix:{}:{}", self.socket.display(), self.slot)?;
        if self.answer_timeout != DEFAULT_ANSWER_TIMEOUT {
            write!(f, ",answer_timeout_ms={}", self.answer_timeout.as_millis())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes() {
        for text in [
            "unix:/run/rack/ifd:desk-1",
            "unix:/a:b/c:s,answer_timeout_ms=250",
        ] {
            let name: DeviceName = text.parse().unwrap();
            assert_eq!(name.to_string(), text);
        }
    }

    #[test]
    fn parts_are_where_they_belong() {
        let name: DeviceName = "unix:/a:b/c:s,answer_timeout_ms=250".parse().unwrap();
        assert_eq!(name.socket(), Path::new("/a:b/c"));
        assert_eq!(name.slot(), "s");
        assert_eq!(name.answer_timeout(), Duration::from_millis(250));
        let plain: DeviceName = "unix:/x:s".parse().unwrap();
        assert_eq!(plain.answer_timeout(), DEFAULT_ANSWER_TIMEOUT);
    }

    #[test]
    fn refuses_everything_else() {
        let long = format!("unix:/x:{}", "a".repeat(MAX_SLOT_NAME + 1));
        for text in [
            "",
            "unix:",
            "unix:/x",
            "unix:x:s",
            "unix:/x:",
            "tcp:/x:s",
            "unix:/x y:s",
            "unix:/x#:s",
            "unix:/x:Slot",
            "unix:/x:s,answer_timeout_ms=0",
            "unix:/x:s,answer_timeout_ms=",
            "unix:/x:s,other=1",
            "unix:/x:s,",
            &long,
        ] {
            assert_eq!(text.parse::<DeviceName>(), Err(DeviceNameError), "{text}");
        }
    }
}
