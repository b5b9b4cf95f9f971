//! From answers to response APDUs: T=0 with 61xx, 6Cxx and GET RESPONSE on contacts, data at once
//! over the contactless interface (ISO 7816-3 12.2, LD/T 32.5).

use zeroize::Zeroizing;

use super::answer::{Answer, Reply};
use super::session::Session;
use crate::apdu::{Command, StatusWord};
use crate::persona::Interface;

/// The response APDU of one command.
pub(super) fn respond(
    interface: Interface,
    session: &mut Session,
    command: &Command,
    reply: Reply,
) -> Vec<u8> {
    match reply {
        Err(status) => bare(status),
        Ok(Answer::Done) => bare(StatusWord::OK),
        Ok(Answer::Read(data)) => match refused_le(interface, command.le(), data.len()) {
            Some(status) => bare(status),
            None => with_data(&data),
        },
        Ok(Answer::Computed(data)) => match interface {
            Interface::Contactless => with_data(&data),
            Interface::Contact => {
                let status = StatusWord::bytes_waiting(data.len());
                session.pending = Zeroizing::new(data);
                bare(status)
            }
        },
    }
}

/// GET RESPONSE: `00 C0 00 00 Le` (LD/T 32.5). A wrong Le leaves the data waiting.
pub(super) fn get_response(session: &mut Session, command: &Command) -> Vec<u8> {
    if (command.p1, command.p2) != (0, 0) {
        return bare(StatusWord::WRONG_PARAMETERS);
    }
    if !command.data().is_empty() {
        return bare(StatusWord::WRONG_LENGTH);
    }
    if session.pending.is_empty() {
        return bare(StatusWord::NOTHING_PENDING);
    }
    if let Some(status) = refused_le(Interface::Contact, command.le(), session.pending.len()) {
        return bare(status);
    }
    let data = std::mem::take(&mut session.pending);
    with_data(&data)
}

/// The refusal of an Le that does not name `available` bytes. On T=0 the header always has a fifth
/// byte, so a missing Le is 00, and 00 asks for 256. Over the contactless interface 00 asks for all
/// there is.
fn refused_le(interface: Interface, le: Option<u8>, available: usize) -> Option<StatusWord> {
    let wanted = match (interface, le) {
        (Interface::Contactless, None) => return Some(StatusWord::WRONG_LENGTH),
        (Interface::Contactless, Some(0)) => available,
        (Interface::Contact, None | Some(0)) => 256,
        (Interface::Contact | Interface::Contactless, Some(le)) => usize::from(le),
    };
    (available != 0 && wanted != available).then(|| StatusWord::right_le(available))
}

fn bare(status: StatusWord) -> Vec<u8> {
    status.to_bytes().to_vec()
}

fn with_data(data: &[u8]) -> Vec<u8> {
    [data, &StatusWord::OK.to_bytes()].concat()
}
