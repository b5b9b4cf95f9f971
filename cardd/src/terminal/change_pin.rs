//! CHANGE PIN 修改: the holder's old PIN for a new one that passed the rules.

use std::sync::Arc;

use cardd_proto::{
    entry::{EntryError, Typed},
    secret::Secret,
    v1::{Purpose, SealedEntry},
};

use crate::{
    ledger::Operation as Recorded,
    pin::{NewPin, Pin},
    policy::{Desk, Operation, RulesInForce, decide},
    terminal::{
        Terminal, TerminalError,
        attempt::{Attempt, Success},
        cards::KnownCard,
        rule_book::check_new_pin,
    },
};

impl Terminal {
    /// Changes the PIN, once.
    ///
    /// # Errors
    /// [`TerminalError`]; [`TerminalError::attempt_spent`] says whether it cost a try.
    pub async fn change_pin(
        self: &Arc<Self>,
        desk: &Desk,
        sealed: &SealedEntry,
        accept_last_attempt: bool,
    ) -> Result<Success, TerminalError> {
        let grant = decide(desk, Operation::ChangePin)?;
        self.pin_work_is_open()?;
        let opened = self.unseal(&desk.name, Purpose::Change, sealed)?;
        let Typed::Change { old, new, again } = opened.typed else {
            return Err(EntryError::Malformed.into());
        };
        let known = self.known(opened.reader.as_str(), opened.insertion)?;
        let rules = opened.rules;
        let (old, new) = permitted([old, new, again], &known, &rules)?;
        let old_is_issued = old.is_issued(rules.pin_rules(), &known.facts);
        let attempt = Attempt {
            operation: Recorded::Change { old_is_issued },
            desk: desk.clone(),
            reader: opened.reader.clone(),
            insertion: opened.insertion,
            known,
            floor: rules.floor(&grant),
            accept_last_attempt,
        };
        let terminal = Arc::clone(self);
        self.on_card(
            opened.reader.as_str(),
            opened.insertion,
            move |channel, ticket| {
                terminal.attempt(&attempt, (channel, ticket), |card, intent| {
                    card.change_pin(intent, &old, &new)
                })
            },
        )
        .await
    }
}

/// The old PIN, and the new one once it passed the rules.
fn permitted(
    [old, new, again]: [Secret; 3],
    known: &KnownCard,
    rules: &RulesInForce,
) -> Result<(Pin, NewPin), TerminalError> {
    let length = rules.pin_length();
    let old = Pin::parse(old.expose(), &length)?;
    let new = Pin::parse(new.expose(), &length)?;
    let again = Pin::parse(again.expose(), &length)?;
    let new = check_new_pin(rules, (new, &again, &old), &known.facts)?;
    Ok((old, new))
}
