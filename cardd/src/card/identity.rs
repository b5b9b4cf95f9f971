//! Which card it is.

use std::fmt;

use crate::pin::PersonalText;

/// What tells a card from every other, and what kind it is.
#[derive(Clone, PartialEq, Eq)]
pub struct CardIdentity {
    pub(super) identifier: CardIdentifier,
    pub(super) historical_bytes: Box<[u8]>,
    pub(super) card_number: CardNumber,
    pub(super) generation: Generation,
    pub(super) specification_version: String,
    pub(super) suite: Option<Suite>,
}

impl CardIdentity {
    /// 卡的识别码.
    #[must_use]
    pub fn identifier(&self) -> &CardIdentifier {
        &self.identifier
    }

    /// Historical bytes of the answer to reset, at most 15. The last eight are the card's
    /// diversification factor (LD/T 33).
    #[must_use]
    pub fn historical_bytes(&self) -> &[u8] {
        &self.historical_bytes
    }

    /// 卡号; empty on a card that lacks it.
    #[must_use]
    pub fn card_number(&self) -> &CardNumber {
        &self.card_number
    }

    /// Generation, and with it the layout of the files.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// 规范版本 as the card states it, such as `2.00`; may be empty.
    #[must_use]
    pub fn specification_version(&self) -> &str {
        &self.specification_version
    }

    /// Cipher suite, where the card states it when selected.
    #[must_use]
    pub fn suite(&self) -> Option<Suite> {
        self.suite
    }
}

impl fmt::Debug for CardIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardIdentity")
            .field("generation", &self.generation)
            .field("suite", &self.suite)
            .finish_non_exhaustive()
    }
}

/// 卡的识别码 (EF05, tag 01): region, application, serial number. It names a person's card for
/// life, so it is never printed; records hold a keyed reference to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CardIdentifier([u8; 16]);

impl CardIdentifier {
    /// From its bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Code of the issuing region, six digits.
    #[must_use]
    pub fn region_code(&self) -> String {
        let [region @ .., _, _, _, _, _, _, _, _, _, _, _, _, _] = self.0;
        hex::encode_upper(region)
    }
}

impl fmt::Debug for CardIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardIdentifier(..)")
    }
}

/// 卡号 (EF05, tag 07): eight characters and a check character.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CardNumber(PersonalText);

impl CardNumber {
    pub(super) fn new(text: PersonalText) -> Self {
        Self(text)
    }

    /// The number, for the one place that needs it.
    #[must_use]
    pub fn as_text(&self) -> &PersonalText {
        &self.0
    }

    /// Whether the check character is right. Cards in the field break it, so it is a hint for
    /// the doctor and never a reason to refuse a card.
    #[must_use]
    pub fn check_character_ok(&self) -> bool {
        let characters = self.0.expose().as_bytes();
        let Some((body, [check])) = characters.split_at_checked(8) else {
            return false;
        };
        check_character(body) == Some(*check)
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardNumber(..)")
    }
}

/// Weighted sum modulo 11; digits count as they are, letters from A = 10.
fn check_character(body: &[u8]) -> Option<u8> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let mut sum = 0;
    for (character, weight) in body.iter().zip(WEIGHTS) {
        sum += char::from(*character).to_digit(36)? * weight;
    }
    match 11 - sum % 11 {
        10 => Some(b'X'),
        11 => Some(b'0'),
        digit => u8::try_from(digit).ok().map(|digit| b'0' + digit),
    }
}

/// Generation of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// 规范版本 1.0x.
    First,
    /// 2.0x.
    Second,
    /// 3.0x.
    Third,
}

impl Generation {
    /// From 规范版本. Field cards leave it empty or fill it with zeros: those are taken by their
    /// suite, SM4 being the third generation's alone, and otherwise as second generation, the
    /// layout of most cards in use. The version is never a reason to refuse a card.
    pub(super) fn of(specification_version: &str, suite: Option<Suite>) -> Self {
        match (specification_version.as_bytes().first(), suite) {
            (Some(b'1'), _) => Self::First,
            (Some(b'2'), _) => Self::Second,
            (Some(b'3'), _) | (_, Some(Suite::Sm4)) => Self::Third,
            (_, Some(Suite::Des | Suite::Ssf33) | None) => Self::Second,
        }
    }
}

/// Cipher suite of the card's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// DES and two-key triple DES.
    Des,
    /// SSF33, unpublished.
    Ssf33,
    /// SM4.
    Sm4,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_ok(number: &str) -> bool {
        CardNumber::new(number.to_owned().into()).check_character_ok()
    }

    #[test]
    fn check_characters() {
        for right in [
            "D2143569X",
            "X00000019",
            "ZZ0000010",
            "ZZ0000029",
            "ZZ0000117",
            "ZZ0000133",
        ] {
            assert!(check_ok(right), "{right}");
        }
        for wrong in [
            "D21435690",
            "X0000001X",
            "ZZ000001",
            "ZZ00000100",
            "",
            "测试甲",
            "ZZ-000010",
        ] {
            assert!(!check_ok(wrong), "{wrong}");
        }
    }

    #[test]
    fn generation_from_version_then_suite() {
        for (version, suite, generation) in [
            ("1.00", None, Generation::First),
            ("2.01", None, Generation::Second),
            ("2.00", Some(Suite::Sm4), Generation::Second),
            ("3.00", Some(Suite::Des), Generation::Third),
            ("", None, Generation::Second),
            ("", Some(Suite::Des), Generation::Second),
            ("", Some(Suite::Sm4), Generation::Third),
            ("V2.0", None, Generation::Second),
        ] {
            assert_eq!(
                Generation::of(version, suite),
                generation,
                "{version:?} {suite:?}"
            );
        }
    }

    #[test]
    fn the_region_is_the_head_of_the_identifier() {
        let identifier = CardIdentifier::new([
            0x42, 0x01, 0x00, 0xD1, 0x56, 0, 0, 5, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF,
        ]);
        assert_eq!(identifier.region_code(), "420100");
        assert_eq!(format!("{identifier:?}"), "CardIdentifier(..)");
    }
}
