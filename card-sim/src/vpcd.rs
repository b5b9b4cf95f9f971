//! The card's end of Debian's vsmartcard-vpcd, the stock virtual reader of pcscd.
//!
//! vpcd listens, the card connects; a closed connection is a removed card. Every message is a
//! 16-bit big-endian length and that many bytes. A message of one byte is a control code, any
//! other one a command APDU:
//!
//! | byte | meaning | answer |
//! |---|---|---|
//! | 00 | power off | none |
//! | 01 | power on | none |
//! | 02 | reset | none |
//! | 04 | ATR, please | the ATR |
//!
//! A command APDU of one byte cannot be told from a control code. vpcd waits for an answer to an
//! empty command for ever, so even that one gets an answer.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use rustix::net::sockopt::set_tcp_quickack;
use zeroize::Zeroizing;

/// How long vpcd may take to accept an answer.
const WRITE_PATIENCE: Duration = Duration::from_secs(5);

/// A card, or a slot with a card, as vpcd uses it.
pub trait Plugged {
    /// Cold reset.
    fn power_on(&mut self);

    /// Takes the power.
    fn power_off(&mut self);

    /// Warm reset.
    fn reset(&mut self);

    /// The last answer to reset, at most 33 bytes.
    fn atr(&mut self) -> Vec<u8>;

    /// The response to a command; `None` if the card left meanwhile.
    fn execute(&mut self, command: &[u8]) -> Option<Vec<u8>>;

    /// vpcd has the response.
    fn answered(&mut self);
}

/// Connects to a vpcd on this machine.
///
/// # Errors
/// Nobody listens at `port`.
pub fn connect(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(WRITE_PATIENCE))?;
    Ok(stream)
}

/// Serves vpcd until one side closes the connection.
///
/// # Errors
/// The socket's.
pub fn serve(stream: &TcpStream, card: &mut impl Plugged) -> io::Result<()> {
    while let Some(message) = read_message(stream)? {
        match message.as_slice() {
            [0x00] => card.power_off(),
            [0x01] => card.power_on(),
            [0x02] => card.reset(),
            [0x04] => write_message(stream, &card.atr())?,
            command => match card.execute(command).map(Zeroizing::new) {
                Some(response) => {
                    write_message(stream, &response)?;
                    card.answered();
                }
                None => return Ok(()),
            },
        }
    }
    Ok(())
}

/// `None` when vpcd closed.
fn read_message(mut stream: &TcpStream) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // vpcd sends length and body apart without TCP_NODELAY: with a delayed acknowledgement each
    // command takes 40 ms. Linux forgets the option, so it is set before every read.
    set_tcp_quickack(stream, true)?;
    let mut length = [0; 2];
    match stream.read_exact(&mut length) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    set_tcp_quickack(stream, true)?;
    let mut message = Zeroizing::new(vec![0; usize::from(u16::from_be_bytes(length))]);
    stream.read_exact(&mut message)?;
    Ok(Some(message))
}

fn write_message(mut stream: &TcpStream, body: &[u8]) -> io::Result<()> {
    let length = u16::try_from(body.len())
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "too long for vpcd"))?;
    let mut message = Zeroizing::new(Vec::with_capacity(2 + body.len()));
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(body);
    stream.write_all(&message)
}

#[cfg(test)]
mod tests;
