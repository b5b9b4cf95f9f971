//! The issuer's keys for asynchronous callers.

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;

use super::{error::KeyError, keys::IssuerKeys};

/// Calls that one backend works on at once. A token has a handful of sessions, and what it does not
/// get to is not helped by standing in it.
const PLACES: usize = 4;

/// Longest wait for a place and the answer together: a little less than a terminal waits for the
/// hall (`hall_patience_ms`, 10 s as delivered), so that the hall can still say why.
const PATIENCE: Duration = Duration::from_secs(8);

/// A backend on threads of its own: a slow token holds up nobody but who asked it. Cheap to clone;
/// clones share the bound.
#[derive(Clone)]
pub struct KeyService {
    keys: Arc<dyn IssuerKeys>,
    places: Arc<Semaphore>,
    patience: Duration,
}

impl KeyService {
    /// Takes a backend over.
    #[must_use]
    pub fn new(keys: impl IssuerKeys + 'static) -> Self {
        Self::within(keys, PATIENCE)
    }

    /// As [`KeyService::new`], with another longest wait for each answer.
    #[must_use]
    pub fn within(keys: impl IssuerKeys + 'static, patience: Duration) -> Self {
        Self {
            keys: Arc::new(keys),
            places: Arc::new(Semaphore::new(PLACES)),
            patience,
        }
    }

    /// Has the backend answer one question.
    ///
    /// # Errors
    /// The backend's; [`KeyError::Slow`] if there is no answer in time. A call into a token cannot be
    /// called off: it keeps its place until it comes back, so that no more of them pile up.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn IssuerKeys) -> Result<T, KeyError> + Send + 'static,
    ) -> Result<T, KeyError> {
        let answer = async {
            let place = Arc::clone(&self.places).acquire_owned().await;
            let place = place.map_err(|_| KeyError::Slow)?;
            let keys = Arc::clone(&self.keys);
            let asked = tokio::task::spawn_blocking(move || {
                let answer = question(&*keys);
                drop(place);
                answer
            });
            // A backend that panicked gave no answer.
            asked.await.unwrap_or(Err(KeyError::BackendAnswer))
        };
        let in_time = tokio::time::timeout(self.patience, answer).await;
        in_time.unwrap_or(Err(KeyError::Slow))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::issuer::{CardFactors, Challenge, CipherSuite, KeyKind, SessionKey};

    /// A backend without keys: what it is asked here is in the question.
    struct NoKeys;

    impl IssuerKeys for NoKeys {
        fn session_key(
            &self,
            kind: KeyKind,
            suite: CipherSuite,
            _factors: &CardFactors,
            _challenge: &Challenge,
        ) -> Result<Box<dyn SessionKey + '_>, KeyError> {
            Err(KeyError::RootMissing { kind, suite })
        }
    }

    /// A call that does not come back before its gate is opened.
    fn hangs(
        gate: mpsc::Receiver<()>,
    ) -> impl FnOnce(&dyn IssuerKeys) -> Result<(), KeyError> + Send {
        move |_| gate.recv().map_err(|_| KeyError::BackendAnswer)
    }

    /// On one thread, where a call that stood on it would hold up everything.
    #[tokio::test]
    async fn a_call_that_hangs_holds_up_neither_its_thread_nor_another_call() {
        let service = KeyService::new(NoKeys);
        let (open, gate) = mpsc::channel();
        let asker = service.clone();
        let slow = tokio::spawn(async move { asker.ask(hangs(gate)).await });
        tokio::task::yield_now().await;
        assert_eq!(service.ask(|_| Ok("quick")).await.unwrap(), "quick");
        assert!(!slow.is_finished());
        open.send(()).unwrap();
        slow.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn calls_that_hang_are_given_up_and_do_not_pile_up() {
        let impatient = KeyService::within(NoKeys, Duration::ZERO);
        let mut gates = Vec::new();
        for _ in 0..PLACES {
            let (open, gate) = mpsc::channel();
            gates.push(open);
            let given_up = impatient.ask(hangs(gate)).await;
            assert!(matches!(given_up, Err(KeyError::Slow)));
        }
        assert_eq!(impatient.places.available_permits(), 0);
        let refused = impatient.ask(|_| Ok(())).await;
        assert!(matches!(refused, Err(KeyError::Slow)), "no place is left");
        drop(gates);
        let patient = KeyService {
            patience: PATIENCE,
            ..impatient
        };
        patient.ask(|_| Ok(())).await.unwrap();
    }

    #[tokio::test]
    async fn a_backend_that_panics_gave_no_answer_and_keeps_no_place() {
        let service = KeyService::new(NoKeys);
        let panicked = service.ask::<()>(|_| std::panic::resume_unwind(Box::new("defect")));
        assert!(matches!(panicked.await, Err(KeyError::BackendAnswer)));
        assert_eq!(service.places.available_permits(), PLACES);
    }
}
