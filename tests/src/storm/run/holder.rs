//! The holder at the counter after a reset, who chooses a PIN.

use std::{sync::Arc, time::Duration};

use cardd::terminal::TerminalError;
use cardd_proto::{
    entry::{Binding, Typed as Sealable, seal},
    v1::Purpose,
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{BagCard, Life, counter::OPERATOR, secret};
use crate::storm::{life::at_once, step::Choice};

/// The holder at the counter after a reset.
pub(super) struct Chooser<'l> {
    pub(super) life: &'l Life,
    pub(super) counter: cardd::policy::Desk,
    pub(super) chosen: (String, String),
    pub(super) seed: u64,
}

impl Chooser<'_> {
    /// Types; what may not be is typed anew, as it should be.
    pub(super) fn choose(&mut self, case: u64) {
        let may_be = self.chosen.0.len().min(6);
        let good = "692850".get(..may_be).unwrap_or("692850").to_owned();
        for (new, again) in [self.chosen.clone(), (good.clone(), good)] {
            let terminal = &self.life.terminal;
            let begun = terminal.begin_holder_pin(&self.counter, OPERATOR, case, Duration::ZERO);
            let Some(Ok(prompt)) = at_once(begun) else {
                return;
            };
            let binding = Binding {
                entry_id: prompt.seal.entry_id,
                insertion: prompt.seal.insertion.number(),
                purpose: Purpose::OwnPin,
            };
            let value = Sealable::OwnPin {
                new: secret(&new),
                again: secret(&again),
            };
            let mut rng = StdRng::seed_from_u64(self.seed ^ case);
            let Ok(sealed) = seal(&value, &binding, &prompt.seal.public_key, &mut rng) else {
                return;
            };
            let (terminal, counter) = (Arc::clone(terminal), self.counter.clone());
            let answer = block_on(async move {
                terminal
                    .set_holder_pin(&counter, OPERATOR, case, &sealed)
                    .await
            });
            if !matches!(
                answer,
                Err(TerminalError::NewPin { .. } | TerminalError::PinFormat(_))
            ) {
                return;
            }
        }
    }
}

/// Waits for what another thread brings about.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    use std::task::{Context, Poll, Wake, Waker};
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        std::thread::park();
    }
}

pub(super) fn chosen(card: &BagCard, choice: Choice) -> (String, String) {
    let one = match choice {
        Choice::Good(which) => card.good(which),
        Choice::Issued => card.issued(),
        Choice::Weak => "111111",
        Choice::Differing => return (card.good(0).to_owned(), card.good(1).to_owned()),
    };
    (one.to_owned(), one.to_owned())
}
