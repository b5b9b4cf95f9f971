//! An operation that was torn: told when it arises, held against the counter at the card's next
//! sight in any reader, said to the holder where the counter does not tell, and settled by the next
//! PIN that is accepted. None of it costs a try.

#![expect(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops at the first surprise"
)]

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
    raw::Raw,
    stand::{Plan, Stand},
    wire::{CHANGE_PIN, VERIFY, carries_pin},
};
use hall_client::{
    AttemptSpent, Change, Doubt, Event, Happening, Insertion, OpenEntry, Reason, Verdict, Verify,
};
use rand::{SeedableRng as _, rngs::StdRng};
use rustix::process::Signal;

const OWN: &str = "830571";
const NEXT: &str = "941638";
const WRONG: &str = "760241";
const SOON: Duration = Duration::from_secs(10);

/// What watchers were told of a doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Arose(Doubt),
    Resolved(Doubt, Verdict),
    Settled(Doubt),
}

struct Scene {
    stand: Stand,
    desk: Desk,
    card: &'static str,
    slot: &'static str,
    insertion: Insertion,
    /// Wrong PINs typed on purpose.
    wrong: u32,
}

impl Scene {
    /// A card with its holder's own PIN and all its tries, in the first of two readers.
    async fn of(card: &'static str) -> Self {
        Self::planned(card, Plan::with_cards(&[card])).await
    }

    /// The same, with a plan that has more cards.
    async fn planned(card: &'static str, plan: Plan) -> Self {
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

    fn reader(&self) -> String {
        self.stand.reader(self.slot)
    }

    fn tries(&self) -> u32 {
        self.stand.tries(self.card).unwrap()
    }

    /// Types and is refused: the PIN is wrong.
    async fn wrong(&mut self, pin: &str) {
        let reader = self.reader();
        let at = (reader.as_str(), self.insertion);
        let wrong = refusal(self.desk.verify(at, pin, false).await);
        assert_eq!(wrong.reason, Reason::PinWrong);
        self.wrong += 1;
    }

    /// The guess budget counts every try that was lost, those `told` by the counter as well.
    async fn the_budget_counts(&self, told: u32) {
        let status = self.desk.terminal.status().await.unwrap();
        assert_eq!(status.guess_budget.spent, self.wrong + told);
    }

    async fn right(&mut self, pin: &str) {
        let reader = self.reader();
        let at = (reader.as_str(), self.insertion);
        self.desk.verify(at, pin, false).await.unwrap();
    }

    /// Pulls the card in the middle of the command with the PIN, which is carried out or not.
    async fn torn_change(&mut self, old: &str, phase: PullPhase) {
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
    async fn torn_verify(&mut self, pin: &str, phase: PullPhase) {
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
    async fn cut_short(&mut self, looks: usize) {
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
    async fn insert(&mut self, slot: &'static str) {
        let before = self.tries();
        self.stand.rack().unwrap().insert(slot, self.card).unwrap();
        self.slot = slot;
        let reader = self.reader();
        let next = self.desk.next_card(&reader, self.insertion);
        self.insertion = next.await.unwrap();
        assert_eq!(self.tries(), before, "a look at a card costs nothing");
    }

    /// The doubt that the holder is told of before the prompt.
    async fn doubt(&self) -> Option<Doubt> {
        let entry = self.entry().await;
        let prompted = entry.status().doubt;
        entry.cancel().await.unwrap();
        let reader = self.reader();
        let asked = self.desk.status((&reader, self.insertion)).await;
        assert_eq!(asked.unwrap().doubt, prompted);
        prompted
    }

    /// Everything that watchers were told of doubts since this cardd began.
    async fn told(&self) -> Vec<Told> {
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

#[tokio::test]
async fn a_torn_change_at_a_full_counter_is_said_and_settled_by_the_pin_in_force() {
    for (phase, in_force, other) in [
        (PullPhase::Before, OWN, NEXT),
        (PullPhase::During, NEXT, OWN),
    ] {
        let mut scene = Scene::of("w2").await;
        scene.torn_change(OWN, phase).await;
        scene.insert("b").await;
        assert_eq!(scene.doubt().await, Some(Doubt::Change), "{phase:?}");
        // The other PIN does not settle which one is in force.
        scene.wrong(other).await;
        assert_eq!(scene.doubt().await, Some(Doubt::Change), "{phase:?}");
        assert_eq!(scene.tries(), 5);
        scene.right(in_force).await;
        assert_eq!(scene.doubt().await, None, "{phase:?}");
        let expected = [
            Told::Arose(Doubt::Change),
            Told::Resolved(Doubt::Change, Verdict::Undecided),
            Told::Settled(Doubt::Change),
        ];
        assert_eq!(scene.told().await, expected, "{phase:?}");
        assert_eq!(scene.tries(), 6);
        scene.the_budget_counts(0).await;
    }
}

/// The sentence is in both languages, and in nobody's way where there is no doubt.
#[tokio::test]
async fn the_holder_reads_what_is_not_known_and_what_to_do() {
    let mut scene = Scene::of("w2").await;
    let mut raw = Raw::at(&scene.stand, "kiosk").await.unwrap();
    let mut ask = async |reader: String, insertion: Insertion| {
        let request = cardd_proto::v1::GetPinStatusRequest {
            reader,
            insertion: insertion.get(),
        };
        let answer = raw.pins.get_pin_status(request).await.unwrap();
        let status = answer.into_inner().status.unwrap();
        (status.doubt_zh, status.doubt_en)
    };
    let clear = ask(scene.reader(), scene.insertion).await;
    assert_eq!(clear, (String::new(), String::new()));
    scene.torn_change(OWN, PullPhase::During).await;
    scene.insert("a").await;
    let (zh, en) = ask(scene.reader(), scene.insertion).await;
    let text = Doubt::Change.text();
    assert_eq!((zh.as_str(), en.as_str()), (text.zh, text.en));
}

#[tokio::test]
async fn a_change_torn_at_a_low_counter_is_told_by_it_in_another_reader_after_a_restart() {
    for (old, verdict, tries) in [(OWN, Verdict::Succeeded, 6), (WRONG, Verdict::TrySpent, 4)] {
        let mut scene = Scene::of("w2").await;
        scene.wrong(WRONG).await;
        scene.torn_change(old, PullPhase::During).await;
        scene.stand.cardd.end(Signal::KILL).unwrap();
        scene.stand.cardd.spawn().unwrap();
        scene.desk = Desk::at(&scene.stand, "counter").await.unwrap();
        scene.insert("b").await;
        assert_eq!(scene.doubt().await, None);
        let expected = [Told::Resolved(Doubt::Change, verdict)];
        assert_eq!(scene.told().await, expected, "{old}");
        assert_eq!(scene.tries(), tries);
        let spent = u32::from(verdict == Verdict::TrySpent);
        scene.the_budget_counts(spent).await;
    }
}

#[tokio::test]
async fn a_torn_verify_costs_the_holder_nothing_but_typing_it_again() {
    for (pin, phase, verdict, tries) in [
        (OWN, PullPhase::During, Verdict::Undecided, 6),
        (WRONG, PullPhase::Before, Verdict::Undecided, 6),
        (WRONG, PullPhase::During, Verdict::TrySpent, 5),
    ] {
        let mut scene = Scene::of("w2").await;
        scene.torn_verify(pin, phase).await;
        scene.insert("b").await;
        let label = format!("{pin} {phase:?}");
        let stands = (verdict == Verdict::Undecided).then_some(Doubt::Verify);
        assert_eq!(scene.doubt().await, stands, "{label}");
        assert_eq!(scene.tries(), tries, "{label}");
        scene.the_budget_counts(6 - tries).await;
        scene.right(OWN).await;
        let mut expected = vec![
            Told::Arose(Doubt::Verify),
            Told::Resolved(Doubt::Verify, verdict),
        ];
        expected.extend(stands.map(Told::Settled));
        assert_eq!(scene.told().await, expected, "{label}");
    }
}

/// Nobody asks and nobody puts the card in again.
#[tokio::test]
async fn where_the_card_stays_its_counter_tells_at_once() {
    let mut scene = Scene::of("w2").await;
    scene.cut_short(0).await;
    let resolved = |event: &Event| match event.happening {
        Happening::DoubtResolved { verdict, .. } => Some(verdict),
        _ => None,
    };
    let verdict = scene.desk.event_after(0, resolved).await.unwrap();
    assert_eq!(verdict, Verdict::TrySpent);
    assert_eq!(scene.tries(), 5);
    let expected = [
        Told::Arose(Doubt::Verify),
        Told::Resolved(Doubt::Verify, Verdict::TrySpent),
    ];
    assert_eq!(scene.told().await, expected);
    scene.the_budget_counts(1).await;
}

/// A copy bears the card's name, and its counter tells nothing of the card that lies elsewhere.
#[tokio::test]
async fn a_copy_in_another_reader_tells_nothing_of_the_card_that_stays() {
    const LOOKS: usize = 6;
    let mut plan = Plan::with_cards(&["w2"]);
    plan.cards.push(("copy".to_owned(), "w2".to_owned()));
    let mut scene = Scene::planned("w2", plan).await;
    scene.cut_short(LOOKS).await;
    scene.stand.rack().unwrap().insert("b", "copy").unwrap();
    scene.desk.card(&scene.stand.reader("b")).await.unwrap();
    assert_eq!(scene.told().await, [Told::Arose(Doubt::Verify)]);
    let mut rack = scene.stand.rack().unwrap();
    rack.clear("a").unwrap();
    rack.pull("a").unwrap();
    scene.insert("a").await;
    assert_eq!(scene.doubt().await, None);
    let expected = [
        Told::Arose(Doubt::Verify),
        Told::Resolved(Doubt::Verify, Verdict::TrySpent),
    ];
    assert_eq!(scene.told().await, expected);
    assert_eq!((scene.tries(), scene.stand.tries("copy").unwrap()), (5, 6));
}

/// The second one is told by the counter; the first one still is for the holder to settle.
#[tokio::test]
async fn two_doubts_about_one_card_are_settled_each_by_what_can_tell() {
    let mut scene = Scene::of("w2").await;
    scene.torn_change(OWN, PullPhase::During).await;
    scene.insert("a").await;
    scene.torn_verify(WRONG, PullPhase::During).await;
    scene.stand.cardd.end(Signal::KILL).unwrap();
    scene.stand.cardd.spawn().unwrap();
    scene.desk = Desk::at(&scene.stand, "counter").await.unwrap();
    scene.insert("b").await;
    assert_eq!(scene.doubt().await, Some(Doubt::Change));
    assert_eq!(scene.tries(), 5);
    scene.right(NEXT).await;
    assert_eq!(scene.doubt().await, None);
    let expected = [
        Told::Resolved(Doubt::Verify, Verdict::TrySpent),
        Told::Settled(Doubt::Change),
    ];
    assert_eq!(scene.told().await, expected);
}

/// A counter that never moves tells nothing, and nothing is made of it.
#[tokio::test]
async fn a_card_that_lies_is_not_read_into() {
    let mut scene = Scene::of("lying-counter").await;
    scene.torn_verify(WRONG, PullPhase::During).await;
    scene.insert("b").await;
    assert_eq!(scene.tries(), 5, "whatever it says");
    assert_eq!(scene.doubt().await, Some(Doubt::Verify));
    scene.right(OWN).await;
    assert_eq!(scene.doubt().await, None);
    let expected = [
        Told::Arose(Doubt::Verify),
        Told::Resolved(Doubt::Verify, Verdict::Undecided),
        Told::Settled(Doubt::Verify),
    ];
    assert_eq!(scene.told().await, expected);
}
