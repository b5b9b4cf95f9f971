//! A seal as a page sends it. What is in it, this program cannot know.

use cardd_proto::entry::{CIPHERTEXT_BYTES, ENTRY_ID_BYTES, KEY_BYTES};
use serde::Deserialize;

use crate::Sealed;

/// Digits that a page sealed for cardd: encapsulated key and ciphertext (RFC 9180), hexadecimal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageSeal {
    #[serde(with = "hex::serde")]
    encapsulated_key: [u8; KEY_BYTES],
    #[serde(with = "hex::serde")]
    ciphertext: [u8; CIPHERTEXT_BYTES],
}

impl PageSeal {
    /// The seal, for the entry that the page was given.
    pub(crate) fn for_entry<P>(&self, entry_id: &[u8; ENTRY_ID_BYTES]) -> Sealed<P> {
        Sealed::new(entry_id, &self.encapsulated_key, &self.ciphertext)
    }
}
