//! Runs a dialogue against cardd's own code, and holds every step against the promises.

mod counter;
mod deed;
mod desks;
mod hall;
mod holder;
mod lives;
mod of_seed;
mod rules;
mod stage;
mod trespass;

use std::{fmt::Debug, sync::Arc, time::Duration};

use cardd::{config::ConfigError, ledger::LedgerError, terminal::TerminalError};
use cardd_proto::{secret::Secret, v1::SealedEntry};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{
    bag::{BagCard, CARDS},
    books::Books,
    life::{Desklike, Life, Waiting, desk},
    region::Terms,
    sabotage::Wrapper,
    step::{DESKS, Step},
    transcript::Transcript,
    world::{Violation, World},
};
use deed::Open;

pub use deed::{Deed, Grant};
pub(super) use of_seed::{asks_for_two, keeps_little, kept, may_wait};

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
    /// cardd does not start on its rule files.
    #[error("no rule files")]
    Rules(#[source] Option<ConfigError>),
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
    in_hand: rules::InHand,
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
        run.books.begin(&run.world, None);
        run.step(step)?;
        run.books.at_rest(&run.world);
        run.rules_at_rest();
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
            books: Books::new(Terms::configured(seed), (may_wait(seed), kept(seed))),
            transcript,
            seed,
            life: None,
            lives: 0,
            scratch,
            prompts: Default::default(),
            sealed: Default::default(),
            grant: None,
            used: None,
            in_hand: rules::InHand::default(),
            rng: StdRng::seed_from_u64(seed ^ 0x5EED),
            pin_operations: 0,
        };
        run.start(run.directory(0))?;
        run.enrol()?;
        Ok(run)
    }

    fn first_violation(&mut self) -> Option<Violation> {
        let seen = self.world.take_violations();
        self.books.broken.extend(seen);
        for line in self.world.take_trace() {
            self.transcript.line(&line);
        }
        self.books.broken.first().cloned()
    }

    /// cardd's answer: it goes into the transcript, and has no digits in it.
    fn heard<T: Debug>(&mut self, answer: &Result<T, &TerminalError>) {
        self.transcript.answer(answer);
        let text = match answer {
            Ok(value) => format!("{value:?}"),
            Err(error) => format!("{error} {error:?}"),
        };
        self.books.no_digits("an answer", &text);
        if let (Err(refused), Some(life)) = (answer, &self.life) {
            self.books.refused(refused, &life.ledger);
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
            Step::Approve { same } => self.approve(*same),
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
            Step::Touch { reader, how } => {
                if let Some(card) = self.world.touch(*reader, *how) {
                    self.books.others_guessed(card);
                }
            }
            Step::Trespass { desk, reader } => self.trespass(*desk, *reader),
            Step::Reader { reader, renamed } => self.world.plug(*reader, *renamed),
            Step::Service => self.world.restart_service(),
            Step::Crash => {
                self.die();
                return self.reborn();
            }
            Step::Restart => return self.restart(),
            Step::Collect => self.collect(),
            Step::Deliver {
                records,
                acknowledged,
            } => self.deliver(*records, *acknowledged),
            Step::Watch => self.watch(),
            Step::Push { pushed, dies_at } => return self.push(*pushed, *dies_at),
            Step::Spoil => self.spoil(),
        }
        self.settle();
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
