//! What a region refuses as a new PIN, and what it issued. Data, read from its rule file.

use serde::Deserialize;
use subtle::Choice;

use crate::{
    DerivedPin, Digits, HolderFacts, PersonalText, PinLength, RuleSet, WeakRule, common,
    digits::any,
    shape,
    writings::{is_part_of, is_writing_of},
};

/// The rules of a region for the PIN.
///
/// What is left out of the rule file keeps its default: the issued PINs of Wuhan and every rule
/// but `day_first` in force. Without facts about a holder they refuse 1155 of the 10000 four-digit
/// PINs and one in twenty-four six-digit ones; a block list of about a tenth of the four-digit
/// space is where security and annoyance were measured to balance (Markert et al., "This PIN Can
/// Be Easily Guessed", IEEE S&P 2020).
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

/// Which rules for a new PIN are in force; all but `day_first` unless switched off. That the issued PIN
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
    /// Any day of the calendar: MMDD, YYMMDD, YYYYMMDD.
    pub calendar_day: bool,
    /// Any day of the calendar with the day first: DDMM, DDMMYY. Off unless switched on.
    pub day_first: bool,
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
            day_first: false,
            common: true,
        }
    }
}

impl Rules {
    /// Whether the PIN is one that the issuer gave: to all, or by a custom to this holder. Facts
    /// that are absent cannot show a derived PIN.
    #[must_use]
    pub fn is_issued(&self, pin: Digits<'_>, facts: &HolderFacts) -> bool {
        self.issued(pin, facts).into()
    }

    /// The rule that a holder is told of who chose this PIN; none if it may be chosen.
    #[must_use]
    pub fn first_broken(&self, pin: Digits<'_>, facts: &HolderFacts) -> Option<WeakRule> {
        self.broken(pin, facts).first()
    }

    /// Every rule that the PIN breaks. The same instructions are run for all PINs of a length.
    #[must_use]
    pub fn broken(&self, pin: Digits<'_>, facts: &HolderFacts) -> RuleSet {
        self.broken_by_facts(pin, facts)
            .union(self.broken_by_shape(pin))
    }

    /// Those that need the holder's data to be told.
    #[must_use]
    pub fn broken_by_facts(&self, pin: Digits<'_>, facts: &HolderFacts) -> RuleSet {
        let birth_date = || any(facts.birth_dates().map(|date| is_writing_of(pin, &date)));
        let part_of = |number: &Option<PersonalText>| {
            let number = number.as_ref();
            number.map_or(Choice::from(0), |number| is_part_of(pin, number.expose()))
        };
        let mut broken = RuleSet::NONE;
        broken.add_if(WeakRule::Issued, self.issued(pin, facts));
        if self.refuse.birth_date {
            broken.add_if(WeakRule::BirthDate, birth_date());
        }
        if self.refuse.id_number {
            broken.add_if(WeakRule::IdNumber, part_of(&facts.citizen_number));
        }
        if self.refuse.card_number {
            broken.add_if(WeakRule::CardNumber, part_of(&facts.card_number));
        }
        broken
    }

    /// Those that are told from the digits alone.
    #[must_use]
    pub fn broken_by_shape(&self, pin: Digits<'_>) -> RuleSet {
        let digits = pin.values();
        let refuse = self.refuse;
        let named = any(self.also_common.iter().map(|known| pin.is(&known.0)));
        let mut broken = RuleSet::NONE;
        broken.add_if(WeakRule::Issued, self.issued_to_all(pin));
        broken.add_if(WeakRule::Common, named);
        let by_shape: [(bool, WeakRule, Shape); 7] = [
            (refuse.repeat, WeakRule::Repeat, shape::is_repeat),
            (refuse.run, WeakRule::Run, shape::is_run),
            (refuse.keypad, WeakRule::Keypad, shape::is_keypad_figure),
            (refuse.year, WeakRule::Year, shape::is_year),
            (refuse.calendar_day, WeakRule::Date, shape::is_date),
            (refuse.day_first, WeakRule::Date, shape::is_day_first_date),
            (refuse.common, WeakRule::Common, common::is_common),
        ];
        for (_, rule, is_broken) in by_shape.into_iter().filter(|(in_force, ..)| *in_force) {
            broken.add_if(rule, is_broken(digits));
        }
        broken
    }

    /// The rules that can be broken at all as these are set.
    #[must_use]
    pub fn in_force(&self) -> RuleSet {
        let Refuse {
            birth_date,
            id_number,
            card_number,
            repeat,
            run,
            keypad,
            year,
            calendar_day,
            day_first,
            common,
        } = self.refuse;
        let issued = !self.issued.is_empty() || !self.issued_derived.is_empty();
        let rows = [
            (WeakRule::Issued, issued),
            (WeakRule::BirthDate, birth_date),
            (WeakRule::IdNumber, id_number),
            (WeakRule::CardNumber, card_number),
            (WeakRule::Repeat, repeat),
            (WeakRule::Run, run),
            (WeakRule::Keypad, keypad),
            (WeakRule::Year, year),
            (WeakRule::Date, calendar_day || day_first),
            (WeakRule::Common, common || !self.also_common.is_empty()),
        ];
        let in_force = rows.into_iter().filter(|(_, in_force)| *in_force);
        in_force.map(|(rule, _)| rule).collect()
    }

    fn issued(&self, pin: Digits<'_>, facts: &HolderFacts) -> Choice {
        let derived = self.issued_derived.iter();
        self.issued_to_all(pin) | any(derived.map(|custom| custom.gives(pin, facts)))
    }

    fn issued_to_all(&self, pin: Digits<'_>) -> Choice {
        any(self.issued.iter().map(|known| pin.is(&known.0)))
    }
}

/// Whether digits have a shape.
type Shape = fn(&[u8]) -> Choice;

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
