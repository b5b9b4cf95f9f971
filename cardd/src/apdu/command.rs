//! Command APDU, short length fields (ISO 7816-4, 5.1).

use std::fmt;

use zeroize::Zeroizing;

/// A command whose data are wiped on drop and never printed.
pub struct Command {
    header: [u8; 4],
    data: Zeroizing<Vec<u8>>,
    le: Option<u8>,
}

impl Command {
    /// Most data bytes of a short command.
    pub const MAX_DATA: usize = 255;

    /// A command with neither data nor expected answer (case 1).
    #[must_use]
    pub fn new(cla: u8, ins: u8, p1: u8, p2: u8) -> Self {
        Self {
            header: [cla, ins, p1, p2],
            data: Zeroizing::default(),
            le: None,
        }
    }

    /// With data; at most [`Command::MAX_DATA`] bytes, what is beyond is a defect of the caller
    /// and makes [`Command::to_bytes`] answer `None`.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Zeroizing<Vec<u8>>>) -> Self {
        self.data = data.into();
        self
    }

    /// With an expected length; 0 stands for 256.
    #[must_use]
    pub fn with_le(mut self, le: u8) -> Self {
        self.le = Some(le);
        self
    }

    /// The command as it travels. `Lc` is left out when there are no data. `None` if there are
    /// more data than a short command carries.
    #[must_use]
    pub fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let lc = u8::try_from(self.data.len()).ok()?;
        // One allocation of the final size: a growing vector would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(4 + 1 + self.data.len() + 1));
        bytes.extend_from_slice(&self.header);
        if lc > 0 {
            bytes.push(lc);
            bytes.extend_from_slice(&self.data);
        }
        bytes.extend(self.le);
        Some(bytes)
    }

    /// CLA INS P1 P2.
    #[must_use]
    pub fn header(&self) -> [u8; 4] {
        self.header
    }

    /// The same command asking for `le` bytes, for the repetition after `6Cxx`.
    #[must_use]
    pub fn asking_for(&self, le: u8) -> Self {
        Self {
            header: self.header,
            data: self.data.clone(),
            le: Some(le),
        }
    }
}

/// Header and lengths, never data: `80 5E 01 00 Lc=05`.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [cla, ins, p1, p2] = self.header;
        write!(f, "{cla:02X} {ins:02X} {p1:02X} {p2:02X}")?;
        if !self.data.is_empty() {
            write!(f, " Lc={:02X}", self.data.len())?;
        }
        self.le.map_or(Ok(()), |le| write!(f, " Le={le:02X}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(command: &Command) -> Vec<u8> {
        command.to_bytes().unwrap().to_vec()
    }

    #[test]
    fn the_four_cases() {
        let header = Command::new(0x00, 0x20, 0x00, 0x00);
        assert_eq!(bytes(&header), [0x00, 0x20, 0x00, 0x00]);
        assert_eq!(bytes(&header.with_le(0)), [0x00, 0x20, 0x00, 0x00, 0x00]);
        let change = Command::new(0x80, 0x5E, 1, 0).with_data(vec![0x12, 0x34, 0xFF, 0x43, 0x21]);
        assert_eq!(
            bytes(&change),
            [0x80, 0x5E, 1, 0, 5, 0x12, 0x34, 0xFF, 0x43, 0x21]
        );
        assert_eq!(bytes(&change.with_le(8))[9..], [0x21, 8]);
    }

    #[test]
    fn more_than_a_short_command_carries_has_no_bytes() {
        let largest = Command::new(0, 0xD6, 0, 0).with_data(vec![0; Command::MAX_DATA]);
        assert_eq!(bytes(&largest).len(), 5 + Command::MAX_DATA);
        assert!(
            Command::new(0, 0xD6, 0, 0)
                .with_data(vec![0; 256])
                .to_bytes()
                .is_none()
        );
    }

    #[test]
    fn debug_shows_header_and_lengths_only() {
        let change = Command::new(0x80, 0x5E, 1, 0).with_data(vec![0x12, 0x34, 0xFF, 0x43, 0x21]);
        assert_eq!(format!("{change:?}"), "80 5E 01 00 Lc=05");
        assert_eq!(
            format!("{:?}", Command::new(0, 0xB2, 1, 4).with_le(0x12)),
            "00 B2 01 04 Le=12"
        );
    }
}
