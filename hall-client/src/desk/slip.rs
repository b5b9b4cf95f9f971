//! The slip that a holder with a locked card takes to the counter: it names the card to who has the
//! agency's slip key, and nothing to anybody else.
//!
//! Text of the QR code: `CARDD-SLIP:1:` and the reference without hyphens. The counter computes the
//! reference of the card that lies before it and compares.

use std::{fmt, sync::Arc};

use hmac::{Hmac, KeyInit as _, Mac as _};
use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;
use sha2::Sha256;
use zeroize::Zeroizing;

/// What a slip's code begins with.
const PREFIX: &str = "CARDD-SLIP:1:";
/// Letters of a reference.
const LETTERS: usize = REFERENCE_BYTES * 8 / 5;

/// Bytes of a slip key.
const KEY_BYTES: usize = 32;
/// Bytes of a reference: too many to be guessed or to meet twice, few enough to be read out.
const REFERENCE_BYTES: usize = 10;
/// What is authenticated before the card's identifier, so that the key is good for slips alone.
const LABEL: &[u8] = b"cardd slip 1\0";
/// Without letters that are read as others (I, L, O) or make words (U), after Crockford.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The agency's key for slips; kiosks and counters share it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SlipKey(Arc<Zeroizing<[u8; KEY_BYTES]>>);

/// A slip as the page shows and prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Slip {
    /// `XXXX-XXXX-XXXX-XXXX`.
    pub(crate) reference: String,
    /// Rows of the QR code, `#` for a dark module; without the quiet zone.
    pub(crate) code: Vec<String>,
}

impl SlipKey {
    /// From its text: 64 hexadecimal characters, one line. `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        hex::decode_to_slice(text.trim_end(), key.as_mut_slice()).ok()?;
        Some(Self(Arc::new(key)))
    }

    /// The slip of a card, by its 卡识别码.
    pub(crate) fn slip(&self, card_identifier_hex: &str) -> Option<Slip> {
        let reference = self.reference(card_identifier_hex)?;
        let text = format!("{PREFIX}{}", reference.replace('-', ""));
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let dark = |color: &Color| if *color == Color::Dark { '#' } else { '.' };
        let colors = code.to_colors();
        let rows = colors.chunks(code.width());
        Some(Slip {
            reference,
            code: rows.map(|row| row.iter().map(dark).collect()).collect(),
        })
    }

    /// The reference of a card: HMAC-SHA-256 over its identifier, cut to 80 bits.
    pub(crate) fn reference(&self, card_identifier_hex: &str) -> Option<String> {
        let identifier = hex::decode(card_identifier_hex).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).ok()?;
        mac.update(LABEL);
        mac.update(&identifier);
        let tag = mac.finalize().into_bytes();
        Some(grouped(&base32(tag.get(..REFERENCE_BYTES)?)))
    }
}

/// A reference as it was scanned from a slip's code, or read off the slip and typed: letters that look
/// alike count as what the alphabet has. `None`: it is none.
pub(crate) fn read(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_uppercase();
    let letters = text.strip_prefix(PREFIX).unwrap_or(&text);
    let bare: String = letters
        .chars()
        .filter(|letter| !matches!(letter, '-' | ' '))
        .map(|letter| match letter {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let known = |letter: u8| ALPHABET.contains(&letter);
    (bare.len() == LETTERS && bare.bytes().all(known)).then(|| grouped(&bare))
}

/// Four letters at a time.
fn grouped(letters: &str) -> String {
    let groups = letters.as_bytes().chunks(4).map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join("-")
}

/// Five bits a letter, most significant first.
fn base32(bytes: &[u8]) -> String {
    let number = bytes
        .iter()
        .fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let letters = bytes.len() * 8 / 5;
    let letter = |at: usize| {
        let five = number >> (5 * (letters - 1 - at)) & 31;
        ALPHABET.get(five as usize).copied().unwrap_or_default()
    };
    (0..letters).map(|at| char::from(letter(at))).collect()
}

impl fmt::Debug for SlipKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlipKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "420100D15600000500000012FFFFFFFF";

    fn key(byte: &str) -> SlipKey {
        SlipKey::parse(&byte.repeat(KEY_BYTES)).unwrap()
    }

    #[test]
    fn a_slip_names_one_card_to_who_has_the_key() {
        let slip = key("11").slip(CARD).unwrap();
        assert_eq!(Some(&slip.reference), key("11").reference(CARD).as_ref());
        let other_card = CARD.replace("12F", "13F");
        assert_ne!(
            Some(&slip.reference),
            key("11").reference(&other_card).as_ref()
        );
        assert_ne!(Some(&slip.reference), key("22").reference(CARD).as_ref());
    }

    #[test]
    fn a_reference_is_four_groups_of_letters_that_cannot_be_misread() {
        let reference = key("11").reference(CARD).unwrap();
        let groups: Vec<_> = reference.split('-').collect();
        assert_eq!(groups.len(), 4);
        for group in groups {
            assert_eq!(group.len(), 4);
            assert!(
                group.bytes().all(|letter| ALPHABET.contains(&letter)),
                "{group}"
            );
        }
    }

    #[test]
    fn what_is_scanned_or_typed_is_what_the_slip_says() {
        let slip = key("11").slip(CARD).unwrap();
        let bare = slip.reference.replace('-', "");
        for text in [
            slip.reference.clone(),
            format!("CARDD-SLIP:1:{bare}"),
            format!(" {} ", bare.to_lowercase()),
        ] {
            assert_eq!(read(&text), Some(slip.reference.clone()), "{text}");
        }
        assert_eq!(
            read("oiL0-0000-0000-0000").as_deref(),
            Some("0110-0000-0000-0000")
        );
        for wrong in [
            "",
            "0000",
            "0000-0000-0000-000U",
            "CARDD-SLIP:2:0000000000000000",
            "00000000000000000",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn five_bits_a_letter() {
        assert_eq!(base32(&[0; 10]), "0".repeat(16));
        assert_eq!(base32(&[0xFF; 10]), "Z".repeat(16));
        assert_eq!(
            base32(&[0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0x01]),
            "1000000000000001"
        );
    }

    #[test]
    fn a_code_is_a_square_with_its_three_corners() {
        let slip = key("11").slip(CARD).unwrap();
        let size = slip.code.len();
        assert!(size >= 21 && slip.code.iter().all(|row| row.len() == size));
        assert!(slip.code[0].starts_with("#######.") && slip.code[0].ends_with(".#######"));
        assert!(slip.code[size - 1].starts_with("#######."));
    }

    #[test]
    fn what_is_no_key_or_no_card_makes_no_slip() {
        for text in [
            "",
            "11",
            &"1g".repeat(KEY_BYTES),
            &"11".repeat(KEY_BYTES + 1),
        ] {
            assert_eq!(SlipKey::parse(text), None, "{text}");
        }
        assert_eq!(key("11").slip("no card"), None);
        assert!(SlipKey::parse(&format!("{}\n", "11".repeat(KEY_BYTES))).is_some());
    }
}
