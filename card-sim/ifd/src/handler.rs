//! The IFDH functions (ifdhandler.h of pcsc-lite) in safe Rust.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::feature;
use crate::frame::{Failure, Verb};
use crate::presence::Presence;
use crate::reader::{Reader, Trouble};
use crate::{MAX_READERS, Wiped};

/// Logical unit number: reader in the high half, slot in the low half.
pub(crate) type Lun = u64;

/// RESPONSECODE of ifdhandler.h.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub(crate) enum Code {
    Success = 0,
    ErrorTag = 600,
    ErrorNotSupported = 606,
    ProtocolNotSupported = 607,
    ErrorPowerAction = 608,
    CommunicationError = 612,
    ResponseTimeout = 613,
    NotSupported = 614,
    IccPresent = 615,
    IccNotPresent = 616,
    NoSuchDevice = 617,
    InsufficientBuffer = 618,
}

/// SCARD_PROTOCOL_T0 and SCARD_PROTOCOL_T1 of pcsclite.h.
const PROTOCOLS: [u64; 2] = [1, 2];

static READERS: Mutex<BTreeMap<Lun, Arc<Reader>>> = Mutex::new(BTreeMap::new());

fn readers() -> MutexGuard<'static, BTreeMap<Lun, Arc<Reader>>> {
    READERS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn reader(lun: Lun) -> Result<Arc<Reader>, Code> {
    readers().get(&lun).cloned().ok_or(Code::NoSuchDevice)
}

/// IFDHCreateChannelByName.
pub(crate) fn create_channel(lun: Lun, device_name: &str) -> Result<(), Code> {
    let name = device_name.parse().map_err(|_| Code::CommunicationError)?;
    if readers().len() >= MAX_READERS || readers().contains_key(&lun) {
        return Err(Code::CommunicationError);
    }
    let reader = Reader::open(name).map_err(|_| Code::CommunicationError)?;
    readers().insert(lun, Arc::new(reader));
    Ok(())
}

/// IFDHCloseChannel.
pub(crate) fn close_channel(lun: Lun) -> Result<(), Code> {
    let reader = readers().remove(&lun).ok_or(Code::NoSuchDevice)?;
    reader.close();
    Ok(())
}

/// What IFDHGetCapabilities can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Capability {
    /// The cached answer to reset.
    Atr,
    /// A one-byte value.
    Byte(u8),
    /// Address of the polling function.
    PollingThread,
    /// Address of the function that ends one poll.
    StopPollingThread,
}

/// Meaning of a tag of IFDHGetCapabilities.
pub(crate) fn capability(tag: u64) -> Result<Capability, Code> {
    match tag {
        // TAG_IFD_ATR, SCARD_ATTR_ATR_STRING
        0x0303 | 0x0009_0303 => Ok(Capability::Atr),
        // TAG_IFD_SLOT_THREAD_SAFE, TAG_IFD_THREAD_SAFE, TAG_IFD_SLOTS_NUMBER
        0x0FAC..=0x0FAE => Ok(Capability::Byte(1)),
        // TAG_IFD_SIMULTANEOUS_ACCESS
        0x0FAF => Ok(Capability::Byte(16)),
        // TAG_IFD_POLLING_THREAD_KILLABLE: a cancelled thread would leave locks taken.
        0x0FB1 => Ok(Capability::Byte(0)),
        // TAG_IFD_STOP_POLLING_THREAD
        0x0FB2 => Ok(Capability::StopPollingThread),
        // TAG_IFD_POLLING_THREAD_WITH_TIMEOUT
        0x0FB3 => Ok(Capability::PollingThread),
        _ => Err(Code::ErrorTag),
    }
}

/// The cached answer to reset.
pub(crate) fn atr(lun: Lun) -> Result<Vec<u8>, Code> {
    Ok(reader(lun)?.atr())
}

/// IFDHSetProtocolParameters: simulated cards speak whatever pcscd chose from their ATR, and there
/// is no line speed to negotiate.
pub(crate) fn set_protocol(lun: Lun, protocol: u64) -> Result<(), Code> {
    reader(lun)?;
    if PROTOCOLS.contains(&protocol) {
        Ok(())
    } else {
        Err(Code::ProtocolNotSupported)
    }
}

/// IFDHPowerICC; returns the ATR, empty after power down.
pub(crate) fn power(lun: Lun, action: u64) -> Result<Vec<u8>, Code> {
    let reader = reader(lun)?;
    let verb = match action {
        500 => Verb::PowerUp,
        501 => Verb::PowerDown,
        502 => Verb::Reset,
        _ => return Err(Code::NotSupported),
    };
    let down = verb == Verb::PowerDown;
    match reader.power(verb) {
        // A card that is not there has no power.
        Err(Trouble::NoCard | Trouble::Removed) if down => Ok(Vec::new()),
        Err(Trouble::Gone) => Err(Code::NoSuchDevice),
        result => result.map_err(|_| Code::ErrorPowerAction),
    }
}

/// IFDHTransmitToICC.
pub(crate) fn transmit(lun: Lun, command: &[u8]) -> Result<Wiped, Code> {
    let command = Wiped::new(command.to_vec());
    reader(lun)?
        .transmit(command)
        .map_err(|trouble| match trouble {
            Trouble::NoCard | Trouble::Failed(Failure::NoCard) => Code::IccNotPresent,
            Trouble::Gone => Code::NoSuchDevice,
            Trouble::TimedOut => Code::ResponseTimeout,
            Trouble::Removed
            | Trouble::Mismatch
            | Trouble::Failed(Failure::NotPowered | Failure::Mute | Failure::Interrupted) => {
                Code::CommunicationError
            }
        })
}

/// IFDHICCPresence.
pub(crate) fn presence(lun: Lun) -> Code {
    match reader(lun).map(|reader| reader.presence()) {
        Ok(Presence::Present) => Code::IccPresent,
        Ok(Presence::Absent) => Code::IccNotPresent,
        Ok(Presence::Gone) => Code::NoSuchDevice,
        Err(code) => code,
    }
}

/// IFDHControl.
pub(crate) fn control(lun: Lun, code: u64, input: &[u8]) -> Result<Vec<u8>, Code> {
    reader(lun)?;
    let code = u32::try_from(code).map_err(|_| Code::ErrorNotSupported)?;
    feature::control(code, input)
}

/// The polling thread of pcscd; a negative timeout counts as none.
pub(crate) fn poll(lun: Lun, timeout_ms: i32) -> Result<(), Code> {
    let timeout = Duration::from_millis(u64::try_from(timeout_ms).unwrap_or(0));
    reader(lun)?.poll(timeout);
    Ok(())
}

/// Ends one poll.
pub(crate) fn stop_poll(lun: Lun) -> Result<(), Code> {
    reader(lun)?.wake();
    Ok(())
}

#[cfg(test)]
mod tests;
