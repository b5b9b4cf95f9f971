//! The rules in force, and how new ones come into force.
//!
//! Each operation takes the rules once, at its beginning, and ends under them. An entry keeps those
//! that its prompt was given under: what the holder was told holds until it is typed, two minutes
//! later at most. The guess budget belongs to the terminal and follows the newest rules at once.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use crate::{
    ledger::{Note, RulesInForceEntry, RulesTakenEntry},
    pin::{HolderFacts, NewPin, NewPinRefused, Pin},
    policy::{
        Desk, Operation, RulesInForce, RulesSource, decide,
        region::{FileStamp, RuleFile, RuleFileRefused, Trust},
    },
    terminal::{Terminal, TerminalError},
};

/// Where rule files are kept over restarts.
pub trait RuleShelf: Send + Sync {
    /// Writes a file so that it outlives a power cut, beside those that count.
    ///
    /// # Errors
    /// What the system says; the files that count are as before.
    fn lay_by(&self, file: &[u8]) -> io::Result<()>;

    /// Makes what was laid by the newest file that counts; the one that was in force `before` is kept.
    ///
    /// # Errors
    /// What the system says; the files that count are as before.
    fn place(&self, version: u64, before: Option<u64>) -> io::Result<()>;
}

/// What a terminal needs to begin with rules and to take new ones.
pub struct RuleBook {
    /// The rules to begin with.
    pub in_force: RulesInForce,
    /// Whose files are taken; `None`: nobody's.
    pub trust: Option<Trust>,
    /// Where they are kept.
    pub shelf: Box<dyn RuleShelf>,
}

impl RuleBook {
    /// These rules, and no others: no file is taken.
    #[must_use]
    pub fn fixed(in_force: RulesInForce) -> Self {
        Self {
            in_force,
            trust: None,
            shelf: Box::new(NoShelf),
        }
    }
}

/// Where no file is taken, none is kept.
struct NoShelf;

impl RuleShelf for NoShelf {
    fn lay_by(&self, _file: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn place(&self, _version: u64, _before: Option<u64>) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Why a pushed rule file changes nothing.
#[derive(Debug, thiserror::Error)]
pub enum RulesRefused {
    /// The file is at fault.
    #[error(transparent)]
    File(#[from] RuleFileRefused),
    /// This terminal is configured to take none.
    #[error("no region is configured")]
    NotTaken,
    /// The disk does not let it.
    #[error("the rule file cannot be kept")]
    NotKept(#[source] io::Error),
}

pub(super) struct Rulebook {
    in_force: RwLock<Arc<RulesInForce>>,
    trust: Option<Trust>,
    /// Held while a file is checked, kept and put in force: one at a time.
    shelf: Mutex<Box<dyn RuleShelf>>,
}

impl From<RuleBook> for Rulebook {
    fn from(book: RuleBook) -> Self {
        Self {
            in_force: RwLock::new(Arc::new(book.in_force)),
            trust: book.trust,
            shelf: Mutex::new(book.shelf),
        }
    }
}

impl Rulebook {
    // A panic elsewhere leaves these whole: every change is one assignment.
    pub(super) fn in_force(&self) -> Arc<RulesInForce> {
        Arc::clone(&self.in_force.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn put_in_force(&self, rules: Arc<RulesInForce>) {
        *self
            .in_force
            .write()
            .unwrap_or_else(PoisonError::into_inner) = rules;
    }

    fn shelf(&self) -> MutexGuard<'_, Box<dyn RuleShelf>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Terminal {
    /// The rules in force now.
    #[must_use]
    pub fn rules(&self) -> Arc<RulesInForce> {
        self.rulebook.in_force()
    }

    /// The rules in force, for a desk.
    ///
    /// # Errors
    /// [`TerminalError::Denied`].
    pub fn rules_for(&self, desk: &Desk) -> Result<Arc<RulesInForce>, TerminalError> {
        decide(desk, Operation::GetRules)?;
        Ok(self.rules())
    }

    /// Checks a rule file, keeps it, records it and puts it in force. Answers its record.
    ///
    /// # Errors
    /// [`TerminalError::Rules`], [`TerminalError::Ledger`], [`TerminalError::Denied`]; the rules
    /// are as before.
    pub fn push_rules(
        &self,
        desk: &Desk,
        file: &[u8],
    ) -> Result<(Arc<RulesInForce>, u64), TerminalError> {
        decide(desk, Operation::PushRules)?;
        let refused = |refused: RulesRefused| {
            tracing::warn!(desk = desk.name, %refused, "a rule file was not taken");
            TerminalError::Rules(refused)
        };
        let trust = self.rulebook.trust.as_ref();
        let trust = trust.ok_or(RulesRefused::NotTaken).map_err(refused)?;
        let shelf = self.rulebook.shelf();
        let in_force = self.rules().stamp().map(|stamp| stamp.version);
        let opened = RuleFile::check_newer(file, trust, in_force);
        let opened = opened.map_err(|cause| refused(cause.into()))?;
        let rules = Arc::new(RulesInForce::of_file(opened, false));
        let Some(stamp) = rules.stamp() else {
            return Err(refused(RulesRefused::NotTaken));
        };
        let not_kept = |cause| refused(RulesRefused::NotKept(cause));
        tokio::task::block_in_place(|| shelf.lay_by(file)).map_err(not_kept)?;
        let sequence = self.note(taken(desk, stamp))?;
        let placed = tokio::task::block_in_place(|| shelf.place(stamp.version, in_force));
        if let Err(cause) = placed {
            // The record says that it was taken: the next one says that it was not kept.
            self.record_or_warn(in_force_note(&self.rules()));
            return Err(not_kept(cause));
        }
        tracing::info!(
            version = stamp.version,
            region = stamp.region,
            "new rules are in force"
        );
        self.rulebook.put_in_force(Arc::clone(&rules));
        // A smaller budget may be spent already.
        self.close_kiosks_if_spent();
        self.events().stir();
        Ok((rules, sequence))
    }

    /// Which rules this run begins with goes on record, unless there can be no others than those of the
    /// configuration: the record of the first file may be there although the file did not come into force.
    pub(super) fn record_rules_at_start(&self) {
        let rules = self.rules();
        if *rules.source() != RulesSource::Configuration || self.rulebook.trust.is_some() {
            self.record_or_warn(in_force_note(&rules));
        }
    }
}

/// A new PIN under a set of rules, with the region's own words for the rule that it breaks.
///
/// # Errors
/// [`TerminalError::NewPin`].
pub(super) fn check_new_pin(
    rules: &RulesInForce,
    (new, again, old): (Pin, &Pin, &Pin),
    facts: &HolderFacts,
) -> Result<NewPin, TerminalError> {
    let checked = NewPin::check(new, again, old, facts, rules.pin_rules());
    checked.map_err(|refused| in_words(rules, refused))
}

/// A refusal, with the region's own words for the rule that was broken.
pub(super) fn in_words(rules: &RulesInForce, refused: NewPinRefused) -> TerminalError {
    let said = match refused {
        NewPinRefused::Weak(rule) => rules.text(rule).cloned(),
        NewPinRefused::Differ | NewPinRefused::EqualsOld => None,
    };
    TerminalError::NewPin { refused, said }
}

fn taken(desk: &Desk, stamp: &FileStamp) -> Note {
    Note::RulesTaken(RulesTakenEntry {
        desk: desk.name.clone(),
        region: stamp.region.clone(),
        version: stamp.version,
        sha256: hex::encode(stamp.sha256),
        key: stamp.key_id.clone(),
    })
}

fn in_force_note(rules: &RulesInForce) -> Note {
    let stamp = rules.stamp();
    Note::RulesInForce(RulesInForceEntry {
        source: source_word(rules.source()).to_owned(),
        version: stamp.map_or(0, |stamp| stamp.version),
        sha256: stamp
            .map(|stamp| hex::encode(stamp.sha256))
            .unwrap_or_default(),
    })
}

fn source_word(source: &RulesSource) -> &'static str {
    match source {
        RulesSource::Configuration => "configuration",
        RulesSource::Fallback => "fallback",
        RulesSource::File {
            newer_is_damaged: false,
            ..
        } => "file",
        RulesSource::File {
            newer_is_damaged: true,
            ..
        } => "older_file",
    }
}
