//! What a desk is to the frame.

use std::time::Instant;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Terminal,
    model::{Happening, Reader, TerminalStatus},
};

/// A desk: decides what its pages show and what is asked of cardd. Does neither itself.
pub(crate) trait Machine: Send + 'static {
    /// What a page may ask for.
    type Action: DeserializeOwned + Send + 'static;
    /// What may be asked of cardd.
    type Work: Work;

    /// Names of its pages, each with a view of its own.
    const PAGES: &'static [&'static str];

    /// Takes one input; answers what is to be asked of cardd now.
    fn on(
        &mut self,
        input: Input<Self::Action, <Self::Work as Work>::Done>,
        now: Instant,
    ) -> Vec<Self::Work>;

    /// Names what is under way: outcomes of work that was given out under another turn come too late.
    fn turn(&self) -> u64;

    /// What a page shows now.
    fn view(&self, page: &str) -> View;
}

/// Something to ask of cardd, away from the machine.
pub(crate) trait Work: Send + 'static {
    /// Its outcome.
    type Done: Send + 'static;

    /// Asks. The turn is handed back with the outcome.
    fn perform(self, terminal: Terminal) -> impl Future<Output = Self::Done> + Send + 'static;
}

/// What reaches a machine, in one order.
#[derive(Debug)]
pub(crate) enum Input<A, D> {
    /// The way to cardd says.
    Line(Line),
    /// Somebody touched a page that showed what is shown now.
    Action {
        /// Which page; a desk with one page does not ask.
        page: &'static str,
        /// What is asked for.
        action: A,
    },
    /// Work ended.
    Done {
        /// The turn in which it was given out.
        turn: u64,
        /// What came of it.
        done: D,
    },
    /// The time of what is shown is over.
    Time,
}

/// What the way to cardd says.
#[derive(Debug)]
pub(crate) enum Line {
    /// cardd does not answer.
    Down,
    /// It answers, and this is how things stand.
    Up {
        /// State of the terminal.
        status: Box<TerminalStatus>,
        /// All readers.
        readers: Vec<Reader>,
    },
    /// Something happened.
    Event(Happening),
}

/// What a page shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct View {
    /// Rises whenever what was shown can no longer be acted upon: a touch that names another turn
    /// is void.
    pub(crate) turn: u64,
    /// What is shown, as the page reads it.
    pub(crate) screen: Value,
    /// When it ends by itself.
    pub(crate) until: Option<Instant>,
}

impl View {
    /// A view of `screen`; its fields are what the page renders.
    pub(crate) fn new(turn: u64, screen: &impl Serialize, until: Option<Instant>) -> Self {
        Self {
            turn,
            // A screen is made of strings, numbers and lists: it always has a JSON form.
            screen: serde_json::to_value(screen).unwrap_or_default(),
            until,
        }
    }
}
