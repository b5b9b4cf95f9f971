//! The protocol of one attempt as a small machine: two desks, one card, a terminal that may crash,
//! a card that may leave at any point. Decisions that are pure in the product are not written
//! again: the verdict, the floor and the shown status are the product's own functions.

use std::num::NonZeroU8;

use stateright::{Model, Property};

use crate::{
    ledger::{Counter, Operation, Verdict, recovery::resolve},
    pin::{PinCounter, PinOrigin, PinStatus, RetryFloor},
};

/// Tries after a success. The fewest that tell full from the last and from locked.
pub(super) const LIMIT: u8 = 2;

/// A PIN, or what somebody takes for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Digits {
    /// A one-time value of the issuer, which no rule file knows.
    Issued,
    Own,
    Next,
    Wrong,
}

/// What a desk is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Business {
    Verify,
    Change,
    /// The issuer sets a one-time PIN.
    Reset,
}

/// How the command with the PIN goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Torn {
    /// The card leaves before it has the command.
    Before,
    /// The card leaves, the command is carried out.
    After,
    /// The command is carried out, its answer is no answer; the card stays.
    Mute,
}

/// What can happen. A desk is a number: 0 is staffed, 1 is a kiosk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Action {
    /// The holder is prompted.
    Open(usize, Business),
    /// The holder has typed; the job waits.
    Type(usize, Digits),
    /// A careless program sends the last entry again.
    Repeat(usize),
    /// The desk waits no longer.
    GiveUp(usize),
    /// The card's thread takes the job up.
    Start(usize),
    /// The card's thread goes one step on.
    Step,
    /// As [`Action::Step`], where the command with the PIN is torn.
    Tear(Torn),
    Pull,
    Insert,
    /// The terminal looks at a card that came.
    Sight,
    Crash,
    Restart,
}

/// What holds the promises. Each is left out once, to see the checker find it missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Guard {
    /// The intent is on disk before the command.
    IntentFirst,
    /// Fewer tries than the floor are not spent.
    Floor,
    /// The counter is read again right before the send.
    LookAgain,
    /// An entry that was taken is gone.
    OneEntry,
    /// Who waits and who sends decide together.
    Ticket,
    /// An entry is good for one stay of the card.
    SameStay,
    /// A command whose result is not known is not sent again.
    NoRetry,
    /// A doubt is held against the counter before anything else moves it.
    SettleFirst,
    /// The card is reset at the end of the transaction.
    Reset,
    /// A PIN that the issuer set does no business, at the prompt or at the send.
    IssuedPin,
    /// A reset of unknown result counts as done.
    UndecidedReset,
}

impl Guard {
    pub(super) const ALL: [Self; 11] = [
        Self::IntentFirst,
        Self::Floor,
        Self::LookAgain,
        Self::OneEntry,
        Self::Ticket,
        Self::SameStay,
        Self::NoRetry,
        Self::SettleFirst,
        Self::Reset,
        Self::IssuedPin,
        Self::UndecidedReset,
    ];
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ModelCard {
    pub(super) pin: Digits,
    pub(super) left: u8,
    pub(super) present: bool,
    /// A PIN was right since the last reset: any program may use it.
    verified: bool,
}

/// What the card did with a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Did {
    Nothing,
    TookATry,
    CarriedOut,
}

/// What a desk is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Told {
    Success,
    /// Refused, a try is spent.
    TrySpent,
    /// Refused or given up, no try is spent.
    NothingHappened,
    InDoubt,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    desk: usize,
    pub(super) business: Business,
    typed: Option<Digits>,
    /// The stay of the card that it was opened for is over.
    stale: bool,
    /// The counter at the prompt.
    shown: u8,
    sends: u8,
    pub(super) did: Did,
    pub(super) told: Option<Told>,
    given_up: bool,
    repeated: bool,
}

/// Where a desk stands with its last entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Desk {
    Idle,
    Prompted(usize),
    Waiting(usize),
}

/// What the ledger says of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Standing {
    /// Begun, or closed as in doubt.
    Open,
    Closed(Did),
    Resolved(Verdict),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Record {
    pub(super) entry: usize,
    before: u8,
    pub(super) standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum At {
    Look,
    Claim,
    Send,
    Close,
    End,
}

/// The card's thread in a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Work {
    entry: usize,
    at: At,
    /// The stay that the line to the card was opened in is over: it reaches no card any more
    /// (measured).
    broken: bool,
    before: u8,
    /// What the answer said; `None` where there was none.
    answer: Option<Did>,
}

/// What must never have happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Wrongs {
    without_a_record: bool,
    below_the_floor: bool,
    on_another_stay: bool,
    business_with_issued_pin: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) card: ModelCard,
    desks: [Desk; 2],
    pub(super) entries: Vec<Entry>,
    pub(super) records: Vec<Record>,
    work: Option<Work>,
    up: bool,
    sighted: bool,
    tears: u8,
    crashes: u8,
    wrongs: Wrongs,
}

/// The bounds of one check, and a guard that is left out.
#[derive(Debug, Clone)]
pub(super) struct Protocol {
    pub(super) entries: usize,
    pub(super) tears: u8,
    pub(super) crashes: u8,
    pub(super) without: Option<Guard>,
}

/// Where the card's thread is, as far as the outside can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    Look,
    Claim,
    Send,
    Close,
    End,
}

impl Protocol {
    /// Nothing left out, within bounds that an ordinary run has time for.
    pub(super) const STRONG: Self = Self {
        entries: 2,
        tears: 1,
        crashes: 1,
        without: None,
    };

    fn has(&self, guard: Guard) -> bool {
        self.without != Some(guard)
    }

    fn start(left: u8) -> State {
        State {
            card: ModelCard {
                pin: Digits::Own,
                left,
                present: true,
                verified: false,
            },
            desks: [Desk::Idle; 2],
            entries: Vec::new(),
            records: Vec::new(),
            work: None,
            up: true,
            sighted: true,
            tears: 0,
            crashes: 0,
            wrongs: Wrongs::default(),
        }
    }

    /// Who chose the PIN, as the records tell.
    fn origin(&self, state: &State) -> PinOrigin {
        let told = |record: &Record| {
            let reset = state.entries.get(record.entry)?.business == Business::Reset;
            let done = matches!(
                record.standing,
                Standing::Closed(Did::CarriedOut) | Standing::Resolved(Verdict::Succeeded)
            );
            let undecided = record.standing == Standing::Resolved(Verdict::Undecided);
            let counts = done || (reset && undecided && self.has(Guard::UndecidedReset));
            counts.then_some(if reset {
                PinOrigin::Issued
            } else {
                PinOrigin::Own
            })
        };
        state
            .records
            .iter()
            .rev()
            .find_map(told)
            .unwrap_or(PinOrigin::Own)
    }

    fn does_business(&self, state: &State, business: Business) -> bool {
        let Some(attempts) = NonZeroU8::new(state.card.left) else {
            return true;
        };
        let status = PinStatus::of(PinCounter::Attempts(attempts), Some(self.origin(state)));
        business != Business::Verify
            || !self.has(Guard::IssuedPin)
            || !matches!(status, PinStatus::Issued { .. })
    }

    /// Whether a desk may spend one of so many tries.
    fn above_floor(&self, desk: usize, business: Business, left: u8) -> bool {
        let floor = floor(desk);
        business == Business::Reset
            || NonZeroU8::new(left).is_some_and(|left| floor.check(left).is_ok())
    }

    /// Holds every open record against the counter.
    pub(super) fn settle(&self, state: &mut State) {
        for at in 0..state.records.len() {
            let (_, rest) = state.records.split_at_mut(at);
            let [record, later @ ..] = rest else { return };
            if record.standing != Standing::Open {
                continue;
            }
            let after = later.first().map(|next| next.before);
            let after = after.filter(|_| self.has(Guard::SettleFirst));
            let now = after.unwrap_or(state.card.left);
            let Some(entry) = state.entries.get(record.entry) else {
                return;
            };
            let verdict = resolve(
                operation(entry.business),
                Some(record.before),
                Counter::Attempts(now),
            );
            record.standing = Standing::Resolved(verdict);
        }
    }

    /// The next step of the card's thread.
    fn step(&self, state: &mut State, torn: Option<Torn>) -> Option<()> {
        let mut work = state.work.take()?;
        match work.at {
            At::Look => self.look(state, work),
            At::Claim => {
                if self.has(Guard::Ticket) && state.entries.get(work.entry)?.given_up {
                    return Some(());
                }
                if self.has(Guard::IntentFirst) {
                    record(state, &work);
                }
                work.at = At::Send;
                state.work = Some(work);
            }
            At::Send => self.send(state, work, torn)?,
            At::Close => self.close(state, work)?,
            At::End => {
                if self.has(Guard::Reset) {
                    state.card.verified = false;
                }
                let told = match work.answer {
                    Some(Did::CarriedOut) => Told::Success,
                    Some(Did::TookATry) => Told::TrySpent,
                    Some(Did::Nothing) => Told::NothingHappened,
                    None => Told::InDoubt,
                };
                answer(state, work.entry, told);
            }
        }
        Some(())
    }

    /// Counter, doubts, floor.
    fn look(&self, state: &mut State, mut work: Work) {
        let Some(entry) = state.entries.get(work.entry).cloned() else {
            return;
        };
        if !state.reaches(&work) {
            return answer(state, work.entry, Told::NothingHappened);
        }
        if self.has(Guard::SettleFirst) {
            self.settle(state);
        }
        let seen = if self.has(Guard::LookAgain) {
            state.card.left
        } else {
            entry.shown
        };
        let floor = self.above_floor(entry.desk, entry.business, seen);
        let allowed = floor || !self.has(Guard::Floor) && seen > 0;
        if !allowed || !self.does_business(state, entry.business) {
            return answer(state, work.entry, Told::NothingHappened);
        }
        work.before = seen;
        work.at = At::Claim;
        state.work = Some(work);
    }

    fn send(&self, state: &mut State, mut work: Work, torn: Option<Torn>) -> Option<()> {
        let reaches = state.reaches(&work) && torn != Some(Torn::Before);
        let did = if reaches {
            execute(state, work.entry)?
        } else {
            Did::Nothing
        };
        // To a card that left just before, a command counts as sent: nobody can tell.
        work.answer = (reaches && torn.is_none()).then_some(did);
        if matches!(torn, Some(Torn::Before | Torn::After)) {
            self.leave(state);
        }
        if !self.has(Guard::IntentFirst) {
            record(state, &work);
        }
        work.at = At::Close;
        state.work = Some(work);
        Some(())
    }

    fn close(&self, state: &mut State, mut work: Work) -> Option<()> {
        if work.answer.is_none() && !self.has(Guard::NoRetry) {
            // Waits for the card to come back, and sends again.
            state.card.present.then_some(())?;
            work.broken = false;
            work.at = At::Send;
            state.work = Some(work);
            return Some(());
        }
        let record = state
            .records
            .iter_mut()
            .rev()
            .find(|record| record.entry == work.entry);
        if let (Some(record), Some(did)) = (record, work.answer) {
            record.standing = Standing::Closed(did);
        }
        work.at = At::End;
        state.work = Some(work);
        Some(())
    }

    /// The card goes: its power with it, and the entries of its stay.
    fn leave(&self, state: &mut State) {
        state.card.present = false;
        state.card.verified = false;
        if self.has(Guard::SameStay) {
            void_prompts(state);
        }
    }

    fn open(&self, state: &mut State, desk: usize, business: Business) -> Option<()> {
        let ready = state.up && state.card.present && state.sighted && state.work.is_none();
        let allowed = desk == 0 || business == Business::Change;
        let room = state.entries.len() < self.entries;
        let left = state.card.left;
        let may = self.above_floor(desk, business, left) && self.does_business(state, business);
        (ready && allowed && room && may).then_some(())?;
        let entry = state.entries.len();
        let seat = state.desks.get_mut(desk)?;
        (*seat == Desk::Idle).then_some(())?;
        *seat = match business {
            Business::Reset => Desk::Waiting(entry),
            Business::Verify | Business::Change => Desk::Prompted(entry),
        };
        state.entries.push(Entry {
            desk,
            business,
            typed: None,
            stale: false,
            shown: if self.has(Guard::LookAgain) { 0 } else { left },
            sends: 0,
            did: Did::Nothing,
            told: None,
            given_up: false,
            repeated: false,
        });
        Some(())
    }

    /// What can make no difference any more is not kept apart.
    fn forget(&self, state: &mut State) {
        let worked_on = state.work.as_ref().map(|work| work.entry);
        for (at, entry) in state.entries.iter_mut().enumerate() {
            let over = entry.told.is_some() && worked_on != Some(at);
            if over && self.has(Guard::OneEntry) && self.has(Guard::Ticket) {
                entry.typed = None;
                entry.stale = false;
                entry.given_up = false;
            }
        }
    }

    /// What waits is given up by its desk.
    fn give_up(&self, state: &mut State, desk: usize) -> Option<()> {
        let Desk::Waiting(entry) = *state.desks.get(desk)? else {
            return None;
        };
        let claimed = state
            .work
            .as_ref()
            .is_some_and(|work| work.entry == entry && !matches!(work.at, At::Look | At::Claim));
        let told = if claimed && self.has(Guard::Ticket) {
            Told::InDoubt
        } else {
            Told::NothingHappened
        };
        answer(state, entry, told);
        state.entries.get_mut(entry)?.given_up = true;
        Some(())
    }

    fn start_work(&self, state: &mut State, desk: usize) -> Option<()> {
        (state.up && state.sighted && state.work.is_none()).then_some(())?;
        let Desk::Waiting(at) = *state.desks.get(desk)? else {
            return None;
        };
        let stale = state.entries.get(at)?.stale;
        if !state.card.present || (stale && self.has(Guard::SameStay)) {
            answer(state, at, Told::NothingHappened);
            return Some(());
        }
        state.work = Some(Work {
            entry: at,
            at: At::Look,
            broken: false,
            before: 0,
            answer: None,
        });
        Some(())
    }

    fn repeat(&self, state: &mut State, desk: usize) -> Option<()> {
        (!self.has(Guard::OneEntry) && state.up).then_some(())?;
        (*state.desks.get(desk)? == Desk::Idle).then_some(())?;
        let last = state.entries.iter().rposition(|entry| entry.desk == desk)?;
        let entry = state.entries.get_mut(last)?;
        (entry.typed.is_some() && !entry.repeated).then_some(())?;
        entry.repeated = true;
        *state.desks.get_mut(desk)? = Desk::Waiting(last);
        Some(())
    }
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        (1..=LIMIT).map(Self::start).collect()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for desk in 0..2 {
            for business in [Business::Verify, Business::Change, Business::Reset] {
                actions.push(Action::Open(desk, business));
            }
            for digits in [Digits::Issued, Digits::Own, Digits::Next, Digits::Wrong] {
                actions.push(Action::Type(desk, digits));
            }
            actions.extend([
                Action::Repeat(desk),
                Action::GiveUp(desk),
                Action::Start(desk),
            ]);
        }
        actions.extend([Action::Step, Action::Insert, Action::Sight, Action::Restart]);
        if state.tears < self.tears {
            let torn = [Torn::Before, Torn::After, Torn::Mute];
            actions.extend(torn.map(Action::Tear));
            actions.push(Action::Pull);
        }
        if state.crashes < self.crashes {
            actions.push(Action::Crash);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Open(desk, business) => self.open(&mut state, desk, business)?,
            Action::Type(desk, digits) => type_in(&mut state, desk, digits)?,
            Action::Repeat(desk) => self.repeat(&mut state, desk)?,
            Action::GiveUp(desk) => self.give_up(&mut state, desk)?,
            Action::Start(desk) => self.start_work(&mut state, desk)?,
            Action::Step => self.step(&mut state, None)?,
            Action::Tear(torn) => {
                let work = state.work.as_ref()?;
                (work.at == At::Send && state.reaches(work)).then_some(())?;
                state.tears += 1;
                self.step(&mut state, Some(torn))?;
            }
            Action::Pull => {
                state.card.present.then_some(())?;
                state.tears += 1;
                self.leave(&mut state);
            }
            Action::Insert => {
                (!state.card.present).then_some(())?;
                state.card.present = true;
                next_stay(&mut state);
            }
            Action::Sight => {
                let due = state.up && state.card.present && state.work.is_none();
                (due && !state.sighted).then_some(())?;
                self.settle(&mut state);
                state.sighted = true;
            }
            Action::Crash => {
                state.up.then_some(())?;
                state.crashes += 1;
                crash(&mut state);
            }
            Action::Restart => {
                (!state.up).then_some(())?;
                state.up = true;
                next_stay(&mut state);
            }
        }
        self.forget(&mut state);
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        super::promises::all()
    }
}

impl State {
    /// Whether what the card's thread sends comes to the card.
    fn reaches(&self, work: &Work) -> bool {
        self.card.present && !work.broken
    }

    /// A program that looks at the card just now finds a right it did not earn.
    pub(super) fn verified_for_others(&self) -> bool {
        self.work.is_none() && self.card.present && self.card.verified
    }

    /// Whether the card's thread has a job.
    pub(super) fn working(&self) -> bool {
        self.work.is_some()
    }

    /// Where it is; at the end when it has none.
    pub(super) fn point(&self) -> Point {
        match self.work.as_ref().map(|work| work.at) {
            Some(At::Look) => Point::Look,
            Some(At::Claim) => Point::Claim,
            Some(At::Send) => Point::Send,
            Some(At::Close) => Point::Close,
            Some(At::End) | None => Point::End,
        }
    }

    /// Commands with a PIN that the card carried out.
    pub(super) fn sent(&self) -> u32 {
        self.entries
            .iter()
            .map(|entry| u32::from(entry.sends))
            .sum()
    }

    /// The last answer that a desk was given.
    pub(super) fn last_told(&self, desk: usize) -> Option<Told> {
        let of_desk = |entry: &&Entry| entry.desk == desk && entry.told.is_some();
        self.entries.iter().rev().find(of_desk)?.told
    }

    pub(super) fn sent_twice(&self) -> bool {
        self.entries.iter().any(|entry| entry.sends > 1)
    }

    pub(super) fn wrongs(&self) -> [bool; 4] {
        let wrongs = &self.wrongs;
        [
            wrongs.without_a_record,
            wrongs.below_the_floor,
            wrongs.on_another_stay,
            wrongs.business_with_issued_pin,
        ]
    }
}

pub(super) fn floor(desk: usize) -> RetryFloor {
    if desk == 0 {
        RetryFloor::STAFFED
    } else {
        RetryFloor::UNATTENDED
    }
}

pub(super) fn operation(business: Business) -> Operation {
    match business {
        Business::Verify => Operation::Verify,
        Business::Change => Operation::Change {
            old_is_issued: false,
        },
        Business::Reset => Operation::Reload { case: 1 },
    }
}

fn type_in(state: &mut State, desk: usize, digits: Digits) -> Option<()> {
    let Desk::Prompted(entry) = *state.desks.get(desk)? else {
        return None;
    };
    state.entries.get_mut(entry)?.typed = Some(digits);
    *state.desks.get_mut(desk)? = Desk::Waiting(entry);
    Some(())
}

/// The desk has its answer, if it still waits for it.
fn answer(state: &mut State, entry: usize, told: Told) {
    let waits = |desk: &&mut Desk| **desk == Desk::Waiting(entry);
    if let Some(desk) = state.desks.iter_mut().find(waits) {
        *desk = Desk::Idle;
        if let Some(entry) = state.entries.get_mut(entry) {
            entry.told = Some(told);
        }
    }
}

fn record(state: &mut State, work: &Work) {
    state.records.push(Record {
        entry: work.entry,
        before: work.before,
        standing: Standing::Open,
    });
}

/// A card that came, or is seen anew: what was for the stay before is void.
fn next_stay(state: &mut State) {
    state.sighted = false;
    state
        .entries
        .iter_mut()
        .for_each(|entry| entry.stale = true);
    if let Some(work) = &mut state.work {
        work.broken = true;
    }
}

/// Prompts end without an entry: nothing was typed, nothing is asked.
fn void_prompts(state: &mut State) {
    for desk in &mut state.desks {
        if let Desk::Prompted(_) = desk {
            *desk = Desk::Idle;
        }
    }
}

/// The card carries a command out.
fn execute(state: &mut State, at: usize) -> Option<Did> {
    let recorded = state.records.iter().any(|record| record.entry == at);
    let entry = state.entries.get_mut(at)?;
    let card = &mut state.card;
    entry.sends += 1;
    state.wrongs.without_a_record |= !recorded;
    state.wrongs.on_another_stay |= entry.stale;
    let fewest = floor(entry.desk).fewest_remaining();
    let presents = entry.business != Business::Reset;
    state.wrongs.below_the_floor |= presents && card.left < fewest && card.left > 0;
    let right = !presents || entry.typed == Some(card.pin);
    entry.did = if presents && card.left == 0 {
        Did::Nothing
    } else if !right {
        card.left -= 1;
        Did::TookATry
    } else {
        let issued = card.pin == Digits::Issued;
        state.wrongs.business_with_issued_pin |= entry.business == Business::Verify && issued;
        card.left = LIMIT;
        card.verified |= presents;
        card.pin = match (entry.business, card.pin) {
            (Business::Verify, pin) => pin,
            (Business::Change, Digits::Next) => Digits::Own,
            (Business::Change, _) => Digits::Next,
            (Business::Reset, _) => Digits::Issued,
        };
        Did::CarriedOut
    };
    Some(entry.did)
}

/// pcscd resets the card of a program that ends within a transaction (measured).
fn crash(state: &mut State) {
    state.up = false;
    state.sighted = false;
    if state.work.take().is_some() {
        state.card.verified = false;
    }
    for at in 0..state.entries.len() {
        answer(state, at, Told::InDoubt);
    }
    void_prompts(state);
}
