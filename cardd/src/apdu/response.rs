//! Response APDU (ISO 7816-4, 5.1).

use std::fmt;

use zeroize::Zeroizing;

use super::StatusWord;

/// A whole answer: data, wiped on drop and never printed, and the status word.
pub struct Response {
    data: Zeroizing<Vec<u8>>,
    status_word: StatusWord,
}

impl Response {
    /// Largest answer of a short command: 256 data bytes and the status word.
    pub const MAX_BYTES: usize = 258;

    /// Splits the bytes of the wire.
    ///
    /// # Errors
    /// [`MalformedResponse`]: PC/SC may report success with fewer than two bytes when a card was
    /// pulled; such an answer says nothing about what the card did.
    pub fn parse(bytes: &[u8]) -> Result<Self, MalformedResponse> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(MalformedResponse::TooLong {
                length_bytes: bytes.len(),
            });
        }
        match bytes.split_last_chunk::<2>() {
            Some((data, [sw1, sw2])) => Ok(Self {
                data: Zeroizing::new(data.to_vec()),
                status_word: StatusWord::new(*sw1, *sw2),
            }),
            None => Err(MalformedResponse::TooShort {
                length_bytes: bytes.len(),
            }),
        }
    }

    /// The data before the status word.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// SW1 SW2.
    #[must_use]
    pub fn status_word(&self) -> StatusWord {
        self.status_word
    }
}

/// Length and status word, never data.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lr={:02X} {:?}", self.data.len(), self.status_word)
    }
}

/// An answer that is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedResponse {
    /// No room for a status word.
    #[error("answer of {length_bytes} bytes, shorter than a status word")]
    TooShort {
        /// Bytes received.
        length_bytes: usize,
    },
    /// More than a short command can be answered with.
    #[error(
        "answer of {length_bytes} bytes, longer than {} bytes",
        Response::MAX_BYTES
    )]
    TooLong {
        /// Bytes received.
        length_bytes: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_and_status_word_are_split() {
        let response = Response::parse(&[0x01, 0x02, 0x90, 0x00]).unwrap();
        assert_eq!(response.data(), [1, 2]);
        assert_eq!(response.status_word(), StatusWord::OK);
        assert_eq!(format!("{response:?}"), "Lr=02 SW=9000");
    }

    #[test]
    fn an_answer_shorter_than_a_status_word_is_malformed() {
        for length_bytes in [0, 1] {
            let refused = Response::parse(&vec![0x90; length_bytes]).unwrap_err();
            assert_eq!(refused, MalformedResponse::TooShort { length_bytes });
        }
    }

    #[test]
    fn an_answer_longer_than_a_short_response_is_malformed() {
        assert!(Response::parse(&[0; Response::MAX_BYTES]).is_ok());
        let refused = Response::parse(&[0; Response::MAX_BYTES + 1]).unwrap_err();
        assert_eq!(refused, MalformedResponse::TooLong { length_bytes: 259 });
    }
}
