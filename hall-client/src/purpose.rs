//! What digits are typed for. An entry is opened for one purpose, and what is sealed for one is refused for
//! any other.

use cardd_proto::v1;

mod closed {
    /// Closes [`super::Purpose`].
    pub trait Purpose: Send {
        /// Its value on the wire.
        const WIRE: cardd_proto::v1::Purpose;
    }
}

/// What an entry can be opened for: [`Verify`], [`Change`] or [`NewPin`].
pub trait Purpose: closed::Purpose {}

/// The holder proves the card theirs (VERIFY, 校验).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verify;

/// The holder sets a PIN of their own (CHANGE PIN, 修改).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change;

/// A new PIN is judged before the holder types it again; see [`crate::Terminal::check_sealed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPin;

/// The holder's own PIN after a reset, typed twice; its entry is opened by
/// [`crate::Terminal::begin_holder_pin`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnPin;

impl closed::Purpose for Verify {
    const WIRE: v1::Purpose = v1::Purpose::Verify;
}
impl closed::Purpose for Change {
    const WIRE: v1::Purpose = v1::Purpose::Change;
}
impl closed::Purpose for NewPin {
    const WIRE: v1::Purpose = v1::Purpose::NewPin;
}
impl Purpose for Verify {}
impl Purpose for Change {}
impl Purpose for NewPin {}
