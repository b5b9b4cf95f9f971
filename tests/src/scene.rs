//! One card in one reader and somebody who types: what the tests of pulls, crashes and faults begin
//! with, and come back to after each round.

use std::{error::Error, time::Duration};

use card_sim::rack::{
    control::Until,
    plan::{HoldPhase, When},
    wire::Exchange,
};
use hall_client::{Change, ClientError, Insertion, Reason, Verdict, Verified, Verify};
use rand::{SeedableRng as _, rngs::StdRng};
use tokio::task::JoinHandle;

use crate::{
    desk::{Desk, typed},
    stand::{Plan, Stand},
    wire::{VERIFY, carries_pin},
};

/// The holder's own PIN.
pub const OWN: &str = "830571";
/// What the holder changes it to.
pub const NEXT: &str = "941638";
/// Neither.
pub const WRONG: &str = "760241";
/// Longest wait for what the rack does next.
pub const SOON: Duration = Duration::from_secs(20);
/// Persona and name of the card.
pub const CARD: &str = "w2";
/// Tries that it has at most.
pub const TRIES: u32 = 6;
/// Its slot.
pub const SLOT: &str = "a";

/// What a step of a scene is worth.
pub type Done<T> = Result<T, Box<dyn Error>>;

/// What comes of typing.
pub type Typing = JoinHandle<Result<Verified, ClientError>>;

/// What is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// The PIN.
    VerifyRight,
    /// Another one.
    VerifyWrong,
    /// The PIN, and twice the next one.
    ChangeRight,
    /// Another one, and twice the next one.
    ChangeWrong,
}

impl Typed {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::VerifyRight,
        Self::VerifyWrong,
        Self::ChangeRight,
        Self::ChangeWrong,
    ];

    /// Whether the PIN is right.
    #[must_use]
    pub fn is_right(self) -> bool {
        matches!(self, Self::VerifyRight | Self::ChangeRight)
    }

    fn is_change(self) -> bool {
        matches!(self, Self::ChangeRight | Self::ChangeWrong)
    }
}

/// A terminal with a card that has its holder's own PIN and one try less than it can have, so that
/// its counter tells a success from nothing at all.
pub struct Scene {
    /// The terminal.
    pub stand: Stand,
    /// The counter.
    pub desk: Desk,
    /// The reader's name.
    pub reader: String,
    /// The card's stay.
    pub insertion: Insertion,
}

impl Scene {
    /// A terminal of that plan, which has the card.
    ///
    /// # Errors
    /// A part does not start.
    pub async fn set(plan: &Plan) -> Done<Self> {
        Self::on(Stand::start(plan)?).await
    }

    /// On a terminal that is there.
    ///
    /// # Errors
    /// As [`Scene::set`].
    pub async fn on(stand: Stand) -> Done<Self> {
        let desk = Desk::at(&stand, "counter").await?;
        stand.rack()?.insert(SLOT, CARD)?;
        let reader = stand.reader(SLOT);
        let insertion = desk.card(&reader).await?;
        let mut scene = Self {
            stand,
            desk,
            reader,
            insertion,
        };
        let at = (scene.reader.as_str(), insertion);
        scene.desk.change(at, ["123456", OWN, OWN]).await?;
        scene.restore().await?;
        Ok(scene)
    }

    /// Whatever a round left: the same PIN, one try less than full.
    ///
    /// # Errors
    /// The card has neither PIN, or counts otherwise.
    pub async fn restore(&mut self) -> Done<()> {
        let at = (self.reader.as_str(), self.insertion);
        if self.desk.verify(at, OWN, false).await.is_err() {
            self.desk.change(at, [NEXT, OWN, OWN]).await?;
        }
        match self.desk.verify(at, WRONG, false).await {
            Ok(_) => return Err("a wrong PIN was accepted".into()),
            Err(error) if error.reason() == Some(Reason::PinWrong) => {}
            Err(error) => return Err(error.into()),
        }
        match self.tries()? {
            left if left == TRIES - 1 => Ok(()),
            left => Err(format!("{left} tries are left").into()),
        }
    }

    /// Tries left, as the card itself counts them.
    ///
    /// # Errors
    /// The rack does not answer.
    pub fn tries(&self) -> Done<u32> {
        Ok(self.stand.tries(CARD)?)
    }

    /// Types the PIN into an entry of its own.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn verify(&mut self, pin: &str) -> Result<Verified, ClientError> {
        let at = (self.reader.as_str(), self.insertion);
        self.desk.verify(at, pin, false).await
    }

    /// Types old, new, and new again.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn change(&mut self, pins: [&str; 3]) -> Result<Verified, ClientError> {
        let at = (self.reader.as_str(), self.insertion);
        self.desk.change(at, pins).await
    }

    /// Prompts, then types in the background; `between` is done between the two.
    ///
    /// # Errors
    /// As cardd refuses the prompt.
    pub async fn type_in(
        &self,
        what: Typed,
        between: impl FnOnce(&Stand),
    ) -> Result<Typing, ClientError> {
        let (terminal, reader) = (&self.desk.terminal, &self.reader);
        let mut rng = StdRng::seed_from_u64(21);
        let pin = if what.is_right() { OWN } else { WRONG };
        Ok(if what.is_change() {
            let entry = terminal.begin_entry(reader, self.insertion, Change).await?;
            between(&self.stand);
            tokio::spawn(async move {
                let new = || typed(NEXT);
                entry.change(typed(pin), new(), new(), &mut rng).await
            })
        } else {
            let entry = terminal.begin_entry(reader, self.insertion, Verify).await?;
            between(&self.stand);
            tokio::spawn(async move { entry.verify(typed(pin), &mut rng).await })
        })
    }

    /// What goes to the card after the prompt when nothing happens.
    ///
    /// # Errors
    /// The desk or the rack does not do its part, or no PIN was sent.
    pub async fn commands(&mut self, what: Typed) -> Done<Vec<Exchange>> {
        let mut begun = None;
        let mark = |stand: &Stand| begun = stand.last_exchange().ok();
        drop(self.type_in(what, mark).await?.await?);
        let sent = self.stand.exchanges(begun.ok_or("no trace")?)?;
        self.restore().await?;
        match sent.iter().any(carries_pin) {
            true => Ok(sent),
            false => Err("no PIN was sent".into()),
        }
    }

    /// Types, and returns when the card holds that command after the prompt: carried out or not, as
    /// `phase` says, its answer not given.
    ///
    /// # Errors
    /// The desk or the rack does not do its part.
    pub async fn held(&self, what: Typed, when: When, phase: HoldPhase) -> Done<Typing> {
        let mut rack = self.stand.rack()?;
        let mut order = Ok(());
        let typing = self.type_in(what, |_| order = rack.hold(SLOT, when, phase));
        let typing = typing.await?;
        order?;
        self.until(Until::Held).await?;
        Ok(typing)
    }

    /// As [`Scene::held`], for the command with the PIN.
    ///
    /// # Errors
    /// As [`Scene::held`].
    pub async fn held_with_pin(&self, what: Typed, phase: HoldPhase) -> Done<Typing> {
        if what.is_change() {
            return self
                .held(what, When::Ins(crate::wire::CHANGE_PIN), phase)
                .await;
        }
        // The first VERIFY after the prompt asks for the tries.
        let when = When::Ins(VERIFY);
        let typing = self.held(what, when, HoldPhase::Command).await?;
        let mut rack = self.stand.rack()?;
        rack.hold(SLOT, when, phase)?;
        rack.release(SLOT)?;
        self.until(Until::Held).await?;
        Ok(typing)
    }

    /// Waits until the slot is so.
    ///
    /// # Errors
    /// It does not become so.
    pub async fn until(&self, state: Until) -> Done<()> {
        let mut rack = self.stand.rack()?;
        let waited = tokio::task::spawn_blocking(move || rack.wait(SLOT, state, SOON));
        waited.await??;
        Ok(())
    }

    /// The card comes back after it was pulled; what its sight told about doubts.
    ///
    /// # Errors
    /// It is not identified.
    pub async fn put_back(&mut self) -> Done<Vec<Verdict>> {
        self.until(Until::Empty).await?;
        self.stand.rack()?.insert(SLOT, CARD)?;
        self.seen_again().await
    }

    /// Waits for the next stay of the card; what its sight told about doubts.
    ///
    /// # Errors
    /// It is not identified.
    pub async fn seen_again(&mut self) -> Done<Vec<Verdict>> {
        let next = self.desk.next_card(&self.reader, self.insertion);
        self.insertion = next.await?;
        self.desk.verdicts(self.insertion).await
    }

    /// A new cardd in place of one that ended; what its first sight of the card told about doubts.
    ///
    /// # Errors
    /// It does not start, or does not identify the card.
    pub async fn again(&mut self) -> Done<Vec<Verdict>> {
        self.stand.cardd.under(&[]);
        self.stand.cardd.spawn()?;
        self.desk = Desk::at(&self.stand, "counter").await?;
        self.seen_again().await
    }
}
