//! What a region refuses as a new PIN, and what it issued. Data, read from its rule file.

use serde::Deserialize;
use subtle::Choice;

use super::{DerivedPin, HolderFacts, Pin, PinLength, WeakRule, common, shape, writings};

/// The rules of a region for the PIN.
///
/// What is left out of the rule file keeps its default: the issued PINs of Wuhan and every rule
/// in force. Without facts about a holder, the card-independent rules refuse about one in nine
/// four-digit PINs and one in twenty-four six-digit ones; a block list of about a tenth of the
/// four-digit space is where security and annoyance were measured to balance (Markert et al.,
/// "This PIN Can Be Easily Guessed", IEEE S&P 2020).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// PINs that the issuer gives to many holders alike.
    pub issued: Vec<DigitSequence>,
    /// PINs that the issuer computes for each holder.
    pub issued_derived: Vec<DerivedPin>,
    /// More values refused as commonly chosen, beside the built-in ones.
    pub also_common: Vec<DigitSequence>,
    /// Which rules are in force.
    pub refuse: Refuse,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            issued: vec![
                DigitSequence(vec![1, 2, 3, 4]),
                DigitSequence(vec![1, 2, 3, 4, 5, 6]),
            ],
            issued_derived: Vec::new(),
            also_common: Vec::new(),
            refuse: Refuse::default(),
        }
    }
}

/// Which rules for a new PIN are in force; all of them unless switched off. That the issued PIN
/// is refused cannot be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Refuse {
    /// The holder's birth date in any common writing.
    pub birth_date: bool,
    /// Neighbouring digits of the citizen number.
    pub id_number: bool,
    /// Neighbouring digits of the 卡号.
    pub card_number: bool,
    /// Repeats: 1111, 1212, 1122, 1221, 1112.
    pub repeat: bool,
    /// Runs: 1234, 9876, 2468.
    pub run: bool,
    /// Lines and figures on the keypad: 2580.
    pub keypad: bool,
    /// Years 1900 to 2039.
    pub year: bool,
    /// Any day of the calendar: MMDD, YYMMDD, YYYYMMDD. Reported as [`WeakRule::Common`].
    pub calendar_day: bool,
    /// Commonly chosen values: 1314, 5201.
    pub common: bool,
}

impl Default for Refuse {
    fn default() -> Self {
        Self {
            birth_date: true,
            id_number: true,
            card_number: true,
            repeat: true,
            run: true,
            keypad: true,
            year: true,
            calendar_day: true,
            common: true,
        }
    }
}

impl Rules {
    /// Whether the PIN is one that the issuer gave: to all, or by a custom to this holder. Takes
    /// the same time for every PIN of a length, since it is asked about PINs in force. Facts that
    /// are absent cannot show a derived PIN.
    #[must_use]
    pub fn is_issued(&self, pin: &Pin, facts: &HolderFacts) -> bool {
        let derived = self
            .issued_derived
            .iter()
            .fold(Choice::from(0), |found, custom| {
                found | custom.gives(pin, facts)
            });
        (any_of(&self.issued, pin) | derived).into()
    }

    /// The first rule that the PIN breaks. Those with a reason in the holder's own data come
    /// first, since a thief who holds the card or the ID card tries them first, and the holder
    /// learns most from them.
    pub(super) fn first_broken(&self, pin: &Pin, facts: &HolderFacts) -> Option<WeakRule> {
        if self.is_issued(pin, facts) {
            return Some(WeakRule::Issued);
        }
        self.broken_by_facts(pin, facts)
            .or_else(|| self.broken_by_shape(pin))
    }

    fn broken_by_facts(&self, pin: &Pin, facts: &HolderFacts) -> Option<WeakRule> {
        let birth_date = || {
            facts
                .birth_dates()
                .any(|date| writings::is_writing_of(pin, &date))
        };
        let part_of = |number: &Option<super::PersonalText>| {
            number
                .as_ref()
                .is_some_and(|number| writings::is_part_of(pin, number.expose()))
        };
        if self.refuse.birth_date && birth_date() {
            Some(WeakRule::BirthDate)
        } else if self.refuse.id_number && part_of(&facts.citizen_number) {
            Some(WeakRule::IdNumber)
        } else if self.refuse.card_number && part_of(&facts.card_number) {
            Some(WeakRule::CardNumber)
        } else {
            None
        }
    }

    fn broken_by_shape(&self, pin: &Pin) -> Option<WeakRule> {
        let digits = pin.digits();
        let common = (self.refuse.calendar_day && shape::is_date(digits))
            || (self.refuse.common && common::is_common(digits))
            || any_of(&self.also_common, pin).into();
        if self.refuse.repeat && shape::is_repeat(digits) {
            Some(WeakRule::Repeat)
        } else if self.refuse.run && shape::is_run(digits) {
            Some(WeakRule::Run)
        } else if self.refuse.keypad && shape::is_keypad_figure(digits) {
            Some(WeakRule::Keypad)
        } else if self.refuse.year && shape::is_year(digits) {
            Some(WeakRule::Year)
        } else {
            common.then_some(WeakRule::Common)
        }
    }
}

fn any_of(list: &[DigitSequence], pin: &Pin) -> Choice {
    list.iter()
        .fold(Choice::from(0), |found, known| found | pin.is(&known.0))
}

/// A publicly known PIN value of a rule file: 4 to 16 digits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DigitSequence(Vec<u8>);

impl TryFrom<String> for DigitSequence {
    type Error = DigitSequenceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let lengths = usize::from(PinLength::CARD_MIN)..=usize::from(PinLength::CARD_MAX);
        if lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.bytes().map(|byte| byte - b'0').collect()))
        } else {
            Err(DigitSequenceError)
        }
    }
}

/// A value in a rule file that no card could have as its PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a PIN value is 4 to 16 digits in quotes")]
pub struct DigitSequenceError;

#[cfg(test)]
mod tests;
