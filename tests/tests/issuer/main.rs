//! Unlocking and resetting, end to end: documents, grant, challenges, the holder's own PIN. The
//! counters of PIN and unblock key are read from the cards before and after each step.

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
    counted::{Counted, Tries},
    desk::{Desk, refusal, typed},
    hall::{Hall, Manner, Stands, Transaction},
    plan::Plan,
    raw::{channel, detail},
    stand::Stand,
};
use hall_client::{Insertion, PinState};
use rand::{SeedableRng as _, rngs::StdRng};
use rustix::process::Signal;
use tonic::transport::Channel;

const HOLDER_W1: &str = "420101195505050007";
const HOLDER_W2: &str = "420101198506150003";
const HOLDER_W3: &str = "420101201202290001";
const ONE_LEFT: &str = "420101197001040007";

/// Of a card that has all its tries.
const FULL: Tries = (6, 3);

/// A stand with one card, and everybody who has to do with it. Whatever they do is held against the
/// counters.
struct Scene {
    stand: Stand,
    counted: Counted,
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
        let counted = Counted::begin(&stand).unwrap();
        let desk = Desk::at(&stand, "counter").await.unwrap();
        let counter = CounterServiceClient::new(channel(&stand.socket("counter")).await.unwrap());
        let hall = Hall::at(&stand).await.unwrap();
        stand.rack().unwrap().insert("a", card).unwrap();
        let reader = stand.reader("a");
        let insertion = desk.card(&reader).await.unwrap();
        counted.unchanged(&stand);
        Self {
            stand,
            counted,
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
        let next = self.desk.next_card(&self.reader, self.insertion);
        let next = self.counted.free(&self.stand, next).await;
        self.insertion = next.unwrap();
    }

    /// cardd ends and starts anew.
    async fn restart(&mut self, signal: Signal) {
        self.stand.cardd.end(signal).unwrap();
        self.counted.unchanged(&self.stand);
        self.stand.cardd.spawn().unwrap();
        self.meet_again().await;
    }

    /// After cardd was started anew: everybody calls again.
    async fn meet_again(&mut self) {
        self.desk = Desk::at(&self.stand, "counter").await.unwrap();
        let counter = channel(&self.stand.socket("counter")).await.unwrap();
        self.counter = CounterServiceClient::new(counter);
        self.hall = Hall::at(&self.stand).await.unwrap();
        self.insertion = self.desk.card(&self.reader).await.unwrap();
        self.counted.unchanged(&self.stand);
    }

    /// What the scene's card counts, which is as after the last step.
    fn tries(&self) -> Tries {
        self.counted.unchanged(&self.stand);
        self.counted.of(self.card)
    }

    /// Nobody finds a right on the card that was not his own doing. The answer of a transaction
    /// comes before the reset that ends it; the desk's look waits its turn behind both, and resets
    /// nothing itself.
    async fn no_right_is_left(&self) {
        self.state().await;
        let inside = self.stand.inside(self.card).unwrap();
        assert!(
            !inside.pin_right && inside.key_rights.is_empty(),
            "{inside:?}"
        );
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
        self.opened(application).await.unwrap()
    }

    async fn refused(&mut self, application: v1::OpenCaseRequest) -> Reason {
        self.opened(application).await.unwrap_err()
    }

    async fn opened(
        &mut self,
        application: v1::OpenCaseRequest,
    ) -> Result<v1::OpenCaseResponse, Reason> {
        let opened = self.counter.open_case(application);
        let opened = self.counted.free(&self.stand, opened).await;
        opened
            .map(tonic::Response::into_inner)
            .map_err(|status| detail(&status).reason())
    }

    async fn state(&self) -> PinState {
        let status = self.desk.status((&self.reader, self.insertion));
        self.counted.free(&self.stand, status).await.unwrap().state
    }

    /// The hall begins to carry out a grant; a reset sets `issued`.
    async fn begin(
        &mut self,
        case: &v1::OpenCaseResponse,
        manner: Manner,
        issued: &str,
    ) -> Transaction {
        let begun = self.hall.begin(&case.grant, manner, issued);
        self.counted.free(&self.stand, begun).await.unwrap()
    }

    /// Presents a grant that must not be good here, at once or on the way.
    async fn not_good(&mut self, grant: &[u8]) -> Reason {
        let presented = refused_grant(&mut self.hall, grant);
        self.counted.free(&self.stand, presented).await
    }

    /// Answers up to that question, which is asked and not answered yet.
    async fn pause_before(&self, transaction: &mut Transaction, step: usize) {
        let paused = transaction.pause_before(step);
        self.counted.free(&self.stand, paused).await.unwrap();
    }

    /// Goes on to where it is refused; then the card counts `after`.
    async fn refused_at(&mut self, transaction: &mut Transaction, after: Tries) -> v1::CardError {
        let step = self
            .counted
            .step(&self.stand, (self.card, after), transaction.go_on());
        detail(&step.await.unwrap_err())
    }

    /// Goes on to its end; then the card counts `after`.
    async fn done(&mut self, transaction: &mut Transaction, after: Tries) -> v1::OperationDone {
        let step = self
            .counted
            .step(&self.stand, (self.card, after), transaction.go_on());
        match step.await.unwrap() {
            Stands::Done(done) => done,
            Stands::HolderPinWanted(wanted) => panic!("the holder is asked: {wanted:?}"),
        }
    }

    /// Goes on to where a reset is done and the holder is asked: the card has all its tries.
    async fn holder_wanted(&mut self, transaction: &mut Transaction) -> v1::HolderPinWanted {
        let step = self
            .counted
            .step(&self.stand, (self.card, FULL), transaction.go_on());
        match step.await.unwrap() {
            Stands::HolderPinWanted(wanted) => wanted,
            Stands::Done(done) => panic!("the holder is not asked: {done:?}"),
        }
    }

    /// A grant is carried out; then the card counts `after`.
    async fn carry_out(&mut self, case: &v1::OpenCaseResponse, after: Tries) -> v1::OperationDone {
        let mut transaction = self.begin(case, Manner::Right, "").await;
        self.done(&mut transaction, after).await
    }

    /// The holder chooses a PIN while the card is held.
    async fn choose(&mut self, case: u64, new: &str, again: &str) -> Result<u64, Reason> {
        let chosen = chosen(&mut self.counter, case, (new, again));
        self.counted.free(&self.stand, chosen).await
    }

    /// The PIN that is in force is changed at a desk: nothing is lost.
    async fn change(&mut self, desk: &mut Desk, pins: [&str; 3]) {
        let changed = desk.change((&self.reader, self.insertion), pins);
        self.counted.free(&self.stand, changed).await.unwrap();
    }

    /// The holder types the PIN that is in force, with all tries left.
    async fn right(&mut self, desk: &mut Desk, pin: &str) {
        let typed = desk.verify((&self.reader, self.insertion), pin, false);
        self.counted.free(&self.stand, typed).await.unwrap();
    }

    /// Business with an issued PIN is refused, and costs nothing.
    async fn no_business(&mut self, desk: &mut Desk, pin: &str) {
        let typed = desk.verify((&self.reader, self.insertion), pin, false);
        let refused = refusal(self.counted.free(&self.stand, typed).await);
        assert_eq!(refused.reason, hall_client::Reason::IssuedPin);
    }

    /// The holder makes `8305` of the issued PIN, and somebody loses every try.
    async fn block(&mut self, issued: &str) {
        let mut desk = Desk::at(&self.stand, "counter").await.unwrap();
        self.change(&mut desk, [issued, "8305", "8305"]).await;
        let (limit, key) = self.tries();
        for left in (0..limit).rev() {
            let wrong = desk.verify((&self.reader, self.insertion), "7602", true);
            let step = self
                .counted
                .step(&self.stand, (self.card, (left, key)), wrong);
            let _wrong = refusal(step.await);
        }
    }
}

/// Why a grant is not good.
async fn refused_grant(hall: &mut Hall, grant: &[u8]) -> Reason {
    match hall.begin(grant, Manner::Right, "7391").await {
        Err(status) => detail(&status).reason(),
        Ok(mut begun) => detail(&begun.go_on().await.unwrap_err()).reason(),
    }
}

async fn chosen(
    counter: &mut CounterServiceClient<Channel>,
    case: u64,
    (new, again): (&str, &str),
) -> Result<u64, Reason> {
    let begin = v1::BeginHolderPinRequest {
        case_sequence: case,
        wait_ms: 20_000,
    };
    let prompt = counter.begin_holder_pin(begin).await;
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
    let set = counter.set_holder_pin(set).await;
    set.map(|set| set.into_inner().ledger_sequence)
        .map_err(|status| detail(&status).reason())
}

/// How many records of this kind there are.
async fn count(scene: &Scene, kind: &str) -> usize {
    let records = scene.desk.records().await.unwrap();
    let of_kind = records.iter().filter(|record| record["kind"] == kind);
    of_kind.count()
}

/// Every intent has its outcome.
async fn all_closed(scene: &Scene, intents: usize) {
    assert_eq!(count(scene, "intent").await, intents);
    assert_eq!(count(scene, "outcome").await, intents);
}
