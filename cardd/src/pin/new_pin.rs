//! A PIN that may become the holder's own.

use super::{HolderFacts, Pin, Rules, WeakRule};

/// A [`Pin`] that passed the rules of its region. Changing the PIN takes nothing else.
#[derive(Debug)]
pub struct NewPin(Pin);

impl NewPin {
    /// Checks what the holder typed as the new PIN, and again, against the old one, the holder's
    /// data and the rules of the region. Old and new may differ in length.
    ///
    /// The order is the one in which answers help: whether both entries agree comes first,
    /// because a slip of the finger says nothing about the PIN that was meant; then whether it is
    /// new at all; then the rules, see [`Rules`]. Nothing is sent to the card, so nothing here
    /// costs a try, and a wrong `old` is not noticed.
    ///
    /// # Errors
    /// [`NewPinRefused`]; the PINs are wiped.
    pub fn check(
        new: Pin,
        again: &Pin,
        old: &Pin,
        facts: &HolderFacts,
        rules: &Rules,
    ) -> Result<Self, NewPinRefused> {
        if !new.equals_in_constant_time(again) {
            return Err(NewPinRefused::Differ);
        }
        if new.equals_in_constant_time(old) {
            return Err(NewPinRefused::EqualsOld);
        }
        Self::judge(&new, facts, rules)?;
        Ok(Self(new))
    }

    /// The rules alone, for a PIN that was typed once so far.
    ///
    /// # Errors
    /// [`NewPinRefused::Weak`].
    pub fn judge(new: &Pin, facts: &HolderFacts, rules: &Rules) -> Result<(), NewPinRefused> {
        match rules.first_broken(new.as_digits(), facts) {
            Some(rule) => Err(NewPinRefused::Weak(rule)),
            None => Ok(()),
        }
    }

    /// The PIN, for the one command that stores it in the card.
    #[must_use]
    pub fn as_pin(&self) -> &Pin {
        &self.0
    }
}

/// Why a PIN does not become the holder's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NewPinRefused {
    /// The two entries of the new PIN differ.
    #[error("the two new PINs differ")]
    Differ,
    /// It is the old one.
    #[error("the new PIN is the old one")]
    EqualsOld,
    /// It breaks a rule of the region.
    #[error("the new PIN is too easy to guess: {0:?}")]
    Weak(WeakRule),
}

#[cfg(test)]
impl NewPin {
    /// Any digits, checked against nothing, for tests of what takes a checked PIN.
    pub(crate) fn for_test(digits: &str) -> Self {
        Self(Pin::for_test(digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(new: &str, again: &str, old: &str) -> Result<(), NewPinRefused> {
        let facts = HolderFacts {
            birth_date: None,
            citizen_number: Some("420101198506150003".to_owned().into()),
            card_number: Some("ZZ0074125".to_owned().into()),
        };
        NewPin::check(
            Pin::for_test(new),
            &Pin::for_test(again),
            &Pin::for_test(old),
            &facts,
            &Rules::default(),
        )
        .map(|_| ())
    }

    #[test]
    fn a_good_pin_of_any_length_passes() {
        assert_eq!(check("8317", "8317", "1234"), Ok(()));
        assert_eq!(check("831729", "831729", "1234"), Ok(()));
        assert_eq!(check("8317", "8317", "123456"), Ok(()));
    }

    #[test]
    fn disagreement_is_told_before_anything_else() {
        assert_eq!(check("1234", "1235", "1234"), Err(NewPinRefused::Differ));
        assert_eq!(check("8317", "83172", "1234"), Err(NewPinRefused::Differ));
    }

    #[test]
    fn sameness_is_told_before_weakness() {
        assert_eq!(check("1234", "1234", "1234"), Err(NewPinRefused::EqualsOld));
    }

    #[test]
    fn each_rule_is_named() {
        for (new, rule) in [
            ("1234", WeakRule::Issued),
            ("123456", WeakRule::Issued),
            ("0615", WeakRule::BirthDate),
            ("1985", WeakRule::BirthDate),
            ("850615", WeakRule::BirthDate),
            ("0003", WeakRule::IdNumber),
            ("420101", WeakRule::IdNumber),
            ("4125", WeakRule::CardNumber),
            ("1111", WeakRule::Repeat),
            ("4321", WeakRule::Run),
            ("2580", WeakRule::Keypad),
            ("1314", WeakRule::Common),
            ("1231", WeakRule::Date),
            ("1986", WeakRule::Year),
        ] {
            assert_eq!(
                check(new, new, "8317"),
                Err(NewPinRefused::Weak(rule)),
                "{new}"
            );
        }
    }

    #[test]
    fn the_pin_is_the_one_that_was_checked() {
        let new = Pin::for_test("8317");
        let passed = NewPin::check(
            new,
            &Pin::for_test("8317"),
            &Pin::for_test("1234"),
            &HolderFacts::default(),
            &Rules::default(),
        )
        .unwrap();
        assert!(
            passed
                .as_pin()
                .equals_in_constant_time(&Pin::for_test("8317"))
        );
        assert_eq!(format!("{passed:?}"), "NewPin(Pin(..))");
    }
}
