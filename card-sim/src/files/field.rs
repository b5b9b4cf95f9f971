//! Data items of a record file and how they are filled before anything is written to them.

use super::Record;

/// How an item is encoded (人社信息函〔2012〕37号, data types).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Character codes, left-aligned, filled right with 00.
    Text,
    /// Packed BCD, left-aligned, filled right with F nibbles.
    Digits,
    /// Number, big-endian.
    Number,
}

/// One tagged item, or a group of items under one tag that occurs several times.
#[derive(Debug, Clone, Copy)]
pub(super) enum Field {
    /// tag, length of the value in bytes, encoding.
    Item(u8, u8, Kind),
    /// tag, number of records with it, items inside each.
    Group(u8, u8, &'static [Self]),
}

/// An item of characters.
pub(super) const fn an(tag: u8, length: u8) -> Field {
    Field::Item(tag, length, Kind::Text)
}

/// An item of packed digits.
pub(super) const fn cn(tag: u8, length: u8) -> Field {
    Field::Item(tag, length, Kind::Digits)
}

/// A numeric item.
pub(super) const fn dec(tag: u8, length: u8) -> Field {
    Field::Item(tag, length, Kind::Number)
}

/// `count` records under one tag.
pub(super) const fn group(tag: u8, count: u8, inner: &'static [Field]) -> Field {
    Field::Group(tag, count, inner)
}

impl Field {
    /// The records of this field as the personalisation leaves them: tag, length, filling.
    pub(super) fn empty_records(&self) -> Vec<Record> {
        let occurrences = match self {
            Self::Item(..) => 1,
            Self::Group(_, count, _) => usize::from(*count),
        };
        vec![Record::new(self.empty_tlv()); occurrences]
    }

    /// tag ‖ length ‖ filling of one occurrence.
    fn empty_tlv(&self) -> Vec<u8> {
        match self {
            Self::Item(tag, length, kind) => {
                let filling = if *kind == Kind::Digits { 0xFF } else { 0x00 };
                let mut tlv = vec![*tag, *length];
                tlv.resize(2 + usize::from(*length), filling);
                tlv
            }
            Self::Group(tag, _, inner) => {
                let value: Vec<u8> = inner.iter().flat_map(Self::empty_tlv).collect();
                let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
                [vec![*tag, length], value].concat()
            }
        }
    }
}
