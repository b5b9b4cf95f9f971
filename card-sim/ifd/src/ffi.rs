//! The C border (ifdhandler.h of pcsc-lite): pointers become slices, results become codes, and no
//! panic crosses.
#![expect(
    unsafe_code,
    reason = "pcscd calls the driver through C functions and raw buffers"
)]

use std::ffi::{CStr, c_char, c_int, c_long, c_uchar, c_ulong};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;

use crate::handler::{self, Capability, Code};

/// SCARD_IO_HEADER, passed by value to IFDHTransmitToICC.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScardIoHeader {
    /// Protocol of the exchange: 0 for T=0, 1 for T=1.
    pub protocol: c_ulong,
    /// Length of the header in bytes.
    pub length: c_ulong,
}

/// MAX_ATR_SIZE of pcsclite.h in bytes: what pcscd's ATR buffer holds.
const ATR_BUFFER: c_ulong = 33;

type PollFunction = extern "C" fn(c_ulong, c_int) -> c_long;
type StopFunction = extern "C" fn(c_ulong) -> c_long;

/// Runs `body`; a panic becomes IFD_COMMUNICATION_ERROR.
fn border(body: impl FnOnce() -> Result<(), Code>) -> c_long {
    let code = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => Code::Success,
        Ok(Err(code)) => code,
        Err(_panic) => Code::CommunicationError,
    };
    code as c_long
}

/// # Safety
/// `data` is null, or points to `length` bytes that nobody writes during `'a`.
unsafe fn input<'a>(data: *const c_uchar, length: c_ulong) -> Result<&'a [u8], Code> {
    if data.is_null() {
        return if length == 0 {
            Ok(&[])
        } else {
            Err(Code::CommunicationError)
        };
    }
    let length = usize::try_from(length).map_err(|_| Code::CommunicationError)?;
    // SAFETY: not null; the caller vouches for `length` readable bytes.
    Ok(unsafe { slice::from_raw_parts(data, length) })
}

/// Copies `bytes` out and sets the length; on a short buffer nothing is copied and the length is 0.
///
/// # Safety
/// `buffer` is null or points to `room` writable bytes, `length` is null or writable, and the two
/// do not overlap.
unsafe fn output(
    bytes: &[u8],
    buffer: *mut c_uchar,
    room: c_ulong,
    length: *mut c_ulong,
) -> Result<(), Code> {
    if length.is_null() {
        return Err(Code::CommunicationError);
    }
    // SAFETY: not null, writable by the caller's word.
    unsafe { *length = 0 };
    let size = c_ulong::try_from(bytes.len()).map_err(|_| Code::InsufficientBuffer)?;
    if size > room || (buffer.is_null() && size > 0) {
        return Err(Code::InsufficientBuffer);
    }
    if size > 0 {
        // SAFETY: `buffer` is not null and holds `room >= size` bytes; `bytes` is Rust's own.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer, bytes.len()) };
        // SAFETY: as above.
        unsafe { *length = size };
    }
    Ok(())
}

/// Opens the channel of a reader whose DEVICENAME is `device_name`.
///
/// # Safety
/// `device_name` is null or a C string.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn IFDHCreateChannelByName(
    lun: c_ulong,
    device_name: *const c_char,
) -> c_long {
    border(|| {
        if device_name.is_null() {
            return Err(Code::CommunicationError);
        }
        // SAFETY: not null; pcscd passes a C string that outlives the call.
        let name = unsafe { CStr::from_ptr(device_name) };
        handler::create_channel(lun, name.to_str().map_err(|_| Code::CommunicationError)?)
    })
}

/// A rack is found by DEVICENAME only, so there is no channel by number.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn IFDHCreateChannel(_lun: c_ulong, _channel: c_ulong) -> c_long {
    border(|| Err(Code::NotSupported))
}

/// Closes the channel.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn IFDHCloseChannel(lun: c_ulong) -> c_long {
    border(|| handler::close_channel(lun))
}

/// Reads a property of the reader.
///
/// # Safety
/// `length` is null or holds the room of `value` in bytes; `value` is null or has that room.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn IFDHGetCapabilities(
    lun: c_ulong,
    tag: c_ulong,
    length: *mut c_ulong,
    value: *mut c_uchar,
) -> c_long {
    border(|| {
        if length.is_null() {
            return Err(Code::CommunicationError);
        }
        let bytes = match handler::capability(tag)? {
            Capability::Atr => handler::atr(lun)?,
            Capability::Byte(byte) => vec![byte],
            Capability::PollingThread => (polling_thread as PollFunction as usize)
                .to_ne_bytes()
                .to_vec(),
            Capability::StopPollingThread => (stop_polling_thread as StopFunction as usize)
                .to_ne_bytes()
                .to_vec(),
        };
        // SAFETY: `length` is not null and holds the room of `value`, as ifdhandler.h has it.
        unsafe { output(&bytes, value, *length, length) }
    })
}

/// Nothing about this reader can be set.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn IFDHSetCapabilities(
    _lun: c_ulong,
    _tag: c_ulong,
    _length: c_ulong,
    _value: *const c_uchar,
) -> c_long {
    border(|| Err(Code::ErrorTag))
}

/// Chooses the protocol.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn IFDHSetProtocolParameters(
    lun: c_ulong,
    protocol: c_ulong,
    _flags: c_uchar,
    _pts1: c_uchar,
    _pts2: c_uchar,
    _pts3: c_uchar,
) -> c_long {
    border(|| handler::set_protocol(lun, protocol))
}

/// Powers the card up or down, or resets it.
///
/// # Safety
/// `atr` is null or has room for MAX_ATR_SIZE bytes; `atr_length` is null or writable.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn IFDHPowerICC(
    lun: c_ulong,
    action: c_ulong,
    atr: *mut c_uchar,
    atr_length: *mut c_ulong,
) -> c_long {
    border(|| {
        // SAFETY: the caller's word; nothing is written but the length.
        unsafe { output(&[], atr, 0, atr_length)? };
        let bytes = handler::power(lun, action)?;
        // SAFETY: pcscd's ATR buffer has MAX_ATR_SIZE bytes, the length does not overlap it.
        unsafe { output(&bytes, atr, ATR_BUFFER, atr_length) }
    })
}

/// Exchanges one APDU.
///
/// # Safety
/// `command` has `command_length` bytes; `response_length` is null or holds the room of
/// `response` in bytes; the buffers do not overlap.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn IFDHTransmitToICC(
    lun: c_ulong,
    _send_pci: ScardIoHeader,
    command: *const c_uchar,
    command_length: c_ulong,
    response: *mut c_uchar,
    response_length: *mut c_ulong,
    _receive_pci: *mut ScardIoHeader,
) -> c_long {
    border(|| {
        if response_length.is_null() {
            return Err(Code::CommunicationError);
        }
        // SAFETY: not null; it holds the room of `response` until we set it.
        let room = unsafe { *response_length };
        // SAFETY: nothing is written but the length: an error leaves it 0.
        unsafe { output(&[], response, 0, response_length)? };
        // SAFETY: pcscd's command buffer lives through the call.
        let command = unsafe { input(command, command_length)? };
        let bytes = handler::transmit(lun, command)?;
        // SAFETY: `response` has `room` bytes by the caller's word.
        unsafe { output(&bytes, response, room, response_length) }
    })
}

/// Whether a card is in the slot.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn IFDHICCPresence(lun: c_ulong) -> c_long {
    border(|| Err(handler::presence(lun)))
}

/// Reader features of PC/SC Part 10.
///
/// # Safety
/// `sent` has `sent_length` bytes, `received` has `room` bytes, `received_length` is null or
/// writable; none overlap.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn IFDHControl(
    lun: c_ulong,
    code: c_ulong,
    sent: *const c_uchar,
    sent_length: c_ulong,
    received: *mut c_uchar,
    room: c_ulong,
    received_length: *mut c_ulong,
) -> c_long {
    border(|| {
        // SAFETY: nothing is written but the length: an error leaves it 0.
        unsafe { output(&[], received, 0, received_length)? };
        // SAFETY: the caller's word.
        let sent = unsafe { input(sent, sent_length)? };
        let answer = handler::control(lun, code, sent)?;
        // SAFETY: the caller's word.
        unsafe { output(&answer, received, room, received_length) }
    })
}

extern "C" fn polling_thread(lun: c_ulong, timeout_ms: c_int) -> c_long {
    border(|| handler::poll(lun, timeout_ms))
}

extern "C" fn stop_polling_thread(lun: c_ulong) -> c_long {
    border(|| handler::stop_poll(lun))
}
