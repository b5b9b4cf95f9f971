//! Citizen number (公民身份号码), GB 11643: seventeen digits and a check character.

use zeroize::Zeroizing;

/// A citizen number whose check character is right. Wiped on drop, never printed.
#[derive(Clone)]
pub struct CitizenNumber(Zeroizing<String>);

/// Not a citizen number. Does not repeat what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a citizen number: eighteen characters with a GB 11643 check character")]
pub struct NotACitizenNumber;

const LENGTH: usize = 18;
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: [u8; 11] = *b"10X98765432";

impl CitizenNumber {
    /// Takes the text as read from an ID card; a lower-case `x` counts as `X`.
    ///
    /// # Errors
    /// [`NotACitizenNumber`].
    pub fn parse(text: &str) -> Result<Self, NotACitizenNumber> {
        let number = Zeroizing::new(text.trim().to_ascii_uppercase());
        let (digits, check) = number
            .as_bytes()
            .split_at_checked(LENGTH - 1)
            .ok_or(NotACitizenNumber)?;
        if check == [check_character(digits)?] {
            Ok(Self(number))
        } else {
            Err(NotACitizenNumber)
        }
    }

    /// The number, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl PartialEq for CitizenNumber {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl std::fmt::Debug for CitizenNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CitizenNumber(..)")
    }
}

fn check_character(digits: &[u8]) -> Result<u8, NotACitizenNumber> {
    let mut sum = 0;
    for (digit, weight) in digits.iter().zip(WEIGHTS) {
        sum += char::from(*digit).to_digit(10).ok_or(NotACitizenNumber)? * weight;
    }
    let index = usize::try_from(sum % 11).map_err(|_| NotACitizenNumber)?;
    CHECK_CHARACTERS
        .get(index)
        .copied()
        .ok_or(NotACitizenNumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_decides() {
        for right in [
            "42010119900101000X",
            "42010119900101000x",
            " 420101199001020005 ",
            "420101195505050007",
            "420101198506150003",
            "420101201202290001",
        ] {
            assert!(CitizenNumber::parse(right).is_ok(), "{right}");
        }
        for wrong in [
            "420101199001010001",
            "42010119900101000",
            "",
            "42010119900101000XX",
            "测试甲乙丙丁",
            "4201011990O101000X",
        ] {
            assert_eq!(
                CitizenNumber::parse(wrong).unwrap_err(),
                NotACitizenNumber,
                "{wrong}"
            );
        }
    }

    #[test]
    fn any_single_wrong_digit_is_found() {
        let right = "420101198506150003";
        for place in 0..17 {
            for digit in b'0'..=b'9' {
                let mut bytes = right.as_bytes().to_vec();
                if bytes[place] != digit {
                    bytes[place] = digit;
                    let wrong = String::from_utf8(bytes).unwrap();
                    assert!(CitizenNumber::parse(&wrong).is_err(), "{wrong}");
                }
            }
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let number = CitizenNumber::parse("420101198506150003").unwrap();
        assert_eq!(format!("{number:?}"), "CitizenNumber(..)");
    }
}
