//! A card whose operation is torn, and what is told of it.

use std::time::Duration;

use card_sim::{
    faults::{Act, CardFault, Plan as Faults},
    rack::{
        control::{PullAt, Until},
        plan::{PullPhase, When},
    },
};
use cardd_tests::{
    desk::{Desk, refusal, typed},
    stand::{Plan, Stand},
    wire::{CHANGE_PIN, VERIFY, carries_pin},
};
use hall_client::{
    AttemptSpent, Change, Doubt, Happening, Insertion, OpenEntry, Reason, Verdict, Verify,
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{NEXT, OWN, WRONG};

const SOON: Duration = Duration::from_secs(10);

/// What watchers were told of a doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Arose(Doubt),
    Resolved(Doubt, Verdict),
    Settled(Doubt),
}

pub(super) struct Scene {
    pub(super) stand: Stand,
    pub(super) desk: Desk,
    card: &'static str,
    slot: &'static str,
    pub(super) insertion: Insertion,
    /// Wrong PINs typed on purpose.
    wrong: u32,
}

impl Scene {
    /// A card with its holder's own PIN and all its tries, in the first of two readers.
    pub(super) async fn of(card: &'static str) -> Self {
        Self::planned(card, Plan::with_cards(&[card])).await
    }

    /// The same, with a plan that has more cards.
    pub(super) async fn planned(card: &'static str, plan: Plan) -> Self {
        let stand = Stand::start(&plan.slots(&["a", "b"])).unwrap();
        let desk = Desk::at(&stand, "counter").await.unwrap();
        stand.rack().unwrap().insert("a", card).unwrap();
        let insertion = desk.card(&stand.reader("a")).await.unwrap();
        let mut scene = Self {
            stand,
            desk,
            card,
            slot: "a",
            insertion,
            wrong: 0,
        };
        let reader = scene.reader();
        let at = (reader.as_str(), scene.insertion);
        scene.desk.change(at, ["123456", OWN, OWN]).await.unwrap();
        scene
    }

    pub(super) fn reader(&self) -> String {
        self.stand.reader(self.slot)
    }

    pub(super) fn tries(&self) -> u32 {
        self.stand.tries(self.card).unwrap()
    }

    /// Types and is refused: the PIN is wrong.
    pub(super) async fn wrong(&mut self, pin: &str) {
        let reader = self.reader();
        let at = (reader.as_str(), self.insertion);
        let wrong = refusal(self.desk.verify(at, pin, false).await);
        assert_eq!(wrong.reason, Reason::PinWrong);
        self.wrong += 1;
    }

    /// The guess budget counts every try that was lost, those `told` by the counter as well.
    pub(super) async fn the_budget_counts(&self, told: u32) {
        let status = self.desk.terminal.status().await.unwrap();
        assert_eq!(status.guess_budget.spent, self.wrong + told);
    }

    pub(super) async fn right(&mut self, pin: &str) {
        let reader = self.reader();
        let at = (reader.as_str(), self.insertion);
        self.desk.verify(at, pin, false).await.unwrap();
    }

    /// Pulls the card in the middle of the command with the PIN, which is carried out or not.
    pub(super) async fn torn_change(&mut self, old: &str, phase: PullPhase) {
        let when = When::Ins(CHANGE_PIN);
        let terminal = &self.desk.terminal;
        let reader = self.reader();
        let entry = terminal.begin_entry(&reader, self.insertion, Change);
        let entry = entry.await.unwrap();
        let pull = PullAt { when, phase };
        self.stand.rack().unwrap().pull_at(self.slot, pull).unwrap();
        let rng = &mut StdRng::seed_from_u64(7);
        let torn = refusal(
            entry
                .change(typed(old), typed(NEXT), typed(NEXT), rng)
                .await,
        );
        self.torn(torn.attempt_spent);
    }

    /// As [`Scene::torn_change`]; VERIFY with data is the command after the look at the counter.
    pub(super) async fn torn_verify(&mut self, pin: &str, phase: PullPhase) {
        let look = self.commands_before_the_pin().await;
        let entry = self.entry().await;
        let when = When::Apdu(look + 1);
        let pull = PullAt { when, phase };
        self.stand.rack().unwrap().pull_at(self.slot, pull).unwrap();
        let rng = &mut StdRng::seed_from_u64(8);
        let torn = refusal(entry.verify(typed(pin), rng).await);
        self.torn(torn.attempt_spent);
    }

    /// Types a wrong PIN whose answer is cut short, and so are those to as many `looks` at the counter
    /// after it. The card stays in its reader.
    pub(super) async fn cut_short(&mut self, looks: usize) {
        let entry = self.entry().await;
        let mut faults = Faults::default();
        let mut next = |fault| faults.add(When::Ins(VERIFY), Act::Card(fault)).unwrap();
        // The look at the counter right before.
        next(CardFault::Slow { ms: 1 });
        for _ in 0..=looks {
            next(CardFault::Cut { bytes: 1 });
        }
        self.stand
            .rack()
            .unwrap()
            .fault(self.slot, &faults)
            .unwrap();
        let rng = &mut StdRng::seed_from_u64(9);
        let cut = refusal(entry.verify(typed(WRONG), rng).await);
        assert_eq!(cut.attempt_spent, AttemptSpent::Unknown);
    }

    fn torn(&self, spent: AttemptSpent) {
        assert_eq!(spent, AttemptSpent::Unknown);
        let mut rack = self.stand.rack().unwrap();
        rack.wait(self.slot, Until::Empty, SOON).unwrap();
    }

    async fn entry(&self) -> OpenEntry<Verify> {
        let terminal = &self.desk.terminal;
        let reader = self.reader();
        let entry = terminal.begin_entry(&reader, self.insertion, Verify);
        entry.await.unwrap()
    }

    /// Commands of one operation up to the one with the PIN, as a look before a prompt sends them:
    /// both begin alike.
    async fn commands_before_the_pin(&self) -> u32 {
        let begun = self.stand.last_exchange().unwrap();
        self.entry().await.cancel().await.unwrap();
        let sent = self.stand.exchanges(begun).unwrap();
        assert!(!sent.iter().any(carries_pin));
        u32::try_from(sent.len()).unwrap()
    }

    /// Puts the card into a reader. Looking at it costs nothing.
    pub(super) async fn insert(&mut self, slot: &'static str) {
        let before = self.tries();
        self.stand.rack().unwrap().insert(slot, self.card).unwrap();
        self.slot = slot;
        let reader = self.reader();
        let next = self.desk.next_card(&reader, self.insertion);
        self.insertion = next.await.unwrap();
        assert_eq!(self.tries(), before, "a look at a card costs nothing");
    }

    /// The doubt that the holder is told of before the prompt.
    pub(super) async fn doubt(&self) -> Option<Doubt> {
        let entry = self.entry().await;
        let prompted = entry.status().doubt;
        entry.cancel().await.unwrap();
        let reader = self.reader();
        let asked = self.desk.status((&reader, self.insertion)).await;
        assert_eq!(asked.unwrap().doubt, prompted);
        prompted
    }

    /// Everything that watchers were told of doubts since this cardd began.
    pub(super) async fn told(&self) -> Vec<Told> {
        let last = self.desk.terminal.readers().await.unwrap().position;
        let mut watch = self.desk.terminal.watch(Some(0)).await.unwrap();
        let mut told = Vec::new();
        loop {
            let event = watch.next().await.unwrap();
            match event.happening {
                Happening::DoubtArose { doubt, .. } => told.push(Told::Arose(doubt)),
                Happening::DoubtResolved { doubt, verdict, .. } => {
                    told.push(Told::Resolved(doubt, verdict));
                }
                Happening::DoubtSettled { doubt, .. } => told.push(Told::Settled(doubt)),
                _other => {}
            }
            if event.position == last {
                return told;
            }
        }
    }
}
