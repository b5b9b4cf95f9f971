//! The reference model: what each card truly holds, what was done to it, and the promises that
//! every step is held against. It looks into the cards and never asks cardd what is true.

mod answers;
mod budget;
mod commands;
mod delivery;
mod digits;
mod evidence;
mod issuer;
mod onlooker;
mod reading;
mod receipts;
mod records;
mod refusals;
mod retention;
mod rules;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use cardd::ledger::Head;
use hall_client::evidence::{Checkpoint, keys::ChainKey};

use super::{
    bag::CARDS,
    region::Terms,
    run::{Deed, Grant},
    step::HallManner,
    world::{Sent, Violation, World},
};

pub use onlooker::BUFFER;
pub use records::Truth;

/// What is known of all cards before a deed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Card {
    tries: u8,
    limit: u8,
    has_lied: bool,
}

/// The model.
pub struct Books {
    /// Broken promises, in their order.
    pub broken: Vec<Violation>,
    before: [Card; CARDS],
    /// What the running deed did, for the records that it leaves.
    truth: Option<Truth>,
    /// What the holder's own choice after a reset did.
    own_choice: Option<Truth>,
    /// The rule files.
    pub rules: rules::RuleFiles,
    /// Cases on record, and who opened them.
    cases: BTreeMap<u64, String>,
    /// Cards that something was done to in this step.
    touched: Vec<usize>,
    /// What was ever typed or set.
    digits: BTreeSet<String>,
    /// Up to where the hall's verifier found the chain whole.
    checkpoint: Option<Checkpoint>,
    /// What was done under each intent.
    truths: BTreeMap<u64, Truth>,
    /// Whether a deed that was cut off by a death must be on record.
    must_be_on_record: bool,
    on_record: bool,
    last_read: Option<Head>,
    permit: Option<Grant>,
    one_time: [Option<String>; CARDS],
    candidate: Option<String>,
    /// The PIN of a reset is in force: no business, whatever left the ledger since.
    issued: [bool; CARDS],
    /// Tries that were lost, and the last record before each.
    lost: Vec<(Duration, u64)>,
    possibly_lost: Vec<Duration>,
    closed: bool,
    may_be_closed: bool,
    /// Whether the unattended desks were closed when the deed began.
    was_closed: bool,
    /// The rules in force when the deed began.
    rules_then: Arc<Terms>,
    /// Cards whose PIN the issuer may have set at any time.
    ever_set: [bool; CARDS],
    genesis: Option<ChainKey>,
    /// What the hall has of the ledger.
    pub delivery: delivery::Delivery,
    /// The last record of a step of the clock.
    stepped: Option<u64>,
    /// Records that may wait for it.
    limit: u64,
    /// What the ledger keeps, and what left it.
    retained: retention::Retained,
    /// What somebody knows who watches.
    pub onlooker: onlooker::Onlooker,
}

const HOUR: Duration = Duration::from_secs(3600);

impl Books {
    /// Nothing has happened at a terminal that is configured so, with the records that may wait for the
    /// hall and those that are kept.
    #[must_use]
    pub fn new(configured: Terms, (limit, kept): (u64, u64)) -> Self {
        let rules_then = Arc::new(configured.clone());
        Self {
            rules_then,
            rules: rules::RuleFiles::new(configured),
            limit,
            retained: retention::Retained::new(kept),
            broken: Vec::new(),
            before: Default::default(),
            truth: None,
            own_choice: None,
            cases: BTreeMap::new(),
            touched: Vec::new(),
            digits: BTreeSet::new(),
            checkpoint: None,
            truths: BTreeMap::new(),
            must_be_on_record: false,
            on_record: false,
            last_read: None,
            permit: None,
            one_time: Default::default(),
            candidate: None,
            issued: Default::default(),
            ever_set: Default::default(),
            lost: Vec::new(),
            possibly_lost: Vec::new(),
            closed: false,
            may_be_closed: false,
            stepped: None,
            was_closed: false,
            genesis: None,
            delivery: delivery::Delivery::default(),
            onlooker: onlooker::Onlooker::default(),
        }
    }

    /// A promise is broken.
    pub fn breaks(&mut self, promise: &'static str, what: String) {
        self.broken.push(Violation { promise, what });
    }

    fn holds(&mut self, promise: &'static str, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.breaks(promise, what());
        }
    }

    fn look(world: &World, card: usize) -> Card {
        let look = world.with_card(card, |card| Card {
            tries: card.tries(),
            limit: card.limit(),
            has_lied: card.has_lied,
        });
        look.unwrap_or_default()
    }

    /// A deed begins: everything that reaches a card from now on is its doing.
    pub fn begin(&mut self, world: &World, deed: Option<Deed>) {
        for (card, before) in self.before.iter_mut().enumerate() {
            *before = Self::look(world, card);
            // A lie explains its own deed, and what was open when it was told.
            if before.has_lied {
                let open = self.truths.values_mut().filter(|truth| truth.card == card);
                open.for_each(|truth| truth.lied = true);
                world.with_card(card, |card| card.has_lied = false);
                before.has_lied = false;
            }
        }
        world.take_sent();
        self.touched.clear();
        self.permit = None;
        self.was_closed = self.closed;
        self.rules_then = Arc::clone(self.rules.in_force());
        self.own_choice = None;
        self.on_record = false;
        self.must_be_on_record = false;
        if let Some(deed) = &deed {
            self.digits.insert(deed.old.clone());
            self.digits.extend(deed.new.clone());
        }
        self.truth = deed.map(|deed| Truth::of(&deed));
    }

    /// The end of a step, whatever it was: nothing more reached a card, the cards that nothing was
    /// done to are as they were, and none is left with a right that any program could use.
    pub fn at_rest(&mut self, world: &World) {
        self.nothing_sent(world, "cardd by itself");
        for card in 0..CARDS {
            let verified = world.with_card(card, |card| card.is_verified());
            self.holds("no card is left verified", verified != Some(true), || {
                format!("card {card} after the step")
            });
        }
    }

    /// Another program spent a try: the counter tells of it as well from now on.
    pub fn others_guessed(&mut self, card: usize) {
        self.touched.push(card);
        let about = self.truths.values_mut().filter(|truth| truth.card == card);
        about.for_each(|truth| truth.lied = true);
    }

    /// A desk asked for what it may not.
    pub fn denied(&mut self, denied: bool, what: impl FnOnce() -> String) {
        self.holds("whoever may not, cannot", denied, what);
    }

    fn touch(&mut self, sent: &[Sent]) {
        self.touched.extend(sent.iter().map(|sent| sent.card));
    }

    /// A deed for which nothing may reach a card.
    pub fn nothing_sent(&mut self, world: &World, what: &str) {
        let sent = world.take_sent();
        self.holds("one entry, one command", sent.is_empty(), || {
            format!("{what} sent {:?}", kinds(&sent))
        });
        self.untouched(world);
    }

    /// Cards that nobody touched are as they were.
    fn untouched(&mut self, world: &World) {
        for (card, before) in self.before.into_iter().enumerate() {
            let now = Self::look(world, card);
            let touched = self.touched.contains(&card);
            if !touched && !now.has_lied {
                self.holds("tries are spent by people", now == before, || {
                    format!("card {card}: {before:?} became {now:?}")
                });
            }
        }
    }

    /// The hall may operate on this grant now.
    pub fn permit(&mut self, world: &World, grant: Option<Grant>, manner: HallManner) {
        self.truth = grant
            .as_ref()
            .map(|grant| Truth::issuer(world, grant, manner));
        self.permit = grant;
    }

    /// A reset would set this PIN.
    pub fn one_time(&mut self, card: usize, digits: &str) {
        self.digits.insert(digits.to_owned());
        if let Some(one_time) = self.one_time.get_mut(card) {
            *one_time = Some(digits.to_owned());
        }
    }

    /// The holder's choice after a reset.
    pub fn chosen(&mut self, digits: String) {
        self.digits.insert(digits.clone());
        self.candidate = Some(digits);
    }

    /// After a death: a command with an effect that reached a card is on record.
    pub fn must_be_on_record(&mut self) {
        let missing = self.must_be_on_record && !self.on_record;
        self.must_be_on_record = false;
        self.holds(
            "intent before every command with an effect",
            !missing,
            || "a command reached a card and is not on record after the crash".to_owned(),
        );
    }
}

fn kinds(sent: &[Sent]) -> Vec<super::command::Effect> {
    sent.iter().map(|sent| sent.effect).collect()
}
