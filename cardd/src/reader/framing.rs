//! A command as the transmission protocol carries it (ISO 7816-3, 12.1).

use pcsc::Protocol;
use zeroize::Zeroizing;

/// With T=0 a command always has a fifth byte, and one with data carries no Le: the card announces
/// its answer with `61xx`. T=1 carries commands as they are.
pub(super) fn framed(protocol: Protocol, mut command: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    match protocol {
        Protocol::T1 | Protocol::RAW => command,
        Protocol::T0 => {
            match command.get(4) {
                // `Command` leaves room for Lc and Le, so this does not move the bytes.
                None => command.push(0),
                Some(_) if command.len() == 5 => {}
                Some(&lc) => command.truncate(5 + usize::from(lc)),
            }
            command
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_the_wire(protocol: Protocol, command: &[u8]) -> Vec<u8> {
        framed(protocol, Zeroizing::new(command.to_vec())).to_vec()
    }

    #[test]
    fn t0_has_five_header_bytes_and_no_le_after_data() {
        let table: [(&[u8], &[u8]); 5] = [
            (&[0, 0x20, 0, 0], &[0, 0x20, 0, 0, 0]),
            (&[0, 0xB0, 0, 0, 8], &[0, 0xB0, 0, 0, 8]),
            (
                &[0, 0x20, 0, 0, 2, 0x12, 0x34],
                &[0, 0x20, 0, 0, 2, 0x12, 0x34],
            ),
            (
                &[0, 0xA4, 4, 0, 2, 0xA0, 0x01, 0],
                &[0, 0xA4, 4, 0, 2, 0xA0, 0x01],
            ),
            (&[0, 0xA4, 4, 0, 1, 0xA0, 0x10], &[0, 0xA4, 4, 0, 1, 0xA0]),
        ];
        for (command, expected) in table {
            assert_eq!(on_the_wire(Protocol::T0, command), expected);
            assert_eq!(on_the_wire(Protocol::T1, command), command);
        }
    }
}
