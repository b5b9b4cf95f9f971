//! Encoding of data items (人社信息函〔2012〕37号, data types).

use encoding_rs::GBK;
use serde::Deserialize;

use crate::files::Record;

/// What fills a text item on the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Filler {
    /// 00, as the file tables say.
    #[default]
    #[serde(rename = "00")]
    Zero,
    /// 20, as some card writers do.
    #[serde(rename = "20")]
    Space,
    /// FF, as one card writer does.
    #[serde(rename = "FF")]
    Ones,
}

impl Filler {
    fn byte(self) -> u8 {
        match self {
            Self::Zero => 0x00,
            Self::Space => 0x20,
            Self::Ones => 0xFF,
        }
    }
}

/// A text in GBK, or `None` when a character has no GBK code.
pub(super) fn gbk(text: &str) -> Option<Vec<u8>> {
    let (bytes, _, lossy) = GBK.encode(text);
    (!lossy).then(|| bytes.into_owned())
}

/// tag ‖ length ‖ value, the value left-aligned and filled or cut to `length` bytes.
pub(super) fn tlv(tag: u8, length: u8, value: &[u8], filler: Filler) -> Record {
    let mut bytes = vec![tag, length];
    bytes.extend(value.iter().take(usize::from(length)));
    bytes.resize(2 + usize::from(length), filler.byte());
    Record::new(bytes)
}

/// A text item in GBK.
pub(super) fn text(tag: u8, length: u8, value: &str, filler: Filler) -> Record {
    tlv(tag, length, &gbk(value).unwrap_or_default(), filler)
}

/// Whether `value` can be written in GBK and fits `length` bytes.
pub(super) fn fits(value: &str, length: usize) -> bool {
    gbk(value).is_some_and(|bytes| bytes.len() <= length)
}
