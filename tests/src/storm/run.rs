//! Runs a dialogue against cardd's own code, and holds every step against the promises.

use std::{path::PathBuf, sync::Arc, time::Duration};

use cardd::{
    card::IssuerEffect,
    ledger::LedgerError,
    policy::Statement,
    reader::Insertion,
    terminal::{Application, Prompt, SlotView, Success, TerminalError, conversation::Operated},
};
use cardd_proto::{
    entry::{Binding, Typed as Sealable, seal},
    secret::Secret,
    v1::{Purpose, SealedEntry},
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{
    bag::{BagCard, CARDS},
    books::Books,
    hall::Hall,
    life::{Answer, Desklike, Life, Waiting, at_once, desk},
    sabotage::Wrapper,
    step::{Choice, DESKS, HallManner, Mishap, Step, Typed},
    transcript::Transcript,
    world::{Call, Violation, World},
};

/// The PIN that a reset sets, for cards with six digits and with four.
const ONE_TIME: [&str; 2] = ["604812", "6048"];

const OPERATOR: &str = "wang";

/// An open prompt, and the card that it is for.
#[derive(Debug, Clone)]
pub struct Open {
    pub(super) prompt: Prompt,
    pub(super) insertion: Insertion,
    pub(super) card: usize,
    pub(super) stay: u16,
    pub(super) change: bool,
}

/// What a person did at a desk, and what the card was before.
#[derive(Debug, Clone)]
pub struct Deed {
    pub(super) desk: usize,
    pub(super) card: usize,
    pub(super) stay: u16,
    pub(super) before: u8,
    pub(super) old: String,
    /// The new PIN, where it is a change.
    pub(super) new: Option<String>,
    pub(super) right: bool,
    pub(super) last: bool,
}

/// A grant for an issuer command.
#[derive(Debug, Clone)]
pub struct Grant {
    secret: Vec<u8>,
    pub(super) card: usize,
    pub(super) stay: u16,
    pub(super) is_the_holder: bool,
}

/// What came of a storm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// PINs that were typed.
    pub pin_operations: u64,
    /// Steps that were taken.
    pub steps: usize,
    /// SHA-256 over everything that happened.
    pub hash: String,
    /// The first broken promise, and the step that broke it, from 0.
    pub broken: Option<(usize, Violation)>,
    /// What happened, line by line, where it was to be kept.
    pub lines: Vec<String>,
}

/// Why a storm cannot be held.
#[derive(Debug, thiserror::Error)]
pub enum StormError {
    /// No scratch directory.
    #[error("no scratch directory")]
    Scratch(#[from] std::io::Error),
    /// cardd does not start on a ledger that it wrote.
    #[error("cardd does not start")]
    Start(#[from] LedgerError),
    /// The ledger cannot be enrolled.
    #[error("the ledger cannot be enrolled")]
    Enrol,
}

/// A storm under way.
pub struct Run {
    pub(super) world: Arc<World>,
    pub(super) wrapper: Wrapper,
    pub(super) books: Books,
    pub(super) transcript: Transcript,
    seed: u64,
    life: Option<Life>,
    lives: u64,
    scratch: tempfile::TempDir,
    prompts: [Option<Open>; DESKS.len()],
    sealed: [Option<(SealedEntry, bool)>; DESKS.len()],
    grant: Option<Grant>,
    used: Option<Grant>,
    rng: StdRng,
    pin_operations: u64,
}

/// Holds a storm: every step until the first broken promise.
///
/// # Errors
/// [`StormError`].
pub fn run(seed: u64, steps: &[Step], wrapper: Wrapper) -> Result<Outcome, StormError> {
    run_with(seed, steps, wrapper, Transcript::default())
}

/// As [`run`], with a transcript that keeps its lines if it was made so.
///
/// # Errors
/// [`StormError`].
pub fn run_with(
    seed: u64,
    steps: &[Step],
    wrapper: Wrapper,
    transcript: Transcript,
) -> Result<Outcome, StormError> {
    let mut run = Run::begin(seed, wrapper, transcript)?;
    let mut broken = None;
    let mut taken = 0;
    for (number, step) in steps.iter().enumerate() {
        taken = number + 1;
        run.transcript.step(step);
        run.step(step)?;
        if let Some(violation) = run.first_violation() {
            run.transcript
                .line(&format!("BROKEN {}: {}", violation.promise, violation.what));
            broken = Some((number, violation));
            break;
        }
    }
    run.end_life();
    Ok(Outcome {
        pin_operations: run.pin_operations,
        steps: taken,
        hash: run.transcript.hash(),
        broken,
        lines: run.transcript.into_lines(),
    })
}

impl Run {
    fn begin(seed: u64, wrapper: Wrapper, transcript: Transcript) -> Result<Self, StormError> {
        let world = World::new(BagCard::bag(seed), wrapper);
        let scratch = scratch()?;
        let mut run = Self {
            world,
            wrapper,
            books: Books::default(),
            transcript,
            seed,
            life: None,
            lives: 0,
            scratch,
            prompts: Default::default(),
            sealed: Default::default(),
            grant: None,
            used: None,
            rng: StdRng::seed_from_u64(seed ^ 0x5EED),
            pin_operations: 0,
        };
        run.start(run.directory(0))?;
        run.enrol()?;
        Ok(run)
    }

    fn directory(&self, number: u64) -> PathBuf {
        self.scratch.path().join(format!("ledger-{number}"))
    }

    fn enrol(&mut self) -> Result<(), StormError> {
        let Some(life) = &self.life else {
            return Err(StormError::Enrol);
        };
        let hall = desk(DESKS.len(), self.wrapper);
        self.books
            .enrol(&life.terminal, &hall, &mut self.rng)
            .ok_or(StormError::Enrol)
    }

    fn first_violation(&mut self) -> Option<Violation> {
        let seen = self.world.take_violations();
        self.books.broken.extend(seen);
        for line in self.world.take_trace() {
            self.transcript.line(&line);
        }
        self.books.broken.first().cloned()
    }

    fn start(&mut self, directory: PathBuf) -> Result<(), StormError> {
        self.lives += 1;
        let name = (self.seed, self.lives);
        let life = Life::begin(&self.world, &directory, name, self.wrapper)?;
        self.life = Some(life);
        self.settle();
        Ok(())
    }

    fn end_life(&mut self) {
        self.world.set_stage(None);
        self.world.set_ledger(None);
        if let Some(life) = self.life.take() {
            life.end();
        }
        self.prompts = Default::default();
        self.grant = None;
    }

    /// cardd is dead. What was on its disk then is all that the next one has.
    fn reborn(&mut self) -> Result<(), StormError> {
        self.end_life();
        self.transcript.line("cardd starts again");
        self.start(self.directory(self.lives))?;
        self.read_records();
        Ok(())
    }

    fn settle(&mut self) {
        if let Some(life) = &self.life {
            life.settle();
        }
    }

    /// Reads what cardd has recorded since, and holds it against what happened.
    pub(super) fn read_records(&mut self) {
        let Some(life) = &self.life else { return };
        let records = self.books.new_records(&life.ledger);
        for record in &records {
            self.transcript
                .line(&format!("record {} {}", record.sequence, record.hash));
            self.books.take(record, &self.world);
        }
    }

    fn step(&mut self, step: &Step) -> Result<(), StormError> {
        match step {
            Step::Insert { reader, card } => self.world.insert(*reader, *card % CARDS),
            Step::Pull { reader } => self.world.pull(*reader),
            Step::Prompt {
                desk,
                reader,
                change,
            } => self.prompt(*desk, *reader, *change),
            Step::Type {
                desk,
                pin,
                new,
                last,
                mishap,
            } => return self.type_at(*desk, (*pin, *new, *last), *mishap),
            Step::Again { desk } => return self.again(*desk),
            Step::Status { desk, reader } => self.status(*desk, *reader),
            Step::Case {
                reader,
                reset,
                stranger,
            } => self.case(*reader, *reset, *stranger),
            Step::Operate {
                used,
                hall,
                choice,
                mishap,
            } => return self.operate(*used, (*hall, *choice), *mishap),
            Step::Reopen => self.reopen(),
            Step::Wait { ms } => self.world.pass(Duration::from_millis(*ms)),
            Step::Clock { ms } => self.world.set_clock(*ms),
            Step::Foreign {
                reader,
                ms,
                exclusive,
            } => self
                .world
                .hold(*reader, Duration::from_millis(*ms), *exclusive),
            Step::Reader { reader, renamed } => self.world.plug(*reader, *renamed),
            Step::Service => self.world.restart_service(),
            Step::Crash => {
                self.die();
                return self.reborn();
            }
            Step::Restart => return self.restart(),
            Step::Collect => self.collect(),
        }
        self.settle();
        self.read_records();
        Ok(())
    }

    fn die(&mut self) {
        if let Some(life) = &self.life {
            // A disk that cannot be copied shows at the next start.
            drop(life.copy_disk(&self.directory(self.lives)));
        }
        self.world.kill();
    }

    fn restart(&mut self) -> Result<(), StormError> {
        let Some(life) = &self.life else {
            return Ok(());
        };
        let directory = life.directory().to_owned();
        life.terminal.close();
        drop(life.ledger.note(cardd::ledger::Note::Stopped));
        self.end_life();
        self.start(directory)?;
        self.read_records();
        Ok(())
    }

    fn reopen(&mut self) {
        let Some(life) = &self.life else { return };
        if let Ok(Some(_record)) = life.terminal.reopen_kiosks(&desk(2, self.wrapper)) {
            self.books.reopened();
        }
    }

    fn collect(&mut self) {
        let Some(life) = &self.life else { return };
        self.books.verify(&life.ledger, self.wrapper);
    }

    /// The insertion that cardd names for a reader, and its card as the world knows it.
    fn place(&self, reader: usize) -> Option<(String, Insertion, usize, u16)> {
        let life = self.life.as_ref()?;
        let name = self.world.reader(reader);
        let (list, _) = life.terminal.list_readers(&desk(2, self.wrapper)).ok()?;
        let view = list.into_iter().find(|view| view.name.as_str() == name)?;
        let insertion = match view.slot {
            SlotView::Empty => return None,
            SlotView::Present { insertion }
            | SlotView::Identified { insertion, .. }
            | SlotView::Faulted { insertion, .. } => insertion,
        };
        let (card, stay) = self.world.card_in(reader)?;
        Some((name, insertion, card, stay))
    }

    /// Has cardd work until the desk has its answer; `None` if it died or the desk left.
    fn ask<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let life = self.life.as_ref()?;
        let waiting = Waiting::new(future);
        self.put_on_stage(life, Arc::clone(&waiting) as Arc<dyn Desklike>);
        life.work_for(&waiting);
        self.world.set_stage(None);
        if self.world.is_dead() {
            return None;
        }
        waiting.answer()
    }

    fn put_on_stage(&self, life: &Life, waiting: Arc<dyn Desklike>) {
        let (world, steps) = (Arc::clone(&self.world), life.steps());
        let copy = life.disk_copier(self.directory(self.lives), self.wrapper);
        self.world.set_stage(Some(Arc::new(move |call| match call {
            Call::Time => {
                steps.keep();
                waiting.look();
            }
            Call::Look => {
                steps.look();
            }
            Call::Leave => waiting.leave(),
            Call::Die => {
                copy();
                world.kill();
            }
        })));
    }

    fn prompt(&mut self, at: usize, reader: usize, change: bool) {
        let Some(slot) = self.prompts.get_mut(at) else {
            return;
        };
        *slot = None;
        let Some((name, insertion, card, stay)) = self.place(reader) else {
            return;
        };
        let Some(life) = &self.life else { return };
        let (terminal, who) = (Arc::clone(&life.terminal), desk(at, self.wrapper));
        let purpose = if change {
            Purpose::Change
        } else {
            Purpose::Verify
        };
        let asked =
            self.ask(async move { terminal.begin_entry(&who, &name, insertion, purpose).await });
        let Some(answer) = asked else { return };
        self.transcript
            .answer(&answer.as_ref().map(|prompt| prompt.status));
        self.books.prompted(&self.world, at, card, &answer);
        if let Ok(prompt) = answer
            && let Some(slot) = self.prompts.get_mut(at)
        {
            *slot = Some(Open {
                prompt,
                insertion,
                card,
                stay,
                change,
            });
        }
    }

    fn status(&mut self, at: usize, reader: usize) {
        let Some((name, insertion, card, _)) = self.place(reader) else {
            return;
        };
        let Some(life) = &self.life else { return };
        let (terminal, who) = (Arc::clone(&life.terminal), desk(at, self.wrapper));
        let answer = self.ask(async move { terminal.pin_status(&who, &name, insertion).await });
        if let Some(answer) = answer {
            self.transcript
                .answer(&answer.as_ref().map(|(status, _)| *status));
            self.books.asked(&self.world, card, &answer);
        }
    }

    fn type_at(
        &mut self,
        at: usize,
        (pin, choice, last): (Typed, Choice, bool),
        mishap: Option<Mishap>,
    ) -> Result<(), StormError> {
        let Some(open) = self.prompts.get_mut(at).and_then(Option::take) else {
            return Ok(());
        };
        let Some(deed) = self.deed(at, &open, (pin, choice, last)) else {
            return Ok(());
        };
        let again = if choice == Choice::Differing {
            "999111"
        } else {
            deed.new.as_deref().unwrap_or("")
        };
        let value = match &deed.new {
            None => Sealable::Verify {
                pin: secret(&deed.old),
            },
            Some(new) => Sealable::Change {
                old: secret(&deed.old),
                new: secret(new),
                again: secret(again),
            },
        };
        let Some(sealed) = self.seal(&open, &value) else {
            return Ok(());
        };
        if let Some(kept) = self.sealed.get_mut(at) {
            *kept = Some((sealed.clone(), open.change));
        }
        self.pin_operations += 1;
        self.books.begin(&self.world, Some(deed.clone()));
        self.world.arm(mishap);
        let answer = self.send(at, sealed, open.change, last);
        self.world.arm(None);
        self.concluded(&deed, answer)
    }

    fn send(
        &self,
        at: usize,
        sealed: SealedEntry,
        change: bool,
        last: bool,
    ) -> Option<Answer<Success>> {
        let life = self.life.as_ref()?;
        let (terminal, who) = (Arc::clone(&life.terminal), desk(at, self.wrapper));
        self.ask(async move {
            if change {
                terminal.change_pin(&who, &sealed, last).await
            } else {
                let verified = terminal.verify_pin(&who, &sealed, last, None).await;
                verified.map(|(success, _receipt)| success)
            }
        })
    }

    fn concluded(
        &mut self,
        deed: &Deed,
        answer: Option<Answer<Success>>,
    ) -> Result<(), StormError> {
        if let Some(answer) = &answer {
            self.transcript
                .answer(&answer.as_ref().map(|success| success.attempts_remaining));
        }
        let died = self.world.is_dead();
        self.books.sent(&self.world, deed, answer.as_ref());
        if died {
            self.reborn()?;
            self.books.must_be_on_record();
            return Ok(());
        }
        self.read_records();
        self.settle();
        self.read_records();
        Ok(())
    }

    /// One entry, one command: a seal that was used is good for nothing.
    fn again(&mut self, at: usize) -> Result<(), StormError> {
        let Some((sealed, change)) = self.sealed.get(at).cloned().flatten() else {
            return Ok(());
        };
        self.books.begin(&self.world, None);
        let answer = self.send(at, sealed, change, true);
        self.books.nothing_sent(&self.world, "a used entry");
        if let Some(Ok(success)) = &answer {
            self.books
                .breaks("one entry, one command", format!("again: {success:?}"));
        }
        self.settle();
        self.read_records();
        Ok(())
    }

    fn deed(
        &self,
        at: usize,
        open: &Open,
        (pin, choice, last): (Typed, Choice, bool),
    ) -> Option<Deed> {
        self.world.with_card(open.card, |card| {
            let old = match pin {
                Typed::Right => card.pin.clone(),
                Typed::Wrong(which) => card.wrong(which).to_owned(),
                Typed::Issued => card.issued().to_owned(),
            };
            let new = open.change.then(|| match choice {
                Choice::Good(which) => card.good(which).to_owned(),
                Choice::Issued => card.issued().to_owned(),
                Choice::Weak => "111111".to_owned(),
                Choice::Differing => card.good(0).to_owned(),
            });
            Deed {
                desk: at,
                card: open.card,
                stay: open.stay,
                before: card.tries(),
                right: card.pin_is(&old),
                old,
                new,
                last,
            }
        })
    }

    fn seal(&mut self, open: &Open, value: &Sealable) -> Option<SealedEntry> {
        let purpose = if open.change {
            Purpose::Change
        } else {
            Purpose::Verify
        };
        let binding = Binding {
            entry_id: open.prompt.entry_id,
            insertion: open.insertion.number(),
            purpose,
        };
        seal(value, &binding, &open.prompt.public_key, &mut self.rng).ok()
    }

    fn case(&mut self, reader: usize, reset: bool, stranger: bool) {
        self.grant = None;
        let Some((name, insertion, card, stay)) = self.place(reader) else {
            return;
        };
        let number = self
            .world
            .with_card(card, |card| card.number.clone())
            .unwrap_or_default();
        let stated = if stranger {
            self.somebody_else(card)
        } else {
            number
        };
        let Some(life) = &self.life else { return };
        let (terminal, who) = (Arc::clone(&life.terminal), desk(2, self.wrapper));
        let opened = self.ask(async move {
            let application = Application {
                reader: &name,
                insertion,
                effect: if reset {
                    IssuerEffect::Reload
                } else {
                    IssuerEffect::Unblock
                },
                statement: Statement {
                    holder_number: &stated,
                    agent_number: None,
                    holder_original_seen: true,
                    agent_original_seen: false,
                },
                reason: "storm",
            };
            terminal.open_case(&who, OPERATOR, &application).await
        });
        let Some(answer) = opened else { return };
        self.transcript
            .answer(&answer.as_ref().map(|case| case.sequence));
        if let Ok(opened) = answer {
            self.grant = Some(Grant {
                secret: opened.grant.to_vec(),
                card,
                stay,
                is_the_holder: !stranger,
            });
        }
    }

    /// The number of another holder.
    fn somebody_else(&self, card: usize) -> String {
        let number = |card| self.world.with_card(card, |card| card.number.clone());
        let own = number(card);
        (0..CARDS)
            .filter_map(number)
            .find(|other| own.as_ref() != Some(other))
            .unwrap_or_default()
    }

    fn operate(
        &mut self,
        used: bool,
        (manner, choice): (HallManner, Choice),
        mishap: Option<Mishap>,
    ) -> Result<(), StormError> {
        let grant = if used {
            self.used.clone()
        } else {
            self.grant.take()
        };
        let Some(grant) = grant else { return Ok(()) };
        let permitted = (!used).then(|| grant.clone());
        self.used = Some(grant.clone());
        self.books.begin(&self.world, None);
        self.books.permit(&self.world, permitted, manner);
        self.world.arm(mishap);
        let answer = self.transaction(&grant, manner, choice);
        self.world.arm(None);
        if let Some(answer) = &answer {
            self.transcript
                .answer(&answer.as_ref().map(|done| done.attempts_remaining));
        }
        let died = self.world.is_dead();
        self.books.operated(&self.world, &grant, answer.as_ref());
        if died {
            self.reborn()?;
            self.books.must_be_on_record();
            return Ok(());
        }
        self.read_records();
        self.settle();
        self.read_records();
        Ok(())
    }

    /// The hall on this thread, the card on another; they take turns.
    fn transaction(
        &mut self,
        grant: &Grant,
        manner: HallManner,
        choice: Choice,
    ) -> Option<Answer<Operated>> {
        let life = self.life.as_ref()?;
        let hall_desk = desk(DESKS.len(), self.wrapper);
        let begun = life.terminal.operate(&hall_desk, &grant.secret, OPERATOR);
        let (line, work) = match begun {
            Ok(begun) => begun,
            Err(refused) => return Some(Err(refused)),
        };
        let waiting = Waiting::new(work);
        self.put_on_stage(life, Arc::clone(&waiting) as Arc<dyn Desklike>);
        let four = self
            .world
            .with_card(grant.card, |card| card.pin.len() == 4)?;
        let issued = ONE_TIME.get(usize::from(four)).copied().unwrap_or("604812");
        self.books.one_time(grant.card, issued);
        let chosen = self
            .world
            .with_card(grant.card, |card| chosen(card, choice))?;
        let hall = Hall::new(manner, issued, &mut self.rng);
        let counter = desk(2, self.wrapper);
        let mut choose = Chooser {
            life,
            counter,
            chosen: chosen.clone(),
            seed: self.seed,
        };
        std::thread::scope(|scope| {
            let card = scope.spawn(|| life.work_for(&waiting));
            hall.answer_all(line, |case| choose.choose(case));
            // A panic there is a violation that the answer shows.
            drop(card.join());
        });
        self.books.chosen(chosen.0);
        self.world.set_stage(None);
        if self.world.is_dead() {
            return None;
        }
        waiting.answer()
    }
}

/// The holder at the counter after a reset.
struct Chooser<'l> {
    life: &'l Life,
    counter: cardd::policy::Desk,
    chosen: (String, String),
    seed: u64,
}

impl Chooser<'_> {
    /// Types; what may not be is typed anew, as it should be.
    fn choose(&mut self, case: u64) {
        let may_be = self.chosen.0.len().min(6);
        let good = "692850".get(..may_be).unwrap_or("692850").to_owned();
        for (new, again) in [self.chosen.clone(), (good.clone(), good)] {
            let terminal = &self.life.terminal;
            let begun = terminal.begin_holder_pin(&self.counter, OPERATOR, case, Duration::ZERO);
            let Some(Ok(prompt)) = at_once(begun) else {
                return;
            };
            let binding = Binding {
                entry_id: prompt.seal.entry_id,
                insertion: prompt.seal.insertion.number(),
                purpose: Purpose::OwnPin,
            };
            let value = Sealable::OwnPin {
                new: secret(&new),
                again: secret(&again),
            };
            let mut rng = StdRng::seed_from_u64(self.seed ^ case);
            let Ok(sealed) = seal(&value, &binding, &prompt.seal.public_key, &mut rng) else {
                return;
            };
            let (terminal, counter) = (Arc::clone(terminal), self.counter.clone());
            let answer = block_on(async move {
                terminal
                    .set_holder_pin(&counter, OPERATOR, case, &sealed)
                    .await
            });
            if !matches!(
                answer,
                Err(TerminalError::NewPin { .. } | TerminalError::PinFormat(_))
            ) {
                return;
            }
        }
    }
}

/// Waits for what another thread brings about.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    use std::task::{Context, Poll, Wake, Waker};
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        std::thread::park();
    }
}

fn chosen(card: &BagCard, choice: Choice) -> (String, String) {
    let one = match choice {
        Choice::Good(which) => card.good(which),
        Choice::Issued => card.issued(),
        Choice::Weak => "111111",
        Choice::Differing => return (card.good(0).to_owned(), card.good(1).to_owned()),
    };
    (one.to_owned(), one.to_owned())
}

/// Digits as a page types them.
#[must_use]
pub fn secret(digits: &str) -> Secret {
    let mut bytes = digits.as_bytes().to_vec();
    Secret::take_from(&mut bytes).unwrap_or_default()
}

/// In memory where the machine has such a place: a storm writes much and keeps nothing.
fn scratch() -> std::io::Result<tempfile::TempDir> {
    let memory = std::path::Path::new("/dev/shm");
    let in_memory = tempfile::Builder::new().prefix("storm").tempdir_in(memory);
    in_memory.or_else(|_| tempfile::tempdir())
}
