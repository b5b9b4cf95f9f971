//! The rules by name.

use std::fmt;

macro_rules! rules {
    ($( $(#[$doc:meta])* $name:ident = $code:literal, )+) => {
        /// Which rule of the region a PIN breaks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum WeakRule { $( $(#[$doc])* $name, )+ }

        impl WeakRule {
            /// Every rule, in the order in which a holder is told of them: those with a reason in
            /// the holder's own data come first, since a thief who holds the card or the ID card
            /// tries them first, and the holder learns most from them.
            pub const ALL: &[Self] = &[ $( Self::$name ),+ ];

            /// Its name in rule files and figures.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $( Self::$name => $code, )+ }
            }
        }
    };
}

rules! {
    /// It is a PIN that the issuer gives.
    Issued = "issued",
    /// It is the holder's birth date.
    BirthDate = "birth_date",
    /// It is part of the citizen number.
    IdNumber = "id_number",
    /// It is part of the 卡号.
    CardNumber = "card_number",
    /// Its digits repeat.
    Repeat = "repeat",
    /// Its digits count up or down.
    Run = "run",
    /// It draws a line or figure on the keypad.
    Keypad = "keypad",
    /// It is a year.
    Year = "year",
    /// It is a day of the calendar.
    Date = "date",
    /// Many people choose it.
    Common = "common",
}

impl WeakRule {
    /// From its name in rule files.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.code() == code)
    }

    fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Display for WeakRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Some of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RuleSet(u16);

impl RuleSet {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        WeakRule::ALL.iter().copied().collect()
    }

    /// This one alone.
    #[must_use]
    pub fn only(rule: WeakRule) -> Self {
        Self(rule.bit())
    }

    /// Adds a rule if `held` says so, the same way in either case.
    pub(crate) fn add_if(&mut self, rule: WeakRule, held: subtle::Choice) {
        self.0 |= rule.bit() * u16::from(held.unwrap_u8());
    }

    /// Whether it is among them.
    #[must_use]
    pub fn contains(self, rule: WeakRule) -> bool {
        self.0 & rule.bit() != 0
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The one that a holder is told of.
    #[must_use]
    pub fn first(self) -> Option<WeakRule> {
        self.iter().next()
    }

    /// Each of them, in the order of [`WeakRule::ALL`].
    pub fn iter(self) -> impl Iterator<Item = WeakRule> {
        WeakRule::ALL
            .iter()
            .copied()
            .filter(move |rule| self.contains(*rule))
    }
}

impl FromIterator<WeakRule> for RuleSet {
    fn from_iter<T: IntoIterator<Item = WeakRule>>(rules: T) -> Self {
        Self(rules.into_iter().fold(0, |bits, rule| bits | rule.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_rules() {
        for rule in WeakRule::ALL {
            assert_eq!(WeakRule::from_code(rule.code()), Some(*rule));
        }
        assert_eq!(WeakRule::from_code("shoe_size"), None);
    }

    #[test]
    fn sets_hold_what_was_put_in() {
        let two: RuleSet = [WeakRule::Year, WeakRule::Issued].into_iter().collect();
        assert_eq!(
            two.iter().collect::<Vec<_>>(),
            [WeakRule::Issued, WeakRule::Year]
        );
        assert_eq!(two.first(), Some(WeakRule::Issued));
        assert!(!two.contains(WeakRule::Common) && !two.is_empty());
        assert_eq!(
            two.intersection(RuleSet::only(WeakRule::Year)).first(),
            Some(WeakRule::Year)
        );
        assert_eq!(RuleSet::all().iter().count(), WeakRule::ALL.len());
        assert_eq!(two.union(RuleSet::NONE), two);
    }
}
