//! Counter discipline: a try is durable before the compare and given back only after success.

use super::Card;
use crate::apdu::StatusWord;
use crate::counter::Counter;
use crate::files::KeyId;

impl Card {
    /// Spends one try of the PIN. 6983 when none is left, 6581 when it cannot be made durable; in
    /// both cases no compare may follow.
    pub(super) fn count_pin_try(&mut self) -> Result<(), StatusWord> {
        let counted = self
            .state
            .pin_attempts
            .counted()
            .ok_or(StatusWord::LOCKED)?;
        self.commit(|state| state.pin_attempts = counted)
    }

    /// The refusal of a wrong PIN whose try is counted, `before` being the counter ahead of it.
    pub(super) fn refuse_pin(&mut self, before: Counter) -> Result<StatusWord, StatusWord> {
        let faulty = before.less(self.persona.faults.wrong_pin_costs);
        if faulty != self.state.pin_attempts {
            self.commit(|state| state.pin_attempts = faulty)?;
        }
        Ok(self.pin_tries_left())
    }

    /// 63Cx with the tries left of the PIN.
    pub(super) fn pin_tries_left(&self) -> StatusWord {
        StatusWord::tries_left(self.state.pin_attempts.left())
    }

    /// Counter of a key that EXTERNAL AUTHENTICATION knows, 6A88 for any other.
    pub(super) fn key_attempts(&self, key: KeyId) -> Result<Counter, StatusWord> {
        let known = self.keys.is_external(key);
        let counter = self.state.key_attempts.get(&key).filter(|_| known);
        counter.copied().ok_or(StatusWord::KEY_NOT_FOUND)
    }

    /// Spends one try of a key and returns what is left.
    pub(super) fn count_key_try(&mut self, key: KeyId) -> Result<Counter, StatusWord> {
        let counted = self
            .key_attempts(key)?
            .counted()
            .ok_or(StatusWord::LOCKED)?;
        self.commit(|state| {
            state.key_attempts.insert(key, counted);
        })?;
        Ok(counted)
    }

    /// Gives a key all its tries back, after success.
    pub(super) fn restore_key_tries(&mut self, key: KeyId) -> Result<(), StatusWord> {
        let restored = self.key_attempts(key)?.restored();
        self.commit(|state| {
            state.key_attempts.insert(key, restored);
        })
    }
}
