//! PINs that some regions issue: not one for all, but computed from the holder's data.

use serde::Deserialize;
use subtle::Choice;

use crate::{BirthDate, Digits, HolderFacts, PersonalText, writings::digit_values};

/// How a region computes the PIN it issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DerivedPin {
    /// The last six digits of the citizen number. Where it ends in `X`, both customs count: 0 in
    /// its place, and the six digits before it.
    IdNumberLastSix,
    /// The last six digits of the 卡号, `X` as above.
    CardNumberLastSix,
    /// The birth date as YYMMDD.
    BirthDateSixDigits,
}

impl DerivedPin {
    /// Whether the PIN is the one that this custom gives to this holder. Never, where the fact it
    /// is computed from is not known.
    pub(crate) fn gives(self, pin: Digits<'_>, facts: &HolderFacts) -> Choice {
        let last_six = |number: &Option<_>| {
            number
                .as_ref()
                .map_or(Choice::from(0), |number: &PersonalText| {
                    is_last_six(pin, number.expose())
                })
        };
        match self {
            Self::IdNumberLastSix => last_six(&facts.citizen_number),
            Self::CardNumberLastSix => last_six(&facts.card_number),
            Self::BirthDateSixDigits => facts
                .birth_dates()
                .fold(Choice::from(0), |found, date| found | is_yymmdd(pin, &date)),
        }
    }
}

fn is_last_six(pin: Digits<'_>, number: &str) -> Choice {
    let values = digit_values(number);
    let ends_here = |end: usize| {
        end.checked_sub(6)
            .and_then(|start| values.get(start..end))
            .map_or(Choice::from(0), |six| pin.is(six))
    };
    let before_x = match number.strip_suffix(['X', 'x']) {
        Some(rest) => ends_here(rest.len()),
        None => Choice::from(0),
    };
    ends_here(values.len()) | before_x
}

fn is_yymmdd(pin: Digits<'_>, date: &BirthDate) -> Choice {
    let [_, _, six @ ..] = date.digits();
    pin.is(six)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gives(custom: DerivedPin, pin: &str) -> bool {
        let facts = HolderFacts {
            birth_date: None,
            citizen_number: Some("42010119900101023X".to_owned().into()),
            card_number: Some("ZZ0000125".to_owned().into()),
        };
        custom.gives(Digits::new(&digit_values(pin)), &facts).into()
    }

    #[test]
    fn the_last_six_of_a_number_with_and_without_its_x() {
        assert!(gives(DerivedPin::IdNumberLastSix, "010230"));
        assert!(gives(DerivedPin::IdNumberLastSix, "101023"));
        assert!(!gives(DerivedPin::IdNumberLastSix, "110102"));
        assert!(gives(DerivedPin::CardNumberLastSix, "000125"));
        assert!(!gives(DerivedPin::CardNumberLastSix, "0000125"));
    }

    #[test]
    fn the_birth_date_inside_the_number_will_do() {
        assert!(gives(DerivedPin::BirthDateSixDigits, "900101"));
        assert!(!gives(DerivedPin::BirthDateSixDigits, "19900101"));
    }

    #[test]
    fn an_unknown_fact_gives_no_pin() {
        let nothing = HolderFacts::default();
        for custom in [
            DerivedPin::IdNumberLastSix,
            DerivedPin::CardNumberLastSix,
            DerivedPin::BirthDateSixDigits,
        ] {
            assert!(!bool::from(custom.gives(Digits::new(&[0; 6]), &nothing)));
        }
    }

    #[test]
    fn a_number_too_short_gives_no_pin() {
        assert!(!bool::from(is_last_six(
            Digits::new(&[1, 2, 3, 4, 5]),
            "12345"
        )));
        assert!(!bool::from(is_last_six(Digits::new(&[1, 2, 3, 4, 5]), "X")));
    }
}
