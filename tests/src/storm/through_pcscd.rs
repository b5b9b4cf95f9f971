//! The same dialogues through everything that is real: rack, driver, pcscd, cardd as a process, gRPC.
//! Slower by three orders of magnitude, so for few seeds; what another program or the passing of time
//! would do is left out.

mod told;

use std::{error::Error, fs, pin::Pin, time::Duration};

use card_sim::{
    faults::{Act, CardFault, HoldPhase, Plan as Faults, When},
    rack::control::Until,
    state::CardState,
};
use hall_client::{Change, ClientError, Insertion, OpenEntry, Verified, Verify};
use rand::{SeedableRng as _, rngs::StdRng};
use rustix::process::Signal;

use super::{
    bag::{BagCard, CARDS},
    command::bcd,
    step::{At, Choice, DESKS, Mishap, READERS, Step, Typed, What},
    world::Violation,
};
use crate::{
    desk::{Desk, typed},
    pcscd::Ending,
    stand::{Plan, Stand},
};

use told::Deed;

type Done<T> = Result<T, Box<dyn Error>>;

const SLOTS: [&str; READERS] = ["a", "b", "c"];

/// How long anything may take.
const SOON: Duration = Duration::from_secs(20);

/// The longest that a slow card is waited for.
const SLOW_MS: u32 = 40;

/// What came of a dialogue.
#[derive(Debug)]
pub struct Passed {
    /// PINs that were typed.
    pub pin_operations: u64,
    /// The first broken promise, and the step that broke it, from 0.
    pub broken: Option<(usize, Violation)>,
}

enum Entry {
    Verify(OpenEntry<Verify>),
    Change(OpenEntry<Change>),
}

struct Open {
    entry: Entry,
    reader: usize,
    card: usize,
}

struct Through {
    stand: Stand,
    _personas: tempfile::TempDir,
    desks: Vec<Desk>,
    inside: [Option<usize>; READERS],
    seen: [Insertion; READERS],
    pins: Vec<String>,
    open: [Option<Open>; DESKS.len()],
    rng: StdRng,
    pin_operations: u64,
}

/// Plays a dialogue until the first broken promise.
///
/// # Errors
/// The stand does not do as it should.
pub async fn play(seed: u64, steps: &[Step]) -> Done<Passed> {
    let mut through = Through::begin(seed).await?;
    let mut broken = None;
    for (number, step) in steps.iter().enumerate() {
        let taken = through.step(step).await;
        if let Err(violation) =
            taken.map_err(|error| format!("step {number}: {step:?}: {error}"))?
        {
            broken = Some((number, violation));
            break;
        }
    }
    Ok(Passed {
        pin_operations: through.pin_operations,
        broken,
    })
}

fn card_name(card: usize) -> String {
    format!("card{card}")
}

impl Through {
    async fn begin(seed: u64) -> Done<Self> {
        let personas = tempfile::tempdir()?;
        let mut plan = Plan::with_cards(&[])
            .slots(&SLOTS)
            .config("[limits]\nguess_budget_per_hour = 1000")
            .log_filter("info");
        let mut pins = Vec::new();
        for card in 0..CARDS {
            let (text, pin) = BagCard::persona(card).ok_or("no such card")?;
            let path = personas.path().join(format!("{}.toml", card_name(card)));
            fs::write(&path, text)?;
            let path = path
                .into_os_string()
                .into_string()
                .map_err(|_| "no such path")?;
            plan.cards.push((card_name(card), path));
            pins.push(pin);
        }
        let mut through = Self {
            stand: Stand::start(&plan)?,
            _personas: personas,
            desks: Vec::new(),
            inside: [None; READERS],
            seen: [Insertion(std::num::NonZeroU64::MIN); READERS],
            pins,
            open: Default::default(),
            rng: StdRng::seed_from_u64(seed),
            pin_operations: 0,
        };
        through.connect().await?;
        Ok(through)
    }

    async fn connect(&mut self) -> Done<()> {
        self.open = Default::default();
        self.desks.clear();
        for name in DESKS {
            self.desks.push(Desk::at(&self.stand, name).await?);
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Done<Result<(), Violation>> {
        match step {
            Step::Insert { reader, card } => self.insert(*reader, *card).await?,
            Step::Pull { reader } => self.pull(*reader)?,
            Step::Prompt {
                desk,
                reader,
                change,
            } => self.prompt(*desk, *reader, *change).await?,
            Step::Type {
                desk,
                pin,
                new,
                last,
                mishap,
            } => return self.type_at(*desk, (*pin, *new, *last), *mishap).await,
            Step::Status { desk, reader } => return self.status(*desk, *reader).await,
            Step::Service => {
                self.stand.pcscd.restart(Ending::Kill)?;
                self.identified().await?;
            }
            Step::Crash => self.again(Signal::KILL).await?,
            Step::Restart => self.again(Signal::TERM).await?,
            // Left out: see the head of this module.
            Step::Again { .. }
            | Step::Case { .. }
            | Step::Operate { .. }
            | Step::Reopen
            | Step::Wait { .. }
            | Step::Clock { .. }
            | Step::Foreign { .. }
            | Step::Reader { .. }
            | Step::Collect => {}
        }
        Ok(Ok(()))
    }

    async fn insert(&mut self, reader: usize, card: usize) -> Done<()> {
        let elsewhere = self.inside.iter().position(|inside| *inside == Some(card));
        for emptied in [elsewhere, Some(reader)].into_iter().flatten() {
            self.pull(emptied)?;
        }
        self.stand.rack()?.insert(slot(reader), &card_name(card))?;
        if let Some(inside) = self.inside.get_mut(reader) {
            *inside = Some(card);
        }
        self.identified().await
    }

    fn pull(&mut self, reader: usize) -> Done<()> {
        if self
            .inside
            .get_mut(reader)
            .is_some_and(|inside| inside.take().is_some())
        {
            self.stand.rack()?.pull(slot(reader))?;
        }
        Ok(())
    }

    /// Waits until cardd knows every card that lies in a reader.
    async fn identified(&mut self) -> Done<()> {
        let counter = self.desks.get(2).ok_or("no desk")?;
        for (reader, seen) in self.seen.iter_mut().enumerate() {
            if self.inside.get(reader).copied().flatten().is_none() {
                continue;
            }
            let name = self.stand.reader(slot(reader));
            let waited = tokio::time::timeout(SOON, current(counter, &name, *seen));
            let Ok(identified) = waited.await else {
                let list = counter.terminal.readers().await?.list;
                let status = counter.status((&name, *seen)).await;
                let text = format!("{name} does not show its card: {list:?}, {status:?}");
                return Err(text.into());
            };
            *seen = identified?;
        }
        Ok(())
    }

    async fn again(&mut self, signal: Signal) -> Done<()> {
        self.stand.cardd.end(signal)?;
        self.stand.cardd.spawn()?;
        self.connect().await?;
        self.identified().await
    }

    async fn prompt(&mut self, at: usize, reader: usize, change: bool) -> Done<()> {
        let (Some(desk), Some(place)) = (self.desks.get(at), self.open.get_mut(at)) else {
            return Ok(());
        };
        *place = None;
        let (Some(card), Some(seen)) = (
            self.inside.get(reader).copied().flatten(),
            self.seen.get(reader),
        ) else {
            return Ok(());
        };
        let name = self.stand.reader(slot(reader));
        let entry = if change {
            let begun = desk.terminal.begin_entry(&name, *seen, Change).await;
            begun.map(Entry::Change)
        } else {
            let begun = desk.terminal.begin_entry(&name, *seen, Verify).await;
            begun.map(Entry::Verify)
        };
        *place = entry.ok().map(|entry| Open {
            entry,
            reader,
            card,
        });
        Ok(())
    }

    async fn status(&mut self, at: usize, reader: usize) -> Done<Result<(), Violation>> {
        let (Some(desk), Some(Some(card)), Some(seen)) = (
            self.desks.get(at),
            self.inside.get(reader),
            self.seen.get(reader),
        ) else {
            return Ok(Ok(()));
        };
        let name = self.stand.reader(slot(reader));
        let tries = self.stand.tries(&card_name(*card))?;
        Ok(match desk.status((&name, *seen)).await {
            Ok(status) => told::status(status.attempts_remaining, tries),
            Err(_) => Ok(()),
        })
    }

    async fn type_at(
        &mut self,
        at: usize,
        (pin, choice, last): (Typed, Choice, bool),
        mishap: Option<Mishap>,
    ) -> Done<Result<(), Violation>> {
        let Some(open) = self.open.get_mut(at).and_then(Option::take) else {
            return Ok(Ok(()));
        };
        let (reader, card) = (open.reader, open.card);
        let deed = self.deed(
            (at, card, last),
            (pin, choice),
            matches!(open.entry, Entry::Change(_)),
        )?;
        self.pin_operations += 1;
        let answer = self.carry_out(open, (&deed, choice), mishap).await?;
        self.tidy(reader, mishap).await?;
        let now = (
            self.stand.tries(&card_name(card))?,
            self.pin_of(card, &deed)?,
        );
        let lies = mishap.is_some_and(|mishap| mishap.what.lies());
        let told = told::check(&deed, answer.as_ref(), &now, lies);
        if let (Some(known), Some(pin)) = (self.pins.get_mut(card), now.1) {
            *known = pin;
        }
        Ok(told)
    }

    fn deed(
        &self,
        (desk, card, last): (usize, usize, bool),
        (pin, choice): (Typed, Choice),
        change: bool,
    ) -> Done<Deed> {
        let in_force = self.pins.get(card).cloned().unwrap_or_default();
        let digits = |all: &str| all.get(..in_force.len()).unwrap_or(all).to_owned();
        let issued = digits(if in_force.len() == 4 {
            "1234"
        } else {
            "123456"
        });
        let good = ["830571", "941638", "692850", "508264"];
        let old = match pin {
            Typed::Right => in_force.clone(),
            Typed::Wrong(_) => digits("760241"),
            Typed::Issued => issued.clone(),
        };
        let new = match choice {
            Choice::Good(which) => digits(good.get(usize::from(which) % 4).unwrap_or(&"830571")),
            Choice::Issued => issued,
            Choice::Weak => "111111".to_owned(),
            Choice::Differing => digits("830571"),
        };
        Ok(Deed {
            desk,
            before: self.stand.tries(&card_name(card))?,
            right: old == in_force,
            old,
            new: change.then_some(new),
            last,
        })
    }

    /// Types, with what goes wrong meanwhile; no answer where nobody was left to hear it.
    async fn carry_out(
        &mut self,
        open: Open,
        (deed, choice): (&Deed, Choice),
        mishap: Option<Mishap>,
    ) -> Done<Option<Result<Verified, ClientError>>> {
        let (slot, change) = (slot(open.reader), deed.new.is_some());
        let orders = mishap.and_then(|mishap| orders(mishap, change));
        if let Some(orders) = &orders {
            self.stand.rack()?.fault(slot, orders)?;
        }
        let again = if choice == Choice::Differing {
            "999111"
        } else {
            deed.new.as_deref().unwrap_or("")
        };
        let typing = typing(open.entry, deed, again, StdRng::from_rng(&mut self.rng));
        let holds = |orders: &Faults| {
            orders
                .orders()
                .iter()
                .any(|order| matches!(order.act, Act::Hold(_)))
        };
        if !orders.as_ref().is_some_and(holds) {
            return Ok(Some(typing.await));
        }
        let mut typing = tokio::spawn(typing);
        let mut rack = self.stand.rack()?;
        let name = slot.to_owned();
        let held = tokio::task::spawn_blocking(move || rack.wait(&name, Until::Held, SOON).is_ok());
        tokio::select! {
            biased;
            answer = &mut typing => return Ok(answer.ok()),
            held = held => if !held? { return Ok(typing.await.ok()) },
        }
        match mishap.map(|mishap| mishap.what) {
            Some(What::Crash { .. }) => drop(self.stand.cardd.end(Signal::KILL)?),
            Some(What::Service { .. }) => self.stand.pcscd.restart(Ending::Kill)?,
            _ => typing.abort(),
        }
        // The end of the service has ended the hold already.
        drop(self.stand.rack()?.release(slot));
        let answer = typing.await.ok();
        Ok(
            answer
                .filter(|_| !matches!(mishap.map(|mishap| mishap.what), Some(What::Crash { .. }))),
        )
    }

    /// Back to where the next step can begin.
    async fn tidy(&mut self, reader: usize, mishap: Option<Mishap>) -> Done<()> {
        let mut rack = self.stand.rack()?;
        rack.clear(slot(reader))?;
        drop(rack.release(slot(reader)));
        if rack
            .list()?
            .iter()
            .any(|view| view.name == slot(reader) && view.card.is_none())
            && let Some(inside) = self.inside.get_mut(reader)
        {
            *inside = None;
        }
        match mishap.map(|mishap| mishap.what) {
            Some(What::Swap { card, .. }) => self.insert(reader, card).await,
            Some(What::Crash { .. }) if self.stand.cardd.pid().is_none() => {
                self.stand.cardd.spawn()?;
                self.connect().await?;
                self.identified().await
            }
            Some(_) => self.identified().await,
            None => Ok(()),
        }
    }

    /// The PIN that the card holds: the old or the new one, from its saved state.
    fn pin_of(&self, card: usize, deed: &Deed) -> Done<Option<String>> {
        let path = self
            .stand
            .directory()
            .join("cards")
            .join(format!("{}.json", card_name(card)));
        let in_force = self.pins.get(card).cloned().unwrap_or_default();
        if !path.exists() {
            return Ok(Some(in_force));
        }
        let state = CardState::from_json(&fs::read_to_string(path)?)?;
        let is = |digits: &String| {
            state
                .pin
                .as_ref()
                .is_some_and(|pin| pin.matches(&bcd(digits)))
        };
        Ok([Some(in_force), deed.new.clone()]
            .into_iter()
            .flatten()
            .find(is))
    }
}

/// The stay of a card that is identified, or becomes so.
async fn current(desk: &Desk, reader: &str, seen: Insertion) -> Done<Insertion> {
    let readers = desk.terminal.readers().await?;
    let view = readers.list.iter().find(|view| view.name == reader);
    if let Some(insertion) = view.and_then(|view| view.insertion())
        && insertion >= seen
        && desk.status((reader, insertion)).await.is_ok()
    {
        return Ok(insertion);
    }
    desk.next_card(reader, seen).await
}

fn slot(reader: usize) -> &'static str {
    SLOTS.get(reader).copied().unwrap_or("a")
}

type Typing = Pin<Box<dyn Future<Output = Result<Verified, ClientError>> + Send>>;

fn typing(entry: Entry, deed: &Deed, again: &str, mut rng: StdRng) -> Typing {
    let (old, last) = (typed(&deed.old), deed.last);
    match entry {
        Entry::Verify(entry) => Box::pin(async move {
            let entry = if last {
                entry.accept_last_attempt()
            } else {
                entry
            };
            entry.verify(old, &mut rng).await
        }),
        Entry::Change(entry) => {
            let (new, again) = (typed(deed.new.as_deref().unwrap_or_default()), typed(again));
            Box::pin(async move {
                let entry = if last {
                    entry.accept_last_attempt()
                } else {
                    entry
                };
                entry.change(old, new, again, &mut rng).await
            })
        }
    }
}

/// The mishap in the rack's terms; `None` for what a rack cannot do.
fn orders(mishap: Mishap, change: bool) -> Option<Faults> {
    let hold = |after| {
        Act::Hold(if after {
            HoldPhase::Answer
        } else {
            HoldPhase::Command
        })
    };
    let act = match mishap.what {
        What::Pull { phase, .. } | What::Swap { phase, .. } => Act::Pull(phase),
        What::Card(CardFault::Slow { ms }) => Act::Card(CardFault::Slow {
            ms: ms.min(SLOW_MS),
        }),
        What::Card(fault) => Act::Card(fault),
        What::Reset => Act::Card(CardFault::Reset),
        What::Service { after } | What::Crash { after } => hold(after),
        What::Leave => hold(false),
        What::Unplug { .. } | What::CrashAtRecord(_) => return None,
    };
    let mut plan = Faults::default();
    let mut add = |when, act| plan.add(when, act).ok();
    match mishap.at {
        At::Command(n) => add(When::Apdu(n.into()), act)?,
        At::Effect if change => add(When::Ins(0x5E), act)?,
        At::Effect => {
            // The tries are asked for right before: that VERIFY carries no PIN.
            add(When::Ins(0x20), Act::Card(CardFault::Slow { ms: 1 }))?;
            add(When::Ins(0x20), act)?;
        }
    }
    Some(plan)
}
