//! No digits stay behind: after each PIN operation the living processes are searched for them, and
//! programs that end are searched at their end.
//!
//! What is searched never gets memory back that it freed: digits that were not wiped before are found,
//! however long ago that was. That the search can fail is shown in `searched`, and wipe by wipe by
//! `make memory-check` (docs/memory.md). Stacks are written over again and again: what is left there
//! is looked at in a program whose threads stand still (`searched::nothing_stays_behind_on_a_stack`).

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::{Duration, Instant};

use card_sim::rack::{
    control::{PullAt, Until},
    plan::{HoldPhase, PullPhase, When},
};
use cardd_proto::{
    entry::{self, Binding, Typed},
    v1::{self, pin_service_client::PinServiceClient},
};
use cardd_tests::{
    desk::{Desk, refusal, typed},
    memory::{Canary, QUARANTINE, can_search, search},
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, Change, ClientError, Insertion, Reason, Verified, Verify};
use rand::{SeedableRng as _, rngs::StdRng};
use tonic::transport::Endpoint;

mod cardd;
mod hall;
mod pcscd;
mod searched;

/// INS of CHANGE PIN (LD/T 32.5), which no command without digits has.
const CHANGE_PIN: When = When::Ins(0x5E);
/// Longest wait for the rack, and for a client to leave.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two searches while pcscd's client is leaving.
const BETWEEN_SEARCHES: Duration = Duration::from_millis(20);

/// A stand whose PINs have up to sixteen digits, and every canary that was typed at it.
struct Watched {
    stand: Stand,
    desk: Desk,
    reader: String,
    insertion: Insertion,
    rng: StdRng,
    typed: Vec<Canary>,
}

impl Watched {
    async fn start(limits: &str) -> Self {
        let config = format!("[pin]\nlength = {{ min = 4, max = 16 }}\n{limits}");
        let plan = Plan::with_cards(&["w1"]).config(&config);
        let stand = Stand::start(&plan.environment(QUARANTINE.0, QUARANTINE.1)).unwrap();
        let desk = Desk::at(&stand, "billing").await.unwrap();
        let reader = stand.reader("a");
        stand.rack().unwrap().insert("a", "w1").unwrap();
        let insertion = desk.card(&reader).await.unwrap();
        Self {
            stand,
            desk,
            reader,
            insertion,
            rng: StdRng::seed_from_u64(0x31_07),
            typed: Vec::new(),
        }
    }

    /// Digits that were not used before.
    fn canary(&mut self) -> String {
        let canary = Canary::new(&mut self.rng);
        self.typed.push(canary.clone());
        canary.text()
    }

    async fn verify(&mut self, pin: &str) -> Result<Verified, ClientError> {
        let at = (self.reader.as_str(), self.insertion);
        self.desk.verify(at, pin, false).await
    }

    async fn change(&mut self, pins: [&str; 3]) -> Result<Verified, ClientError> {
        let at = (self.reader.as_str(), self.insertion);
        self.desk.change(at, pins).await
    }

    /// Digits that were not used before and that every rule file refuses: one half, twice.
    fn weak_canary(&mut self) -> String {
        let canary = Canary::repeating(&mut self.rng);
        self.typed.push(canary.clone());
        canary.text()
    }

    /// Sends a PIN whose seal was altered on the way.
    async fn send_altered(&self, pin: &str) -> tonic::Code {
        let socket = format!("unix://{}", self.stand.socket("billing").display());
        let endpoint = Endpoint::from_shared(socket).unwrap();
        let endpoint = endpoint.origin("http://cardd.localhost".parse().unwrap());
        let mut pins = PinServiceClient::new(endpoint.connect().await.unwrap());
        let begin = v1::BeginEntryRequest {
            reader: self.reader.clone(),
            insertion: self.insertion.get(),
            purpose: v1::Purpose::Verify.into(),
        };
        let begun = pins.begin_entry(begin).await.unwrap().into_inner();
        let binding = Binding {
            entry_id: begun.entry_id.as_slice().try_into().unwrap(),
            insertion: self.insertion.get(),
            purpose: v1::Purpose::Verify,
        };
        let what = Typed::Verify { pin: typed(pin) };
        let mut rng = StdRng::seed_from_u64(2);
        let mut sealed = entry::seal(&what, &binding, &begun.public_key, &mut rng).unwrap();
        *sealed.ciphertext.last_mut().unwrap() ^= 1;
        let request = v1::VerifyPinRequest {
            entry: Some(sealed),
            accept_last_attempt: false,
            bill: None,
        };
        pins.verify_pin(request).await.unwrap_err().code()
    }

    /// Nothing of any canary in pcscd and in its driver, once the reader's thread has let its client
    /// go, which it does after the answer. No command follows that could write over the digits: a
    /// client that stays keeps them, and is waited for in vain.
    async fn assert_clean_in_pcscd(&self, after: &str) {
        let pcscd = self.stand.pcscd.pid().unwrap();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = search(pcscd, &self.typed).unwrap();
            if found.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "after {after}: {found:?}");
            tokio::time::sleep(BETWEEN_SEARCHES).await;
        }
    }

    /// Nothing of any canary in cardd.
    fn assert_clean(&self, after: &str) {
        let found = search(self.stand.cardd.pid().unwrap(), &self.typed).unwrap();
        let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert!(shown.is_empty(), "after {after}:\n{}", shown.join("\n"));
    }
}
