//! Whether a new PIN would pass the rules, before the holder types it again. No card is touched.

use cardd_proto::{
    entry::{EntryError, Typed},
    v1::{Purpose, SealedEntry},
};

use crate::{
    pin::{NewPin, Pin},
    policy::{Desk, Operation, decide},
    terminal::{Terminal, TerminalError, rule_book::in_words},
};

impl Terminal {
    /// Judges a new PIN by the rules; it is wiped afterwards, and the entry is gone.
    ///
    /// # Errors
    /// [`TerminalError`]; no try is ever spent. [`TerminalError::TooManyEntries`] if this stay of the
    /// card had its judgements.
    pub fn check_new_pin(&self, desk: &Desk, sealed: &SealedEntry) -> Result<(), TerminalError> {
        decide(desk, Operation::ChangePin)?;
        let opened = self.unseal(&desk.name, Purpose::NewPin, sealed)?;
        let Typed::NewPin { new } = opened.typed else {
            return Err(EntryError::Malformed.into());
        };
        let known = self.known(opened.reader.as_str(), opened.insertion)?;
        if !known.take_check() {
            return Err(TerminalError::TooManyEntries);
        }
        let rules = &opened.rules;
        let new = Pin::parse(new.expose(), &rules.pin_length())?;
        let judged = NewPin::judge(&new, &known.facts, rules.pin_rules());
        judged.map_err(|refused| in_words(rules, refused))
    }
}
