//! The protocol of one attempt as a small machine: two desks, one card, a terminal that may crash,
//! a card that may leave at any point. Decisions that are pure in the product are not written
//! again: the verdict, the floor and the shown status are the product's own functions.

mod card;
mod desks;
mod records;
mod work;

use stateright::{Model, Property};

use super::{
    guard::Guard,
    state::{At, State},
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

/// The bounds of one check, and a guard that is left out.
#[derive(Debug, Clone)]
pub(super) struct Protocol {
    pub(super) entries: usize,
    pub(super) tears: u8,
    pub(super) crashes: u8,
    pub(super) without: Option<Guard>,
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
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        (1..=LIMIT).map(State::start).collect()
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
            Action::Type(desk, digits) => desks::type_in(&mut state, desk, digits)?,
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
                card::next_stay(&mut state);
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
                card::crash(&mut state);
            }
            Action::Restart => {
                (!state.up).then_some(())?;
                state.up = true;
                card::next_stay(&mut state);
            }
        }
        self.forget(&mut state);
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        super::promises::all()
    }
}
