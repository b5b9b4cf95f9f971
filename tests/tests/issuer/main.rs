//! Unlocking and resetting, end to end: documents, grant, challenges, the holder's own PIN. The
//! counters of PIN and unblock key are read from the card before and after each step.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod bound;
mod broken;
mod carried_out;
mod clock;
mod hsm;
mod memory;
mod people;
mod refused;
mod slow_keys;
mod torn;
mod waiting;

use cardd_proto::{
    entry::{Binding, Typed, seal},
    v1::{self, Purpose, Reason, counter_service_client::CounterServiceClient},
};
use cardd_tests::{
    desk::{Desk, typed},
    hall::{Hall, Stands, Transaction},
    plan::Plan,
    raw::{channel, detail},
    stand::Stand,
};
use hall_client::{Insertion, PinState};
use rand::{SeedableRng as _, rngs::StdRng};
use tonic::transport::Channel;

const HOLDER_W1: &str = "420101195505050007";
const HOLDER_W3: &str = "420101201202290001";
const ONE_LEFT: &str = "420101197001040007";

/// A stand with one card, and everybody who has to do with it.
struct Scene {
    stand: Stand,
    card: &'static str,
    counter: CounterServiceClient<Channel>,
    desk: Desk,
    hall: Hall,
    reader: String,
    insertion: Insertion,
}

impl Scene {
    async fn set(card: &'static str, config: &str) -> Self {
        Self::set_with(card, &[], config).await
    }

    /// With other cards at hand.
    async fn set_with(card: &'static str, others: &[&str], config: &str) -> Self {
        let cards = [&[card], others].concat();
        Self::set_as(card, &Plan::with_cards(&cards).config(config)).await
    }

    /// With a stand of this plan.
    async fn set_as(card: &'static str, plan: &Plan) -> Self {
        let stand = Stand::start(plan).unwrap();
        let desk = Desk::at(&stand, "counter").await.unwrap();
        let counter = CounterServiceClient::new(channel(&stand.socket("counter")).await.unwrap());
        let hall = Hall::at(&stand).await.unwrap();
        stand.rack().unwrap().insert("a", card).unwrap();
        let reader = stand.reader("a");
        let insertion = desk.card(&reader).await.unwrap();
        Self {
            stand,
            card,
            counter,
            desk,
            hall,
            reader,
            insertion,
        }
    }

    /// The next card in the reader, which the rack was told of.
    async fn next(&mut self) {
        let next = self.desk.next_card(&self.reader, self.insertion).await;
        self.insertion = next.unwrap();
    }

    /// After cardd was started anew: everybody calls again.
    async fn meet_again(&mut self) {
        self.desk = Desk::at(&self.stand, "counter").await.unwrap();
        let counter = channel(&self.stand.socket("counter")).await.unwrap();
        self.counter = CounterServiceClient::new(counter);
        self.hall = Hall::at(&self.stand).await.unwrap();
        self.insertion = self.desk.card(&self.reader).await.unwrap();
    }

    /// Tries left of the PIN and of the unblock key, as the card counts them.
    fn tries(&self) -> (u8, u8) {
        self.tries_of(self.card)
    }

    fn tries_of(&self, card: &str) -> (u8, u8) {
        let inside = self.stand.inside(card).unwrap();
        let left = |name: &str| {
            let found = inside.counters.iter().find(|counter| counter.name == name);
            found
                .unwrap_or_else(|| panic!("no counter {name}: {:?}", inside.counters))
                .left
        };
        (left("pin"), left("SSSE/06"))
    }

    fn application(&self, operation: v1::IssuerOperation, holder: &str) -> v1::OpenCaseRequest {
        v1::OpenCaseRequest {
            reader: self.reader.clone(),
            insertion: self.insertion.get(),
            operation: operation.into(),
            applicant: v1::Applicant::Holder.into(),
            holder_id_number: holder.to_owned(),
            holder_original_seen: true,
            reason: v1::CaseReason::Blocked.into(),
            ..v1::OpenCaseRequest::default()
        }
    }

    async fn case(&mut self, operation: v1::IssuerOperation, holder: &str) -> v1::OpenCaseResponse {
        let application = self.application(operation, holder);
        self.counter
            .open_case(application)
            .await
            .unwrap()
            .into_inner()
    }

    async fn refused(&mut self, application: v1::OpenCaseRequest) -> Reason {
        detail(&self.counter.open_case(application).await.unwrap_err()).reason()
    }

    async fn state(&self) -> PinState {
        self.desk
            .status((&self.reader, self.insertion))
            .await
            .unwrap()
            .state
    }

    /// The holder chooses a PIN while the card is held.
    async fn choose(&mut self, case: u64, new: &str, again: &str) -> Result<u64, Reason> {
        let begin = v1::BeginHolderPinRequest {
            case_sequence: case,
            wait_ms: 20_000,
        };
        let prompt = self.counter.begin_holder_pin(begin).await;
        let prompt = prompt
            .map_err(|status| detail(&status).reason())?
            .into_inner();
        let binding = Binding {
            entry_id: prompt.entry_id.try_into().unwrap(),
            insertion: prompt.insertion,
            purpose: Purpose::OwnPin,
        };
        let choice = Typed::OwnPin {
            new: typed(new),
            again: typed(again),
        };
        let mut rng = StdRng::seed_from_u64(6);
        let entry = seal(&choice, &binding, &prompt.public_key, &mut rng).unwrap();
        let set = v1::SetHolderPinRequest {
            case_sequence: case,
            entry: Some(entry),
        };
        let set = self.counter.set_holder_pin(set).await;
        set.map(|set| set.into_inner().ledger_sequence)
            .map_err(|status| detail(&status).reason())
    }
}

async fn done(transaction: &mut Transaction) -> v1::OperationDone {
    match transaction.go_on().await.unwrap() {
        Stands::Done(done) => done,
        Stands::HolderPinWanted(wanted) => panic!("the holder is asked: {wanted:?}"),
    }
}

/// How many records of this kind there are.
async fn count(scene: &Scene, kind: &str) -> usize {
    let records = scene.desk.records().await.unwrap();
    let of_kind = records.iter().filter(|record| record["kind"] == kind);
    of_kind.count()
}
