//! Decoder of command APDUs, cases 1 to 4 with short lengths (ISO 7816-3 12.1.2).

use std::fmt;

use zeroize::Zeroizing;

use super::StatusWord;

/// A well-formed command APDU.
///
/// The data field is wiped on drop and `Debug` shows its length only.
pub struct Command {
    /// Class byte.
    pub cla: u8,
    /// Instruction byte.
    pub ins: u8,
    /// First parameter byte.
    pub p1: u8,
    /// Second parameter byte.
    pub p2: u8,
    data: Zeroizing<Vec<u8>>,
    le: Option<u8>,
}

impl Command {
    /// Takes a command APDU apart.
    ///
    /// # Errors
    /// 6700 when there is no header, or when Lc and the bytes that follow disagree. Extended
    /// lengths are not part of the social security card and count as disagreement.
    pub fn decode(bytes: &[u8]) -> Result<Self, StatusWord> {
        let Some((&[cla, ins, p1, p2], body)) = bytes.split_first_chunk::<4>() else {
            return Err(StatusWord::WRONG_LENGTH);
        };
        let (data, le) = split_body(body)?;
        let data = Zeroizing::new(data.to_vec());
        Ok(Self {
            cla,
            ins,
            p1,
            p2,
            data,
            le,
        })
    }

    /// Command data field, empty in cases 1 and 2.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Le as sent, `None` in cases 1 and 3. 00 stands for 256.
    #[must_use]
    pub fn le(&self) -> Option<u8> {
        self.le
    }

    /// CLA INS P1 P2 Lc as they enter a MAC (LD/T 32.4): Lc already counts the MAC.
    #[must_use]
    pub fn header(&self) -> [u8; 5] {
        let lc = u8::try_from(self.data.len()).unwrap_or(u8::MAX);
        [self.cla, self.ins, self.p1, self.p2, lc]
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cla,
            ins,
            p1,
            p2,
            data,
            le,
        } = self;
        write!(f, "{cla:02X} {ins:02X} {p1:02X} {p2:02X}")?;
        if !data.is_empty() {
            write!(f, " Lc={:02X}", data.len())?;
        }
        le.map_or(Ok(()), |le| write!(f, " Le={le:02X}"))
    }
}

/// Splits what follows the header into data field and Le.
fn split_body(body: &[u8]) -> Result<(&[u8], Option<u8>), StatusWord> {
    match body {
        [] => Ok((&[], None)),
        [le] => Ok((&[], Some(*le))),
        [0, ..] => Err(StatusWord::WRONG_LENGTH),
        [lc, rest @ ..] => match rest.split_at_checked(usize::from(*lc)) {
            Some((data, [])) => Ok((data, None)),
            Some((data, [le])) => Ok((data, Some(*le))),
            _ => Err(StatusWord::WRONG_LENGTH),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Parts<'a> = (&'a [u8], Option<u8>);

    #[test]
    fn the_four_short_cases() {
        let table: [(&str, Parts<'_>); 5] = [
            ("00A40000", (&[], None)),
            ("0084000008", (&[], Some(8))),
            ("00200000021234", (&[0x12, 0x34], None)),
            ("00A4000002EF0500", (&[0xEF, 0x05], Some(0))),
            ("0020000000", (&[], Some(0))),
        ];
        for (text, (data, le)) in table {
            let command = Command::decode(&hex::decode(text).unwrap()).unwrap();
            assert_eq!((command.data(), command.le()), (data, le), "{text}");
        }
    }

    #[test]
    fn lengths_that_disagree_are_wrong() {
        let table = [
            "",
            "00A400",
            "00A40002EF05",           // SELECT without Lc: P2 = 02, Lc = EF
            "002000000312",           // two bytes short
            "00200000021234FF00",     // two bytes too many
            "00A4000000000002EF05",   // extended Lc
            "805E010001123456FF6543", // Lc built from one hex digit
        ];
        for text in table {
            let error = Command::decode(&hex::decode(text).unwrap()).unwrap_err();
            assert_eq!(error, StatusWord::WRONG_LENGTH, "{text}");
        }
    }

    #[test]
    fn debug_shows_no_data() {
        let command = Command::decode(&[0, 0x20, 0, 0, 3, 0x12, 0x34, 0x56]).unwrap();
        assert_eq!(format!("{command:?}"), "00 20 00 00 Lc=03");
    }

    #[test]
    fn header_counts_the_mac() {
        let command = Command::decode(&hex::decode("8424000004305FBE72").unwrap()).unwrap();
        assert_eq!(command.header(), [0x84, 0x24, 0x00, 0x00, 0x04]);
    }
}
