//! Who takes part: the terminal, its desks, the hall, the card, and how far the wire was told.

use card_sim::rack::{client::Client, wire::Exchange};
use hall_client::{
    CardFailure, Change, ClientError, Event, Happening, Insertion, PinStatus, Terminal, Verified,
    Verify,
    issuer::{KeyService, Profile, SoftwareKeys},
};
use rand::{SeedableRng as _, rngs::StdRng};
use rustix::process::Signal;

use super::{TourError, page::Page, refused, told};
use crate::{desk::typed, hall::roots_file, plan::Plan, stand::Stand};

/// Persona and name of the card: first generation, four digits issued.
pub const CARD: &str = "w1";
/// The slot of the rack.
pub const SLOT: &str = "a";
/// As personalised by the issuer.
pub const ISSUED: &str = "1234";
/// What the holder chooses.
pub const OWN: &str = "8305";
/// What somebody guesses.
pub const WRONG: &str = "7602";

/// What the holder chooses after a reset.
pub const SECOND_OWN: &str = "6927";
/// Citizen number of the card's holder.
pub const HOLDER: &str = "420101195505050007";
/// Of somebody else.
pub const OTHER_HOLDER: &str = "420101198506150003";

/// A running terminal with its desks.
pub struct Cast {
    /// The terminal.
    pub stand: Stand,
    /// Staffed: the cashier's window.
    pub billing: Terminal,
    /// Unattended.
    pub kiosk: Terminal,
    /// Staffed: the agency.
    pub counter: Terminal,
    /// At the back end.
    pub hall: Terminal,
    /// The issuer's, of simulated cards.
    pub keys: KeyService,
    /// The rack, asked as an onlooker.
    pub rack: Client,
    /// PC/SC name of the reader.
    pub reader: String,
    rng: StdRng,
    told_up_to: u64,
}

impl Cast {
    /// Starts everything.
    ///
    /// # Errors
    /// A part does not start.
    pub async fn gather(page: &mut Page<'_>) -> Result<Self, TourError> {
        let stand = Stand::start(&Plan::with_cards(&[CARD]))?;
        let roots = roots_file(stand.directory())?;
        let pid = |pid: Option<u32>| pid.map_or("?".to_owned(), |pid| pid.to_string());
        let cast = Self {
            billing: Terminal::connect(stand.socket("billing")).await?,
            kiosk: Terminal::connect(stand.socket("kiosk")).await?,
            counter: Terminal::connect(stand.socket("counter")).await?,
            hall: Terminal::connect(stand.socket("hall")).await?,
            keys: KeyService::new(SoftwareKeys::open(&roots, Profile::Simulation)?),
            rack: stand.rack()?,
            reader: stand.reader(SLOT),
            rng: StdRng::from_rng(&mut rand::rng()),
            told_up_to: 0,
            stand,
        };
        let (pcscd, cardd) = (pid(cast.stand.pcscd.pid()), pid(cast.stand.cardd.pid()));
        page.fact(
            "读卡服务 pcscd",
            &format!(
                "真实的 pcscd，私有实例 · the real one, an instance of its own, process {pcscd}"
            ),
        )?;
        page.fact(
            "终端 cardd",
            &format!(
                "收费窗口 billing、自助机 kiosk、经办窗口 counter、业务大厅 hall · process {cardd}"
            ),
        )?;
        page.fact(
            "读卡器 reader",
            &format!(
                "{}，软件卡架的卡槽 · a slot of the rack of software cards",
                cast.reader
            ),
        )?;
        Ok(cast)
    }

    /// Waits for the first event that `wanted` finds something in.
    ///
    /// # Errors
    /// The stream of events breaks.
    pub async fn event<T>(&self, wanted: impl Fn(&Event) -> Option<T>) -> Result<T, TourError> {
        let mut watch = self.counter.watch(Some(0)).await?;
        loop {
            let next = watch.next().await;
            let event = next.map_err(|ended| TourError::Events(ended.cause.to_string()))?;
            if let Happening::CardFaulted { fault, .. } = &event.happening {
                return Err(TourError::Events(fault.code().to_owned()));
            }
            if let Some(found) = wanted(&event) {
                return Ok(found);
            }
        }
    }

    /// What went over the wire since this was last asked.
    ///
    /// # Errors
    /// The rack does not answer.
    pub fn since(&mut self) -> Result<Vec<Exchange>, TourError> {
        let exchanges = self.rack.wire(self.told_up_to)?;
        if let Some(last) = exchanges.last() {
            self.told_up_to = last.number;
        }
        Ok(exchanges)
    }

    /// Tries left, as the card itself counts them.
    ///
    /// # Errors
    /// The rack does not answer.
    pub fn tries_in_card(&mut self) -> Result<u8, TourError> {
        let card = self.rack.inspect(CARD)?;
        Ok(card.inside.counter("pin").map_or(0, |counter| counter.left))
    }

    /// Tries left of the unblock key, as the card itself counts them.
    ///
    /// # Errors
    /// The rack does not answer.
    pub fn unblock_key_tries(&mut self) -> Result<u8, TourError> {
        let card = self.rack.inspect(CARD)?;
        let counter = card.inside.counter("SSSE/06");
        Ok(counter.map_or(0, |counter| counter.left))
    }

    /// Randomness for one of those who act at the same time.
    #[must_use]
    pub fn rng(&self) -> StdRng {
        StdRng::from_rng(&mut rand::rng())
    }

    /// Opens an entry at a desk and types a PIN; the wire is told up to the prompt.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn verify(
        &mut self,
        desk: &Terminal,
        card: Insertion,
        pin: &str,
        accept: bool,
    ) -> Result<Answered<Verified>, TourError> {
        let entry = desk.begin_entry(&self.reader, card, Verify).await?;
        let before = self.since()?;
        let (prompt, last) = (entry.status(), entry.last_attempt());
        let entry = if accept {
            entry.accept_last_attempt()
        } else {
            entry
        };
        let result = entry.verify(typed(pin), &mut self.rng).await;
        Ok(Answered {
            before,
            prompt,
            last,
            result,
            sent: self.since()?,
        })
    }

    /// Opens an entry at a desk and types old, new, and new again.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn change(
        &mut self,
        desk: &Terminal,
        card: Insertion,
        [old, new]: [&str; 2],
    ) -> Result<Answered<Verified>, TourError> {
        let entry = desk.begin_entry(&self.reader, card, Change).await?;
        let before = self.since()?;
        let (prompt, last) = (entry.status(), entry.last_attempt());
        let result = entry
            .change(typed(old), typed(new), typed(new), &mut self.rng)
            .await;
        Ok(Answered {
            before,
            prompt,
            last,
            result,
            sent: self.since()?,
        })
    }

    /// Ends everything, in order.
    ///
    /// # Errors
    /// cardd does not end well.
    pub async fn leave(self) -> Result<(), TourError> {
        let mut stand = self.stand;
        // The connections of the desks answer cardd's goodbye meanwhile.
        let ending = tokio::task::spawn_blocking(move || {
            let ended = stand.cardd.end(Signal::TERM);
            drop(stand);
            ended
        });
        let ended = ending.await.map_err(std::io::Error::other)??;
        told("cardd ends in good order", ended.code(), Some(0))
    }
}

/// What came of an entry.
pub struct Answered<T> {
    /// The wire up to the prompt.
    pub before: Vec<Exchange>,
    /// What the card said before the prompt.
    pub prompt: PinStatus,
    /// The desk was told that this is the last try.
    pub last: bool,
    /// The answer.
    pub result: Result<T, ClientError>,
    /// The wire after the typing.
    pub sent: Vec<Exchange>,
}

impl<T: std::fmt::Debug> Answered<T> {
    /// The refusal that the story has here.
    ///
    /// # Errors
    /// It was none.
    pub fn refusal(self, what: &'static str) -> Result<(CardFailure, Vec<Exchange>), TourError> {
        Ok((refused(what, self.result)?, self.sent))
    }
}
