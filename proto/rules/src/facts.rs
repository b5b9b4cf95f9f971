//! What is known about the holder, to keep it out of the PIN.

use std::fmt;

use time::{Date, Month};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// A text about a person: wiped on drop, never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonalText(Zeroizing<String>);

impl PersonalText {
    /// The text, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for PersonalText {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl fmt::Debug for PersonalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalText(..)")
    }
}

/// A day of birth that the calendar has: wiped on drop, never printed.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct BirthDate {
    /// YYYYMMDD, each digit as a value.
    digits: Box<[u8; 8]>,
}

impl BirthDate {
    /// From eight digits YYYYMMDD as values 0 to 9. `None` if they are no day of the calendar.
    #[must_use]
    pub fn from_digits(digits: &[u8]) -> Option<Self> {
        let digits: &[u8; 8] = digits.try_into().ok()?;
        if digits.iter().any(|digit| *digit > 9) {
            return None;
        }
        let [year, month, day] = numbers(digits);
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()?;
        Some(Self {
            digits: Box::new(*digits),
        })
    }

    /// Positions 7 to 14 of an 18-character citizen number (GB 11643). `None` if it is no such
    /// number or has no day of the calendar there.
    #[must_use]
    pub fn from_citizen_number(number: &PersonalText) -> Option<Self> {
        let characters = number.expose().as_bytes();
        if characters.len() != 18 {
            return None;
        }
        let mut digits = Zeroizing::new([0; 8]);
        for (place, character) in digits.iter_mut().zip(characters.get(6..14)?) {
            *place = character.wrapping_sub(b'0');
        }
        Self::from_digits(&*digits)
    }

    /// Year with century.
    #[must_use]
    pub fn year(&self) -> u16 {
        let [year, _, _] = numbers(&self.digits);
        year
    }

    /// Month, 1 to 12.
    #[must_use]
    pub fn month(&self) -> u16 {
        let [_, month, _] = numbers(&self.digits);
        month
    }

    /// Day of the month, from 1.
    #[must_use]
    pub fn day(&self) -> u16 {
        let [_, _, day] = numbers(&self.digits);
        day
    }

    /// YYYYMMDD, each digit as a value.
    pub(crate) fn digits(&self) -> &[u8; 8] {
        &self.digits
    }

    /// YYYY, MM and DD, each digit as a value.
    pub(crate) fn parts(&self) -> [&[u8]; 3] {
        let (year, rest) = self.digits.split_at(4);
        let (month, day) = rest.split_at(2);
        [year, month, day]
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(..)")
    }
}

/// Year, month and day.
fn numbers(digits: &[u8; 8]) -> [u16; 3] {
    let [y1, y2, y3, y4, m1, m2, d1, d2] = digits.map(u16::from);
    [
        y1 * 1000 + y2 * 100 + y3 * 10 + y4,
        m1 * 10 + m2,
        d1 * 10 + d2,
    ]
}

/// What the card told about its holder. Parts may be absent: a third-generation card shows
/// neither birth date nor number before the issuer's read key.
#[derive(Debug, Clone, Default)]
pub struct HolderFacts {
    /// Birth date as the card states it.
    pub birth_date: Option<BirthDate>,
    /// 社会保障号码, the citizen number, 18 characters.
    pub citizen_number: Option<PersonalText>,
    /// 卡号.
    pub card_number: Option<PersonalText>,
}

impl HolderFacts {
    /// The birth dates that a PIN must not be: the stated one, and the one inside the citizen
    /// number. They differ on cards whose data were typed in by hand.
    pub(crate) fn birth_dates(&self) -> impl Iterator<Item = BirthDate> + '_ {
        let inside_number = self
            .citizen_number
            .as_ref()
            .and_then(BirthDate::from_citizen_number);
        self.birth_date.clone().into_iter().chain(inside_number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar() {
        let born = |digits: [u8; 8]| BirthDate::from_digits(&digits);
        let leap = born([2, 0, 1, 2, 0, 2, 2, 9]).unwrap();
        assert_eq!((leap.year(), leap.month(), leap.day()), (2012, 2, 29));
        assert!(born([2, 0, 1, 3, 0, 2, 2, 9]).is_none());
        assert!(born([2, 0, 1, 3, 1, 3, 0, 1]).is_none());
        assert!(born([2, 0, 1, 3, 0, 0, 0, 1]).is_none());
        assert!(born([2, 0, 1, 3, 0, 1, 0, 15]).is_none());
        assert!(BirthDate::from_digits(&[2, 0, 1, 3]).is_none());
    }

    #[test]
    fn the_citizen_number_holds_the_birth_date() {
        let of = |number: &str| BirthDate::from_citizen_number(&number.to_owned().into());
        assert_eq!(
            of("42010119900101000X"),
            BirthDate::from_digits(&[1, 9, 9, 0, 0, 1, 0, 1])
        );
        assert!(of("420101199013010005").is_none(), "month 13");
        assert!(of("420101900101000").is_none(), "fifteen characters");
        assert!(of("").is_none());
        assert!(of("测试甲乙丙丁").is_none(), "eighteen bytes, no digits");
    }

    #[test]
    fn debug_shows_nothing() {
        let facts = HolderFacts {
            birth_date: BirthDate::from_digits(&[1, 9, 9, 0, 0, 1, 0, 1]),
            citizen_number: Some("42010119900101000X".to_owned().into()),
            card_number: Some("ZZ0000010".to_owned().into()),
        };
        let shown = format!("{facts:?}");
        assert!(!shown.contains(|c: char| c.is_ascii_digit()), "{shown}");
    }
}
