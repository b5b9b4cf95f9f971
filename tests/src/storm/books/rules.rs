//! Rule files: which one is in force, which lie on the disk, and what the records say of both.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use cardd::{
    ledger::{Body, Ledger, RulesInForceEntry, RulesTakenEntry},
    policy::{RulesInForce, RulesSource},
    terminal::TerminalError,
};

use super::{Books, World};
use crate::storm::region::{SentFile, Terms};

const PROMISE: &str = "only newer rules of the region hold";
const ON_RECORD: &str = "the rules in force are on record";

/// The rule files of the terminal, as the model follows them.
pub struct RuleFiles {
    configured: Arc<Terms>,
    in_force: Arc<Terms>,
    source: &'static str,
    /// Files on the disk by their version, and whether they are whole.
    kept: BTreeMap<u64, (Arc<Terms>, bool)>,
    /// SHA-256 of each file that cardd may have taken.
    taken: BTreeSet<String>,
    /// SHA-256 of each file that is on record.
    on_record: BTreeSet<String>,
    /// What the start of this life must say on record, until it has.
    begun: Option<(&'static str, Arc<Terms>)>,
}

impl RuleFiles {
    pub(super) fn new(configured: Terms) -> Self {
        let configured = Arc::new(configured);
        Self {
            in_force: Arc::clone(&configured),
            configured,
            source: "configuration",
            kept: BTreeMap::new(),
            taken: BTreeSet::new(),
            on_record: BTreeSet::new(),
            begun: None,
        }
    }

    /// The rules in force.
    pub fn in_force(&self) -> &Arc<Terms> {
        &self.in_force
    }

    /// Version of the rule file in force; 0 where there is none.
    pub fn version(&self) -> u64 {
        self.in_force.version
    }

    /// The newest file that is whole is damaged; answers its version.
    pub fn spoil(&mut self) -> Option<u64> {
        let (version, (_, whole)) = self.kept.iter_mut().rev().find(|(_, kept)| kept.1)?;
        *whole = false;
        Some(*version)
    }

    /// Beside the file that is put in its place lies the one that was in force.
    fn place(&mut self, terms: &Arc<Terms>) {
        let before = self.in_force.version;
        self.kept.retain(|version, _| *version == before);
        self.kept.insert(terms.version, (Arc::clone(terms), true));
    }

    fn start(&mut self) {
        let newest = self.kept.iter().rev();
        let damaged = newest.clone().take_while(|(_, kept)| !kept.1).count();
        let found = newest.clone().find(|(_, kept)| kept.1);
        let (source, terms) = match (found, damaged) {
            (Some((_, (terms, _))), 0) => ("file", terms),
            (Some((_, (terms, _))), _) => ("older_file", terms),
            (None, 0) => ("configuration", &self.configured),
            (None, _) => ("fallback", &self.configured),
        };
        let terms = Arc::clone(terms);
        self.in_force = Arc::clone(&terms);
        self.source = source;
        self.begun = Some((source, terms));
    }
}

impl Books {
    /// cardd answered a rule file that was pushed, with the number of its record.
    pub fn rules_pushed(
        &mut self,
        world: &World,
        ledger: &Ledger,
        (file, answer): (&SentFile, Result<&u64, &TerminalError>),
    ) {
        self.holds(PROMISE, answer.is_ok() == file.is_good, || {
            let version = file.terms.version;
            format!("version {version}, good: {}, {answer:?}", file.is_good)
        });
        let Ok(sequence) = answer else { return };
        let record = ledger.records(sequence - 1, 1).unwrap_or_default();
        let body = record.first().map(|record| &record.body);
        let told = matches!(body, Some(Body::RulesTaken(entry)) if is(entry, &file.terms));
        self.holds(ON_RECORD, told, || format!("record {sequence} is {body:?}"));
        let terms = Arc::new(file.terms.clone());
        self.rules.taken.insert(terms.sha256.clone());
        self.rules.place(&terms);
        self.rules.in_force = terms;
        self.rules.source = "file";
        self.budget_changed(world);
    }

    /// cardd died while it took a file, which was put in its place before that or not.
    pub fn rules_cut_off(&mut self, file: &SentFile, placed: bool) {
        self.holds(PROMISE, file.is_good, || {
            format!("version {} was about to be taken", file.terms.version)
        });
        self.rules.taken.insert(file.terms.sha256.clone());
        if placed {
            self.rules.place(&Arc::new(file.terms.clone()));
        }
    }

    /// A life of cardd began: the newest file that is whole is in force.
    pub fn rules_at_start(&mut self, world: &World, rules: &RulesInForce) {
        self.rules.start();
        self.agree(rules);
        self.budget_restored(world);
    }

    /// The rules in force, as cardd has them after a step.
    pub fn rules_are(&mut self, rules: &RulesInForce) {
        self.agree(rules);
        let told = self.rules.begun.is_none();
        self.holds(ON_RECORD, told, || {
            "not told at the start of this life".to_owned()
        });
    }

    fn agree(&mut self, rules: &RulesInForce) {
        let has = rules.stamp().map(|stamp| hex::encode(stamp.sha256));
        let (has, source) = (has.unwrap_or_default(), word(rules.source()));
        let agrees = has == self.rules.in_force.sha256 && source == self.rules.source;
        let expected = Arc::clone(&self.rules.in_force);
        self.holds(PROMISE, agrees, || {
            format!("{source} {rules:?}, not {expected:?}")
        });
    }

    /// A file on record is one that cardd was sent, and good.
    pub(super) fn rules_taken(&mut self, entry: &RulesTakenEntry) {
        let sent = self.rules.taken.contains(&entry.sha256);
        self.holds(ON_RECORD, sent && entry.desk == "hall", || {
            format!("{entry:?}")
        });
        self.rules.on_record.insert(entry.sha256.clone());
    }

    /// What a life says of the rules that it begins with.
    pub(super) fn rules_begun(&mut self, entry: &RulesInForceEntry) {
        let agrees = self.rules.begun.take().is_some_and(|(source, terms)| {
            entry.source == source && entry.version == terms.version && entry.sha256 == terms.sha256
        });
        self.holds(ON_RECORD, agrees, || format!("{entry:?}"));
        let on_record = entry.sha256.is_empty() || self.rules.on_record.contains(&entry.sha256);
        self.holds(ON_RECORD, on_record, || {
            format!("{entry:?} was taken off the record")
        });
    }
}

fn is(entry: &RulesTakenEntry, terms: &Terms) -> bool {
    entry.version == terms.version && entry.sha256 == terms.sha256
}

fn word(source: &RulesSource) -> &'static str {
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
