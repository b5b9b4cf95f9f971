//! No digits of a reset stay behind: neither the hall's one-time value nor what the holder chose.

use cardd_tests::memory::{Canary, QUARANTINE, can_search, search};

use super::*;

const CARD: &str = "w2";
/// Most digits of a PIN block (ISO 9564-1, format 2), as the hall's value travels in one.
const BLOCK_DIGITS: usize = 12;

struct Watched {
    scene: Scene,
    rng: StdRng,
    typed: Vec<Canary>,
}

impl Watched {
    async fn set(issuer: &str) -> Self {
        let plan = Plan::with_cards(&[CARD]).config("[pin]\nlength = { min = 4, max = 16 }");
        let plan = plan.config(issuer);
        let plan = plan.environment(QUARANTINE.0, QUARANTINE.1);
        Self {
            scene: Scene::set_as(CARD, &plan).await,
            rng: StdRng::seed_from_u64(0x52_45),
            typed: Vec::new(),
        }
    }

    fn canary(&mut self) -> String {
        let canary = Canary::new(&mut self.rng);
        self.typed.push(canary.clone());
        canary.text()
    }

    /// A reset up to where the holder is asked.
    async fn reset(&mut self) -> (Transaction, u64) {
        let issued = self.canary().chars().take(BLOCK_DIGITS).collect::<String>();
        let case = self
            .scene
            .case(v1::IssuerOperation::Reload, HOLDER_W2)
            .await;
        let mut transaction = self.scene.begin(&case, Manner::Right, &issued).await;
        let wanted = self.scene.holder_wanted(&mut transaction).await;
        (transaction, wanted.case_sequence)
    }

    fn assert_clean(&self, process: u32, after: &str) {
        let found = search(process, &self.typed).unwrap();
        let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert!(shown.is_empty(), "after {after}:\n{}", shown.join("\n"));
    }
}

#[tokio::test]
async fn nothing_of_a_reset_stays_behind() {
    if !can_search() {
        return;
    }
    let mut at = Watched::set("").await;
    let (mut transaction, case) = at.reset().await;
    let (new, again) = (at.canary(), at.canary());
    let refused = at.scene.choose(case, &new, &again).await;
    assert_eq!(refused, Err(Reason::NewPinsDiffer));
    let own = at.canary();
    at.scene.choose(case, &own, &own).await.unwrap();
    let ended = at.scene.done(&mut transaction, FULL).await;
    assert!(ended.holder_pin_set);
    // The reader's thread lets its context go before it takes the next job.
    at.scene.state().await;
    let (cardd, pcscd) = (at.scene.stand.cardd.pid(), at.scene.stand.pcscd.pid());
    at.assert_clean(cardd.unwrap(), "a reset, in cardd");
    at.assert_clean(pcscd.unwrap(), "a reset, in pcscd");
}

#[tokio::test]
async fn nothing_of_a_reset_stays_behind_when_the_stream_breaks() {
    if !can_search() {
        return;
    }
    let mut at = Watched::set("[issuer]\nholder_wait_ms = 1000").await;
    let (transaction, _case) = at.reset().await;
    drop(transaction);
    // The card's next job begins when this one has ended: nobody chooses in time.
    at.scene.state().await;
    let cardd = at.scene.stand.cardd.pid().unwrap();
    at.assert_clean(cardd, "a stream that broke");
}
