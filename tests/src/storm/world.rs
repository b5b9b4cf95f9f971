//! The world that cardd is shown: a PC/SC service with its readers, the cards in them, and time.

use std::{
    ffi::{CStr, CString},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use card_sim::faults::{CardFault, PullPhase};
use cardd::{
    ledger::Ledger,
    reader::{
        CardDisposition,
        service::{Cancel, CardService, Client, Exchange, Sight},
    },
};
use pcsc::{Error, PNP_NOTIFICATION, Protocol, State};

use super::{
    bag::BagCard,
    command::{Effect, effect},
    sabotage::Wrapper,
    step::{At, Mishap, READERS, What},
};

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which one.
    pub promise: &'static str,
    /// What was seen.
    pub what: String,
}

/// What the world asks of whoever runs the storm, in the middle of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Time passed.
    Time,
    /// The monitor looks.
    Look,
    /// The desk's program goes away.
    Leave,
    /// cardd dies: what is on its disk now is all that is left.
    Die,
}

/// Answers a [`Call`].
pub type Stage = Arc<dyn Fn(Call) + Send + Sync>;

/// A command with an effect that reached a card, or was on its way to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What it does.
    pub effect: Effect,
    /// Its data.
    pub data: Vec<u8>,
    /// The card that was in the reader.
    pub card: usize,
    /// The stay of the card in it.
    pub stay: u16,
    /// Whether the card carried it out.
    pub carried_out: bool,
}

/// One reader.
#[derive(Debug, Clone)]
struct Place {
    name: String,
    plugged: bool,
    card: Option<usize>,
    powered: bool,
    events: u16,
    held_until: Duration,
    exclusive: bool,
}

struct Inner {
    now: Duration,
    wall_ms: i64,
    epoch: u64,
    dead: bool,
    places: Vec<Place>,
    cards: Vec<BagCard>,
    mishap: Option<Mishap>,
    commands: u8,
    crash_at_record: Option<u8>,
    sent: Vec<Sent>,
    violations: Vec<Violation>,
    trace: Vec<String>,
}

/// The world. One runs through all lives of cardd.
pub struct World {
    began: Instant,
    wrapper: Wrapper,
    inner: Mutex<Inner>,
    stage: Mutex<Option<Stage>>,
    ledger: Mutex<Option<Ledger>>,
}

/// 2026-01-01, when every storm begins, milliseconds since 1970.
const FIRST_DAY_MS: i64 = 1_767_225_600_000;

impl World {
    /// A world with empty readers.
    #[must_use]
    pub fn new(cards: Vec<BagCard>, wrapper: Wrapper) -> Arc<Self> {
        let place = |index: usize| Place {
            name: format!("Reader {index}"),
            plugged: true,
            card: None,
            powered: false,
            events: 0,
            held_until: Duration::ZERO,
            exclusive: false,
        };
        Arc::new(Self {
            began: Instant::now(),
            wrapper,
            inner: Mutex::new(Inner {
                now: Duration::ZERO,
                wall_ms: FIRST_DAY_MS,
                epoch: 0,
                dead: false,
                places: (0..READERS).map(place).collect(),
                cards,
                mishap: None,
                commands: 0,
                crash_at_record: None,
                sent: Vec::new(),
                violations: Vec::new(),
                trace: Vec::new(),
            }),
            stage: Mutex::default(),
            ledger: Mutex::default(),
        })
    }

    /// Who answers calls from now on.
    pub fn set_stage(&self, stage: Option<Stage>) {
        *lock(&self.stage) = stage;
    }

    /// A new life of cardd, with its ledger, or the end of one.
    pub fn set_ledger(&self, ledger: Option<Ledger>) {
        self.lock().dead = ledger.is_none();
        *lock(&self.ledger) = ledger;
    }

    /// cardd is dead: nothing of it reaches a card any more.
    pub fn kill(&self) {
        self.lock().dead = true;
    }

    /// Whether cardd is dead.
    pub fn is_dead(&self) -> bool {
        self.lock().dead
    }

    /// Time since the beginning of the storm.
    pub fn elapsed(&self) -> Duration {
        self.lock().now
    }

    /// Wall clock, milliseconds since 1970.
    pub fn unix_ms(&self) -> u64 {
        let inner = self.lock();
        let passed = i64::try_from(inner.now.as_millis()).unwrap_or(i64::MAX);
        u64::try_from(inner.wall_ms.saturating_add(passed)).unwrap_or(0)
    }

    /// Sets the wall clock.
    pub fn set_clock(&self, by_ms: i64) {
        let mut inner = self.lock();
        inner.wall_ms = inner.wall_ms.saturating_add(by_ms);
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.lock().now += time;
        self.call(Call::Time);
    }

    /// The clock is asked for a record's time: cardd may be about to die.
    pub fn before_record(&self) {
        let due = {
            let mut inner = self.lock();
            let left = inner.crash_at_record.map(|n| n.saturating_sub(1));
            inner.crash_at_record = left.filter(|left| *left > 0);
            left == Some(0) && !inner.dead
        };
        if due {
            self.call(Call::Die);
        }
    }

    /// Name of a reader as it is now.
    pub fn reader(&self, reader: usize) -> String {
        let inner = self.lock();
        let place = inner.places.get(reader);
        place.map(|place| place.name.clone()).unwrap_or_default()
    }

    /// The card in a reader, and its stay.
    pub fn card_in(&self, reader: usize) -> Option<(usize, u16)> {
        let inner = self.lock();
        let place = inner.places.get(reader).filter(|place| place.plugged)?;
        Some((place.card?, place.events))
    }

    /// Puts a card in, in place of the one that is there and from wherever it was.
    pub fn insert(&self, reader: usize, card: usize) {
        let mut inner = self.lock();
        let elsewhere = inner
            .places
            .iter()
            .position(|place| place.card == Some(card));
        for emptied in [elsewhere, Some(reader)].into_iter().flatten() {
            inner.take_out(emptied);
        }
        if let Some(place) = inner.places.get_mut(reader) {
            place.card = Some(card);
            place.events = place.events.wrapping_add(1);
        }
    }

    /// Takes the card out.
    pub fn pull(&self, reader: usize) {
        self.lock().take_out(reader);
    }

    /// Another program has the card of a reader to itself for some time.
    pub fn hold(&self, reader: usize, time: Duration, exclusive: bool) {
        let mut inner = self.lock();
        let until = inner.now + time;
        if let Some(place) = inner.places.get_mut(reader) {
            place.held_until = until;
            place.exclusive = exclusive;
        }
    }

    /// Unplugs a reader, or plugs it in again, perhaps under another name.
    pub fn plug(&self, reader: usize, renamed: bool) {
        let mut inner = self.lock();
        inner.unplug(reader);
        if let Some(place) = inner.places.get_mut(reader) {
            place.plugged = !place.plugged || renamed;
            if renamed {
                place.name.push('\'');
                if place.name.len() > 20 {
                    place.name = format!("Reader {reader}");
                }
            }
        }
    }

    /// The service is another one: no client of before is of any use.
    pub fn restart_service(&self) {
        let mut inner = self.lock();
        inner.epoch += 1;
        for reader in 0..READERS {
            inner.power_down(reader);
        }
    }

    /// Arms a mishap for the operation that begins now.
    pub fn arm(&self, mishap: Option<Mishap>) {
        let mut inner = self.lock();
        inner.crash_at_record = None;
        inner.mishap = mishap;
        inner.commands = 0;
        if let Some(What::CrashAtRecord(n)) = mishap.map(|mishap| mishap.what) {
            inner.crash_at_record = Some(n);
            inner.mishap = None;
        }
    }

    /// Commands with an effect since the last call.
    pub fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.lock().sent)
    }

    /// What was seen since the last call.
    pub fn take_violations(&self) -> Vec<Violation> {
        std::mem::take(&mut self.lock().violations)
    }

    /// What went over the line since the last call: headers and status words.
    pub fn take_trace(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().trace)
    }

    /// Looks at a card, or does something to it.
    pub fn with_card<T>(&self, card: usize, look: impl FnOnce(&mut BagCard) -> T) -> Option<T> {
        self.lock().cards.get_mut(card).map(look)
    }

    fn call(&self, call: Call) {
        let stage = lock(&self.stage).clone();
        if let Some(stage) = stage {
            stage(call);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    fn take_out(&mut self, reader: usize) {
        self.power_down(reader);
        if let Some(place) = self.places.get_mut(reader)
            && place.card.take().is_some()
        {
            place.events = place.events.wrapping_add(1);
        }
    }

    fn unplug(&mut self, reader: usize) {
        self.power_down(reader);
        if let Some(place) = self.places.get_mut(reader) {
            place.events = 0;
        }
    }

    fn power_down(&mut self, reader: usize) {
        if let Some(place) = self.places.get_mut(reader) {
            place.powered = false;
            if let Some(card) = place.card
                && let Some(card) = self.cards.get_mut(card)
            {
                card.power_off();
            }
        }
    }

    fn place(&self, reader: &CStr) -> Result<usize, Error> {
        let name = reader.to_str().map_err(|_| Error::UnknownReader)?;
        let found = |place: &Place| place.plugged && place.name == name;
        self.places
            .iter()
            .position(found)
            .ok_or(Error::UnknownReader)
    }

    /// The mishap that is due at this command.
    fn due(&mut self, effect: Option<Effect>) -> Option<What> {
        self.commands = self.commands.saturating_add(1);
        let mishap = self.mishap?;
        let due = match mishap.at {
            At::Command(n) => n == self.commands,
            At::Effect => effect.is_some(),
        };
        due.then(|| self.mishap.take())
            .flatten()
            .map(|mishap| mishap.what)
    }
}

impl CardService for Life {
    fn establish(&self) -> Result<Box<dyn Client>, Error> {
        let inner = self.0.lock();
        let epoch = inner.epoch;
        drop(inner);
        Ok(Box::new(WorldClient {
            world: Arc::clone(&self.0),
            epoch,
        }))
    }

    fn now(&self) -> Instant {
        self.0.instant()
    }
}

/// The world as the service of one life of cardd.
pub struct Life(pub Arc<World>);

impl World {
    /// Monotonic clock.
    #[must_use]
    pub fn instant(&self) -> Instant {
        self.began + self.elapsed()
    }
}

struct WorldClient {
    world: Arc<World>,
    epoch: u64,
}

impl WorldClient {
    /// A client of a service that is gone, or of a cardd that is dead, gets nothing.
    fn alive(&self) -> Result<MutexGuard<'_, Inner>, Error> {
        let inner = self.world.lock();
        if inner.dead || inner.epoch != self.epoch {
            return Err(Error::NoService);
        }
        Ok(inner)
    }
}

impl Client for WorldClient {
    fn list_readers(&self) -> Result<Vec<CString>, Error> {
        let inner = self.alive()?;
        let plugged = inner.places.iter().filter(|place| place.plugged);
        Ok(plugged
            .filter_map(|place| CString::new(place.name.as_str()).ok())
            .collect())
    }

    fn status_change(&self, _longest: Duration, sights: &mut [Sight]) -> Result<(), Error> {
        let inner = self.alive()?;
        let mut changed = false;
        for sight in sights {
            if *sight.reader == *PNP_NOTIFICATION() {
                continue;
            }
            let (seen, count) = match inner.place(&sight.reader) {
                Ok(at) => inner.places.get(at).map_or((State::UNKNOWN, 0), see),
                Err(_) => (State::UNKNOWN | State::UNAVAILABLE, 0),
            };
            let count = if self.world.wrapper.hides_swaps() {
                1
            } else {
                count
            };
            let mut now = sight.clone();
            (now.seen, now.event_count) = (seen, count);
            now.take_in();
            changed |= now.known != sight.known;
            (sight.seen, sight.event_count) = (seen, count);
        }
        if changed { Ok(()) } else { Err(Error::Timeout) }
    }

    fn cancel(&self) -> Cancel {
        Arc::new(|| {})
    }

    fn transaction(
        &self,
        reader: &CStr,
        inside: &mut dyn FnMut(&mut dyn Exchange) -> CardDisposition,
    ) -> Result<CardDisposition, Error> {
        let at = self.alive()?.place(reader)?;
        self.wait_for_others(at)?;
        let (stay, atr) = self.power_up(at)?;
        let mut exchange = WorldExchange {
            client: self,
            at,
            stay,
            atr,
        };
        let disposition = inside(&mut exchange);
        exchange.end(disposition);
        Ok(disposition)
    }
}

fn see(place: &Place) -> (State, u16) {
    let state = match place.card {
        None => State::EMPTY,
        Some(_) => State::PRESENT,
    };
    (state, place.events)
}

impl WorldClient {
    /// A transaction of another program is waited out; an exclusive connection is a refusal.
    fn wait_for_others(&self, at: usize) -> Result<(), Error> {
        const LOOK_AGAIN: Duration = Duration::from_millis(100);
        loop {
            let inner = self.alive()?;
            let place = inner.places.get(at).ok_or(Error::UnknownReader)?;
            if place.held_until <= inner.now {
                return Ok(());
            }
            if place.exclusive {
                return Err(Error::SharingViolation);
            }
            drop(inner);
            self.world.pass(LOOK_AGAIN);
        }
    }

    fn power_up(&self, at: usize) -> Result<(u16, Vec<u8>), Error> {
        let mut inner = self.alive()?;
        let inner = &mut *inner;
        let place = inner.places.get_mut(at).ok_or(Error::UnknownReader)?;
        let card = place.card.ok_or(Error::NoSmartcard)?;
        let card = inner.cards.get_mut(card).ok_or(Error::NoSmartcard)?;
        // The world asks no more than the ATR; a card that has power is asked all the same.
        let atr = if place.powered {
            card.atr()
        } else {
            card.power_on()
        };
        place.powered = true;
        Ok((place.events, atr))
    }
}

struct WorldExchange<'w> {
    client: &'w WorldClient,
    at: usize,
    stay: u16,
    atr: Vec<u8>,
}

impl WorldExchange<'_> {
    /// The card of this stay, if it is still there.
    fn card(&self) -> Result<(MutexGuard<'_, Inner>, usize), Error> {
        let inner = self.client.alive()?;
        let place = inner.places.get(self.at).filter(|place| place.plugged);
        let place = place.ok_or(Error::ReaderUnavailable)?;
        if place.events != self.stay || !place.powered {
            return Err(Error::RemovedCard);
        }
        let card = place.card.ok_or(Error::RemovedCard)?;
        Ok((inner, card))
    }

    /// Ends the transaction; another program may come from now on.
    fn end(&self, disposition: CardDisposition) {
        let Ok((mut inner, index)) = self.card() else {
            return;
        };
        let Some(card) = inner.cards.get_mut(index) else {
            return;
        };
        if disposition == CardDisposition::Reset && !self.client.world.wrapper.skips_reset() {
            card.reset();
        }
        if card.is_verified() {
            inner.violations.push(Violation {
                promise: "no card is left verified",
                what: format!("card {index} after the end of a transaction"),
            });
        }
    }
}

impl Exchange for WorldExchange<'_> {
    fn reset(&mut self) -> Result<(), Error> {
        let (mut inner, card) = self.card()?;
        if let Some(card) = inner.cards.get_mut(card) {
            card.reset();
        }
        Ok(())
    }

    fn status(&self) -> Result<(Option<Protocol>, Vec<u8>), Error> {
        drop(self.card()?);
        Ok((Some(Protocol::T0), self.atr.clone()))
    }

    fn transmit<'r>(&mut self, command: &[u8], receive: &'r mut [u8]) -> Result<&'r [u8], Error> {
        let effect = effect(command);
        self.witness_intent(effect)?;
        let (mut inner, card) = self.card()?;
        let due = inner.due(effect);
        if let Some(effect) = effect {
            inner.sent.push(Sent {
                effect,
                data: command.get(5..).unwrap_or_default().to_vec(),
                card,
                stay: self.stay,
                carried_out: false,
            });
        }
        drop(inner);
        let answer = self.with_mishap(command, effect, due);
        let answer = self.client.world.wrapper.answer(effect, answer);
        let header = hex::encode(command.get(..4).unwrap_or(command));
        let end = match &answer {
            Ok(answer) => hex::encode(answer.get(answer.len().saturating_sub(2)..).unwrap_or(&[])),
            Err(error) => format!("{error:?}"),
        };
        let place = format!("{}: {header} {end}", self.at);
        self.client.world.lock().trace.push(place);
        let answer = answer?;
        let room = receive
            .get_mut(..answer.len())
            .ok_or(Error::InsufficientBuffer)?;
        room.copy_from_slice(&answer);
        Ok(room)
    }
}

impl WorldExchange<'_> {
    /// Every command that can cost a try or change the card finds its intent on record.
    fn witness_intent(&self, effect: Option<Effect>) -> Result<(), Error> {
        if effect.is_none() {
            return Ok(());
        }
        // A cardd that is dead reaches no card.
        drop(self.card()?);
        let world = &self.client.world;
        let ledger = lock(&world.ledger).clone();
        let reader = world.reader(self.at);
        let open = ledger.and_then(|ledger| ledger.open_intents().ok());
        let mine = |open: &cardd::ledger::OpenIntent| open.entry.reader == reader;
        if !open.is_some_and(|open| open.iter().any(mine)) {
            world.lock().violations.push(Violation {
                promise: "intent before every command with an effect",
                what: format!("{effect:?} at {reader}"),
            });
        }
        Ok(())
    }

    fn with_mishap(
        &self,
        command: &[u8],
        effect: Option<Effect>,
        due: Option<What>,
    ) -> Result<Vec<u8>, Error> {
        let Some(what) = due else {
            return self.carry_out(command, effect, None);
        };
        if !what.is_late() && !matches!(what, What::Card(_)) {
            self.befall(what, &Ok(Vec::new()))?;
            // Whatever befell, this command goes on where it still can.
            return self.carry_out(command, effect, None);
        }
        let fault = match what {
            What::Card(fault) => Some(fault),
            _ => None,
        };
        let answer = self.carry_out(command, effect, fault);
        if fault.is_some() {
            return answer;
        }
        self.befall(what, &answer)?;
        answer
    }

    fn carry_out(
        &self,
        command: &[u8],
        effect: Option<Effect>,
        fault: Option<CardFault>,
    ) -> Result<Vec<u8>, Error> {
        let (mut inner, index) = self.card()?;
        let inner_ref = &mut *inner;
        let card = inner_ref.cards.get_mut(index).ok_or(Error::RemovedCard)?;
        let (answer, late_ms) = card.execute(command, fault);
        card.has_lied |= fault.is_some_and(|fault| What::Card(fault).lies());
        if effect.is_some()
            && let Some(sent) = inner_ref.sent.last_mut()
        {
            sent.carried_out = fault != Some(CardFault::Mute { carried_out: false });
        }
        drop(inner);
        if late_ms > 0 {
            self.client.world.pass(Duration::from_millis(late_ms));
        }
        answer.ok_or(Error::NotTransacted)
    }

    /// What befalls in the middle of a command. An error is what the command comes back with.
    fn befall(&self, what: What, answer: &Result<Vec<u8>, Error>) -> Result<(), Error> {
        let world = &self.client.world;
        match what {
            What::Pull { phase, seen } | What::Swap { phase, seen, .. } => {
                match what {
                    What::Swap { card, .. } => world.insert(self.at, card),
                    _ => world.pull(self.at),
                }
                if seen {
                    world.call(Call::Look);
                }
                if phase == PullPhase::After {
                    return Ok(());
                }
                Err(Error::NotTransacted)
            }
            What::Reset => {
                let (mut inner, card) = self.card()?;
                if let Some(card) = inner.cards.get_mut(card) {
                    card.reset();
                }
                Err(Error::ResetCard)
            }
            What::Unplug { .. } => {
                world.plug(self.at, false);
                Err(Error::ReaderUnavailable)
            }
            What::Service { .. } => {
                world.restart_service();
                Err(Error::CommError)
            }
            What::Crash { .. } => {
                world.call(Call::Die);
                Err(Error::NoService)
            }
            What::Leave => {
                world.call(Call::Leave);
                Ok(())
            }
            What::Card(_) | What::CrashAtRecord(_) => answer.as_ref().map(drop).map_err(|e| *e),
        }
    }
}
