//! READ BINARY: `00 B0 P1 P2 Le` (LD/T 32.5).

use super::Card;
use super::answer::{Answer, Reply};
use crate::apdu::{Command, StatusWord};
use crate::files::Content;

/// P1 bit 8 set: low five bits are an SFI and P2 the offset; else P1 P2 is a 15-bit offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BinaryAddress {
    /// Short file identifier, 0 for the current EF.
    pub(super) sfi: u8,
    /// Offset in bytes.
    pub(super) offset: usize,
}

impl BinaryAddress {
    /// The address in P1 P2; 6A86 where reserved bits of P1 are set.
    pub(super) fn of(command: &Command) -> Result<Self, StatusWord> {
        let (p1, p2) = (command.p1, command.p2);
        match p1 {
            0x00..=0x7F => Ok(Self {
                sfi: 0,
                offset: usize::from(u16::from_be_bytes([p1, p2])),
            }),
            0x81..=0x9E => Ok(Self {
                sfi: p1 & 0x1F,
                offset: usize::from(p2),
            }),
            _ => Err(StatusWord::WRONG_PARAMETERS),
        }
    }
}

/// Le asks for that many bytes, 00 for 256. Where fewer are left 6Cxx names them.
pub(super) fn read_binary(card: &mut Card, command: &Command) -> Reply {
    if !command.data().is_empty() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let address = BinaryAddress::of(command)?;
    let file = card.file_of_sfi(address.sfi)?;
    let Content::Transparent(bytes) = card.content(file)? else {
        return Err(StatusWord::WRONG_FILE_STRUCTURE);
    };
    card.may_read(file)?;
    let rest = bytes.get(address.offset..).filter(|rest| !rest.is_empty());
    let rest = rest.ok_or(StatusWord::WRONG_OFFSET)?;
    let wanted = command.le().filter(|le| *le != 0).map_or(256, usize::from);
    let data = rest.iter().take(wanted).copied().collect();
    card.session.open(file);
    Ok(Answer::Read(data))
}
