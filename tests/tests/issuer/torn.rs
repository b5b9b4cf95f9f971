//! Issuer commands that are torn: what the counter tells of them, and what it does not.

use std::time::Duration;

use card_sim::rack::{
    control::{PullAt, Until},
    plan::{PullPhase, When},
};
use cardd_proto::v1::{self, Reason};
use cardd_tests::{
    desk::{Desk, refusal, typed},
    hall::Manner,
};
use hall_client::{Doubt, PinState, Verdict, Verify};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{FULL, HOLDER_W1, Scene};

/// INS of PIN CHANGE/UNBLOCK (LD/T 32.5).
const PIN_CHANGE_UNBLOCK: u8 = 0x24;
const SOON: Duration = Duration::from_secs(10);

impl Scene {
    /// A grant that is carried out until the card is pulled at the secure message, and what was
    /// found when the card was put back.
    async fn torn(&mut self, operation: v1::IssuerOperation, phase: PullPhase) -> Vec<Verdict> {
        let case = self.case(operation, HOLDER_W1).await;
        let when = When::Ins(PIN_CHANGE_UNBLOCK);
        let mut rack = self.stand.rack().unwrap();
        rack.pull_at("a", PullAt { when, phase }).unwrap();
        let mut transaction = self.begin(&case, Manner::Right, "7391").await;
        let after = match phase {
            PullPhase::Before => self.tries(),
            PullPhase::During | PullPhase::After => FULL,
        };
        let torn = self.refused_at(&mut transaction, after).await;
        assert_eq!(torn.reason(), Reason::CardRemovedDuringChange);
        rack.wait("a", Until::Empty, SOON).unwrap();
        rack.insert("a", self.card).unwrap();
        self.next().await;
        self.desk.verdicts(self.insertion).await.unwrap()
    }

    async fn doubt(&self) -> Option<Doubt> {
        let at = (self.reader.as_str(), self.insertion);
        let status = self.counted.free(&self.stand, self.desk.status(at));
        status.await.unwrap().doubt
    }
}

/// A blocked card: its counter tells whether it was restored.
#[tokio::test]
async fn a_torn_unlock_of_a_blocked_card_is_told_by_its_counter() {
    for (phase, verdict, tries) in [
        (PullPhase::Before, Verdict::NotDone, 0),
        (PullPhase::During, Verdict::Succeeded, 6),
    ] {
        let mut scene = Scene::set("w1", "").await;
        scene.block("1234").await;
        let found = scene.torn(v1::IssuerOperation::Unblock, phase).await;
        assert_eq!(found, [verdict], "{phase:?}");
        assert_eq!(scene.tries(), (tries, 3), "{phase:?}");
        assert_eq!(scene.doubt().await, None, "{phase:?}");
        if verdict == Verdict::NotDone {
            let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
            scene.carry_out(&case, FULL).await;
        }
        let mut desk = Desk::at(&scene.stand, "counter").await.unwrap();
        scene.right(&mut desk, "8305").await;
    }
}

/// At a full counter nothing tells which PIN is in force. It may be the one that the issuer chose,
/// so that no business is done until the holder has changed it.
#[tokio::test]
async fn a_torn_reset_does_no_business_until_the_pin_is_changed() {
    for (phase, in_force) in [(PullPhase::Before, "8305"), (PullPhase::During, "7391")] {
        let mut scene = Scene::set("w1", "").await;
        let mut desk = Desk::at(&scene.stand, "billing").await.unwrap();
        scene.change(&mut desk, ["1234", "8305", "8305"]).await;
        let found = scene.torn(v1::IssuerOperation::Reload, phase).await;
        assert_eq!(found, [Verdict::Undecided], "{phase:?}");
        assert_eq!(scene.doubt().await, Some(Doubt::Reset));
        assert_eq!(scene.state().await, PinState::Issued, "{phase:?}");
        scene.no_business(&mut desk, in_force).await;
        assert_eq!(scene.tries(), FULL, "{phase:?}");
        scene.change(&mut desk, [in_force, "9416", "9416"]).await;
        assert_eq!(scene.doubt().await, None);
        assert_eq!(scene.state().await, PinState::Own);
        scene.right(&mut desk, "9416").await;
    }
}

/// The prompt was shown while the holder's own PIN was in force.
#[tokio::test]
async fn a_pin_that_the_issuer_set_since_the_prompt_does_no_business() {
    let mut scene = Scene::set("w1", "[issuer]\nholder_wait_ms = 100").await;
    let at = (scene.reader.clone(), scene.insertion);
    let mut desk = Desk::at(&scene.stand, "billing").await.unwrap();
    scene.change(&mut desk, ["1234", "8305", "8305"]).await;
    let prompted = desk.terminal.begin_entry(&at.0, at.1, Verify);
    let prompted = prompted.await.unwrap();
    let case = scene.case(v1::IssuerOperation::Reload, HOLDER_W1).await;
    let mut transaction = scene.begin(&case, Manner::Right, "7391").await;
    scene.holder_wanted(&mut transaction).await;
    let ended = scene.done(&mut transaction, FULL).await;
    assert!(!ended.holder_pin_set);
    let sent = scene.stand.pins_sent().unwrap();
    let rng = &mut StdRng::seed_from_u64(9);
    let refused = prompted.verify(typed("7391"), rng);
    let refused = refusal(scene.counted.free(&scene.stand, refused).await);
    assert_eq!(refused.reason, hall_client::Reason::IssuedPin);
    assert_eq!(scene.stand.pins_sent().unwrap(), sent);
    assert_eq!(scene.tries(), FULL);
}
