//! Bytes of the frames.

use std::fmt;
use std::io::{self, Read, Write};

use super::{
    Failure, MAX_ATR, MAX_BODY, MAX_SLOT_NAME, Refusal, Reply, ToRack, ToReader, VERSION, Verb,
};
use crate::wiped::Wiped;

/// Bytes of kind and id, counted by the length field.
const HEAD: usize = 5;

/// Why bytes are not a frame.
#[derive(Debug)]
pub enum FrameError {
    /// The socket failed, or ended inside a frame.
    Io(io::Error),
    /// Length field outside its bounds, in bytes.
    Length(u32),
    /// No frame of that kind goes in this direction.
    Kind(u8),
    /// The body or the number does not fit the kind.
    Body(u8),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(_) => write!(f, "the socket between reader and rack failed"),
            Self::Length(n) => write!(f, "frame length {n} is out of bounds"),
            Self::Kind(k) => write!(f, "frame kind {k:02x} is not known in this direction"),
            Self::Body(k) => write!(f, "the body of frame kind {k:02x} does not fit"),
        }
    }
}

impl std::error::Error for FrameError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(cause) => Some(cause),
            Self::Length(_) | Self::Kind(_) | Self::Body(_) => None,
        }
    }
}

/// What reading brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Received<T> {
    /// A frame.
    Frame(T),
    /// The peer closed between two frames.
    Closed,
    /// A hello in this other version.
    OtherVersion(u8),
}

struct Raw {
    kind: u8,
    id: u32,
    body: Wiped,
}

impl ToRack {
    /// Writes this frame with a single write.
    ///
    /// # Errors
    /// What the writer returns; `InvalidInput` if the body is longer than [`MAX_BODY`].
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Hello { slot } => {
                let mut body = vec![VERSION];
                body.extend_from_slice(slot.as_bytes());
                write_raw(to, 0x01, 0, &body)
            }
            Self::Request { id, verb } => match verb {
                Verb::PowerUp => write_raw(to, 0x02, *id, &[]),
                Verb::PowerDown => write_raw(to, 0x03, *id, &[]),
                Verb::Reset => write_raw(to, 0x04, *id, &[]),
                Verb::Transmit(command) => write_raw(to, 0x05, *id, command),
            },
        }
    }
}

impl ToReader {
    /// Writes this frame with a single write.
    ///
    /// # Errors
    /// What the writer returns; `InvalidInput` if the body is longer than [`MAX_BODY`].
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Welcome => write_raw(to, 0x81, 0, &[]),
            Self::Refused(reason) => write_raw(to, 0x82, 0, &[refusal_code(*reason)]),
            Self::Inserted => write_raw(to, 0x83, 0, &[]),
            Self::Removed => write_raw(to, 0x84, 0, &[]),
            Self::Reply { id, reply } => match reply {
                Reply::Atr(atr) => write_raw(to, 0x85, *id, atr),
                Reply::PoweredDown => write_raw(to, 0x86, *id, &[]),
                Reply::Response(response) => write_raw(to, 0x87, *id, response),
                Reply::Failed(failure) => write_raw(to, 0x88, *id, &[failure_code(*failure)]),
            },
        }
    }
}

/// Reads one frame on the rack's side.
///
/// # Errors
/// [`FrameError`] for everything that is not a frame to the rack.
pub fn read_to_rack(from: &mut impl Read) -> Result<Received<ToRack>, FrameError> {
    let Some(raw) = read_raw(from)? else {
        return Ok(Received::Closed);
    };
    let verb = match (raw.kind, raw.body.is_empty()) {
        (0x01, false) => return hello(&raw),
        (0x02, true) => Verb::PowerUp,
        (0x03, true) => Verb::PowerDown,
        (0x04, true) => Verb::Reset,
        (0x05, _) => Verb::Transmit(raw.body),
        (kind @ 0x01..=0x04, _) => return Err(FrameError::Body(kind)),
        (kind, _) => return Err(FrameError::Kind(kind)),
    };
    if raw.id == 0 {
        return Err(FrameError::Body(raw.kind));
    }
    Ok(Received::Frame(ToRack::Request { id: raw.id, verb }))
}

fn hello(raw: &Raw) -> Result<Received<ToRack>, FrameError> {
    let malformed = FrameError::Body(raw.kind);
    let Some((&version, name)) = raw.body.split_first() else {
        return Err(malformed);
    };
    if version != VERSION {
        return Ok(Received::OtherVersion(version));
    }
    match String::from_utf8(name.to_vec()) {
        Ok(slot) if raw.id == 0 && (1..=MAX_SLOT_NAME).contains(&slot.len()) => {
            Ok(Received::Frame(ToRack::Hello { slot }))
        }
        Ok(_) | Err(_) => Err(malformed),
    }
}

/// Reads one frame on the reader's side.
///
/// # Errors
/// [`FrameError`] for everything that is not a frame to a reader.
pub fn read_to_reader(from: &mut impl Read) -> Result<Received<ToReader>, FrameError> {
    let Some(raw) = read_raw(from)? else {
        return Ok(Received::Closed);
    };
    let malformed = FrameError::Body(raw.kind);
    let frame = if raw.kind <= 0x84 {
        if raw.id != 0 {
            return Err(malformed);
        }
        notice(raw.kind, &raw.body)?
    } else {
        if raw.id == 0 {
            return Err(malformed);
        }
        ToReader::Reply {
            id: raw.id,
            reply: reply(raw.kind, raw.body)?,
        }
    };
    Ok(Received::Frame(frame))
}

fn notice(kind: u8, body: &[u8]) -> Result<ToReader, FrameError> {
    match (kind, body) {
        (0x81, []) => Ok(ToReader::Welcome),
        (0x82, [1]) => Ok(ToReader::Refused(Refusal::Version)),
        (0x82, [2]) => Ok(ToReader::Refused(Refusal::UnknownSlot)),
        (0x82, [3]) => Ok(ToReader::Refused(Refusal::Taken)),
        (0x83, []) => Ok(ToReader::Inserted),
        (0x84, []) => Ok(ToReader::Removed),
        (0x81..=0x84, _) => Err(FrameError::Body(kind)),
        _ => Err(FrameError::Kind(kind)),
    }
}

fn reply(kind: u8, body: Wiped) -> Result<Reply, FrameError> {
    match (kind, &*body) {
        (0x85, atr) if (1..=MAX_ATR).contains(&atr.len()) => Ok(Reply::Atr(atr.to_vec())),
        (0x86, []) => Ok(Reply::PoweredDown),
        (0x87, _) => Ok(Reply::Response(body)),
        (0x88, [1]) => Ok(Reply::Failed(Failure::NoCard)),
        (0x88, [2]) => Ok(Reply::Failed(Failure::NotPowered)),
        (0x88, [3]) => Ok(Reply::Failed(Failure::Mute)),
        (0x88, [4]) => Ok(Reply::Failed(Failure::Interrupted)),
        (0x85..=0x88, _) => Err(FrameError::Body(kind)),
        _ => Err(FrameError::Kind(kind)),
    }
}

fn refusal_code(reason: Refusal) -> u8 {
    match reason {
        Refusal::Version => 1,
        Refusal::UnknownSlot => 2,
        Refusal::Taken => 3,
    }
}

fn failure_code(failure: Failure) -> u8 {
    match failure {
        Failure::NoCard => 1,
        Failure::NotPowered => 2,
        Failure::Mute => 3,
        Failure::Interrupted => 4,
    }
}

fn write_raw(to: &mut impl Write, kind: u8, id: u32, body: &[u8]) -> io::Result<()> {
    if body.len() > MAX_BODY {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "frame body too long",
        ));
    }
    let length = u32::try_from(HEAD + body.len()).map_err(io::Error::other)?;
    let mut bytes = Vec::with_capacity(4 + HEAD + body.len());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.push(kind);
    bytes.extend_from_slice(&id.to_be_bytes());
    bytes.extend_from_slice(body);
    let bytes = Wiped::new(bytes);
    to.write_all(&bytes)
}

/// `None` when the peer closed between two frames.
fn read_raw(from: &mut impl Read) -> Result<Option<Raw>, FrameError> {
    let Some(length) = read_length(from)? else {
        return Ok(None);
    };
    let body_length = usize::try_from(length)
        .ok()
        .and_then(|n| n.checked_sub(HEAD))
        .filter(|n| *n <= MAX_BODY)
        .ok_or(FrameError::Length(length))?;
    let mut kind = [0; 1];
    from.read_exact(&mut kind).map_err(FrameError::Io)?;
    let mut id = [0; 4];
    from.read_exact(&mut id).map_err(FrameError::Io)?;
    let mut body = vec![0; body_length];
    let read = from.read_exact(&mut body);
    let body = Wiped::new(body);
    read.map_err(FrameError::Io)?;
    Ok(Some(Raw {
        kind: u8::from_be_bytes(kind),
        id: u32::from_be_bytes(id),
        body,
    }))
}

fn read_length(from: &mut impl Read) -> Result<Option<u32>, FrameError> {
    let mut length = [0; 4];
    let (first, rest) = length.split_at_mut(1);
    loop {
        match from.read(first) {
            Ok(0) => return Ok(None),
            Ok(_) => break,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(FrameError::Io(e)),
        }
    }
    from.read_exact(rest).map_err(FrameError::Io)?;
    Ok(Some(u32::from_be_bytes(length)))
}
