//! A store in memory, for cards that live inside one process.

use std::sync::{Arc, Mutex, PoisonError};

use super::{CardState, StateError, StateStore};

/// Clones share one memory, so a card can be built again from what its predecessor left.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<Option<CardState>>>,
}

impl MemoryStore {
    /// The memory of a fresh card.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl StateStore for MemoryStore {
    fn load(&self) -> Result<Option<CardState>, StateError> {
        Ok(self
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone())
    }

    fn save(&mut self, state: &CardState) -> Result<(), StateError> {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = Some(state.clone());
        Ok(())
    }
}
